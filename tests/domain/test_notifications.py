"""Which move tells whom (`domain.md` §7)."""

import pytest

from activities.rendering.templates import default_template
from domain.clocks import Alarm
from domain.notifications import ON_ALARM, Event, Notice, Recipient, notices, on_submit, to_other_side
from domain.states import Kind, Side, State, Trigger

REQUESTER, KEYUSER, ESCALATION = Recipient.REQUESTER, Recipient.KEYUSER, Recipient.ESCALATION
PARTNER, END_USER = Recipient.PARTNER, Recipient.END_USER
END_USER_KINDS = (Kind.END_USER_WARRANTY, Kind.EXTRA_YEARS)
PARTNER_KINDS = tuple(kind for kind in Kind if kind not in END_USER_KINDS)
WARRANTIES = tuple(kind for kind in PARTNER_KINDS if kind is not Kind.POINTS)

each_kind = pytest.mark.parametrize("kind", Kind, ids=str)
each_partner_warranty = pytest.mark.parametrize("kind", WARRANTIES, ids=str)
each_partner_kind = pytest.mark.parametrize("kind", PARTNER_KINDS, ids=str)
each_end_user_kind = pytest.mark.parametrize("kind", END_USER_KINDS, ids=str)


@each_partner_warranty
@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        (Trigger.ACCEPT, ()),
        (Trigger.DENY, ((Event.DENIED, REQUESTER),)),
        (Trigger.FLAG_WRONG_DATA, ((Event.WRONG_DATA, REQUESTER),)),
        (Trigger.RESUBMIT, ()),
        (Trigger.FINISH, ((Event.PROCESSED, REQUESTER),)),
        (Trigger.AMEND, ((Event.AMENDED, REQUESTER),)),
        (Trigger.CANCEL, ((Event.CANCELLED, REQUESTER),)),
        (Trigger.EXPIRE, ((Event.EXPIRED, REQUESTER),)),
        (Trigger.WITHDRAW, ((Event.WITHDRAWN, KEYUSER),)),
        (Trigger.CANCEL_BY_END_USER, ((Event.CANCELLED, REQUESTER), (Event.CANCELLED_BY_END_USER, KEYUSER))),
    ],
)
def test_a_move_of_a_partners_request_tells_these(kind: Kind, trigger: Trigger, told: tuple[Notice, ...]) -> None:
    assert notices(kind, trigger, has_card=True) == told


@pytest.mark.parametrize(
    ("trigger", "target", "told"),
    [
        (Trigger.PROCESS, State.ACCEPTED, ()),
        (Trigger.PROCESS, State.PARTIALLY_ACCEPTED, ((Event.PARTIALLY_ACCEPTED, REQUESTER),)),
        (Trigger.PROCESS, State.DENIED, ((Event.DENIED, REQUESTER),)),
        (Trigger.FLAG_WRONG_DATA, State.WRONG_DATA, ((Event.WRONG_DATA, REQUESTER),)),
        (Trigger.RESUBMIT, State.SUBMITTED, ()),
        (Trigger.FINISH, State.PROCESSED, ((Event.POINTS_CREDITED, REQUESTER),)),
        (Trigger.ADJUST, State.PROCESSED, ((Event.POINTS_ADJUSTED, REQUESTER),)),
        (Trigger.CANCEL, State.CANCELLED, ((Event.POINTS_CANCELLED, REQUESTER),)),
        (Trigger.EXPIRE, State.CANCELLED, ((Event.EXPIRED, REQUESTER),)),
        (Trigger.WITHDRAW, State.CANCELLED, ((Event.WITHDRAWN, KEYUSER),)),
    ],
)
def test_a_move_of_a_points_request_tells_these(trigger: Trigger, target: State, told: tuple[Notice, ...]) -> None:
    for has_card in (True, False):
        assert notices(Kind.POINTS, trigger, has_card=has_card, target=target) == told


@each_end_user_kind
@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        (Trigger.ACCEPT, ()),
        (Trigger.DENY, ((Event.DENIED, PARTNER),)),
        (Trigger.FINISH, ((Event.PROCESSED, END_USER), (Event.PROCESSED, PARTNER))),
        (Trigger.AMEND, ((Event.AMENDED, END_USER), (Event.AMENDED, PARTNER))),
        (Trigger.CANCEL, ((Event.CANCELLED, PARTNER),)),
        (Trigger.CANCEL_WITH_BASE, ((Event.CANCELLED, PARTNER),)),
        (
            Trigger.CANCEL_BY_END_USER,
            ((Event.CANCELLED_BY_END_USER, PARTNER), (Event.CANCELLED_BY_END_USER, KEYUSER)),
        ),
    ],
)
def test_a_move_of_an_end_users_request_tells_these(kind: Kind, trigger: Trigger, told: tuple[Notice, ...]) -> None:
    assert notices(kind, trigger, has_card=True) == told


@each_partner_kind
@pytest.mark.parametrize("trigger", Trigger, ids=str)
def test_no_move_of_a_partners_request_tells_the_end_user(kind: Kind, trigger: Trigger) -> None:
    assert END_USER not in {recipient for _, recipient in notices(kind, trigger, has_card=True)}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        *((kind, [REQUESTER]) for kind in PARTNER_KINDS),
        (Kind.END_USER_WARRANTY, [PARTNER]),
        (Kind.EXTRA_YEARS, [PARTNER, KEYUSER]),
    ],
    ids=str,
)
def test_the_submission_tells_these(kind: Kind, told: list[Recipient]) -> None:
    assert on_submit(kind) == tuple((Event.SUBMITTED, recipient) for recipient in told)


@each_kind
@pytest.mark.parametrize("trigger", Trigger, ids=str)
def test_without_a_card_no_email_promises_one(kind: Kind, trigger: Trigger) -> None:
    told = notices(kind, trigger, has_card=False)
    assert not [event for event, _ in told if event.carries_card]
    assert [recipient for _, recipient in told] == [recipient for _, recipient in notices(kind, trigger, has_card=True)]


def test_without_a_card_the_email_says_so() -> None:
    extension = Kind.WARRANTY_EXTENSION
    assert notices(extension, Trigger.FINISH, has_card=False) == ((Event.PROCESSED_WITHOUT_CARD, REQUESTER),)
    assert notices(extension, Trigger.AMEND, has_card=False) == ((Event.AMENDED_WITHOUT_CARD, REQUESTER),)


def test_the_card_goes_with_processed_and_amended() -> None:
    assert {event for event in Event if event.carries_card} == {Event.PROCESSED, Event.AMENDED}


def test_whoever_is_late_is_reminded_and_then_the_escalation_address_hears_of_it() -> None:
    assert ON_ALARM == {
        Alarm.KEYUSER_REMINDER: (Event.REMINDER, KEYUSER),
        Alarm.KEYUSER_ESCALATION: (Event.ESCALATION, ESCALATION),
        Alarm.REQUESTER_REMINDER: (Event.REMINDER, REQUESTER),
    }


@each_kind
def test_a_message_goes_to_the_other_side_and_from_ops_to_both(kind: Kind) -> None:
    theirs = (Event.MESSAGE, PARTNER if kind in END_USER_KINDS else REQUESTER)
    ours = (Event.MESSAGE, KEYUSER)
    assert to_other_side(kind, Side.REQUESTER) == (ours,)
    assert to_other_side(kind, Side.KEYUSER) == (theirs,)
    assert to_other_side(kind, None) == (theirs, ours)


def every_notice() -> set[Notice]:
    """Those without a card only where a request can come to that (`domain.md` §3)."""
    moves = {
        one
        for kind in Kind
        for trigger in Trigger
        for has in ((True,) if kind in END_USER_KINDS else (True, False))
        for target in State
        for one in notices(kind, trigger, has_card=has, target=target)
    }
    sides = (Side.REQUESTER, Side.KEYUSER, None)
    messages = {one for kind in Kind for side in sides for one in to_other_side(kind, side)}
    return moves | messages | {one for kind in Kind for one in on_submit(kind)} | set(ON_ALARM.values())


@pytest.mark.parametrize(("event", "recipient"), sorted(every_notice()), ids=str)
@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_there_is_a_text_for_every_email_in_every_language(event: Event, recipient: Recipient, language: str) -> None:
    template = default_template(event, recipient, language)
    assert template is not None
    assert template.language == language


def test_stored_names_stand() -> None:
    assert [str(one) for one in Recipient] == ["requester", "keyuser", "escalation", "partner", "end_user"]
    assert {str(one) for one in Event} >= {
        *("submitted", "wrong_data", "denied", "processed", "processed_without_card", "amended"),
        *("amended_without_card", "cancelled", "cancelled_by_end_user", "withdrawn", "expired"),
        *("reminder", "escalation", "message"),
    }


@pytest.mark.parametrize("event", Event)
def test_an_event_with_words_of_its_own_stands_for_one_of_the_rule_book(event: Event) -> None:
    assert event.occasion is event or event.value not in {"processed", "amended", "cancelled"}
    assert event.occasion.occasion is event.occasion
    own = {"processed_without_card", "points_credited", "amended_without_card", "points_cancelled"}
    assert (event.occasion is not event) == (event in own)
