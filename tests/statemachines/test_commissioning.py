"""The tables of commissioning, warranty extension and unit replacement, read beside `domain.md` §2.1."""

import pytest

from domain.states import Kind, Side, State, Trigger
from statemachines.registry import TABLES, offers
from tests.statemachines.rule_book import moves_in, moves_of

# trigger, who, from, to: the rows of §2.1 that move a request (submit makes it, SAVE moves nothing).
RULE_BOOK = """
    accept              keyuser    submitted                                   → accepted
    deny                keyuser    submitted                                   → denied
    flag_wrong_data     keyuser    submitted                                   → wrong_data
    resubmit            requester  denied, wrong_data                          → submitted
    finish              system     accepted                                    → processed
    withdraw            requester  submitted, wrong_data, denied               → cancelled
    cancel_by_end_user  end_user   submitted, wrong_data, processed            → cancelled
    cancel              keyuser    submitted, wrong_data, denied, processed    → cancelled
    expire              system     wrong_data, denied                          → cancelled
    amend               keyuser    processed                                   → processed
"""


KINDS = (Kind.COMMISSIONING, Kind.WARRANTY_EXTENSION, Kind.UNIT_REPLACEMENT)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


@each_kind
def test_the_table_is_that_of_the_rule_book(kind: Kind) -> None:
    assert moves_of(kind) == moves_in(RULE_BOOK)
    assert len(TABLES[kind]) == 19


@each_kind
@pytest.mark.parametrize(
    ("state", "side", "wanted"),
    [
        (State.SUBMITTED, Side.KEYUSER, "accept deny flag_wrong_data cancel"),
        (State.SUBMITTED, Side.REQUESTER, "withdraw"),
        (State.SUBMITTED, Side.SYSTEM, ""),
        (State.DENIED, Side.REQUESTER, "resubmit withdraw"),
        (State.DENIED, Side.END_USER, ""),
        (State.WRONG_DATA, Side.REQUESTER, "resubmit withdraw"),
        (State.WRONG_DATA, Side.KEYUSER, "cancel"),
        (State.ACCEPTED, Side.KEYUSER, ""),
        (State.ACCEPTED, Side.REQUESTER, ""),
        (State.ACCEPTED, Side.SYSTEM, "finish"),
        (State.PROCESSED, Side.KEYUSER, "cancel amend"),
        (State.PROCESSED, Side.REQUESTER, ""),
        (State.PROCESSED, Side.END_USER, "cancel_by_end_user"),
        (State.CANCELLED, Side.KEYUSER, ""),
        (State.CANCELLED, Side.REQUESTER, ""),
    ],
)
def test_each_side_is_offered_what_it_may_do(kind: Kind, state: State, side: Side, wanted: str) -> None:
    assert offers(kind, state, side) == tuple(Trigger(one) for one in wanted.split())
