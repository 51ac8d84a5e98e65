"""Until when an end user may cancel (`domain.md` §2.1, §6)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.states import Kind, Side, State, Trigger
from domain.withdrawal import may_cancel
from statemachines.registry import TABLES, offers, triggers_of

START, PERIOD = date(2026, 11, 1), timedelta(days=14)


@pytest.mark.parametrize(
    ("state", "today", "may"),
    [
        (State.SUBMITTED, date(2030, 1, 1), True),
        (State.WRONG_DATA, date(2030, 1, 1), True),
        (State.DENIED, START, False),
        (State.ACCEPTED, START, False),
        (State.CANCELLED, START, False),
        (State.PROCESSED, date(2026, 10, 31), True),
        (State.PROCESSED, START, True),
        (State.PROCESSED, date(2026, 11, 15), True),
        (State.PROCESSED, date(2026, 11, 16), False),
    ],
)
def test_an_end_user_may_cancel_while_it_is_open_and_fourteen_days_from_the_start(
    state: State, today: date, may: bool
) -> None:
    assert may_cancel(state, START, today, PERIOD) is may


def test_without_a_warranty_there_is_nothing_to_withdraw_from() -> None:
    assert not may_cancel(State.PROCESSED, None, START, PERIOD)


@pytest.mark.parametrize("kind", [kind for kind in TABLES if Trigger.CANCEL_BY_END_USER in triggers_of(kind)], ids=str)
@settings(deadline=None, max_examples=30)
@given(state=st.sampled_from(State), start=st.none() | st.dates(), today=st.dates())
def test_whoever_may_cancel_is_offered_it_by_the_table(
    kind: Kind, state: State, start: date | None, today: date
) -> None:
    stands = {end for move in TABLES[kind] for end in (move.source, move.target)}
    if state in stands and may_cancel(state, start, today, PERIOD):
        assert Trigger.CANCEL_BY_END_USER in offers(kind, state, Side.END_USER)
