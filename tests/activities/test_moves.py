"""Every trigger of every table has its deed; the rest needs a database, and stands in tests of the whole walk."""

import inspect
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from activities import moves
from activities.move import Move
from activities.moves import MOVES, carried_by
from domain.states import Kind, Side, State, Trigger
from statemachines.registry import TABLES, triggers_of
from store.snapshots import to_json
from tests.domain.submissions import commissioning
from tests.store.rows import request_row


def move(trigger: Trigger = Trigger.FLAG_WRONG_DATA, **changed: Any) -> Move:
    row = request_row("ES-COM-000001", version=4)
    at = datetime(2026, 11, 4, tzinfo=UTC)
    nobody = cast("AsyncSession", None)
    return Move(nobody, row, trigger, State.WRONG_DATA, Side.KEYUSER, at, "https://desk.example", **changed)


@pytest.mark.parametrize("kind", TABLES, ids=str)
def test_every_trigger_of_the_table_has_its_deed(kind: Kind) -> None:
    assert triggers_of(kind) <= MOVES.keys()


@pytest.mark.parametrize("trigger", MOVES, ids=str)
def test_every_deed_says_what_it_does(trigger: Trigger) -> None:
    assert inspect.iscoroutinefunction(MOVES[trigger])
    assert inspect.getdoc(MOVES[trigger])


def test_every_trigger_that_ends_a_request_ends_it_the_same_way() -> None:
    ends = {move.trigger for table in TABLES.values() for move in table if move.target is State.CANCELLED}
    assert {MOVES[trigger] for trigger in ends} == {moves.end}


def test_a_move_knows_its_kind_and_the_version_that_it_will_leave() -> None:
    assert (move().kind, move().next_version) == (Kind.COMMISSIONING, 5)


def test_moves_share_no_payload() -> None:
    one, other = move(), move()
    one.payload["documents"] = ["invoice"]
    assert other.payload == {}


async def test_where_the_state_says_it_all_nothing_changes() -> None:
    assert await moves.nothing_more(move()) == {}


def test_what_a_decision_carries_is_the_whole_request() -> None:
    assert carried_by(Kind.COMMISSIONING, {"comment": "", "data": to_json(commissioning())}) == commissioning()
