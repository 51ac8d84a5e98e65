"""The warehouse moves of a replacement, by the country's inventory definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.inventory import INSTALLED, NOT_RETURNED, InventoryDefinition, Places, StockMove, moves
from domain.policies import SalesMethod

METHODS = st.sampled_from(SalesMethod)
DEFINITION = InventoryDefinition(
    adding=Places("add-direct", "add-indirect", "add-rented"),
    adding_during_replacement=Places("swap-direct", "swap-indirect", "swap-rented"),
    removing=Places("back-direct", "back-indirect", "back-rented"),
    removing_during_replacement=Places("claim-direct", "claim-indirect", "claim-rented"),
)
SHORT = {SalesMethod.DIRECT_SALE: "direct", SalesMethod.INDIRECT_SALE: "indirect", SalesMethod.RENTED: "rented"}


@pytest.mark.parametrize("method", SalesMethod)
@pytest.mark.parametrize("returned", [True, False])
def test_a_covered_replacement_moves_both_units_returned_or_not(method: SalesMethod, returned: bool) -> None:
    assert moves(DEFINITION, method, covered=True, new_serial="NEW1", old_serial="OLD1", returned=returned) == (
        StockMove("NEW1", f"swap-{SHORT[method]}", INSTALLED),
        StockMove("OLD1", INSTALLED, f"claim-{SHORT[method]}"),
    )


@pytest.mark.parametrize("method", SalesMethod)
def test_an_uncovered_one_takes_the_old_unit_only_if_it_was_returned(method: SalesMethod) -> None:
    added = StockMove("NEW1", f"add-{SHORT[method]}", INSTALLED)
    removed = StockMove("OLD1", INSTALLED, f"back-{SHORT[method]}")
    facts = {"covered": False, "new_serial": "NEW1", "old_serial": "OLD1"}
    assert moves(DEFINITION, method, **facts, returned=True) == (added, removed)  # type: ignore[arg-type]
    assert moves(DEFINITION, method, **facts, returned=False) == (added,)  # type: ignore[arg-type]


@given(METHODS, st.booleans(), st.booleans())
def test_a_move_and_its_undoing_leave_every_unit_where_it_was(
    method: SalesMethod, covered: bool, returned: bool
) -> None:
    for move in moves(DEFINITION, method, covered=covered, new_serial="N", old_serial="O", returned=returned):
        assert (move.undone().source, move.undone().target) == (move.target, move.source)
        assert move.undone().undone() == move


@pytest.mark.parametrize("name", ["", "  ", INSTALLED, NOT_RETURNED])
def test_a_place_is_a_warehouse(name: str) -> None:
    with pytest.raises(ValueError, match="is no warehouse place"):
        Places("shelf", name, "shelf")


def test_a_stored_definition_comes_back_the_same() -> None:
    stored = TypeAdapter(InventoryDefinition)
    assert stored.validate_json(stored.dump_json(DEFINITION)) == DEFINITION
