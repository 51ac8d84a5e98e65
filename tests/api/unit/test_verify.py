"""Whether the QR code's page is HTML or JSON, by `Accept`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.verify import _prefers_html

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept",
    [
        *(FIREFOX, CHROME, "text/html", "TEXT/HTML", " text/html ; charset=utf-8", "application/xhtml+xml"),
        *("text/html, application/json", "image/webp, text/html", "application/json;q=0.5, text/html;q=0.9"),
        *("*/*;q=0.1, text/html", "application/json;q=0, text/html;q=0.1"),
    ],
)
def test_browsers_get_a_page(accept: str) -> None:
    assert _prefers_html(accept)


@pytest.mark.parametrize(
    "accept",
    [
        *("", "*/*", "application/json", "application/json, text/html", "application/json, */*", "image/png", ",;,"),
        *("*/*, text/html", "text/html;q=0", "text/html;q=0.1, application/json", "text/html;q=0.3, */*;q=0.8"),
        *("text/html;q=, application/json", "text/htmlx", "text/html;q=nan, application/json", "text/*"),
    ],
)
def test_programs_get_json(accept: str) -> None:
    assert not _prefers_html(accept)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=255), max_size=60) | st.text("texhml/jsonapcti+*,;=q0.19 ", max_size=60))
def test_any_header_gets_an_answer(accept: str) -> None:
    _prefers_html(accept)
