"""Prints the card that a decision promised."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from activities.rendering.face import CardFace, RenderFailed, library_versions
from activities.rendering.pool import CardPress
from domain.messages import IssueCard
from store import cards, requests
from store.engine import Sessions
from store.files import Files
from store.snapshots import from_json
from store.tables.effects import Card


@dataclass(frozen=True)
class Cards:
    """The activity that renders, stores and validates cards."""

    sessions: Sessions
    files: Files
    press: CardPress
    now: Callable[[], datetime]

    @activity.defn
    async def issue_card(self, order: IssueCard) -> bool:
        """Render each promised face, store the PDF, make the card valid and the one before it superseded.

        A replacement may owe several, those of the old unit's requests. False if a face cannot be rendered: the
        request shows why ("card blocked") and waits for ops. A retry finds what the first attempt did; a card
        withdrawn meanwhile is left alone.
        """
        while (card := await self._promised(order)) is not None:
            try:
                pdf = await self.press.press(from_json(CardFace, card.face))
            except RenderFailed as failure:
                await self._block(order, str(failure))
                return False
            await self._issue(order, card, await self.files.put(pdf))
        return True

    async def _promised(self, order: IssueCard) -> Card | None:
        async with self.sessions() as session:
            return await cards.promised(session, order.request_id)

    async def _issue(self, order: IssueCard, printed: Card, sha256: str) -> None:
        async with self.sessions.begin() as session:
            rows = [await requests.locked(session, one) for one in sorted({order.request_id, printed.request_id})]
            for row in rows:
                if row is not None and row.id == order.request_id:
                    row.card_blocked = None
            card = await cards.promised(session, order.request_id)
            if card is not None and (card.request_id, card.version) == (printed.request_id, printed.version):
                await cards.issue(session, card, sha256=sha256, libraries=library_versions(), at=self.now())

    async def _block(self, order: IssueCard, why: str) -> None:
        async with self.sessions.begin() as session:
            row = await requests.locked(session, order.request_id)
            if row is not None:
                row.card_blocked = why
