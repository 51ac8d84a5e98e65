"""How a requester answers a denial: every denied document replaced, others added, nothing else (`domain.md` §2.1)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import DocumentStillDenied, FieldError, Invalid, NotEditable
from domain.points import JudgedDocument, JudgedLine, Rate, Verdict
from domain.requests import Attachment, Line
from domain.resubmission import Judged, LineAnswer, answer_denial, answer_denied_lines

SHEET, INVOICE, PHOTO = Attachment("sheet", "a"), Attachment("invoice", "b"), Attachment("photo", "c")
NEW_INVOICE = Attachment("invoice", "d")

ACCEPTED, DENIED = Verdict.ACCEPTED, Verdict.DENIED

ATTACHMENTS = st.builds(
    Attachment, requirement=st.sampled_from(["sheet", "invoice", "photo"]), document_id=st.sampled_from("abcd")
)
JUDGED = st.lists(
    st.builds(Judged, attachment=ATTACHMENTS, denied=st.booleans()), max_size=5, unique_by=lambda one: one.attachment
)
OFFERED = st.lists(ATTACHMENTS, max_size=5)


def kept(*attachments: Attachment) -> list[Judged]:
    return [Judged(one, denied=False) for one in attachments]


def test_the_denied_document_makes_way_for_the_new_one() -> None:
    judged = [Judged(INVOICE, denied=True), *kept(SHEET)]
    assert answer_denial(judged, [NEW_INVOICE]) == (SHEET, NEW_INVOICE)


def test_others_may_be_added() -> None:
    judged = [*kept(SHEET), Judged(INVOICE, denied=True)]
    assert answer_denial(judged, [PHOTO, NEW_INVOICE]) == (SHEET, PHOTO, NEW_INVOICE)


def test_a_denial_that_names_no_document_is_answered_with_any_or_none() -> None:
    assert answer_denial(kept(SHEET), [PHOTO]) == (SHEET, PHOTO)
    assert answer_denial(kept(SHEET), []) == (SHEET,)


def test_what_is_attached_already_is_not_attached_twice() -> None:
    assert answer_denial(kept(SHEET, INVOICE), [INVOICE, PHOTO, PHOTO]) == (SHEET, INVOICE, PHOTO)


@pytest.mark.parametrize("offered", [[], [PHOTO], [INVOICE], [INVOICE, PHOTO]], ids=["none", "other", "same", "both"])
def test_a_denied_document_needs_a_new_one(offered: list[Attachment]) -> None:
    with pytest.raises(DocumentStillDenied) as refused:
        answer_denial([*kept(SHEET), Judged(INVOICE, denied=True)], offered)
    assert refused.value.detail == "These documents were denied and need a new one: invoice."
    assert refused.value.fields == (FieldError("/documents", "invoice is still denied"),)
    assert refused.value.facts == {"denied": ["invoice"]}


def test_every_document_that_is_still_denied_is_named() -> None:
    with pytest.raises(DocumentStillDenied) as refused:
        answer_denial([Judged(SHEET, denied=True), Judged(INVOICE, denied=True)], [SHEET, PHOTO])
    assert refused.value.facts == {"denied": ["invoice", "sheet"]}


def test_one_new_document_answers_a_requirement_that_had_two() -> None:
    both = [Judged(INVOICE, denied=True), Judged(Attachment("invoice", "x"), denied=True)]
    assert answer_denial(both, [NEW_INVOICE]) == (NEW_INVOICE,)


@settings(deadline=None)
@given(JUDGED, OFFERED)
def test_the_laws_of_an_answer(judged: list[Judged], offered: list[Attachment]) -> None:
    denied = {one.attachment for one in judged if one.denied}
    stays = tuple(one.attachment for one in judged if not one.denied)
    fresh = {one for one in offered if one not in denied and one not in stays}
    open_ = {one.requirement for one in denied} - {one.requirement for one in fresh}
    if open_:
        with pytest.raises(DocumentStillDenied) as refused:
            answer_denial(judged, offered)
        assert refused.value.facts == {"denied": sorted(open_)}
        return
    answer = answer_denial(judged, offered)
    assert answer[: len(stays)] == stays, "what was not denied stays, in its order"
    assert set(answer[len(stays) :]) == fresh, "nothing is lost, nothing invented, nothing denied comes back"
    assert len(set(answer)) == len(answer)


OLD, NEW, OTHER = (Attachment("invoice", name) for name in ("old", "new", "other"))
LINES = (Line("CS", 1, {}, (OLD,)), Line("CS", 1, {}, (OLD, OTHER)), Line("CU", 1))


def judged_lines(first: Verdict = DENIED, second: Verdict = ACCEPTED) -> tuple[JudgedLine, ...]:
    """Line 1: the old document. Line 2: the old one, denied as on line 1, and another. Line 3 has none."""
    return (
        JudgedLine(1, "CS", 1, Rate(1), (JudgedDocument(OLD, first),)),
        JudgedLine(2, "CS", 1, Rate(1), (JudgedDocument(OLD, first), JudgedDocument(OTHER, second))),
        JudgedLine(3, "CU", 1, Rate(1), own=DENIED),
    )


def test_only_denied_documents_of_lines_are_replaced() -> None:
    answered = answer_denied_lines(LINES, judged_lines(), [LineAnswer(1, NEW), LineAnswer(2, NEW), LineAnswer(2, NEW)])
    assert [line.documents for line in answered] == [(NEW,), (OTHER, NEW), ()]
    assert [line.product for line in answered] == ["CS", "CS", "CU"]


def test_a_document_of_another_line_may_answer_for_a_denied_one() -> None:
    answered = answer_denied_lines(LINES, judged_lines(), [LineAnswer(1, OTHER), LineAnswer(2, NEW)])
    assert [line.documents for line in answered] == [(OTHER,), (OTHER, NEW), ()]


@pytest.mark.parametrize("second", [[], [LineAnswer(2, OLD)], [LineAnswer(2, OTHER)]])
def test_every_denied_document_of_every_line_needs_a_new_one(second: list[LineAnswer]) -> None:
    with pytest.raises(DocumentStillDenied) as refused:
        answer_denied_lines(LINES, judged_lines(), [LineAnswer(1, NEW), *second])
    assert refused.value.facts == {"denied": [{"line": 2, "requirement": "invoice"}]}


@pytest.mark.parametrize("stray", [LineAnswer(3, NEW), LineAnswer(1, Attachment("photo", "new")), LineAnswer(9, NEW)])
def test_nothing_else_is_answered(stray: LineAnswer) -> None:
    with pytest.raises(Invalid) as refused:
        answer_denied_lines(LINES, judged_lines(), [LineAnswer(1, NEW), stray, LineAnswer(2, NEW)])
    assert [one.pointer for one in refused.value.fields] == ["/documents/1"]


def test_where_no_document_was_denied_there_is_nothing_to_answer() -> None:
    with pytest.raises(Invalid):
        answer_denied_lines(LINES, judged_lines(first=ACCEPTED), [])


def test_what_the_keyuser_has_changed_since_is_sent_to_be_judged_as_it_is() -> None:
    changed = (JudgedLine(1, "CS", 2, Rate(1), (JudgedDocument(OLD),)), *judged_lines(first=ACCEPTED)[1:])
    assert answer_denied_lines(LINES, changed, []) == LINES


def test_a_line_that_was_denied_without_a_document_may_ask_for_something_else() -> None:
    wanted = (*LINES[:2], Line("CU", 2, {"site": "roof"}, (NEW,)))
    answered = answer_denied_lines(LINES, judged_lines(first=ACCEPTED), [], wanted)
    assert answered == wanted
    both = answer_denied_lines(LINES, judged_lines(), [LineAnswer(1, NEW), LineAnswer(2, NEW)], wanted)
    assert [line.documents for line in both] == [(NEW,), (OTHER, NEW), (NEW,)]
    assert both[2] == wanted[2]


def test_denied_documents_are_answered_whatever_else_changes() -> None:
    with pytest.raises(DocumentStillDenied):
        answer_denied_lines(LINES, judged_lines(), [], (*LINES[:2], Line("CU", 2)))


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ((Line("CS", 2, {}, (OLD,)), *LINES[1:]), "/data/lines/0"),
        ((LINES[0], Line("CS", 1, {}, (OLD, NEW)), LINES[2]), "/data/lines/1"),
        (LINES[:2], "/data/lines/2"),
        ((*LINES, Line("CU", 1)), "/data/lines/3"),
        ((), "/data/lines/0"),
    ],
    ids=["quantity", "documents", "one less", "one more", "none"],
)
def test_no_other_line_changes(wanted: tuple[Line, ...], pointer: str) -> None:
    with pytest.raises(NotEditable) as refused:
        answer_denied_lines(LINES, judged_lines(), [], wanted)
    assert refused.value.fields[0] == FieldError(pointer, "may not change now")


def test_a_line_that_nobody_changed_is_nothing_to_judge() -> None:
    with pytest.raises(Invalid):
        answer_denied_lines(LINES, judged_lines(first=ACCEPTED), [], LINES)


def test_only_a_line_of_its_own_verdict_was_refused() -> None:
    assert [line.refused for line in judged_lines()] == [False, False, True]
    assert not JudgedLine(1, "CU", 1, Rate(1), own=ACCEPTED).refused
    assert not JudgedLine(1, "CU", 1, Rate(1), (JudgedDocument(NEW),), own=DENIED).refused, (
        "that was before the document"
    )
