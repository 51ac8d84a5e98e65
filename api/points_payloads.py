"""What a decision on a points request carries beside its trigger, checked against the request as it stands."""

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Parts
from api.payloads import Payload, below, patched, rules_of
from api.rules import PointsRules
from api.schemas.bodies import AnswerBody
from api.schemas.requests import DecisionBody
from domain.errors import FieldError, Invalid, NotEditable, ReasonRequired
from domain.points import adjustment, outcome
from domain.requests import Carried, Points
from domain.resubmission import LineAnswer, answer_denied_lines
from domain.states import Kind, State, Trigger
from store import lines, requests
from store.snapshots import to_json
from store.tables.requests import Request


class PointsPayload(Payload):
    """As `Payload`, for the moves of a points request."""

    async def _carries(self) -> dict[str, Any]:
        if self.trigger is Trigger.ADJUST:
            self._refuse_members("data", "documents")
            return await self._adjusted()
        self._refuse_members("line", "points", "reason")
        match self.trigger:
            case Trigger.PROCESS:
                self._refuse_members("data", "documents")
                outcome(await lines.judged_of(self.session, self.row))
                return {}
            case Trigger.RESUBMIT if self.row.state == State.WRONG_DATA:
                self._refuse_members("documents")
                return {"data": to_json(await self._corrected())}
            case Trigger.RESUBMIT:
                return {"data": to_json(await self._answered())}
            case _:
                self._refuse_members("data", "documents")
                return {}

    async def _adjusted(self) -> dict[str, Any]:
        """The line and its new final value; the reason is the comment of the move."""
        reason = self.body.reason or self.body.comment
        if not reason:
            raise ReasonRequired("adjust needs a reason.", fields=[FieldError("/reason", "is missing")])
        missing = [
            FieldError(f"/{name}", "is missing") for name in ("line", "points") if getattr(self.body, name) is None
        ]
        if missing or self.body.line is None or self.body.points is None:
            raise Invalid("adjust names a line and its points.", fields=missing)
        adjustment(
            await lines.judged_of(self.session, self.row), self.body.line, self.body.points, self.row.version + 1
        )
        return {"comment": reason, "line": self.body.line, "points": self.body.points}

    async def _answered(self) -> Carried:
        """After a denial: a new document for every denied one, line by line; lines denied without one may change."""
        if fixed := [name for name in self.body.data or {} if name != "lines"]:
            raise NotEditable(
                "After a denial only documents, and lines that were denied without one, can be sent.",
                fields=[FieldError(f"/data/{name}", "may not change now") for name in fixed],
            )
        before = await requests.carried(self.session, self.row)
        wanted = await patched(self.session, self.row, self.body.data or {})
        if not isinstance(before, Points) or not isinstance(wanted, Points):
            raise TypeError(f"{self.row.id} is no points request")
        judged = await lines.judged_of(self.session, self.row)
        answered = replace(wanted, lines=answer_denied_lines(before.lines, judged, self._answers(), wanted.lines))
        rules = await rules_of(self.parts, self.session, self.row, answered)
        changed = {n for n, (old, new) in enumerate(zip(before.lines, wanted.lines, strict=True), 1) if old != new}
        if changed and isinstance(rules, PointsRules):
            with below("/data"):
                rules.about(changed).check()
        rules.check_fields()
        return answered

    def _answers(self) -> tuple[LineAnswer, ...]:
        offered = self.body.documents or []
        wrong = [
            FieldError(f"/documents/{n}", "must name line, requirement and document_id")
            for n, one in enumerate(offered)
            if not isinstance(one, AnswerBody) or one.line is None
        ]
        if wrong:
            raise Invalid("New documents are needed, each with its line.", fields=wrong)
        return tuple(
            LineAnswer(one.line, one.parsed())
            for one in offered
            if isinstance(one, AnswerBody) and one.line is not None
        )


def payload_of(parts: Parts, session: AsyncSession, row: Request, trigger: Trigger, body: DecisionBody) -> Payload:
    """The builder for the request's kind."""
    builder = PointsPayload if row.kind == Kind.POINTS else Payload
    return builder(parts, session, row, trigger, body)
