"""What API, workflow and activities tell each other: the steering facts only, never a body or personal data.

They travel through Temporal and stay in its histories: fields are only ever added, with defaults.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.clocks import Alarm, Patience, Used
from domain.states import Kind, Side, State, Trigger


@dataclass(frozen=True)
class RequestOrder:
    """The input of a request's workflow. `reopened`: it is recorded already, and stands in `state` at `version`."""

    request_id: str
    kind: Kind
    state: State = State.SUBMITTED
    reopened: bool = False
    version: int = 1
    used: Used = field(default_factory=Used)
    patience: Patience | None = None


@dataclass(frozen=True)
class Booked:
    """What one transaction did: the state and version it left, the effects that are now due, and the requests that
    fell with this one. `since` is when the turn passed on, where that is not when the workflow hears of it.
    """

    state: State
    version: int
    card: bool = False
    emails: tuple[int, ...] = ()
    patience: Patience | None = None
    fallen: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True)
class Recorded:
    """What became of a submission: booked, or refused (a `KeydeskError` as facts)."""

    booked: Booked | None = None
    refusal: dict[str, Any] | None = None


@dataclass(frozen=True)
class Decide:
    """A decision that waits in the database under `key`, on its way to the workflow (an update)."""

    key: str
    trigger: Trigger


@dataclass(frozen=True)
class SignalledDecision:
    """A decision typed by ops on the `temporal` command line (a signal), in the name of the account `login`.

    Without a `version` it is taken as made on what the request is now.
    """

    trigger: Trigger
    login: str
    comment: str = ""
    version: int | None = None
    key: str = ""


@dataclass(frozen=True)
class BookMove:
    """Order to book one move, decided under `key`, in one transaction. The machine has named states and side.

    Where a trigger leads several ways, `target` is one of them, and the booking finds out which it is.
    """

    request_id: str
    key: str
    trigger: Trigger
    source: State
    target: State
    by: Side
    used: Used = field(default_factory=Used)
    signalled: SignalledDecision | None = None


@dataclass(frozen=True)
class BookSystemMove:
    """Order to book a move that the system makes itself (finish, expire)."""

    request_id: str
    trigger: Trigger
    source: State
    target: State
    used: Used = field(default_factory=Used)


@dataclass(frozen=True)
class Ring:
    """Order to tell whoever is late, or whoever must know; the request is still in `state`."""

    request_id: str
    alarm: Alarm
    state: State


@dataclass(frozen=True)
class IssueCard:
    """Order to render and store the card that the request owes; `version` is the one that promised it."""

    request_id: str
    version: int


@dataclass(frozen=True)
class SendEmail:
    """Order to send one queued email."""

    email_id: int


@dataclass(frozen=True)
class BringIn:
    """Order to bring one uploaded file into its list; the input of an import's workflow."""

    import_id: int
