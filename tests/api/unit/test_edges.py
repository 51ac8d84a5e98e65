"""Small things at the edge: fingerprints of bodies, days and cursors of lists, how much a call may send."""

from datetime import UTC, date, datetime
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlakeyset import serialize_bookmark
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from api.limits import MAX_BODY, BodyLimit
from api.listing import _checked, after, instant
from api.payloads import below
from api.submitting import fingerprint
from domain.errors import DocumentMissing, FieldError, Forbidden, Invalid
from store.snapshots import to_json
from tests.domain.submissions import commissioning

NOVEMBER = date(2026, 11, 1)


def test_a_fingerprint_is_that_of_the_values_not_of_their_order() -> None:
    one = fingerprint("commissioning", {"a": 1, "b": {"c": 2, "d": 3}})
    assert one == fingerprint("commissioning", {"b": {"d": 3, "c": 2}, "a": 1})
    assert one != fingerprint("warranty-extension", {"a": 1, "b": {"c": 2, "d": 3}})
    assert one != fingerprint("commissioning", {"a": 1, "b": {"c": 2, "d": "3"}})
    assert fingerprint("a", "b") != fingerprint("ab") != fingerprint("a", "b", None)


def test_every_field_of_a_request_is_in_its_fingerprint() -> None:
    plain = fingerprint(to_json(commissioning()))
    for change in (
        {"remarks": "x"},
        {"line_up": "heating"},
        {"documents": ()},
        {"commissioned_on": NOVEMBER.replace(day=2)},
    ):
        assert fingerprint(to_json(commissioning(**change))) != plain
    assert fingerprint(to_json(commissioning())) == plain


def test_a_day_of_a_list_is_the_whole_day_where_the_caller_is() -> None:
    assert instant(NOVEMBER, "Europe/Madrid", "/p") == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert after(NOVEMBER, "Europe/Madrid") == datetime(2026, 11, 1, 23, tzinfo=UTC)
    assert after(date(2026, 10, 25), "Europe/Madrid") == datetime(2026, 10, 25, 23, tzinfo=UTC), "a day of 25 hours"
    assert instant(date(2026, 10, 25), "Europe/Madrid", "/p") == datetime(2026, 10, 24, 22, tzinfo=UTC)


def test_an_instant_is_itself_and_included() -> None:
    noon = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert instant(noon, "Europe/Madrid", "/p") == noon
    assert instant(noon.replace(tzinfo=None), "Europe/Madrid", "/p") == noon, "without a zone it is UTC"
    assert after(noon, "UTC") == noon.replace(microsecond=1)
    assert instant(None, "UTC", "/p") is None
    assert after(None, "UTC") is None


@pytest.mark.parametrize(
    "moment",
    [
        *(date.min, date(1899, 12, 31), date(9998, 1, 2), date.max),
        *(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_moments_out_of_reach_are_refused(moment: date | datetime) -> None:
    for bound in (
        partial(instant, moment, "Europe/Madrid", "/submitted_to"),
        partial(after, moment, "Europe/Madrid"),
    ):
        with pytest.raises(Invalid) as refused:
            bound()
        assert [field.pointer for field in refused.value.fields] == ["/submitted_to"]


def test_only_our_own_cursors_are_taken() -> None:
    bookmark = serialize_bookmark(((datetime(2026, 11, 1, tzinfo=UTC), "ES-COM-000001"), False))
    assert _checked(bookmark) == bookmark
    for place in ((), (1, 2), ("a", "b"), (datetime(2026, 11, 1, tzinfo=UTC),), (None, None)):
        with pytest.raises(Invalid):
            _checked(serialize_bookmark((place, False)))


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40) | st.text("<>~dts:i1-.T0n\r\n\0\"'", max_size=40))
@example("<\r0")
def test_no_text_breaks_the_reading_of_cursors(text: str) -> None:
    try:
        _checked(text)
    except Invalid as refusal:
        codes = [field.pointer for field in refusal.fields]
    else:
        codes = ["/cursor"]
    assert codes == ["/cursor"]


def test_refusals_of_a_member_point_below_it() -> None:
    with pytest.raises(DocumentMissing) as refused, below("/data"):
        raise DocumentMissing("…", fields=[FieldError("/documents", "x")], facts={"missing": ["x"]})
    assert (refused.value.fields, refused.value.facts) == (
        (FieldError("/data/documents", "x"),),
        {"missing": ["x"]},
    )
    with pytest.raises(Forbidden), below("/data"):
        raise Forbidden("not about a field")


async def received(chunks: list[bytes], limit: int) -> int:
    """How many bytes an application behind the limit gets to read."""
    waiting = list(chunks)

    async def receive() -> Message:
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(_: Message) -> None: ...

    read = 0

    async def application(_: Scope, receive: Receive, __: Send) -> None:
        nonlocal read
        more = True
        while more:
            message = await receive()
            read += len(message["body"])
            more = message["more_body"]

    await BodyLimit(application, limit)({"type": "http"}, receive, send)
    return read


async def test_a_call_may_send_so_much_and_no_more() -> None:
    assert await received([b"12", b"345"], 5) == 5
    with pytest.raises(HTTPException) as refused:
        await received([b"123", b"456"], 5)
    assert refused.value.status_code == 413
    assert MAX_BODY > 10 * 1024 * 1024
