"""What people read instead of a state (`domain.md` §2)."""

import pytest

from domain.labels import LABELS, SIDES, CancelledBy, label, public_label
from domain.states import Side, State


@pytest.mark.parametrize(
    ("state", "reads"),
    [
        (State.SUBMITTED, "Check pending"),
        (State.ACCEPTED, "Check pending"),
        (State.WRONG_DATA, "Wrong data"),
        (State.DENIED, "Denied"),
        (State.PROCESSED, "Accepted"),
        (State.PARTIALLY_ACCEPTED, "Partially accepted"),
        (State.CANCELLED, "Canceled"),
    ],
)
def test_each_state_reads_as_the_rule_book_says(state: State, reads: str) -> None:
    assert label(state) == reads


@pytest.mark.parametrize("state", State, ids=str)
def test_the_landing_page_does_not_tell_of_wrong_data(state: State) -> None:
    assert public_label(state) == ("Check pending" if state is State.WRONG_DATA else label(state))


def test_every_state_has_a_label() -> None:
    assert LABELS.keys() == set(State)


def test_every_side_has_a_name() -> None:
    assert SIDES.keys() == set(Side)


def test_whoever_ended_a_request_is_stored_by_these_names() -> None:
    assert {one.name: one.value for one in CancelledBy} == {
        "END_USER": "end_user",
        "KEYUSER": "keyuser",
        "REQUESTER": "requester",
        "EXPIRED": "expired",
    }
