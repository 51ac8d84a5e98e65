"""Which move tells whom (`domain.md` §7). The values are stored and never change once released."""

from enum import StrEnum

from domain.states import Trigger


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

    @property
    def carries_card(self) -> bool:
        """Whether the card is attached."""
        return self in {Event.PROCESSED, Event.AMENDED}


class Recipient(StrEnum):
    """Who an email goes to."""

    REQUESTER = "requester"
    KEYUSER = "keyuser"


Notice = tuple[Event, Recipient]

ON_SUBMIT: tuple[Notice, ...] = ((Event.SUBMITTED, Recipient.REQUESTER),)

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


def notices(trigger: Trigger, *, has_card: bool) -> tuple[Notice, ...]:
    """The emails that a move causes. A request that is processed without a card says so in its own words."""
    caused = PARTNER_NOTICES.get(trigger, ())
    if has_card:
        return caused
    instead = {Event.PROCESSED: Event.PROCESSED_WITHOUT_CARD}
    return tuple((instead.get(event, event), recipient) for event, recipient in caused)
