"""Every move of an end-user warranty (`domain.md` §2.2): nothing to resubmit, a denial is final."""

from domain.states import Side, State, Trigger
from statemachines.moves import Move

MOVES = (
    Move(Trigger.ACCEPT, State.SUBMITTED, State.ACCEPTED, Side.KEYUSER),
    Move(Trigger.DENY, State.SUBMITTED, State.DENIED, Side.KEYUSER),
    Move(Trigger.FINISH, State.ACCEPTED, State.PROCESSED, Side.SYSTEM),
    Move(Trigger.CANCEL_BY_END_USER, State.SUBMITTED, State.CANCELLED, Side.END_USER),
    Move(Trigger.CANCEL_BY_END_USER, State.PROCESSED, State.CANCELLED, Side.END_USER),
    Move(Trigger.CANCEL, State.SUBMITTED, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.CANCEL, State.PROCESSED, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.AMEND, State.PROCESSED, State.PROCESSED, Side.KEYUSER),
)
