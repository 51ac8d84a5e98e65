"""What people read instead of the value of a state or a side (`domain.md` §2)."""

from enum import StrEnum

from domain.states import Side, State

LABELS = {
    State.SUBMITTED: "Check pending",
    State.ACCEPTED: "Check pending",
    State.WRONG_DATA: "Wrong data",
    State.DENIED: "Denied",
    State.PROCESSED: "Accepted",
    State.PARTIALLY_ACCEPTED: "Partially accepted",
    State.CANCELLED: "Canceled",
}
# Whose turn it is, and who makes a move, for ops and in the docs.
SIDES = {
    Side.KEYUSER: "keyuser",
    Side.REQUESTER: "requester",
    Side.END_USER: "end user",
    Side.SYSTEM: "the desk",
}


class CancelledBy(StrEnum):
    """Who ended a cancelled request; keyusers see it."""

    END_USER = "end_user"
    KEYUSER = "keyuser"
    REQUESTER = "requester"
    EXPIRED = "expired"


def label(state: State) -> str:
    """The label of partner pages and the API."""
    return LABELS[state]


def public_label(state: State) -> str:
    """The label of the landing page: wrong data is still being checked there."""
    return LABELS[State.SUBMITTED if state is State.WRONG_DATA else state]
