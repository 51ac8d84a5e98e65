"""Prints the card that a decision promised."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from activities.rendering.cards import CardFace, RenderFailed, library_versions
from activities.rendering.pool import CardPress
from domain.messages import IssueCard
from store import cards, requests
from store.engine import Sessions
from store.files import Files
from store.snapshots import from_json


@dataclass(frozen=True)
class Cards:
    """The activity that renders, stores and validates cards."""

    sessions: Sessions
    files: Files
    press: CardPress
    now: Callable[[], datetime]

    @activity.defn
    async def issue_card(self, order: IssueCard) -> bool:
        """Render the promised face, store the PDF, make the card valid and the one before it superseded.

        False if the face cannot be rendered: the request shows why ("card blocked") and waits for ops.
        A retry finds what the first attempt did; a card withdrawn meanwhile is left alone.
        """
        async with self.sessions() as session:
            card = await cards.promised(session, order.request_id)
        if card is None:
            return True
        try:
            pdf = await self.press.press(from_json(CardFace, card.face))
        except RenderFailed as failure:
            await self._block(order, str(failure))
            return False
        await self._issue(order, card.version, await self.files.put(pdf))
        return True

    async def _issue(self, order: IssueCard, version: int, sha256: str) -> None:
        async with self.sessions.begin() as session:
            row = await requests.locked(session, order.request_id)
            card = await cards.promised(session, order.request_id)
            if row is not None:
                row.card_blocked = None
            if card is not None and card.version == version:
                await cards.issue(session, card, sha256=sha256, libraries=library_versions(), at=self.now())

    async def _block(self, order: IssueCard, why: str) -> None:
        async with self.sessions.begin() as session:
            row = await requests.locked(session, order.request_id)
            if row is not None:
                row.card_blocked = why
