"""What a decision carries beside its trigger, checked against the request as it stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from json_merge_patch import merge  # type: ignore[import-untyped]
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Parts
from api.rules import Rules, rules_for
from api.schemas.bodies import AnswerBody
from api.schemas.registry import BODIES, shown
from api.schemas.requests import DecisionBody
from configuration.fields import pointed
from domain.calendar import local_date
from domain.errors import CommentRequired, FieldError, Invalid, NotEditable
from domain.requests import Attachment, Carried
from domain.resubmission import Judged, answer_denial
from domain.states import COMMENTED, Kind, State, Trigger
from store import requests
from store.snapshots import to_json
from store.tables.countries import Country
from store.tables.requests import Request

AMENDABLE = {
    Kind.UNIT_REPLACEMENT: {"new_unit", "replaced_on", "documents"},
}
AMENDABLE_WARRANTY = {"end_user", "units", "documents", "commissioned_on", "remarks"}
FIXED = ("country", "warranty_code", "partner", "base", "campaign", "coupon")


@dataclass(frozen=True)
class Payload:
    """Builds what one decision carries. `row` is at the version that the caller has seen."""

    parts: Parts
    session: AsyncSession
    row: Request
    trigger: Trigger
    body: DecisionBody

    async def checked(self) -> dict[str, Any]:
        """The payload, ready for `activities.moves`. Raises Invalid and its kin, with pointers into the body."""
        if self.trigger in COMMENTED and not self.body.comment:
            raise CommentRequired(
                f"{self.trigger} needs a comment for the requester.",
                fields=[FieldError("/comment", "is missing")],
            )
        return {"comment": self.body.comment, **await self._carries()}

    async def _carries(self) -> dict[str, Any]:
        """What the decision carries beside the comment."""
        self._refuse_members("line", "points", "reason")
        match self.trigger:
            case Trigger.DENY:
                self._refuse_members("data")
                return {"documents": await self._denied()}
            case Trigger.RESUBMIT if self.row.state == State.DENIED:
                return {"data": to_json(await self._answered())}
            case Trigger.RESUBMIT:
                return {"data": to_json(await self._corrected())}
            case Trigger.AMEND:
                self._refuse_members("documents")
                return {"data": to_json(await self._amended())}
            case _:
                self._refuse_members("data", "documents")
                return {}

    def _refuse_members(self, *names: str) -> None:
        given = [name for name in names if getattr(self.body, name) is not None]
        if given:
            raise Invalid(
                f"{self.trigger} does not take this.",
                fields=[FieldError(f"/{name}", f"not taken by {self.trigger}") for name in given],
            )

    async def _denied(self) -> list[str]:
        """The requirements that are denied, each of which has a document."""
        named = self.body.documents or []
        attached = {one.requirement for one in await requests.attached(self.session, self.row.id)}
        wrong = [
            FieldError(f"/documents/{n}", "not the name of an attached requirement")
            for n, one in enumerate(named)
            if one not in attached
        ]
        if wrong:
            raise Invalid("Only attached documents can be denied.", fields=wrong)
        return sorted({one for one in named if isinstance(one, str)})

    async def _answered(self) -> Carried:
        """After a denial: new documents for the denied ones, and nothing else."""
        if self.body.data:
            raise NotEditable(
                "After a denial only documents can be sent.",
                fields=[FieldError(f"/data/{name}", "may not change now") for name in self.body.data],
            )
        offered = self._offered()
        before = await requests.carried(self.session, self.row)
        judged = [
            Judged(Attachment(one.requirement, str(one.document_id)), denied=one.verdict == "denied")
            for one in await requests.attached(self.session, self.row.id)
        ]
        answered = before.with_documents(answer_denial(judged, offered))
        fresh = before.with_documents(offered)
        (await rules_of(self.parts, self.session, self.row, fresh)).check_fields()
        return answered

    async def _corrected(self) -> Carried:
        """After wrong data anything may change, and requesters are held to every rule again."""
        data = await patched(self.session, self.row, self.body.data or {})
        rules = await rules_of(self.parts, self.session, self.row, data)
        with below("/data"):
            rules.check()
        if not self.body.documents:
            return data
        data = data.with_documents(tuple(dict.fromkeys((*data.documents, *self._offered()))))
        (await rules_of(self.parts, self.session, self.row, data)).check_fields()
        return data

    def _offered(self) -> tuple[Attachment, ...]:
        offered = self.body.documents or []
        wrong = [
            FieldError(f"/documents/{n}", "must name requirement and document_id, and no line")
            for n, one in enumerate(offered)
            if not isinstance(one, AnswerBody) or one.line is not None
        ]
        if wrong:
            raise Invalid("New documents are needed, not names.", fields=wrong)
        return tuple(one.parsed() for one in offered if isinstance(one, AnswerBody))

    async def _amended(self) -> Carried:
        """The keyuser's late correction, which is trusted like any SAVE."""
        patch = self.body.data or {}
        amendable = AMENDABLE.get(Kind(self.row.kind), AMENDABLE_WARRANTY)
        if fixed := [name for name in patch if name not in amendable]:
            raise NotEditable(
                f"An amendment changes only: {', '.join(sorted(amendable))}.",
                fields=[FieldError(f"/data/{name}", "may not change now") for name in fixed],
            )
        return await saved(self.parts, self.session, self.row, patch)


async def saved(parts: Parts, session: AsyncSession, row: Request, patch: dict[str, Any]) -> Carried:
    """What the request carries after a keyuser's SAVE: shape and references are checked, the rest is trusted."""
    data = await patched(session, row, patch)
    rules = await rules_of(parts, session, row, data)
    with below("/data"):
        rules.check_fields()
    return data


async def patched(session: AsyncSession, row: Request, patch: dict[str, Any]) -> Carried:
    """What the request would carry after a JSON merge patch. Raises NotEditable and Invalid, below /data."""
    before = shown(await requests.carried(session, row))
    for name in FIXED:
        if name in before and patch.get(name, before[name]) != before[name]:
            raise NotEditable(f"{name} never changes.", fields=[FieldError(f"/data/{name}", "may not change")])
    try:
        return BODIES[Kind(row.kind)].model_validate(merge(before, patch)).parsed()
    except ValidationError as failure:
        raise Invalid(
            "The request would have bad fields; see errors.", fields=pointed(failure.errors(), "/data")
        ) from None


async def rules_of(parts: Parts, session: AsyncSession, row: Request, data: Carried) -> Rules:
    """The rules about the changed request; deadlines count from the first submission."""
    country = await session.get_one(Country, row.country)
    return await rules_for(
        session,
        data,
        requests.owner_of(row),
        today=local_date(parts.now(), country.time_zone),
        as_of=local_date(row.submitted_at, country.time_zone),
        row=row,
    )


@contextmanager
def below(root: str) -> Iterator[None]:
    """Refusals raised inside point below `root`, the member of the body that they are about."""
    try:
        yield
    except Invalid as refusal:
        fields = [FieldError(root + field.pointer, field.detail) for field in refusal.fields]
        raise type(refusal)(refusal.detail, fields=fields, facts=refusal.facts) from None
