"""What a decision would send out: the move is made as it will be, read, and taken back."""

from dataclasses import dataclass
from typing import Any

from activities.booking import Booking
from activities.emails import template_of
from activities.move import Move
from activities.rendering.emails import render_email
from activities.rendering.face import CardFace
from domain import access
from domain.access import Caller
from domain.errors import MoveRefused, NotFound
from domain.states import Kind, Side, State, Trigger
from statemachines.registry import TABLES
from store import bases, cards, clocks, emails, requests
from store.snapshots import from_json


@dataclass(frozen=True)
class Letter:
    """One email as it would go out."""

    event: str
    recipient: str
    to: str
    subject: str
    text: str
    carries_card: bool


@dataclass(frozen=True)
class Rehearsed:
    """What would go out: the card, None if there is none, and the emails."""

    face: CardFace | None
    letters: tuple[Letter, ...]


async def rehearse(
    booking: Booking, caller: Caller, request_id: str, trigger: Trigger, payload: dict[str, Any]
) -> Rehearsed:
    """Make the move in a transaction that is rolled back; what it would set going is made, too.

    Raises what the move itself would raise. Nothing is kept, and nothing is sent.
    """
    async with booking.sessions() as session, session.begin() as transaction:
        if trigger is Trigger.ACCEPT:
            await bases.hold(session, request_id)
        row = await requests.locked(session, request_id)
        if row is None or not access.may_see(caller, requests.owner_of(row)):
            raise NotFound(f"There is no request {request_id}.")
        before = set(await emails.queued_of(session, row.id))
        side = access.side_of(caller, requests.owner_of(row))
        move: Trigger | None = trigger
        while move is not None:
            made = Move(
                session,
                row,
                move,
                _target(Kind(row.kind), State(row.state), move),
                side if move is trigger and side else Side.SYSTEM,
                booking.now(),
                booking.base_url,
                actor=caller if move is trigger else None,
                comment=payload.get("comment", "") if move is trigger else "",
                payload=payload,
            )
            await booking.make(made, clocks.used_of(row, made.at))
            move = Trigger.FINISH if row.state == State.ACCEPTED and move is trigger else None
        card = await cards.promised(session, row.id)
        letters = []
        for email in await emails.emails_of(session, row.id):
            if email.id in before or email.status != "queued":
                continue
            template = await template_of(session, email)
            told = render_email(template, email.tags, language=template.language)
            carries = email.card_version is not None
            letters.append(Letter(email.event, email.recipient, email.to, told.subject, told.text, carries))
        face = from_json(CardFace, card.face) if card else None
        await transaction.rollback()
    return Rehearsed(face, tuple(letters))


def _target(kind: Kind, state: State, trigger: Trigger) -> State:
    for move in TABLES[kind]:
        if move.trigger is trigger and move.source is state:
            return move.target
    raise MoveRefused(f"{trigger} is not possible while the request is {state}.", facts={"state": state.value})
