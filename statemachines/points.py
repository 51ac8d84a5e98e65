"""Every move of a points request (`domain.md` §2.4): the verdicts say where `process` leads."""

from domain.states import Side, State, Trigger
from statemachines.moves import Move

MOVES = (
    Move(Trigger.PROCESS, State.SUBMITTED, State.ACCEPTED, Side.KEYUSER),
    Move(Trigger.PROCESS, State.SUBMITTED, State.PARTIALLY_ACCEPTED, Side.KEYUSER),
    Move(Trigger.PROCESS, State.SUBMITTED, State.DENIED, Side.KEYUSER),
    Move(Trigger.FLAG_WRONG_DATA, State.SUBMITTED, State.WRONG_DATA, Side.KEYUSER),
    Move(Trigger.RESUBMIT, State.WRONG_DATA, State.SUBMITTED, Side.REQUESTER),
    Move(Trigger.RESUBMIT, State.DENIED, State.SUBMITTED, Side.REQUESTER),
    Move(Trigger.RESUBMIT, State.PARTIALLY_ACCEPTED, State.SUBMITTED, Side.REQUESTER),
    Move(Trigger.FINISH, State.ACCEPTED, State.PROCESSED, Side.SYSTEM),
    Move(Trigger.ADJUST, State.PROCESSED, State.PROCESSED, Side.KEYUSER),
    Move(Trigger.ADJUST, State.PARTIALLY_ACCEPTED, State.PARTIALLY_ACCEPTED, Side.KEYUSER),
    Move(Trigger.WITHDRAW, State.SUBMITTED, State.CANCELLED, Side.REQUESTER),
    Move(Trigger.WITHDRAW, State.WRONG_DATA, State.CANCELLED, Side.REQUESTER),
    Move(Trigger.WITHDRAW, State.DENIED, State.CANCELLED, Side.REQUESTER),
    Move(Trigger.CANCEL, State.SUBMITTED, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.CANCEL, State.WRONG_DATA, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.CANCEL, State.DENIED, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.CANCEL, State.PARTIALLY_ACCEPTED, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.CANCEL, State.PROCESSED, State.CANCELLED, Side.KEYUSER),
    Move(Trigger.EXPIRE, State.WRONG_DATA, State.CANCELLED, Side.SYSTEM),
    Move(Trigger.EXPIRE, State.DENIED, State.CANCELLED, Side.SYSTEM),
)
