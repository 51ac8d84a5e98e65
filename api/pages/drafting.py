"""Drafts: everything typed or uploaded is kept on the server at once, and sent in when it is complete.

An account's draft and a visitor's one differ in who uploads and who files; `Desk` is what they have in common.
"""

from typing import Any, Protocol

from fastapi import Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile

from api.documents import MAX_BYTES
from api.errors import status_of
from api.pages import sentences
from api.pages.bodies import ATTEMPT, body_of, title_of
from api.pages.forms import Complaint, Problems, fields_of, files_of, problems
from api.pages.sheets import Sheet, sheet_of
from api.pages.visits import Visit, wants_json
from api.pages.words import n_
from domain.errors import DocumentMissing, DocumentStillDenied, KeydeskError, NotFound
from store import drafts, offered
from store.tables.pages import Draft

FILE = "file/"
MOST_DOCUMENTS = 40
MISSING, DENIED = n_("is missing"), n_("was denied and needs a new file")


class Desk(Protocol):
    """Where a draft's files and the draft itself go."""

    @property
    def visit(self) -> Visit:
        """Who fills in the form."""

    @property
    def path(self) -> str:
        """Where drafts have their pages."""

    async def take(self, file: UploadFile) -> tuple[str, str]:
        """Keep an uploaded file; answers its id and its name. Raises TooLarge, UnsupportedType, Invalid."""
        ...

    async def file(self, draft: Draft, body: dict[str, Any], key: str) -> str:
        """File the request; answers where to go on. Raises what the rules refuse."""
        ...


async def draft_page(
    desk: Desk, draft_id: str, found: Problems | None = None, refusal: KeydeskError | None = None
) -> Response:
    """The form with what is in the draft. Raises NotFound for a draft of somebody else."""
    visit = desk.visit
    async with visit.parts.sessions() as session:
        draft = await known(session, desk, draft_id)
        if draft.filed_as is not None:
            return visit.go(f"/requests/{draft.filed_as}" if draft.login else "/")
        sheet = await sheet_of(visit, session, draft)
    if isinstance(refusal, DocumentMissing | DocumentStillDenied):
        found = _papers(visit, refusal, sheet) or found
    return visit.page(
        "draft.html",
        found.status if found else 200,
        sheet=sheet,
        draft=draft,
        fields=sheet.fields,
        found=found or Problems(),
        place=desk.path,
        title=title_of(visit, draft),
        largest=MAX_BYTES,
    )


async def draft_sent(desk: Desk, draft_id: str) -> Response:
    """Take what the form carries, then do what its button says: keep, remove a document, discard, send in."""
    visit = desk.visit
    fields = await fields_of(visit.request)
    done = fields.pop("do", "keep")
    try:
        await _keep(desk, draft_id, fields)
        if done == "submit":
            return visit.go(await _file(desk, draft_id))
    except NotFound:
        raise
    except KeydeskError as refusal:
        found = problems(visit, refusal, status_of(type(refusal)), "/data")
        if wants_json(visit.request):
            return JSONResponse({"sentence": found.summary}, found.status)
        return await draft_page(desk, draft_id, found, refusal)
    if done == "discard":
        async with visit.parts.sessions.begin() as session:
            await session.delete(await known(session, desk, draft_id))
        return visit.go("/new" if visit.caller else "/")
    if done.startswith("remove/"):
        await _remove(desk, draft_id, done.removeprefix("remove/"))
    there = f"{desk.path}/{draft_id}"
    if wants_json(visit.request):  # an address that the browser does not stand on, so that it goes there
        return JSONResponse({"page": f"{there}?at={visit.parts.now().timestamp():.3f}#documents"})
    return visit.go(
        f"{there}#documents" if any(name.startswith(FILE) for name, _ in await files_of(visit.request)) else there
    )


def _papers(visit: Visit, refusal: KeydeskError, sheet: Sheet) -> Problems | None:
    """The documents that are missing, by their titles, each at the place where its file is chosen."""
    named = refusal.facts.get("missing") or refusal.facts.get("denied") or ()
    codes = dict.fromkeys(one["requirement"] if isinstance(one, dict) else one for one in named)
    titles = {one.requirement: one.title for one in sheet.papers}
    said = visit.say(MISSING if isinstance(refusal, DocumentMissing) else DENIED)
    found = Problems(
        sentences.told(refusal.code, "", visit.language),
        status_of(type(refusal)),
        tuple(Complaint(f"file-{code}", titles.get(code, code), said) for code in codes),
        {f"{FILE}{code}": said for code in codes},
    )
    return found if codes else None


async def known(session: AsyncSession, desk: Desk, draft_id: str) -> Draft:
    """The draft of whoever visits. Raises NotFound."""
    found = await drafts.draft(session, draft_id, desk.visit.caller.login if desk.visit.caller else None)
    if found is None:
        raise NotFound("There is no such draft.")
    return found


async def _keep(desk: Desk, draft_id: str, fields: dict[str, str]) -> None:
    """Store what was typed, then each file; a file that is refused does not take the others with it."""
    now = desk.visit.parts.now()
    async with desk.visit.parts.sessions.begin() as session:
        draft = await known(session, desk, draft_id)
        typed = {name: value for name, value in fields.items() if name != "csrf"}
        draft.fields = {**{name: value for name, value in draft.fields.items() if name == ATTEMPT}, **typed}
        draft.updated_at = now
    for name, file in await files_of(desk.visit.request):
        if name.startswith(FILE):
            document_id, filename = await desk.take(file)
            async with desk.visit.parts.sessions.begin() as session:
                draft = await known(session, desk, draft_id)
                kept = {"requirement": name.removeprefix(FILE), "document_id": document_id, "filename": filename}
                draft.documents = [*draft.documents, kept][-MOST_DOCUMENTS:]


async def _remove(desk: Desk, draft_id: str, document_id: str) -> None:
    async with desk.visit.parts.sessions.begin() as session:
        draft = await known(session, desk, draft_id)
        draft.documents = [one for one in draft.documents if one["document_id"] != document_id]


async def _file(desk: Desk, draft_id: str) -> str:
    """File the draft, once. A refusal is kept under its key, so the next try has another one."""
    sessions = desk.visit.parts.sessions
    async with sessions() as session:
        draft = await known(session, desk, draft_id)
        offer = await offered.offer(session, draft.country, draft.fields.get("campaign", ""))
    attempt = int(draft.fields.get(ATTEMPT, "0"))
    try:
        there = await desk.file(draft, body_of(draft, offer), f"draft-{draft.id}-{attempt}")
    except KeydeskError:
        async with sessions.begin() as session:
            draft = await known(session, desk, draft_id)
            draft.fields = {**draft.fields, ATTEMPT: str(attempt + 1)}
        raise
    async with sessions.begin() as session:
        draft = await known(session, desk, draft_id)
        draft.filed_as = there.partition("?")[0].rsplit("/", 1)[-1] or "filed"
        draft.fields, draft.documents = {}, []
    return there
