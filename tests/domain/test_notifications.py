"""Which move tells whom (`domain.md` §7)."""

import pytest

from activities.rendering.templates import default_template
from domain.clocks import Alarm
from domain.notifications import ON_ALARM, ON_SUBMIT, TO_OTHER_SIDE, Event, Notice, Recipient, notices
from domain.states import Side, Trigger

REQUESTER, KEYUSER, ESCALATION = Recipient.REQUESTER, Recipient.KEYUSER, Recipient.ESCALATION


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
def test_a_move_tells_these(trigger: Trigger, told: tuple[Notice, ...]) -> None:
    assert notices(trigger, has_card=True) == told


def test_the_submission_tells_the_requester() -> None:
    assert ON_SUBMIT == ((Event.SUBMITTED, REQUESTER),)


@pytest.mark.parametrize("trigger", Trigger, ids=str)
def test_without_a_card_no_email_promises_one(trigger: Trigger) -> None:
    told = notices(trigger, has_card=False)
    assert not [event for event, _ in told if event.carries_card]
    assert [recipient for _, recipient in told] == [recipient for _, recipient in notices(trigger, has_card=True)]


def test_without_a_card_the_email_says_so() -> None:
    assert notices(Trigger.FINISH, has_card=False) == ((Event.PROCESSED_WITHOUT_CARD, REQUESTER),)
    assert notices(Trigger.AMEND, has_card=False) == ((Event.AMENDED_WITHOUT_CARD, REQUESTER),)


def test_the_card_goes_with_processed_and_amended() -> None:
    assert {event for event in Event if event.carries_card} == {Event.PROCESSED, Event.AMENDED}


def test_whoever_is_late_is_reminded_and_then_the_escalation_address_hears_of_it() -> None:
    assert ON_ALARM == {
        Alarm.KEYUSER_REMINDER: (Event.REMINDER, KEYUSER),
        Alarm.KEYUSER_ESCALATION: (Event.ESCALATION, ESCALATION),
        Alarm.REQUESTER_REMINDER: (Event.REMINDER, REQUESTER),
    }


def test_a_message_goes_to_the_other_side_and_from_ops_to_both() -> None:
    assert TO_OTHER_SIDE == {
        Side.REQUESTER: ((Event.MESSAGE, KEYUSER),),
        Side.KEYUSER: ((Event.MESSAGE, REQUESTER),),
        None: ((Event.MESSAGE, REQUESTER), (Event.MESSAGE, KEYUSER)),
    }


def every_notice() -> set[Notice]:
    moves = {one for trigger in Trigger for has in (True, False) for one in notices(trigger, has_card=has)}
    messages = {one for told in TO_OTHER_SIDE.values() for one in told}
    return moves | messages | set(ON_SUBMIT) | set(ON_ALARM.values())


@pytest.mark.parametrize(("event", "recipient"), sorted(every_notice()), ids=str)
def test_there_is_a_text_for_every_email(event: Event, recipient: Recipient) -> None:
    assert default_template(event, recipient, "en") is not None


def test_stored_names_stand() -> None:
    assert [str(one) for one in Recipient] == ["requester", "keyuser", "escalation"]
    assert {str(one) for one in Event} >= {
        *("submitted", "wrong_data", "denied", "processed", "processed_without_card", "amended"),
        *("amended_without_card", "cancelled", "cancelled_by_end_user", "withdrawn", "expired"),
        *("reminder", "escalation", "message"),
    }
