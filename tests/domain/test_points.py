"""Points of a line, verdicts, the outcome, and the entries of each move (`domain.md` §2.4)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import local_date
from domain.campaigns import ParticipatingProduct, PushPeriod
from domain.errors import NotEditable, Undecided
from domain.points import (
    CANCEL,
    GRANT,
    Entry,
    JudgedDocument,
    JudgedLine,
    Rate,
    Verdict,
    adjustment,
    compensations,
    grants,
    line_of,
    outcome,
    rate_of,
    refuse_change_of_credited,
    undecided,
)
from domain.requests import Attachment
from domain.states import State
from tests.domain.claims import judged

ACCEPTED, DENIED = Verdict.ACCEPTED, Verdict.DENIED
SPRING = PushPeriod("CS-Z35TKEW", date(2026, 3, 29), date(2026, 10, 25), 3)
PUSHED = ParticipatingProduct("CS-Z35TKEW", 20)


def test_the_seed_figures() -> None:
    plain = JudgedLine(1, "CS-Z25TKEW", 1, Rate(11), own=ACCEPTED)
    assert plain.points == 11
    assert replace(plain, override=80).points == 80
    assert judged(1, ACCEPTED).points == 120
    assert judged(1, ACCEPTED, override=80).points == 80, "an override is final and not multiplied again"
    assert judged(1, ACCEPTED, override=0).points == 0
    assert judged(1, DENIED, override=80).points == 0


@pytest.mark.parametrize(
    ("verdicts", "own", "wanted"),
    [
        ((), None, None),
        ((), ACCEPTED, ACCEPTED),
        ((), DENIED, DENIED),
        ((ACCEPTED,), None, ACCEPTED),
        ((ACCEPTED, ACCEPTED), None, ACCEPTED),
        ((ACCEPTED, DENIED), None, DENIED),
        ((DENIED, None), None, None),
        ((None,), ACCEPTED, None),
    ],
)
def test_a_line_is_accepted_only_if_all_its_documents_are(
    verdicts: tuple[Verdict | None, ...], own: Verdict | None, wanted: Verdict | None
) -> None:
    assert judged(1, *verdicts, own=own).verdict is wanted


@pytest.mark.parametrize("zone", ["Europe/Madrid", "Europe/Lisbon"])
@pytest.mark.parametrize(
    ("utc_offset", "day"), [({"Europe/Madrid": 2, "Europe/Lisbon": 1}, SPRING.first_day)], ids=["summer time"]
)
def test_the_first_minute_counts_and_the_one_before_it_does_not(
    zone: str, utc_offset: dict[str, int], day: date
) -> None:
    # The period begins in the night in which the clocks go forward: at midnight it is winter time still.
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() - (utc_offset[zone] - 1) * 3600
    at, before = (datetime.fromtimestamp(midnight + seconds, UTC) for seconds in (0, -60))
    assert rate_of(PUSHED, [SPRING], local_date(at, zone)).multiplier == 3
    assert rate_of(PUSHED, [SPRING], local_date(before, zone)).multiplier == 1


@pytest.mark.parametrize(("zone", "winter"), [("Europe/Madrid", 1), ("Europe/Lisbon", 0)])
def test_the_last_minute_counts_and_the_one_after_it_does_not(zone: str, winter: int) -> None:
    # It ends with the day on which the clocks go back, which has 25 hours.
    end = datetime(2026, 10, 26, tzinfo=UTC).timestamp() - winter * 3600
    last, after = (datetime.fromtimestamp(end + seconds, UTC) for seconds in (-60, 0))
    assert rate_of(PUSHED, [SPRING], local_date(last, zone)) == Rate(20, 3, SPRING.first_day, SPRING.last_day)
    assert rate_of(PUSHED, [SPRING], local_date(after, zone)) == Rate(20)


def test_a_push_period_is_that_of_the_product() -> None:
    other = replace(SPRING, product="CS-Z25TKEW")
    assert not rate_of(PUSHED, [other], date(2026, 5, 1)).pushed
    assert rate_of(PUSHED, [other, SPRING], date(2026, 5, 1)).pushed


def test_a_product_that_takes_part_no_more_is_worth_nothing() -> None:
    assert rate_of(None, [SPRING], date(2026, 5, 1)) == Rate(0)


def test_process_names_everything_that_has_no_verdict() -> None:
    lines = (judged(1, ACCEPTED, None), judged(2), judged(3, own=DENIED))
    waiting = ({"line": 1, "requirement": "invoice", "document_id": "1-1"}, {"line": 2})
    assert undecided(lines) == waiting
    with pytest.raises(Undecided) as refused:
        outcome(lines)
    assert refused.value.facts == {"undecided": list(waiting)}


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ((ACCEPTED, ACCEPTED), State.ACCEPTED),
        ((ACCEPTED, DENIED), State.PARTIALLY_ACCEPTED),
        ((DENIED, DENIED), State.DENIED),
    ],
)
def test_the_verdicts_say_where_process_leads(verdicts: tuple[Verdict, ...], wanted: State) -> None:
    assert outcome([judged(n, one) for n, one in enumerate(verdicts, start=1)]) is wanted


GRANTED = judged(1, ACCEPTED, entries=(Entry(1, GRANT, 120),))


def test_process_credits_every_accepted_line_once() -> None:
    assert grants([GRANTED, judged(2, DENIED), judged(3, ACCEPTED, override=7)]) == (Entry(3, GRANT, 7),)


def test_an_adjustment_books_the_difference_to_the_new_final_value() -> None:
    assert adjustment([GRANTED], 1, 80, 9) == Entry(1, "adjust:9", -40)
    twice = replace(GRANTED, entries=(*GRANTED.entries, Entry(1, "adjust:9", -40)))
    assert adjustment([twice], 1, 100, 10) == Entry(1, "adjust:10", 20)


@pytest.mark.parametrize("n", [1, 2])
def test_only_a_credited_line_is_adjusted(n: int) -> None:
    with pytest.raises(NotEditable) as refused:
        adjustment([judged(1, DENIED)], n, 80, 9)
    assert [one.pointer for one in refused.value.fields] == ["/line"]


def test_cancel_takes_every_credit_back_once() -> None:
    assert compensations([GRANTED, judged(2, DENIED)]) == (Entry(1, CANCEL, -120),)
    cancelled = replace(GRANTED, entries=(*GRANTED.entries, Entry(1, CANCEL, -120)))
    assert (cancelled.credited, cancelled.booked, compensations([cancelled])) == (False, 0, ())


def test_credited_lines_stay_where_they_are() -> None:
    before = ["a", "b", "c"]
    refuse_change_of_credited(before, ["a", "x", "c", "d"], frozenset({1, 3}))
    for after, wrong in ((["x", "b", "c"], ["/data/lines/0"]), (["a", "b"], ["/data/lines/2"])):
        with pytest.raises(NotEditable) as refused:
            refuse_change_of_credited(before, after, frozenset({1, 3}))
        assert [one.pointer for one in refused.value.fields] == wrong


def test_a_line_is_found_by_its_number() -> None:
    assert line_of([judged(1), judged(2)], 2) == judged(2)
    assert line_of([judged(1)], 2) is None


VERDICTS = st.sampled_from([ACCEPTED, DENIED])
LINES = st.builds(
    JudgedLine,
    n=st.integers(1, 5),
    product=st.just("CS"),
    quantity=st.integers(1, 9),
    rate=st.builds(Rate, st.integers(0, 99), st.integers(1, 4)),
    documents=st.lists(st.builds(JudgedDocument, st.just(Attachment("invoice", "b")), VERDICTS), max_size=3).map(tuple),
    own=VERDICTS,
    override=st.none() | st.integers(0, 99),
)
REQUESTS = st.lists(LINES, min_size=1, max_size=5, unique_by=lambda line: line.n)


@settings(deadline=None)
@given(REQUESTS, st.lists(st.tuples(st.integers(1, 5), st.integers(0, 200)), max_size=4))
def test_what_is_booked_is_what_is_granted_whatever_follows(
    lines: list[JudgedLine], adjusted: list[tuple[int, int]]
) -> None:
    def booked(entries: tuple[Entry, ...]) -> list[JudgedLine]:
        return [replace(one, entries=(*one.entries, *(e for e in entries if e.line == one.n))) for one in lines]

    lines = booked(grants(lines))
    assert grants(lines) == ()
    assert sum(one.booked for one in lines) == sum(one.points for one in lines)
    for version, (n, points) in enumerate(adjusted):
        if (line := line_of(lines, n)) is not None and line.credited:
            lines = booked((adjustment(lines, n, points, version),))
            now = line_of(lines, n)
            assert now is not None
            assert now.booked == points
            lines = [replace(one, override=points) if one.n == n else one for one in lines]
    assert all(one.booked == one.due for one in lines)
    lines = booked(compensations(lines))
    assert all(one.booked == one.due for one in lines)
    assert [one.booked for one in lines] == [0] * len(lines)
    causes = [(entry.line, entry.cause) for one in lines for entry in one.entries]
    assert len(causes) == len(set(causes))
