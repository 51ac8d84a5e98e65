"""Whose turn it is, for how long, and what happens when a side lets its time pass (`domain.md` §6).

Each side's clock runs only while it is to act; it resumes, it never restarts. Time is an argument.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.states import Kind, Side, State

ENDS_WITH_DENIAL = {Kind.END_USER_WARRANTY, Kind.EXTRA_YEARS}
TURNS = {
    State.SUBMITTED: Side.KEYUSER,
    State.WRONG_DATA: Side.REQUESTER,
    State.DENIED: Side.REQUESTER,
    State.PARTIALLY_ACCEPTED: Side.REQUESTER,
}


class Alarm(StrEnum):
    """What happens when a side has let its time pass. The values are stored and never change once released."""

    KEYUSER_REMINDER = "keyuser_reminder"
    KEYUSER_ESCALATION = "keyuser_escalation"
    REQUESTER_REMINDER = "requester_reminder"
    REQUESTER_EXPIRY = "requester_expiry"


def turn_of(kind: Kind, state: State) -> Side | None:
    """The side that is to act, None if nobody has to."""
    if state is State.DENIED and kind in ENDS_WITH_DENIAL:
        return None
    return TURNS.get(state)


@dataclass(frozen=True)
class Patience:
    """How long a side may take until each alarm rings: a country's settings. None: it never rings."""

    keyuser_reminder: timedelta
    keyuser_escalation: timedelta
    requester_reminder: timedelta
    requester_expiry: timedelta | None

    def alarms(self, side: Side) -> tuple[tuple[Alarm, timedelta], ...]:
        """The alarms of a side with the time after which each rings, the earliest first."""
        after: dict[Side, tuple[tuple[Alarm, timedelta | None], ...]] = {
            Side.KEYUSER: (
                (Alarm.KEYUSER_REMINDER, self.keyuser_reminder),
                (Alarm.KEYUSER_ESCALATION, self.keyuser_escalation),
            ),
            Side.REQUESTER: (
                (Alarm.REQUESTER_REMINDER, self.requester_reminder),
                (Alarm.REQUESTER_EXPIRY, self.requester_expiry),
            ),
        }
        ringing = ((alarm, time) for alarm, time in after.get(side, ()) if time is not None)
        return tuple(sorted(ringing, key=lambda alarm: alarm[1]))

    def deadline(self, side: Side) -> timedelta | None:
        """The time that a side has in all: until the escalation, until the expiry. None: as long as it likes."""
        return {Side.KEYUSER: self.keyuser_escalation, Side.REQUESTER: self.requester_expiry}[side]


@dataclass(frozen=True)
class Used:
    """How much of its time each side has used up."""

    keyuser: timedelta = timedelta()
    requester: timedelta = timedelta()

    def by(self, side: Side) -> timedelta:
        """The time that `side` has used up."""
        return {Side.KEYUSER: self.keyuser, Side.REQUESTER: self.requester}[side]


@dataclass(frozen=True)
class Clocks:
    """Both clocks, of which the one of `turn` has been running since `since`."""

    since: datetime
    turn: Side | None = None
    before: Used = field(default_factory=Used)

    def used(self, now: datetime) -> Used:
        """What each side has used up by `now`."""
        ran = max(now - self.since, timedelta())
        match self.turn:
            case Side.KEYUSER:
                return replace(self.before, keyuser=self.before.keyuser + ran)
            case Side.REQUESTER:
                return replace(self.before, requester=self.before.requester + ran)
            case _:
                return self.before

    def passed_to(self, turn: Side | None, now: datetime) -> "Clocks":
        """The clocks after the turn has passed on: one stops, the other resumes."""
        return Clocks(since=now, turn=turn, before=self.used(now))

    def due_at(self, patience: Patience) -> datetime | None:
        """When the side that is to act will have used up all its time; None if nobody is, or without haste."""
        deadline = patience.deadline(self.turn) if self.turn else None
        if self.turn is None or deadline is None:
            return None
        return self.since + deadline - self.before.by(self.turn)
