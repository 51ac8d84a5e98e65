"""What ops type on Temporal's command line can be anything: here it is held to what a booking can write down."""

from activities.refusals import crossing
from domain.errors import Invalid
from domain.messages import SignalledDecision
from domain.states import Trigger

LONGEST_KEY = 255
HIGHEST = 2**31 - 1  # that a column of the database holds
WITH_DATA = {Trigger.RESUBMIT, Trigger.AMEND, Trigger.ADJUST}


def fits(text: str) -> bool:
    """Whether the database can keep it as a name or a key; if not, a booking would be tried again for ever."""
    return len(text) <= LONGEST_KEY and "\0" not in text


def checked(decision: SignalledDecision | None) -> SignalledDecision:
    """The decision that ops typed. Raises Invalid, as it crosses Temporal, for one that no booking can carry out."""
    if not isinstance(decision, SignalledDecision):
        raise crossing(Invalid("The signal carries no decision."))
    whole = 0 <= (decision.version or 0) <= HIGHEST
    if not (whole and fits(decision.key) and fits(decision.login) and "\0" not in decision.comment):
        raise crossing(Invalid("The decision cannot be written down."))
    if decision.trigger in WITH_DATA:
        raise crossing(Invalid(f"{decision.trigger} needs data, which no signal carries."))
    return decision
