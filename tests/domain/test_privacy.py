"""What is left of a request when its words about a person are erased."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.privacy import ERASED, erased_changes, erased_data, erased_face, keep_until

PERSON = {
    "name": "Lucía",
    "address": "Calle 1",
    "postcode": "28013",
    "city": "Madrid",
    "email": "l@x.org",
    "phone": "1",
}


def test_facts_stay_and_words_go() -> None:
    data = {
        "country": "ES",
        "units": [{"serial": "A1"}],
        "end_user": PERSON,
        "remarks": "deaf",
        "line_up": "heating",
    }
    assert erased_data(data) == {
        "country": "ES",
        "units": [{"serial": "A1"}],
        "end_user": {"name": ERASED, "address": "", "postcode": "", "city": "", "email": "", "phone": ""},
        "remarks": "",
        "line_up": "heating",
    }
    assert data["end_user"] == PERSON


def test_lines_keep_products_and_lose_their_information() -> None:
    lines = [{"product": "CS-Z25TKEW", "quantity": 2, "info": {"bought by": "Lucía"}}]
    assert erased_data({"country": "ES", "lines": lines}) == {
        "country": "ES",
        "lines": [{"product": "CS-Z25TKEW", "quantity": 2, "info": {}}],
    }


def test_what_carries_no_person_stays_as_it_is() -> None:
    assert erased_data({"country": "ES", "warranty_card": "ES-1", "end_user": None}) == {
        "country": "ES",
        "warranty_card": "ES-1",
        "end_user": None,
    }


def test_the_journal_keeps_which_fields_changed() -> None:
    change = {"from": "Madrid", "to": "Getafe"}
    assert erased_changes({"end_user/city": change, "remarks": change, "lines": change, "line_up": change}) == {
        "end_user/city": {"from": ERASED, "to": ERASED},
        "remarks": {"from": ERASED, "to": ERASED},
        "lines": {"from": ERASED, "to": ERASED},
        "line_up": change,
    }


def test_a_card_keeps_what_it_grants() -> None:
    face = {"number": "ES-1", "postcode": "28013", "city": "Madrid", "tiers": []}
    assert erased_face(face) == {"number": "ES-1", "postcode": "", "city": "", "tiers": []}


@pytest.mark.parametrize(
    ("last_covered", "until"),
    [
        (None, datetime(2027, 1, 31, 12, tzinfo=UTC)),
        (date(2020, 1, 1), datetime(2027, 1, 31, 12, tzinfo=UTC)),
        (date(2031, 1, 1), datetime(2031, 1, 31, tzinfo=UTC)),
    ],
)
def test_the_period_begins_when_nobody_needs_the_data_any_more(last_covered: date | None, until: datetime) -> None:
    assert keep_until(datetime(2027, 1, 1, 12, tzinfo=UTC), last_covered, timedelta(days=30)) == until
