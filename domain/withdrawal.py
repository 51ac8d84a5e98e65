"""Until when an end user may cancel (`domain.md` §2.1, §6)."""

from datetime import date, timedelta

from domain.calendar import withdrawal_open
from domain.states import State


def may_cancel(state: State, start: date | None, today: date, period: timedelta) -> bool:
    """While the request is open, and once it is processed inside the withdrawal period from the warranty's start."""
    if state in {State.SUBMITTED, State.WRONG_DATA}:
        return True
    return state is State.PROCESSED and start is not None and withdrawal_open(start, today, period)
