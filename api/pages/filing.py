"""Partners file requests, send them in again, and fetch what their country offers."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import UploadFile

from api import documents, downloads
from api.deciding import Deciding, sight
from api.pages.drafting import draft_page, draft_sent
from api.pages.forms import flat, parsed
from api.pages.lines import line_fields
from api.pages.resending import answers, changed_lines, corrected_lines
from api.pages.visits import MemberOf, Visit
from api.presenting import present_one
from api.schemas.registry import BODIES
from api.schemas.requests import DecisionBody
from api.submitting import own_key, refuse_role, submit
from domain import access
from domain.access import Role
from domain.errors import Forbidden, NotFound
from domain.states import Kind, State, Trigger
from store import drafts, offered
from store.tables.pages import Draft

router = APIRouter()
FIXED = ("country", "warranty_code", "partner", "base")


@dataclass(frozen=True)
class AccountDesk:
    """Drafts of somebody who signed in."""

    visit: Visit
    path: str = "/drafts"

    async def take(self, file: UploadFile) -> tuple[str, str]:
        """As over the API."""
        view = await documents.upload(file, self.visit.who, self.visit.parts)  # type: ignore[arg-type]  # FastAPI's own
        return str(view.id), view.filename

    async def file(self, draft: Draft, body: dict[str, Any], key: str) -> str:
        """A new request, or a request that was sent back."""
        visit, kind = self.visit, Kind(draft.kind)
        if draft.request_id is not None:
            return await self._again(draft, body, key)
        refuse_role(visit.who, kind)
        data = parsed(BODIES[kind], body).parsed()
        view, _ = await submit(visit.parts, visit.who, data, key)
        return f"/requests/{view.id}?done=submit&about={view.id}"

    async def _again(self, draft: Draft, body: dict[str, Any], key: str) -> str:
        visit, request_id = self.visit, draft.request_id or ""
        async with visit.parts.sessions() as session:
            row = await sight(session, request_id, visit.who)
            view = await present_one(session, row, visit.who)
            offer = await offered.offer(session, row.country, row.campaign or "")
        sent: dict[str, Any] = {"version": row.version, "comment": draft.fields.get("comment", "")}
        match row.kind, row.state:
            case Kind.POINTS, State.WRONG_DATA:
                sent["data"] = {"lines": corrected_lines(draft, view, offer)}
            case Kind.POINTS, _:
                sent["documents"] = answers(draft, view)
                lines = changed_lines(draft, view, offer)
                sent |= {"data": {"lines": lines}} if lines != view.data["lines"] else {}
            case _, State.WRONG_DATA:
                sent["data"] = {
                    name: value for name, value in body.items() if name not in {*FIXED, "documents", "comment"}
                }
                sent |= {"documents": body["documents"]} if body.get("documents") else {}
            case _:
                sent["documents"] = body.get("documents", [])
        decision = parsed(DecisionBody, sent)
        await Deciding(visit.parts, visit.who, request_id, Trigger.RESUBMIT, decision, own_key(key)).answer()
        return f"/requests/{request_id}?done=resubmit&about={request_id}"


@router.get("/new")
async def choose(visit: MemberOf) -> Response:
    """What the account may file, and what it began."""
    kinds = [kind for kind in Kind if access.may_submit(visit.who, kind) and kind in BODIES]
    if not kinds:
        raise Forbidden("Your role files no requests.")
    async with visit.parts.sessions() as session:
        begun = await drafts.open_drafts(session, visit.who.login)
    return visit.page("new.html", kinds=kinds, begun=begun)


@router.post("/new/{kind}")
async def begin(visit: MemberOf, kind: Kind) -> Response:
    """Begin a request."""
    refuse_role(visit.who, kind)
    if visit.who.country is None:
        raise Forbidden("Your account has no country.")
    async with visit.parts.sessions.begin() as session:
        draft = await drafts.begin(
            session, login=visit.who.login, country=visit.who.country, kind=kind, now=visit.parts.now()
        )
    return visit.go(f"/drafts/{draft.id}")


@router.post("/requests/{request_id}/draft")
async def begin_again(visit: MemberOf, request_id: str) -> Response:
    """Begin to answer a denial or wrong data; what was begun before is gone on with."""
    async with visit.parts.sessions.begin() as session:
        row = await sight(session, request_id, visit.who)
        view = await present_one(session, row, visit.who)
        if Trigger.RESUBMIT not in view.allowed_actions:
            raise NotFound("This request is not waiting for you.")
        draft = await drafts.of_request(session, request_id, visit.who.login)
        if draft is None:
            draft = await drafts.begin(
                session,
                login=visit.who.login,
                country=row.country,
                kind=row.kind,
                now=visit.parts.now(),
                request_id=row.id,
                fields=flat(view.data) | (line_fields(view.data["lines"]) if row.kind == Kind.POINTS else {}),
            )
    return visit.go(f"/drafts/{draft.id}")


@router.get("/drafts/{draft_id}")
async def show(visit: MemberOf, draft_id: str) -> Response:
    """The form."""
    return await draft_page(AccountDesk(visit), draft_id)


@router.post("/drafts/{draft_id}")
async def send(visit: MemberOf, draft_id: str) -> Response:
    """What the form's buttons do."""
    return await draft_sent(AccountDesk(visit), draft_id)


@router.get("/downloads")
async def offers(visit: MemberOf) -> Response:
    """What the country offers, by range."""
    if visit.who.country is None or visit.who.role is Role.ADMIN:
        raise Forbidden("Your account has no country.")
    found = await downloads.read_downloads(visit.who.country, visit.who, visit.parts)
    async with visit.parts.sessions() as session:
        names = await offered.range_names(session, visit.who.country)
    return visit.page("downloads.html", ranges=found.items, names=names)
