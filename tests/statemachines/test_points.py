"""The table of points requests, read beside `domain.md` §2.4."""

import pytest

from domain.states import Kind, Side, State, Trigger
from statemachines.machine import RequestMachine
from statemachines.registry import TABLES, offers
from tests.statemachines.rule_book import moves_in, moves_of

POINTS = """
    process          keyuser    submitted                                                    → accepted
    process          keyuser    submitted                                                    → partially_accepted
    process          keyuser    submitted                                                    → denied
    flag_wrong_data  keyuser    submitted                                                    → wrong_data
    resubmit         requester  wrong_data, denied, partially_accepted                       → submitted
    finish           system     accepted                                                     → processed
    adjust           keyuser    processed                                                    → processed
    adjust           keyuser    partially_accepted                                           → partially_accepted
    withdraw         requester  submitted, wrong_data, denied                                → cancelled
    cancel           keyuser    submitted, wrong_data, denied, partially_accepted, processed → cancelled
    expire           system     wrong_data, denied                                           → cancelled
"""


def test_the_table_is_that_of_the_rule_book() -> None:
    assert moves_of(Kind.POINTS) == moves_in(POINTS)
    assert len(TABLES[Kind.POINTS]) == 20


@pytest.mark.parametrize(
    ("state", "side", "wanted"),
    [
        (State.SUBMITTED, Side.KEYUSER, "process flag_wrong_data cancel"),
        (State.SUBMITTED, Side.REQUESTER, "withdraw"),
        (State.WRONG_DATA, Side.REQUESTER, "resubmit withdraw"),
        (State.DENIED, Side.REQUESTER, "resubmit withdraw"),
        (State.PARTIALLY_ACCEPTED, Side.REQUESTER, "resubmit"),
        (State.PARTIALLY_ACCEPTED, Side.KEYUSER, "adjust cancel"),
        (State.PROCESSED, Side.KEYUSER, "adjust cancel"),
        (State.PROCESSED, Side.REQUESTER, ""),
        (State.ACCEPTED, Side.KEYUSER, ""),
    ],
)
def test_each_side_is_offered_what_it_may_do(state: State, side: Side, wanted: str) -> None:
    assert offers(Kind.POINTS, state, side) == tuple(Trigger(one) for one in wanted.split())


@pytest.mark.parametrize("side", [Side.END_USER])
def test_the_end_user_has_no_part_in_it(side: Side) -> None:
    assert not [state for state in State if offers(Kind.POINTS, state, side)]


@pytest.mark.parametrize("outcome", [State.ACCEPTED, State.PARTIALLY_ACCEPTED, State.DENIED], ids=str)
def test_process_leads_where_the_booking_says(outcome: State) -> None:
    machine = RequestMachine(Kind.POINTS)
    assert machine.fire(Trigger.PROCESS, outcome) is machine.state is outcome
