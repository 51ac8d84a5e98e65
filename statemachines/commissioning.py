"""Every move of a commissioning request (`domain.md` §2.1)."""

from domain.states import Side, State, Trigger
from statemachines.moves import Move

MOVES = (
    Move(Trigger.ACCEPT, State.SUBMITTED, State.ACCEPTED, Side.KEYUSER),
    Move(Trigger.DENY, State.SUBMITTED, State.DENIED, Side.KEYUSER),
    Move(Trigger.FLAG_WRONG_DATA, State.SUBMITTED, State.WRONG_DATA, Side.KEYUSER),
    Move(Trigger.RESUBMIT, State.WRONG_DATA, State.SUBMITTED, Side.REQUESTER),
    Move(Trigger.RESUBMIT, State.DENIED, State.SUBMITTED, Side.REQUESTER),
    Move(Trigger.FINISH, State.ACCEPTED, State.PROCESSED, Side.SYSTEM),
    Move(Trigger.WITHDRAW, State.SUBMITTED, State.CANCELLED, Side.REQUESTER),
    Move(Trigger.WITHDRAW, State.WRONG_DATA, State.CANCELLED, Side.REQUESTER),
    Move(Trigger.WITHDRAW, State.DENIED, State.CANCELLED, Side.REQUESTER),
    Move(Trigger.CANCEL_BY_END_USER, State.SUBMITTED, State.CANCELLED, Side.END_USER),
    Move(Trigger.CANCEL_BY_END_USER, State.WRONG_DATA, State.CANCELLED, Side.END_USER),
    Move(Trigger.CANCEL_BY_END_USER, State.PROCESSED, State.CANCELLED, Side.END_USER),
    Move(Trigger.CANCEL, State.SUBMITTED, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.CANCEL, State.WRONG_DATA, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.CANCEL, State.DENIED, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.CANCEL, State.PROCESSED, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.EXPIRE, State.WRONG_DATA, State.CANCELLED, Side.SYSTEM),
    Move(Trigger.EXPIRE, State.DENIED, State.CANCELLED, Side.SYSTEM),
    Move(Trigger.AMEND, State.PROCESSED, State.PROCESSED, Side.KEYUSER),
)
