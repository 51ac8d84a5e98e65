"""Values that stand in the database, in Temporal histories and in clients: they never change once released.

A new name adds a line here; a line that is here is never edited.
"""

from enum import StrEnum

import pytest

from domain.states import INFIX, Kind, Side, State, Trigger, request_id

KINDS = {
    "COMMISSIONING": "commissioning",
    "WARRANTY_EXTENSION": "warranty-extension",
    "END_USER_WARRANTY": "end-user-warranty",
    "EXTRA_YEARS": "extra-years",
    "POINTS": "points",
    "UNIT_REPLACEMENT": "unit-replacement",
}
STATES = {
    "SUBMITTED": "submitted",
    "WRONG_DATA": "wrong_data",
    "DENIED": "denied",
    "ACCEPTED": "accepted",
    "PARTIALLY_ACCEPTED": "partially_accepted",
    "PROCESSED": "processed",
    "CANCELLED": "cancelled",
}
TRIGGERS = {
    "ACCEPT": "accept",
    "DENY": "deny",
    "FLAG_WRONG_DATA": "flag_wrong_data",
    "RESUBMIT": "resubmit",
    "FINISH": "finish",
    "WITHDRAW": "withdraw",
    "CANCEL_BY_END_USER": "cancel_by_end_user",
    "CANCEL": "cancel",
    "CANCEL_WITH_BASE": "cancel_with_base",
    "EXPIRE": "expire",
    "AMEND": "amend",
    "PROCESS": "process",
    "ADJUST": "adjust",
}
SIDES = {
    "REQUESTER": "requester",
    "KEYUSER": "keyuser",
    "END_USER": "end_user",
    "SYSTEM": "system",
}


@pytest.mark.parametrize(
    ("names", "pinned"), [(Kind, KINDS), (State, STATES), (Trigger, TRIGGERS), (Side, SIDES)], ids=str
)
def test_released_values_stand(names: type[StrEnum], pinned: dict[str, str]) -> None:
    assert {one.name: one.value for one in names} == pinned


def test_every_kind_has_its_infix_in_ids() -> None:
    assert {kind.value: infix for kind, infix in INFIX.items()} == {
        "commissioning": "COM",
        "warranty-extension": "EXT",
        "end-user-warranty": "EUW",
        "extra-years": "XYR",
        "points": "PTS",
        "unit-replacement": "REP",
    }


@pytest.mark.parametrize(
    ("country", "kind", "number", "wanted"),
    [
        ("ES", Kind.COMMISSIONING, 1, "ES-COM-000001"),
        ("PT", Kind.WARRANTY_EXTENSION, 42, "PT-EXT-000042"),
        ("ES", Kind.POINTS, 1_234_567, "ES-PTS-1234567"),
    ],
)
def test_a_request_id_names_country_kind_and_number(country: str, kind: Kind, number: int, wanted: str) -> None:
    assert request_id(country, kind, number) == wanted
