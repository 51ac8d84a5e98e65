"""The one error tree: a code for each refusal, and the way through database and Temporal and back."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import errors
from domain.errors import BY_CODE, FieldError, Invalid, KeydeskError, MoveRefused, NotFound, from_facts

# Promised to API clients: a code never changes once released.
CODES = {
    "keydesk_error",
    "not_authenticated",
    "forbidden",
    "not_found",
    "conflict",
    "move_refused",
    "duplicate_serial",
    "already_exists",
    "in_use",
    "no_free_code",
    "undecided",
    "reason_required",
    "stale_version",
    "too_large",
    "unsupported_type",
    "invalid",
    "document_missing",
    "document_still_denied",
    "not_editable",
    "comment_required",
    "wholesaler_not_distributing",
    "wholesaler_not_configured",
    "registration_late",
    "idempotency_conflict",
    "rate_limited",
    "unavailable",
}
TEXTS = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.lists(st.builds(FieldError, pointer=TEXTS, detail=TEXTS), max_size=3)
FACTS = st.dictionaries(TEXTS, JSON, max_size=3)


def tree(root: type[KeydeskError]) -> list[type[KeydeskError]]:
    return [root, *(below for child in root.__subclasses__() for below in tree(child))]


def test_released_codes_stand() -> None:
    assert BY_CODE.keys() >= CODES


def test_every_refusal_has_a_code_of_its_own_made_from_its_name() -> None:
    assert {one.code: one for one in tree(KeydeskError)} == BY_CODE
    assert len(BY_CODE) == len(tree(KeydeskError))
    for refusal in tree(KeydeskError):
        assert refusal.code == re.sub(r"(?<!^)(?=[A-Z])", "_", refusal.__name__).lower()


def test_the_tree_is_drawn_in_the_docstring() -> None:
    drawn = (errors.__doc__ or "").split("\n\n", 1)[1]
    names = re.findall(r"\b[A-Z][A-Za-z]+\b", drawn)
    assert sorted(names) == sorted(one.__name__ for one in tree(KeydeskError))
    for leaf in (one for one in tree(KeydeskError) if not one.__subclasses__()):
        assert re.search(rf"\b{leaf.__name__}\b.*\b{leaf.code}\b", drawn), leaf


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(tree(KeydeskError)), TEXTS, FIELDS, FACTS)
def test_a_refusal_comes_back_as_it_went(
    kind: type[KeydeskError], detail: str, fields: list[FieldError], facts: dict[str, object]
) -> None:
    refusal = kind(detail, fields=fields, facts=facts)
    back = from_facts(json.loads(json.dumps(refusal.as_facts())))
    assert type(back) is kind
    assert (back.detail, back.fields, back.facts) == (detail, tuple(fields), facts)
    assert back.as_facts() == refusal.as_facts()
    assert str(back) == detail


def test_a_code_of_a_newer_release_becomes_the_root() -> None:
    back = from_facts({"code": "from_the_future", "detail": "Not yet.", "fields": [], "facts": {"n": 1}})
    assert type(back) is KeydeskError
    assert (back.detail, back.facts) == ("Not yet.", {"n": 1})


def test_facts_are_a_copy() -> None:
    given_facts = {"state": "denied"}
    refusal = MoveRefused("no", facts=given_facts)
    given_facts["state"] = "processed"
    assert refusal.facts == {"state": "denied"}


def test_bad_fields_are_listed_with_their_pointers() -> None:
    refusal = Invalid("Look.", fields=[FieldError("/units/0/serial", "too short")])
    assert refusal.as_facts() == {
        "code": "invalid",
        "detail": "Look.",
        "fields": [{"pointer": "/units/0/serial", "detail": "too short"}],
        "facts": {},
    }
    assert NotFound("Nothing there.").fields == ()


@pytest.mark.parametrize("refusal", tree(KeydeskError), ids=lambda one: one.code)
def test_every_refusal_is_caught_as_one(refusal: type[KeydeskError]) -> None:
    with pytest.raises(KeydeskError, match=r"^because$"):
        raise refusal("because")
