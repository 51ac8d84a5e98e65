"""What rules say in English is said in the reader's language, all of it."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from string import Formatter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from activities.following import FOLLOW
from activities.reissuing import REISSUE
from api.pages import configured, sentences, words
from api.pages.inputs import Input, inputs_of
from api.pages.languages import LANGUAGES
from api.pages.wordings import PLAIN, TEMPLATES, TRACE
from configuration.companies import CompanyClass
from configuration.documentation import TAKEN
from configuration.fields import pointed
from configuration.registry import RESOURCES
from configuration.settings import SettingsShape
from domain.calendar import DurationUnit
from domain.choosing import assign_chosen
from domain.inventory import RESERVED
from domain.notifications import Event, Recipient
from domain.points import Verdict
from domain.policies import Policy, PolicyState, Replacement, Scheme, Tag, Tier
from domain.pools import ExtensionMode, Pool
from domain.replacements import Charge, OldUnit, Warranty, carry_over
from domain.states import Trigger
from domain.warranties import RULES, Sale, granted_tiers, select
from store.erasure import ACTION as ERASE
from tests.api.unit.rule_sentences import ELSEWHERE, ROOMS, sources
from tests.docs.pages import ROOT
from tests.domain.strategies import CATALOGUES, SALES

FORMS = [*(one.shape for one in RESOURCES), SettingsShape]
OTHERS = [code for code in LANGUAGES if code != "en"]
JUNK: tuple[Any, ...] = (None, "", " ", "x", "x" * 5000, "a\nb", "\0", -1, 10**12, 0.5, True, [], [None], {}, {"a": 1})


def shape(template: str) -> str:
    """The literal parts of a template, with `{}` between them."""
    return "".join(literal + ("{}" if name else "") for literal, name, _, _ in Formatter().parse(template))


def literals(template: str) -> Iterator[str]:
    """The literal parts that are words, not only signs."""
    for literal, *_ in Formatter().parse(template):
        if len(literal.strip(" ,;:./")) > 3:
            yield literal.strip()


def test_every_sentence_of_a_rule_that_pages_show_is_in_the_catalogue() -> None:
    known = {shape(one) for one in [*TEMPLATES, *PLAIN]} | set(words.REFUSALS.values()) | set(ELSEWHERE)
    lost, unread = [], []
    for source in sources():
        lost += [f"{one.file}:{one.line}: {one.text}" for one in source.sentences() if one.text not in known]
        unread += source.unread
    assert lost == []
    assert unread == []


def test_every_template_is_of_a_sentence_that_a_rule_says() -> None:
    there = set()
    for file in (one for room in ROOMS for one in (ROOT / room).rglob("*.py")):
        if file.name not in {"wordings.py", "configured_wordings.py"}:
            for node in ast.walk(ast.parse(file.read_bytes())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    there.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    there.add("".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values))
    assert [one for one in TEMPLATES if shape(one) not in there] == []


def unsaid(detail: str, language: str) -> list[str]:
    """What of the trace's English is left when the detail is said."""
    told = sentences.said(detail, language)
    parts = {part for template in TRACE for part in literals(template) if part in detail}
    return [part for part in parts if re.search(rf"(?<!\w){re.escape(part)}(?!\w)", told)]


@settings(deadline=None)
@given(CATALOGUES, SALES, st.sampled_from(OTHERS))
def test_a_trace_is_said_completely(catalogue: tuple[Policy, ...], sale: Sale, language: str) -> None:
    chosen = assign_chosen(catalogue, sale, sale.commissioned_on, tag=Tag.STANDARD, chosen=None)
    for entry in [*select(catalogue, sale).trace, *chosen.trace]:
        if entry.detail is not None:
            assert sentences.known(entry.detail), entry
            assert unsaid(entry.detail, language) == [], entry


@given(CATALOGUES, SALES, st.dates(date(2026, 11, 1), date(2040, 1, 1)), st.sampled_from(OTHERS))
def test_what_is_carried_over_is_said_completely(
    catalogue: tuple[Policy, ...], sale: Sale, day: date, language: str
) -> None:
    warranties = [
        Warranty("ES-COM-000001", one.name, one.number, 1, granted_tiers(one, sale.commissioned_on, sale.kind))
        for one in catalogue
    ]
    old = OldUnit("A1", sale.commissioned_on, "ES-COM-000001", tuple(warranties))
    if old.covering(day):
        (entry,) = carry_over(old, day).trace
        assert entry.detail is not None
        assert sentences.known(entry.detail), entry
        assert unsaid(entry.detail, language) == [], entry


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("registered on day 95, limit 90", "registrada el día 95, límite 90"),
        (
            "request is points, policy serves commissioning, extra-years",
            "la solicitud es de tipo «Puntos»; la política sirve para: Puesta en marcha, Años adicionales",
        ),
        (
            "installer class none, required accredited or accredited_partner",
            (
                "clase de instalador: no tiene; se exige: Instalador acreditado o "
                "Instalador acreditado, vinculado a un PRO Partner"
            ),
        ),
        (
            "submitted on 2026-11-01, effective before 2026-10-01",
            "enviada el 1 nov 2026, en vigor antes del 1 oct 2026",
        ),
        (
            "not among the allowed goods: A; B; organisational unit none, allowed S: let through, collaborates with S",
            (
                "no figura entre los productos admitidos: A; B; "
                "unidad organizativa: no tiene; se admite: S: se deja pasar, colabora con S"
            ),
        ),
        ("is a formula; paste its value", "es una fórmula; pegue su valor"),
        ("line_ups/1/line_up: not a line-up of this country", "Gama de productos 2: no es una gama de este país"),
        ("The push period SPRING/A is in use.", "Esta entrada está en uso (periodo de impulso SPRING/A)."),
        ("{0.__class__} is not a product of this country", "{0.__class__} no es un producto de este país"),
        ("2026-99-99 is in the future", "2026-99-99 está en el futuro"),
        ("nobody ever said this", "nobody ever said this"),
        ("", ""),
    ],
)
def test_a_sentence_keeps_its_values(detail: str, said: str) -> None:
    assert sentences.said(detail, "es") == said


@given(st.text(), st.text(), st.sampled_from(list(LANGUAGES)))
def test_whatever_people_type_is_neither_lost_nor_read_as_a_template(one: str, other: str, language: str) -> None:
    assert sentences.said(one, language).count("{") >= one.count("{")
    told = sentences.said(f"{one}x does not belong to {other}y", language)
    assert told.endswith(f"{other}y")
    assert f"{one}x" in told


def bodies(inputs: tuple[Input, ...]) -> Iterator[dict[str, Any]]:
    """Bodies with junk in one of their fields, or in one of a group or of a row."""
    yield {"no_such_field": 1}
    for one in inputs:
        yield from ({one.name: junk} for junk in JUNK)
        yield from ({one.name: inner if one.kind == "group" else [inner, inner]} for inner in bodies(one.children))


@pytest.mark.parametrize("shaped", FORMS, ids=lambda one: one.__name__)
def test_what_is_wrong_with_a_form_is_said(shaped: type[BaseModel]) -> None:
    lost = set()
    for body in bodies(inputs_of(shaped)):
        try:
            shaped.model_validate(body)
        except ValidationError as wrong:
            lost |= {one.detail for one in pointed(wrong.errors()) if not sentences.known(one.detail)}
    assert sorted(lost) == []


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("units/1/serial", "Número de serie 2"),
        ("units/1/role", "Tipo de unidad 2"),
        ("role", "Función"),
        ("end_user/name", "Nombre"),
        ("documents/0/document_id", "Documentos 1"),
        ("audience/logins/0", "Usuarios 1"),
        ("", "Entrada"),
    ],
)
def test_a_field_is_called_as_its_form_calls_it(name: str, label: str) -> None:
    assert sentences.label_of(name, "es") == label


def test_the_journal_calls_lines_and_documents_as_they_stand_there() -> None:
    assert sentences.label_of_change("lines/2/verdict", "es") == "Línea 2: Veredicto"
    assert sentences.label_of_change("lines/2/documents/invoice/8a0c/reason", "es") == "Línea 2, invoice: Motivo"
    assert sentences.label_of_change("documents/invoice", "es") == "Documentos: invoice"
    assert sentences.label_of_change("units/55100001", "es") == "Número de serie"
    assert sentences.label_of_change("end_user/city", "es") == "Población"


def test_an_entry_is_called_by_its_key() -> None:
    key = "warranty-extension/residential/invoice"
    assert sentences.key_of(key, "documentation", "es") == "Extensión de garantía / residential / invoice"
    assert sentences.key_of("card", "pools", "es") == "números de tarjeta"
    assert sentences.key_of("", "settings", "es") == "–"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("sales_method", "rented", "Alquiler"),
        ("old_unit_returned", True, "sí"),
        ("documents/invoice", "denied", "Denegada"),
        ("commissioned_on", "2026-11-01", "1 nov 2026"),
        ("remarks", "rented", "rented"),
        ("kinds", ["commissioning", "points"], "Puesta en marcha, Puntos"),
        ("tiers", [{"tier": "full", "count": 5}], "Nivel: completa; Cantidad: 5"),
        ("charge", None, "–"),
    ],
)
def test_values_are_named(name: str, value: Any, said: str) -> None:
    assert sentences.value_of(name, value, "es") == said


def inputs(shaped: type[BaseModel]) -> Iterator[Input]:
    """Every field of a configuration form, those of groups and rows, too."""
    waiting = list(inputs_of(shaped))
    while waiting:
        one = waiting.pop()
        waiting += one.children
        yield one


@pytest.mark.parametrize("shaped", FORMS, ids=lambda one: one.__name__)
def test_every_field_of_a_form_and_every_choice_has_a_word(shaped: type[BaseModel]) -> None:
    nameless = {one.name for one in inputs(shaped)} - {*configured.CONFIGURED, *words.SALES}
    assert nameless == set()
    for one in inputs(shaped):
        if one.kind in {"choice", "ticks"}:
            unsaid_ones = {choice for choice in one.choices if choice not in configured.vocabulary(one.name)}
            assert unsaid_ones <= {*Scheme, *LANGUAGES, *TAKEN}, one.name


@pytest.mark.parametrize(
    ("vocabulary", "values"),
    [
        (
            words.DONE,
            {*Trigger, "submit", "edit", "message", "judge", "set_points", "release_code", REISSUE, FOLLOW, ERASE},
        ),
        (words.EVENTS, {*Event}),
        (words.CLASSES, {*CompanyClass}),
        (words.CHARGES, {*Charge}),
        (words.VERDICTS, {*Verdict}),
        (words.RULES, {*(rule.name for rule in RULES), "precedence", "tag", "chosen", "no_warranty"}),
        (configured.TIERS, {*Tier}),
        (configured.TAGS, {*Tag}),
        (configured.POLICY_STATES, {*PolicyState}),
        (configured.REPLACEMENTS, {*Replacement}),
        (configured.TIME_UNITS, {*DurationUnit}),
        (configured.POOLS, {*Pool}),
        (configured.RECIPIENTS, {*Recipient}),
        (configured.MODES, {*ExtensionMode}),
        (configured.PLACES, RESERVED),
        (configured.RESOURCES, {one.name for one in RESOURCES}),
    ],
)
def test_every_value_has_a_word(vocabulary: dict[str, str], values: set[str]) -> None:
    assert {str(one) for one in values} == {str(one) for one in vocabulary}


def test_what_sentences_call_entries_has_a_word() -> None:
    assert {one.one for one in RESOURCES} <= set(configured.ENTRIES)
