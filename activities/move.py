"""One move in the making: what the functions that make moves are given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Caller
from domain.states import Kind, Side, State, Trigger
from store.tables.requests import Request

Changes = dict[str, Any]


@dataclass
class Move:
    """One move in the making: the locked row, who makes it, and what the decision carries beside its trigger.

    `told` is what the emails say as comment, where that is not the move's own.
    """

    session: AsyncSession
    row: Request
    trigger: Trigger
    target: State
    side: Side
    at: datetime
    base_url: str
    actor: Caller | None = None
    comment: str = ""
    told: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """The kind of the request."""
        return Kind(self.row.kind)

    @property
    def next_version(self) -> int:
        """The version that this move's journal entry will have."""
        return self.row.version + 1


Making = Callable[[Move], Awaitable[Changes]]
"""What one trigger does to the database, beside the state; answers the differences for the journal."""
