"""The kinds of request, their states and the moves between them, by name.

The *values* are stored in the database, in Temporal histories and in clients: they never change once released.
Names follow `domain.md` §2.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What somebody asks the desk for."""

    COMMISSIONING = "commissioning"
    WARRANTY_EXTENSION = "warranty-extension"
    END_USER_WARRANTY = "end-user-warranty"
    EXTRA_YEARS = "extra-years"
    POINTS = "points"
    UNIT_REPLACEMENT = "unit-replacement"


INFIX = {
    Kind.COMMISSIONING: "COM",
    Kind.WARRANTY_EXTENSION: "EXT",
    Kind.END_USER_WARRANTY: "EUW",
    Kind.EXTRA_YEARS: "XYR",
    Kind.POINTS: "PTS",
    Kind.UNIT_REPLACEMENT: "REP",
}


class State(StrEnum):
    """Where a request stands."""

    SUBMITTED = "submitted"
    WRONG_DATA = "wrong_data"
    DENIED = "denied"
    ACCEPTED = "accepted"
    PARTIALLY_ACCEPTED = "partially_accepted"
    PROCESSED = "processed"
    CANCELLED = "cancelled"


class Trigger(StrEnum):
    """What moves a request from one state to the next."""

    ACCEPT = "accept"
    DENY = "deny"
    FLAG_WRONG_DATA = "flag_wrong_data"
    RESUBMIT = "resubmit"
    FINISH = "finish"
    WITHDRAW = "withdraw"
    CANCEL_BY_END_USER = "cancel_by_end_user"
    CANCEL = "cancel"
    CANCEL_WITH_BASE = "cancel_with_base"
    EXPIRE = "expire"
    AMEND = "amend"
    PROCESS = "process"
    ADJUST = "adjust"


COMMENTED = frozenset({Trigger.DENY, Trigger.FLAG_WRONG_DATA, Trigger.CANCEL, Trigger.AMEND})
"""The moves that tell the requester why (`domain.md` §2)."""


class Side(StrEnum):
    """Who makes a move. The clock of a side runs only while it is to act."""

    REQUESTER = "requester"
    KEYUSER = "keyuser"
    END_USER = "end_user"
    SYSTEM = "system"


def request_id(country: str, kind: Kind, number: int) -> str:
    """The id of a request, also the id of its workflow: `ES-COM-000001`."""
    return f"{country}-{INFIX[kind]}-{number:06d}"
