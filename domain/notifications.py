"""Which move tells whom (`domain.md` §7). The values are stored and never change once released."""

from enum import StrEnum

from domain.clocks import Alarm
from domain.states import Kind, Side, State, Trigger


class Event(StrEnum):
    """What an email is about."""

    SUBMITTED = "submitted"
    WRONG_DATA = "wrong_data"
    DENIED = "denied"
    PROCESSED = "processed"
    PROCESSED_WITHOUT_CARD = "processed_without_card"
    AMENDED = "amended"
    CANCELLED = "cancelled"
    CANCELLED_BY_END_USER = "cancelled_by_end_user"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    AMENDED_WITHOUT_CARD = "amended_without_card"
    POINTS_CREDITED = "points_credited"
    PARTIALLY_ACCEPTED = "partially_accepted"
    POINTS_ADJUSTED = "points_adjusted"
    POINTS_CANCELLED = "points_cancelled"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    MESSAGE = "message"

    @property
    def carries_card(self) -> bool:
        """Whether the card is attached."""
        return self in {Event.PROCESSED, Event.AMENDED}

    @property
    def occasion(self) -> "Event":
        """The event of the rule book (§7) for which this one has words of its own."""
        return OWN_WORDS.get(self, self)


OWN_WORDS = {
    Event.PROCESSED_WITHOUT_CARD: Event.PROCESSED,
    Event.POINTS_CREDITED: Event.PROCESSED,
    Event.AMENDED_WITHOUT_CARD: Event.AMENDED,
    Event.POINTS_CANCELLED: Event.CANCELLED,
}


class Recipient(StrEnum):
    """Who an email goes to."""

    REQUESTER = "requester"
    KEYUSER = "keyuser"
    ESCALATION = "escalation"
    PARTNER = "partner"
    END_USER = "end_user"


Notice = tuple[Event, Recipient]
END_USER_KINDS = {Kind.END_USER_WARRANTY, Kind.EXTRA_YEARS}

PARTNER_NOTICES: dict[Trigger, tuple[Notice, ...]] = {
    Trigger.DENY: ((Event.DENIED, Recipient.REQUESTER),),
    Trigger.FLAG_WRONG_DATA: ((Event.WRONG_DATA, Recipient.REQUESTER),),
    Trigger.FINISH: ((Event.PROCESSED, Recipient.REQUESTER),),
    Trigger.AMEND: ((Event.AMENDED, Recipient.REQUESTER),),
    Trigger.CANCEL: ((Event.CANCELLED, Recipient.REQUESTER),),
    Trigger.EXPIRE: ((Event.EXPIRED, Recipient.REQUESTER),),
    Trigger.WITHDRAW: ((Event.WITHDRAWN, Recipient.KEYUSER),),
    Trigger.CANCEL_BY_END_USER: (
        (Event.CANCELLED, Recipient.REQUESTER),
        (Event.CANCELLED_BY_END_USER, Recipient.KEYUSER),
    ),
}

END_USER_NOTICES: dict[Trigger, tuple[Notice, ...]] = {
    Trigger.DENY: ((Event.DENIED, Recipient.PARTNER),),
    Trigger.FINISH: ((Event.PROCESSED, Recipient.END_USER), (Event.PROCESSED, Recipient.PARTNER)),
    Trigger.AMEND: ((Event.AMENDED, Recipient.END_USER), (Event.AMENDED, Recipient.PARTNER)),
    Trigger.CANCEL: ((Event.CANCELLED, Recipient.PARTNER),),
    Trigger.CANCEL_WITH_BASE: ((Event.CANCELLED, Recipient.PARTNER),),
    Trigger.CANCEL_BY_END_USER: (
        (Event.CANCELLED_BY_END_USER, Recipient.PARTNER),
        (Event.CANCELLED_BY_END_USER, Recipient.KEYUSER),
    ),
}

POINTS_NOTICES: dict[Trigger, tuple[Notice, ...]] = {
    Trigger.FLAG_WRONG_DATA: ((Event.WRONG_DATA, Recipient.REQUESTER),),
    Trigger.FINISH: ((Event.POINTS_CREDITED, Recipient.REQUESTER),),
    Trigger.ADJUST: ((Event.POINTS_ADJUSTED, Recipient.REQUESTER),),
    Trigger.CANCEL: ((Event.POINTS_CANCELLED, Recipient.REQUESTER),),
    Trigger.EXPIRE: ((Event.EXPIRED, Recipient.REQUESTER),),
    Trigger.WITHDRAW: ((Event.WITHDRAWN, Recipient.KEYUSER),),
}

ON_OUTCOME: dict[State, tuple[Notice, ...]] = {
    State.PARTIALLY_ACCEPTED: ((Event.PARTIALLY_ACCEPTED, Recipient.REQUESTER),),
    State.DENIED: ((Event.DENIED, Recipient.REQUESTER),),
}

ON_ALARM: dict[Alarm, Notice] = {
    Alarm.KEYUSER_REMINDER: (Event.REMINDER, Recipient.KEYUSER),
    Alarm.KEYUSER_ESCALATION: (Event.ESCALATION, Recipient.ESCALATION),
    Alarm.REQUESTER_REMINDER: (Event.REMINDER, Recipient.REQUESTER),
}


def on_submit(kind: Kind) -> tuple[Notice, ...]:
    """The emails that a submission causes."""
    match kind:
        case Kind.END_USER_WARRANTY:
            return ((Event.SUBMITTED, Recipient.PARTNER),)
        case Kind.EXTRA_YEARS:
            return ((Event.SUBMITTED, Recipient.PARTNER), (Event.SUBMITTED, Recipient.KEYUSER))
        case _:
            return ((Event.SUBMITTED, Recipient.REQUESTER),)


def to_other_side(kind: Kind, side: Side | None) -> tuple[Notice, ...]:
    """A message goes to the other side; from somebody who only looks (ops), to both."""
    theirs = (Event.MESSAGE, Recipient.PARTNER if kind in END_USER_KINDS else Recipient.REQUESTER)
    ours = (Event.MESSAGE, Recipient.KEYUSER)
    match side:
        case Side.KEYUSER:
            return (theirs,)
        case Side.REQUESTER:
            return (ours,)
        case _:
            return (theirs, ours)


def notices(kind: Kind, trigger: Trigger, *, has_card: bool, target: State | None = None) -> tuple[Notice, ...]:
    """The emails that a move causes, to `target` where it leads several ways.

    A request that is processed without a card says so in its own words.
    """
    if kind is Kind.POINTS:
        return ON_OUTCOME.get(target, ()) if target and trigger is Trigger.PROCESS else POINTS_NOTICES.get(trigger, ())
    caused = (END_USER_NOTICES if kind in END_USER_KINDS else PARTNER_NOTICES).get(trigger, ())
    if has_card:
        return caused
    instead = {Event.PROCESSED: Event.PROCESSED_WITHOUT_CARD, Event.AMENDED: Event.AMENDED_WITHOUT_CARD}
    return tuple((instead.get(event, event), recipient) for event, recipient in caused)
