"""Each side's clock runs only while it is to act, and resumes (`domain.md` §6)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.clocks import Alarm, Clocks, Patience, Used, turn_of
from domain.states import Kind, Side, State

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
USUAL = Patience(
    keyuser_reminder=timedelta(days=3),
    keyuser_escalation=timedelta(days=7),
    requester_reminder=timedelta(days=14),
    requester_expiry=timedelta(days=90),
)
NONE = timedelta()
TURNS = st.sampled_from([Side.KEYUSER, Side.REQUESTER, None])
STRETCHES = st.lists(st.tuples(TURNS, st.integers(-60, 100_000)), max_size=8)


def days(count: float) -> timedelta:
    return timedelta(days=count)


@pytest.mark.parametrize(
    ("state", "side"),
    [
        (State.SUBMITTED, Side.KEYUSER),
        (State.WRONG_DATA, Side.REQUESTER),
        (State.DENIED, Side.REQUESTER),
        (State.PARTIALLY_ACCEPTED, Side.REQUESTER),
        (State.ACCEPTED, None),
        (State.PROCESSED, None),
        (State.CANCELLED, None),
    ],
)
def test_whose_turn_it_is(state: State, side: Side | None) -> None:
    assert turn_of(Kind.COMMISSIONING, state) is side


@pytest.mark.parametrize("kind", [Kind.END_USER_WARRANTY, Kind.EXTRA_YEARS])
def test_nobody_is_to_act_on_a_final_denial(kind: Kind) -> None:
    assert turn_of(kind, State.DENIED) is None
    assert turn_of(kind, State.SUBMITTED) is Side.KEYUSER


def test_alarms_ring_the_earliest_first() -> None:
    assert USUAL.alarms(Side.KEYUSER) == ((Alarm.KEYUSER_REMINDER, days(3)), (Alarm.KEYUSER_ESCALATION, days(7)))
    assert USUAL.alarms(Side.REQUESTER) == ((Alarm.REQUESTER_REMINDER, days(14)), (Alarm.REQUESTER_EXPIRY, days(90)))
    impatient = Patience(days(7), days(3), days(90), days(14))
    assert [alarm for alarm, _ in impatient.alarms(Side.KEYUSER)] == [Alarm.KEYUSER_ESCALATION, Alarm.KEYUSER_REMINDER]


@pytest.mark.parametrize("side", [Side.END_USER, Side.SYSTEM])
def test_who_never_has_the_turn_has_no_alarm(side: Side) -> None:
    assert USUAL.alarms(side) == ()


def test_the_values_of_alarms_stand() -> None:
    assert [str(alarm) for alarm in Alarm] == [
        "keyuser_reminder",
        "keyuser_escalation",
        "requester_reminder",
        "requester_expiry",
    ]


def test_a_clock_resumes_and_does_not_restart() -> None:
    clocks = Clocks(MONDAY, Side.KEYUSER)
    assert clocks.due_at(USUAL) == MONDAY + days(7)
    clocks = clocks.passed_to(Side.REQUESTER, MONDAY + days(2))
    assert clocks.due_at(USUAL) == MONDAY + days(2 + 90)
    clocks = clocks.passed_to(Side.KEYUSER, MONDAY + days(12))
    assert clocks.before == Used(keyuser=days(2), requester=days(10))
    assert clocks.due_at(USUAL) == MONDAY + days(12 + 7 - 2)
    assert clocks.used(MONDAY + days(13)) == Used(keyuser=days(3), requester=days(10))


def test_while_nobody_is_to_act_no_clock_runs() -> None:
    clocks = Clocks(MONDAY, Side.KEYUSER).passed_to(None, MONDAY + days(1))
    assert clocks.due_at(USUAL) is None
    assert clocks.used(MONDAY + days(100)) == Used(keyuser=days(1))


def test_a_wall_clock_that_steps_back_takes_nothing_away() -> None:
    assert Clocks(MONDAY, Side.KEYUSER, Used(keyuser=days(1))).used(MONDAY - days(1)) == Used(keyuser=days(1))


@settings(deadline=None)
@given(STRETCHES)
def test_each_side_has_used_the_time_of_its_own_turns(stretches: list[tuple[Side | None, int]]) -> None:
    now, clocks = MONDAY, Clocks(MONDAY)
    spent: dict[Side | None, timedelta] = {Side.KEYUSER: NONE, Side.REQUESTER: NONE, None: NONE}
    for turn, seconds in stretches:
        clocks = clocks.passed_to(turn, now)
        now += timedelta(seconds=seconds)
        spent[turn] += max(timedelta(seconds=seconds), NONE)
    used = clocks.used(now)
    assert (used.by(Side.KEYUSER), used.by(Side.REQUESTER)) == (spent[Side.KEYUSER], spent[Side.REQUESTER])


@settings(deadline=None)
@given(st.sampled_from([Side.KEYUSER, Side.REQUESTER]), st.integers(0, 10**7), st.integers(0, 10**7))
def test_at_the_deadline_exactly_all_time_is_used_up(turn: Side, keyuser: int, requester: int) -> None:
    before = Used(timedelta(seconds=keyuser), timedelta(seconds=requester))
    clocks = Clocks(MONDAY, turn, before)
    due, deadline = clocks.due_at(USUAL), USUAL.deadline(turn)
    assert due is not None
    assert deadline is not None
    if due >= MONDAY:
        assert clocks.used(due).by(turn) == deadline
    else:
        assert before.by(turn) > deadline, "a deadline in the past: it was shortened meanwhile"


def test_what_never_expires_rings_no_expiry_and_is_never_due() -> None:
    patient = replace(USUAL, requester_expiry=None)
    assert [alarm for alarm, _ in patient.alarms(Side.REQUESTER)] == [Alarm.REQUESTER_REMINDER]
    assert patient.deadline(Side.REQUESTER) is None
    assert Clocks(MONDAY, Side.REQUESTER).due_at(patient) is None
    assert Clocks(MONDAY, Side.KEYUSER).due_at(patient) == MONDAY + patient.keyuser_escalation
