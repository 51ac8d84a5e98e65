"""What travels through Temporal: it comes back whole, and what an older release wrote is still read."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from domain import messages
from domain.clocks import Patience, Used
from domain.messages import (
    Booked,
    BookMove,
    BookSystemMove,
    BringIn,
    Decide,
    IssueCard,
    Recorded,
    RequestOrder,
    SendEmail,
    SignalledDecision,
)
from domain.states import Kind, Side, State, Trigger

WEEK = timedelta(days=7)
PATIENCE = Patience(WEEK, WEEK, WEEK, WEEK)
USED = Used(keyuser=timedelta(hours=1), requester=timedelta(microseconds=1))
SIGNALLED = SignalledDecision(Trigger.CANCEL, "ops", "by the list of the 4th", version=3, key="k")
BOOKED = Booked(State.ACCEPTED, 2, card=True, emails=(1, 2), patience=PATIENCE)

SENT: list[Any] = [
    RequestOrder("ES-COM-000001", Kind.COMMISSIONING, State.DENIED, reopened=True, version=7, used=USED),
    BOOKED,
    Recorded(BOOKED),
    Recorded(refusal={"code": "duplicate_serial", "detail": "…", "fields": [], "facts": {}}),
    Decide("key", Trigger.ACCEPT),
    SIGNALLED,
    BookMove("ES-COM-000001", "k", Trigger.CANCEL, State.DENIED, State.CANCELLED, Side.KEYUSER, USED, SIGNALLED),
    BookSystemMove("ES-COM-000001", Trigger.FINISH, State.ACCEPTED, State.PROCESSED, USED),
    IssueCard("ES-COM-000001", 2),
    SendEmail(3),
    BringIn(7),
]

# As the first release wrote them: these documents stand in histories, so they must be read for ever.
FIRST_RELEASE: list[tuple[dict[str, Any], Any]] = [
    ({"request_id": "ES-COM-000001", "kind": "commissioning"}, RequestOrder("ES-COM-000001", Kind.COMMISSIONING)),
    (
        {"request_id": "R", "kind": "commissioning", "state": "denied", "reopened": True, "version": 4},
        RequestOrder("R", Kind.COMMISSIONING, State.DENIED, reopened=True, version=4),
    ),
    ({"state": "submitted", "version": 1}, Booked(State.SUBMITTED, 1)),
    (
        {"state": "accepted", "version": 2, "card": True, "emails": [5]},
        Booked(State.ACCEPTED, 2, card=True, emails=(5,)),
    ),
    ({"booked": None, "refusal": {"code": "invalid"}}, Recorded(refusal={"code": "invalid"})),
    ({"key": "k", "trigger": "accept"}, Decide("k", Trigger.ACCEPT)),
    ({"trigger": "deny", "login": "keyuser.es"}, SignalledDecision(Trigger.DENY, "keyuser.es")),
    (
        {
            "request_id": "R",
            "key": "k",
            "trigger": "accept",
            "source": "submitted",
            "target": "accepted",
            "by": "keyuser",
            "signalled": None,
        },
        BookMove("R", "k", Trigger.ACCEPT, State.SUBMITTED, State.ACCEPTED, Side.KEYUSER),
    ),
    (
        {"request_id": "R", "trigger": "finish", "source": "accepted", "target": "processed"},
        BookSystemMove("R", Trigger.FINISH, State.ACCEPTED, State.PROCESSED),
    ),
    ({"request_id": "R", "version": 2}, IssueCard("R", 2)),
    ({"email_id": 7}, SendEmail(7)),
    ({"import_id": 7}, BringIn(7)),
]
# A new field of these needs a default; theirs from the first release do not.
WITHOUT_DEFAULT = {
    "RequestOrder": {"request_id", "kind"},
    "Booked": {"state", "version"},
    "Recorded": set(),
    "Decide": {"key", "trigger"},
    "SignalledDecision": {"trigger", "login"},
    "BookMove": {"request_id", "key", "trigger", "source", "target", "by"},
    "BookSystemMove": {"request_id", "trigger", "source", "target"},
    "IssueCard": {"request_id", "version"},
    "SendEmail": {"email_id"},
    "BringIn": {"import_id"},
}


@pytest.mark.parametrize("message", SENT, ids=lambda one: type(one).__name__)
def test_a_message_comes_back_whole(message: Any) -> None:
    on_the_wire = TypeAdapter(type(message))
    assert on_the_wire.validate_json(on_the_wire.dump_json(message)) == message


@pytest.mark.parametrize(("written", "wanted"), FIRST_RELEASE, ids=lambda one: type(one).__name__)
def test_what_the_first_release_wrote_is_still_read(written: dict[str, Any], wanted: Any) -> None:
    assert TypeAdapter(type(wanted)).validate_python(written) == wanted


@pytest.mark.parametrize("name", WITHOUT_DEFAULT)
def test_fields_are_only_ever_added_with_defaults(name: str) -> None:
    found = fields(getattr(messages, name))
    needed = {one.name for one in found if one.default is MISSING and one.default_factory is MISSING}
    assert needed == WITHOUT_DEFAULT[name]


def test_every_message_is_frozen() -> None:
    own = [one for one in vars(messages).values() if is_dataclass(one) and isinstance(one, type)]
    assert {one.__name__ for one in own} >= WITHOUT_DEFAULT.keys()
    for one in own:
        assert one.__dataclass_params__.frozen, one  # type: ignore[attr-defined]
