"""Messages between requester and keyuser: journalled, emailed to the other side; they change no state."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from activities.notices import announce
from api.deciding import reopening, sight
from api.dependencies import CallerOf, KeyOf, Parts, PartsOf
from api.errors import documented
from api.fields import Body, Text
from api.submitting import fingerprint, own_key
from domain import access, errors
from domain.access import Caller
from domain.errors import IdempotencyConflict
from domain.notifications import to_other_side
from domain.states import Kind, State
from store import emails, messages, requests
from store.tables.requests import Message
from workflows.client import Case

router = APIRouter(prefix="/requests/{request_id}/messages", tags=["requests"])


class MessageBody(Body):
    """What somebody wants to say."""

    text: Annotated[Text, StringConstraints(min_length=1)]


class MessageView(BaseModel):
    """One message. `side` wrote it: requester, keyuser, or null for somebody who only looks."""

    version: int
    at: datetime
    login: str
    side: str | None
    text: str


class Messages(BaseModel):
    """All messages of a request, oldest first."""

    items: list[MessageView]


@router.get("", responses=documented(errors.NotAuthenticated, errors.NotFound))
async def read_messages(request_id: str, caller: CallerOf, parts: PartsOf) -> Messages:
    """The messages of a request. Reading them clears the caller's side's unread marker."""
    async with parts.sessions.begin() as session:
        row = await sight(session, request_id, caller)
        await messages.mark_read(session, row.id, access.speaks_for(caller, requests.owner_of(row)))
        found = await messages.messages_of(session, row.id)
    return Messages(items=[_view(one) for one in found])


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": MessageView, "description": "the same key and text came before: the same message"},
        **documented(
            errors.NotAuthenticated, errors.NotFound, errors.Invalid, errors.IdempotencyConflict, errors.Unavailable
        ),
    },
)
async def write_message(
    request_id: str, body: MessageBody, caller: CallerOf, parts: PartsOf, key: KeyOf, response: Response
) -> MessageView:
    """Write to the other side. Asked again with the same Idempotency-Key, it is written and mailed once."""
    found, case, queued, created = await _written(parts, caller, request_id, body, own_key(key))
    if queued:
        await parts.desk.deliver(case, queued)
    response.status_code = 201 if created else 200
    return _view(found)


async def _written(
    parts: Parts, caller: Caller, request_id: str, body: MessageBody, key: str
) -> tuple[Message, Case, tuple[int, ...], bool]:
    """The message, what it takes to send its emails, those that are not sent yet, and whether it is new."""
    body_hash = fingerprint(body.text)
    async with parts.sessions.begin() as session:
        row = await sight(session, request_id, caller)
        await requests.hold(session, row)
        found = await messages.find(session, row.id, caller.login, key)
        if created := found is None:
            side = access.speaks_for(caller, requests.owner_of(row))
            step = requests.Step(caller.login, "message", State(row.state), parts.now(), body.text)
            requests.journalise(session, row, step)
            found = messages.write(
                session,
                request_id=row.id,
                version=row.version,
                login=caller.login,
                side=side,
                key=key,
                body_hash=body_hash,
                text=body.text,
                at=step.at,
            )
            await session.flush()
            await announce(
                session,
                row,
                to_other_side(Kind(row.kind), side),
                cause=f"v{row.version}",
                at=step.at,
                base_url=parts.base_url,
                comment=body.text,
            )
        if found.body_hash != body_hash:
            raise IdempotencyConflict("This Idempotency-Key was used for another message.")
        queued = await emails.queued_of(session, row.id, f"v{found.version}")
        return found, await reopening(session, row, parts.now()), queued, created


def _view(message: Message) -> MessageView:
    return MessageView.model_validate(message, from_attributes=True)
