"""The desk's own words on cards, in each language."""

from dataclasses import asdict
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.rendering.words import DURATIONS, ENGLISH, WORDS, Words, duration_in_words, words_in
from domain.calendar import Duration, DurationUnit


def test_the_languages_are_those_of_the_two_countries_and_english() -> None:
    assert set(WORDS) == set(DURATIONS) == {"en", "es", "pt"}
    assert all(words.language == language for language, words in WORDS.items())


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_language_names_the_same_things_and_leaves_nothing_empty(words: Words) -> None:
    assert words.kinds.keys() == ENGLISH.kinds.keys()
    assert words.tiers.keys() == ENGLISH.tiers.keys()
    assert words.roles.keys() == ENGLISH.roles.keys()
    assert DURATIONS[words.language].keys() == set(DurationUnit)
    assert all(asdict(words).values())


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_language_has_the_same_places_for_values(words: Words) -> None:
    for name, text in asdict(words).items():
        if isinstance(text, str):
            assert _places(text) == _places(getattr(ENGLISH, name)), name


def _places(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


@pytest.mark.parametrize(
    ("language", "spoken"),
    [("es", "es"), ("es-ES", "es"), ("pt-PT", "pt"), ("en", "en"), ("de", "en"), ("", "en"), ("ES", "en")],
)
def test_a_language_falls_back_to_its_base_language_and_then_to_english(language: str, spoken: str) -> None:
    assert words_in(language) is WORDS[spoken]
    assert duration_in_words(2, "years", language) == duration_in_words(2, "years", spoken)


@given(st.integers(1, 10_000), st.sampled_from(DurationUnit))
def test_in_english_a_duration_reads_as_it_always_did(count: int, unit: DurationUnit) -> None:
    assert duration_in_words(count, unit, "en") == str(Duration(count, unit))


@pytest.mark.parametrize(
    ("count", "unit", "spanish", "portuguese"),
    [
        (1, "days", "1 día", "1 dia"),
        (547, "days", "547 días", "547 dias"),
        (1, "weeks", "1 semana", "1 semana"),
        (6, "weeks", "6 semanas", "6 semanas"),
        (1, "months", "1 mes", "1 mês"),
        (18, "months", "18 meses", "18 meses"),
        (1, "years", "1 año", "1 ano"),
        (5, "years", "5 años", "5 anos"),
    ],
)
def test_durations_in_spanish_and_portuguese(count: int, unit: str, spanish: str, portuguese: str) -> None:
    assert duration_in_words(count, unit, "es") == spanish
    assert duration_in_words(count, unit, "pt") == portuguese


def test_an_unknown_unit_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="decades"):
        duration_in_words(1, "decades", "en")
