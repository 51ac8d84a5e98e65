"""The tables of the kinds that end users file, read beside `domain.md` §2.2 and §2.3: a denial is final."""

import pytest

from domain.states import Kind, Side, State, Trigger
from statemachines.registry import TABLES, offers
from tests.statemachines.rule_book import moves_in, moves_of

# §2.2: as §2.1 without flag_wrong_data and resubmit, with a denial that is final. Nobody can withdraw: the end
# user has no account, and cancels on the landing page; nobody's time runs out.
END_USER_WARRANTY = """
    accept              keyuser    submitted             → accepted
    deny                keyuser    submitted             → denied
    finish              system     accepted              → processed
    cancel_by_end_user  end_user   submitted, processed  → cancelled
    cancel              keyuser    submitted, processed  → cancelled
    amend               keyuser    processed             → processed
"""
# §2.3: submitted → accepted → processed | denied (final) | cancelled, and all of it falls with the base.
EXTRA_YEARS = """
    accept              keyuser    submitted                       → accepted
    deny                keyuser    submitted                       → denied
    finish              system     accepted                        → processed
    cancel_by_end_user  end_user   submitted, processed            → cancelled
    cancel              keyuser    submitted, processed            → cancelled
    cancel_with_base    system     submitted, accepted, processed  → cancelled
"""
KINDS = (Kind.END_USER_WARRANTY, Kind.EXTRA_YEARS)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


@pytest.mark.parametrize(
    ("kind", "rule_book", "moves"),
    [(Kind.END_USER_WARRANTY, END_USER_WARRANTY, 8), (Kind.EXTRA_YEARS, EXTRA_YEARS, 10)],
    ids=str,
)
def test_the_table_is_that_of_the_rule_book(kind: Kind, rule_book: str, moves: int) -> None:
    assert moves_of(kind) == moves_in(rule_book)
    assert len(TABLES[kind]) == moves


@each_kind
@pytest.mark.parametrize(
    ("state", "side", "wanted"),
    [
        (State.SUBMITTED, Side.KEYUSER, "accept deny cancel"),
        (State.SUBMITTED, Side.END_USER, "cancel_by_end_user"),
        (State.SUBMITTED, Side.REQUESTER, ""),
        (State.DENIED, Side.KEYUSER, ""),
        (State.DENIED, Side.END_USER, ""),
        (State.DENIED, Side.REQUESTER, ""),
        (State.ACCEPTED, Side.KEYUSER, ""),
        (State.ACCEPTED, Side.END_USER, ""),
        (State.PROCESSED, Side.END_USER, "cancel_by_end_user"),
        (State.PROCESSED, Side.REQUESTER, ""),
        (State.CANCELLED, Side.KEYUSER, ""),
    ],
)
def test_each_side_is_offered_what_it_may_do(kind: Kind, state: State, side: Side, wanted: str) -> None:
    assert offers(kind, state, side) == tuple(Trigger(one) for one in wanted.split())


@each_kind
def test_the_pro_partner_who_is_named_makes_no_move(kind: Kind) -> None:
    assert not [move for move in TABLES[kind] if move.by is Side.REQUESTER]


def test_only_extra_years_fall_with_another_request() -> None:
    falling = {kind for kind in TABLES if any(move.trigger is Trigger.CANCEL_WITH_BASE for move in TABLES[kind])}
    assert falling == {Kind.EXTRA_YEARS}
