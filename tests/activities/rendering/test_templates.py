"""Email templates hold plain text and the tags of domain.md §7, and nothing else."""

import pickle
import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.rendering.emails import render_email
from activities.rendering.plaintext import paragraphs
from activities.rendering.templates import (
    BODY_LIMIT,
    SUBJECT_LIMIT,
    TAGS,
    EmailTemplate,
    Tag,
    TemplateRefused,
    check_template,
    default_template,
    events,
    pieces,
)

LANGUAGES = ("en", "es", "pt")


def refusal(subject: str = "Request", body: str = "Hello") -> list[tuple[str, str]]:
    with pytest.raises(TemplateRefused) as caught:
        check_template(EmailTemplate(subject, body))
    return caught.value.problems


def test_the_tags_are_those_of_the_rule_book() -> None:
    assert " ".join(TAGS) == (
        "end_user_name partner_name company_name landing_url request_id request_url card_number comment"
        " denied_documents state_label points warranty_summary"
    )


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("spaces", ["", " ", "   "])
def test_every_tag_may_stand_in_subject_and_body(tag: str, spaces: str) -> None:
    text = "a {{" + spaces + tag + spaces + "}} b"
    check_template(EmailTemplate(text, text))
    assert pieces(text) == ["a ", Tag(tag), " b"]


@pytest.mark.parametrize(
    "text",
    [
        "{ not a tag }",
        "100 % sure",
        "a { b } c }}",
        "# no comment",
        "<b>&amp;</b>",
        "{{ points }}}",
        "{{points}}{{points}}",
    ],
)
def test_plain_text_is_plain(text: str) -> None:
    check_template(EmailTemplate(text, text))


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__ }}",
        "{{ request_id.__class__ }}",
        "{{ request_id['__class__'] }}",
        "{{ request_id[0] }}",
        "{{ request_id() }}",
        "{{ request_id | upper }}",
        "{{ request_id | attr('x') }}",
        "{{ request_id|safe }}",
        "{{ 7*7 }}",
        "{{ 7 }}",
        "{{ 'text' }}",
        "{{ true }}",
        "{{ none }}",
        "{{ request_id ~ comment }}",
        "{{ request_id + comment }}",
        "{{ request_id, comment }}",
        "{{ request_id, }}",
        "{{ [request_id] }}",
        "{{ {'a': request_id} }}",
        "{{ (request_id) }}",
        "{{ request_id is defined }}",
        "{{ request_id if comment }}",
        "{{ not request_id }}",
        "{{ -points }}",
        "{{- request_id }}",
        "{{ request_id -}}",
        "{{+ request_id }}",
        "{{\nrequest_id }}",
        "{{\n\nrequest_id }}",
        "{{\u2028request_id }}",
        "{{ }}",
        "{{ request_id",
        "{{ request_id }",
        "{{ {{ request_id }} }}",
        "{{ request id }}",
        "{{ request-id }}",
        "{% for x in (1,) %}x{% endfor %}",
        "{% if comment %}{{ comment }}{% endif %}",
        "{% set x = 1 %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{% macro x() %}{% endmacro %}",
        "{% raw %}{{ 7 }}{% endraw %}",
        "{% block x %}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% debug %}",
        "{%",
        "{# a comment #}",
        "{# open",
        "{{ cycler }}",
        "{{ config }}",
        "{{ self }}",
        "{{ lipsum }}",
        "{{ namespace }}",
        "{{ Request_id }}",
        "{{ end_user_phone }}",
        "{{ " + "(" * 3000 + "x" + ")" * 3000 + " }}",
        "{{ " + "9" * 5000 + " }}",
        "a\x00b",
        "a\x1bb",
        "a\ud800b",
        "",
        " \n",
    ],
)
def test_anything_else_is_refused_in_both_fields(attack: str) -> None:
    problems = refusal(attack, attack)
    assert {field for field, _ in problems} == {"subject", "body"}
    assert all(sentence.endswith((".", "characters.")) or "At most" in sentence for _, sentence in problems)


def test_an_unknown_tag_is_named_with_the_allowed_ones() -> None:
    (problem,) = refusal(body="{{ request_id }} {{ passport }}")
    assert problem == ("body", f"There is no tag {{{{ passport }}}}. Allowed tags: {', '.join(TAGS)}.")


def test_every_problem_is_told_at_once() -> None:
    problems = refusal("{{ a }} {{ b }}", "{{ c }}{% x %}")
    assert [field for field, _ in problems] == ["subject", "subject", "body"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028", "\u2029"])
def test_a_subject_is_one_line(end: str) -> None:
    assert ("subject", "The subject is one line.") in refusal(subject=f"Request{end}Bcc: x@keydesk.example")


def test_sizes_are_limited() -> None:
    check_template(EmailTemplate("s" * SUBJECT_LIMIT, "b" * BODY_LIMIT))
    assert [field for field, _ in refusal("s" * (SUBJECT_LIMIT + 1), "b" * (BODY_LIMIT + 1))] == [
        "subject",
        "body",
    ]


def test_a_refusal_reads_well_and_travels() -> None:
    error = TemplateRefused([("body", "No.")])
    assert str(error) == "body: No."
    assert pickle.loads(pickle.dumps(error)).problems == [("body", "No.")]


def test_only_checked_text_has_pieces() -> None:
    with pytest.raises(TypeError):
        pieces("{{ 7 }}")


@given(st.text(st.sampled_from("{}%#-+ \nabrequest_id|.()'\"0,~[]"), max_size=60) | st.text(max_size=60))
def test_what_passes_consists_of_text_and_tags(source: str) -> None:
    try:
        check_template(EmailTemplate("Subject", source))
    except TemplateRefused:
        return
    written = "".join(f"{{{{{piece.name}}}}}" if isinstance(piece, Tag) else piece for piece in pieces(source))
    assert "".join(written.split()) == "".join(source.split())


def test_every_row_of_the_recipient_table_has_its_templates() -> None:
    requester = ["submitted", "wrong_data", "denied", "processed", "processed_without_card", "cancelled"]
    requester += ["amended", "amended_without_card", "reminder", "expired", "message"]
    requester += ["points_credited", "partially_accepted", "points_adjusted", "points_cancelled"]
    partner = ["submitted", "denied", "processed", "amended", "cancelled", "cancelled_by_end_user", "message"]
    keyuser = ["submitted", "withdrawn", "cancelled_by_end_user", "reminder", "message"]
    end_user = ["processed", "amended"]
    wanted = {(event, "requester") for event in requester} | {(event, "partner") for event in partner}
    wanted |= {(event, "keyuser") for event in keyuser} | {(event, "end_user") for event in end_user}
    assert set(events()) == wanted | {("escalation", "escalation")}


def packaged(event: str, recipient: str, language: str) -> EmailTemplate:
    template = default_template(event, recipient, language)
    assert template is not None
    assert template.language == language
    return template


def tags_in(text: str) -> set[str]:
    return {piece.name for piece in pieces(text) if isinstance(piece, Tag)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("event", "recipient"), events())
def test_a_packaged_template_passes_and_has_what_its_reader_needs(event: str, recipient: str, language: str) -> None:
    template = packaged(event, recipient, language)
    check_template(template)
    assert len(template.subject) <= 90
    assert tags_in(template.subject) & {"request_id", "card_number"}
    names = tags_in(template.subject + template.body)
    assert "request_id" in names
    assert ("card_number" in names) == ("warranty_summary" in names) == (event in {"processed", "amended"})
    # The end user has no account: their link is the landing page, and they look for a card, not a request.
    assert ("request_url" in names) == (recipient != "end_user")
    assert ("landing_url" in names) == (recipient == "end_user" or (event, recipient) == ("denied", "partner"))
    if recipient == "end_user":
        assert tags_in(template.subject) == {"card_number"}
        assert {"end_user_name", "partner_name"} <= names
    # The older recipients also serve kinds of which no email ever named the end user.
    assert "end_user_name" not in names or recipient in {"partner", "end_user"} or event == "submitted"


@pytest.mark.parametrize(("event", "recipient"), events())
def test_the_languages_of_a_template_say_the_same_each_in_its_own_words(event: str, recipient: str) -> None:
    folder = files("activities.rendering") / "templates" / "emails" / event / recipient
    assert {language.name for language in folder.iterdir()} == set(LANGUAGES)
    templates = [packaged(event, recipient, language) for language in LANGUAGES]
    assert len({frozenset(tags_in(template.subject)) for template in templates}) == 1
    assert len({tuple(_outline(template.body)) for template in templates}) == 1
    assert len({template.subject for template in templates}) == len(LANGUAGES)
    english, *others = (_sentences(template.body) for template in templates)
    assert not any(english & other for other in others)


def _sentences(body: str) -> set[str]:
    """The lines of a template that have to be translated."""
    return {line for line in body.splitlines() if re.sub(r"{{ \w+ }}|\W", "", line)} - {"Keydesk"}


def _outline(body: str) -> list[frozenset[str]]:
    """The tags of each paragraph: they decide together whether it is left out."""
    return [frozenset(tags_in("\n".join(lines))) for lines in paragraphs(body)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("event", "recipient"), events())
def test_with_its_values_a_packaged_email_is_whole(event: str, recipient: str, language: str) -> None:
    template = packaged(event, recipient, language)
    values = {tag: f"<{tag}>" for tag in TAGS}
    done = render_email(template, values, language=language)
    assert "{{" not in done.subject + done.text
    for name in tags_in(template.subject + template.body):
        assert f"<{name}>" in done.subject + done.text
    quiet = render_email(template, values | {"comment": "", "denied_documents": ""}, language=language)
    assert not [line for line in quiet.text.splitlines() if line.endswith(": ")]


def test_a_missing_language_falls_back_to_its_base_language_and_then_to_english() -> None:
    for language in ("pt", "pt-PT", "pt-BR"):
        assert default_template("denied", "requester", language) == packaged("denied", "requester", "pt")
    for language in ("de", "de-AT", "en-GB", "", "../en", "EN", "ES", "en/../../x"):
        assert default_template("denied", "requester", language) == packaged("denied", "requester", "en")


@pytest.mark.parametrize(
    ("event", "recipient"), [("denied", "end_user"), ("nothing", "requester"), ("..", "emails"), ("", "")]
)
def test_an_event_without_such_a_recipient_has_none(event: str, recipient: str) -> None:
    assert default_template(event, recipient, "en") is None
