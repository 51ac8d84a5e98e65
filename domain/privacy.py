"""Which words of a request are about a person, and what is left when they are erased: facts, and no words."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from domain.states import Trigger

ERASED = "erased"
NOT_ONCE_ERASED = frozenset({Trigger.AMEND})  # what it would amend is gone
FREE_TEXT = "remarks"
PERSON = "end_user"
LINES = "lines"
NAME = "name"
ON_CARDS = ("postcode", "city")


def erased_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a request carries, without its end user, its free text and the information fields of its lines."""
    left = dict(data)
    if isinstance(left.get(PERSON), Mapping):
        left[PERSON] = {field: ERASED if field == NAME else "" for field in left[PERSON]}
    if FREE_TEXT in left:
        left[FREE_TEXT] = ""
    if LINES in left:
        left[LINES] = [{**line, "info": {}} for line in left[LINES]]
    return left


def erased_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The field differences of a journal entry: which fields changed stays, what they said goes."""
    return {
        field: {"from": ERASED, "to": ERASED} if _about_a_person(field) else change for field, change in changes.items()
    }


def erased_face(face: Mapping[str, Any]) -> dict[str, Any]:
    """What a card shows, without where its owner lives."""
    return {field: "" if field in ON_CARDS else value for field, value in face.items()}


def keep_until(settled_at: datetime, last_covered: date | None, retention: timedelta) -> datetime:
    """From when a settled request's personal data may go: `retention` after it was settled, or its warranty ended."""
    ended = settled_at
    if last_covered is not None:
        ended = max(ended, datetime(last_covered.year, last_covered.month, last_covered.day, tzinfo=settled_at.tzinfo))
    return ended + retention


def _about_a_person(field: str) -> bool:
    return field.split("/")[0] in {PERSON, FREE_TEXT, LINES}
