"""The English sentences of the rules, said in the reader's language.

Rules answer with finished sentences ("registered on day 95, limit 90"): the API promises them, and traces and imports
keep them. A page finds each one's template among `api.pages.wordings`, takes the values out again, and fills them into
the template's translation. What no template fits is shown as it stands. Only our own templates are ever filled in:
what people typed is a value, whatever braces it has (`docs/decisions/0028`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from string import Formatter
from types import MappingProxyType
from typing import Any

from babel.lists import format_list
from parse import Parser, with_pattern  # type: ignore[import-untyped]

from api.pages import configured, words
from api.pages.inputs import inputs_of
from api.pages.languages import catalogue
from api.pages.measures import said_day, said_lasting, said_moment, said_size
from api.pages.wordings import PLAIN, TEMPLATES
from configuration.registry import RESOURCES
from configuration.settings import SettingsShape

AND = "; "
ANYTHING = ".+?"
DAY = r"\d{4}-\d\d-\d\d"
MOMENT = rf"{DAY}T[\d:.]+\+00:00"
POINTER = r"[a-z_]+(?:/[a-z0-9_]+)*"
SPENT = r"(?:full|compressor) \d+ days used, \d+ remaining"
FLAWED = r"(?:subject|body): "
LASTING = frozenset(one.name for one in inputs_of(SettingsShape) if one.kind == "lasting")
KEYS = {one.name: one.key for one in RESOURCES}
PLACE = re.compile(r"{\w+(?::\w+)?}")
NO_TITLES: Mapping[str, str] = MappingProxyType({})
REMEMBERED = 10_000
MOST_JOINED = 8


@dataclass(frozen=True)
class Place:
    """What may stand in a place of this type, as a regular expression, and how it is said in a language."""

    pattern: str
    say: Callable[[str, str], str]


def said(sentence: str, language: str) -> str:
    """The sentence in this language; several that are joined by semicolons are said one by one."""
    return AND.join(_said(one, language) or one for one in _apart(sentence))


def known(sentence: str) -> bool:
    """Whether there are templates for all of the sentence."""
    return all(_said(one, "en") is not None for one in _apart(sentence))


def told(code: str, detail: str, language: str) -> str:
    """A refusal: by its own sentence where that is known or all there is, else by that of its code."""
    if detail and (known(detail) or code not in words.REFUSALS):
        return said(detail, language)
    general = catalogue(language).gettext(words.REFUSALS.get(code, words.REFUSALS["error"]))
    return general if code in words.EXPLAINED or not detail else f"{general} {detail}"


def label_of(name: str, language: str) -> str:
    """What a field is called: `Serial number 2` for `units/1/serial`."""
    parts = name.split("/")
    last = [part for part in parts if not part.isdigit()][-1:]
    known = words.FIELDS if len(parts) > 1 else {**words.FIELDS, **configured.CONFIGURED}
    found = next((known[one] for one in (name, *last) if one in known), None)
    if found is None:
        found = words.FIELDS["documents"] if parts[0] == "documents" else configured.label_of_input("".join(last))
    label = catalogue(language).gettext(found)
    number = next((int(part) + 1 for part in parts if part.isdigit()), None)
    return label if number is None else f"{label} {number}"


def label_of_change(name: str, language: str, titles: Mapping[str, str] = NO_TITLES) -> str:
    """What the journal calls a field: lines count from 1 there, documents and units stand there by name.

    `titles` are those that the country gave to its documents.
    """
    match name.split("/"):
        case ["lines", n, "documents", requirement, *_, last]:
            return (
                f"{label_of('line', language)} {n}, {titles.get(requirement, requirement)}: {label_of(last, language)}"
            )
        case ["lines", n, last]:
            return f"{label_of('line', language)} {n}: {label_of(last, language)}"
        case ["documents", requirement]:
            return f"{label_of('documents', language)}: {titles.get(requirement, requirement)}"
        case ["units", _]:
            return label_of("serial", language)
    return label_of(name, language)


def value_of(name: str, value: Any, language: str) -> str:
    """What a value of this field is called; whatever people wrote themselves stays."""
    say = catalogue(language).gettext
    field = "verdict" if name.startswith("documents/") else name.rpartition("/")[2]
    match value:
        case bool():
            return say(words.n_("yes")) if value else say(words.n_("no"))
        case None | "" | []:
            return "–"
        case list():
            return ", ".join(value_of(field, one, language) for one in value)
        case dict():
            shown = ((label_of(key, language), value_of(key, one, language)) for key, one in value.items())
            return "; ".join(f"{label}: {one}" for label, one in shown)
        case int() if field == "max_bytes":
            return said_size(value, language)
        case str() if re.fullmatch(DAY, value):
            return _day(value, language)
        case str() if field in LASTING:
            return said_lasting(value, language)
    word = configured.vocabulary(field).get(str(value))
    return str(value) if word is None else say(word)


def key_of(key: str, resource: str, language: str) -> str:
    """What an entry of a resource is called, from its key: `Warranty extension / residential / invoice`."""
    fields = KEYS.get(resource, (resource,))
    parts = key.split("/", len(fields) - 1)
    return " / ".join(value_of(field, part, language) for field, part in zip(fields, parts, strict=False))


def _apart(sentence: str) -> list[str]:
    """The sentences that semicolons join: each as short as templates know it, for some have semicolons themselves."""
    parts, found = sentence.split(AND), []
    if len(parts) > MOST_JOINED:  # no rule joins so many: somebody likes semicolons
        return [sentence]
    while parts:
        ends = range(1, len(parts) + 1)
        end = next((end for end in ends if _said(AND.join(parts[:end]), "en") is not None), 1)
        found.append(AND.join(parts[:end]))
        parts = parts[end:]
    return found


@lru_cache(REMEMBERED)
def _said(sentence: str, language: str) -> str | None:
    """The sentence by the template that fits it, None if none does."""
    say = catalogue(language).gettext
    if sentence in words.REFUSALS.values():
        return say(sentence)
    for template, parser in _parsers(language):
        if (found := parser.parse(sentence)) is not None:
            return _filled(say(PLAIN.get(template, template)), found.named)
    return None


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The translation with the values in their places, as they are; what types a template names is done with."""
    return "".join(literal + (values[name] if name else "") for literal, name, _, _ in Formatter().parse(text))


@cache
def _parsers(language: str) -> tuple[tuple[str, Parser], ...]:
    """Every template with what takes it apart: first those that hold others, then those that say more themselves."""

    def read(place: Place) -> Any:
        return with_pattern(place.pattern)(lambda text: place.say(text, language))

    def weight(template: str) -> tuple[bool, int]:
        return ":sentence}" in template, len(PLACE.sub("", template))

    types = {name: read(place) for name, place in PLACES.items()}
    ordered = sorted([*TEMPLATES, *PLAIN], key=weight, reverse=True)
    return tuple((template, Parser(template, types, case_sensitive=True)) for template in ordered)


def _one(*named: Mapping[Any, str]) -> Place:
    """A word of these vocabularies."""
    meant = {str(word): text for vocabulary in named for word, text in vocabulary.items()}
    pattern = "|".join(re.escape(word) for word in sorted(meant, key=len, reverse=True))
    return Place(pattern, lambda word, language: catalogue(language).gettext(meant[word]))


def _several(one: Place, glue: str = ", ") -> Place:
    """One after the other, joined as the rule joins them."""

    def say(text: str, language: str) -> str:
        each = [one.say(word, language) for word in text.split(glue)]
        return format_list(each, style="or", locale=language) if glue == OR else glue.join(each)

    return Place(f"(?:{one.pattern})(?:{glue}(?:{one.pattern}))*", say)


def _or(named: Mapping[Any, str], other: Place) -> Place:
    """One of these words, else the other."""
    one = _one(named)
    return Place(
        f"{one.pattern}|{other.pattern}",
        lambda text, language: (one if text in named else other).say(text, language),
    )


def _split(pattern: str, at: str, glue: str = ", ") -> Place:
    """Sentences that are joined by something else than a semicolon."""

    def say(text: str, language: str) -> str:
        return glue.join(said(part, language) for part in re.split(at, text))

    return Place(pattern, say)


def _user(text: str, language: str) -> str:
    """`request ES-COM-000001` and the like: what kind of thing, and its name."""
    what = next((one for one in configured.USERS if text.startswith(f"{one} ")), None)
    return text if what is None else f"{catalogue(language).gettext(configured.USERS[what])}{text.removeprefix(what)}"


def _day(text: str, language: str) -> str:
    try:
        return said_day(date.fromisoformat(text), language)
    except ValueError:  # somebody's name for something
        return text


def _moment(text: str, language: str) -> str:
    try:
        return said_moment(datetime.fromisoformat(text), language, "HH:mm:ss 'UTC'")
    except ValueError:
        return text


OR = " or "
AS_IT_STANDS = Place(ANYTHING, lambda text, language: text)
NONE = {"none": words.n_("none given")}
DAYS = Place(DAY, _day)
FIELD = Place(POINTER, label_of)
TIER = _one(configured.TIERS)
CLASS = _one(words.CLASSES, NONE)
PLACES = {
    "sentence": Place(ANYTHING, said),
    "day": DAYS,
    "undated": _or({"no date": words.n_("no date")}, DAYS),
    "moment": Place(MOMENT, _moment),
    "yes_no": _one({"yes": words.n_("yes"), "no": words.n_("no")}),
    "or_none": _or(NONE, AS_IT_STANDS),
    "kind": _one(words.KINDS),
    "kinds": _or({"no kind": words.n_("no kind")}, _several(_one(words.KINDS))),
    "state": _one(words.STATES),
    "action": _one(words.ACTIONS),
    "role": _one({"outdoor": words.n_("outdoor"), "indoor": words.n_("indoor")}),
    "sales_method": _one(words.SALES),
    "class": CLASS,
    "classes": _several(CLASS, OR),
    "tier": TIER,
    "tiers": _or(NONE, _several(TIER)),
    "spent": _split(rf"{SPENT}(?:, {SPENT})*", r", (?=full|compressor)"),
    "papers": _split(ANYTHING, ", "),
    "tag": _one(configured.TAGS),
    "policy_state": _one(configured.POLICY_STATES),
    "pool": _one(configured.POOLS),
    "event": _or(words.EVENTS, AS_IT_STANDS),
    "recipient": _or(configured.RECIPIENTS, AS_IT_STANDS),
    "time_unit": _one(configured.TIME_UNITS),
    "entry": _one(configured.ENTRIES),
    "named": _one(configured.NAMED),
    "user": Place(ANYTHING, _user),
    "field": FIELD,
    "fields": _several(FIELD),
    "template_flaws": _split(f"{FLAWED}.+", rf" (?={FLAWED})", " "),
}
