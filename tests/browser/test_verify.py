"""The page behind the QR code of a card, as a browser shows it on a desk and on a phone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from store.tables.effects import Card
from tests.browser.conftest import SCREENSHOTS
from tests.stack.days import day
from tests.stack.running import Stack
from tests.stack.walks import decided, processed, settled

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@dataclass
class Cards:
    """Cards by what has become of them: number and token."""

    number: dict[str, str] = field(default_factory=dict)
    token: dict[str, str] = field(default_factory=dict)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cards(stack: Stack) -> Cards:
    found = Cards()
    amended, cancelled = await processed(stack), await processed(stack)
    await decided(stack, "keyuser.es", amended["id"], "amend", comment="x", data={"commissioned_on": day(1)})
    await decided(stack, "keyuser.es", cancelled["id"], "cancel", comment="returned")
    for request in (amended, cancelled):
        await settled(stack, request["id"])
        async with stack.sessions() as session:
            for card in await session.scalars(select(Card).where(Card.request_id == request["id"])):
                found.number[card.status], found.token[card.status] = card.number, card.token
    return found


@asynccontextmanager
async def opened(browser: Browser, url: str, size: dict[str, int]) -> AsyncIterator[tuple[Page, list[str]]]:
    """The page at `url`, and everything that the browser complained about."""
    context = await browser.new_context(viewport={"width": size["width"], "height": size["height"]})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    try:
        await page.goto(url)
        yield page, complaints
    finally:
        await context.close()


SAYS = {
    "valid": "This card is valid",
    "superseded": "This card was replaced by a newer version",
    "withdrawn": "This card was withdrawn: it grants nothing",
}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("status", SAYS)
async def test_the_page_of_a_card(
    browser: Browser, address: str, cards: Cards, status: str, size: dict[str, int]
) -> None:
    async with opened(browser, f"{address}/verify/{cards.token[status]}", size) as (page, complaints):
        await page.screenshot(path=SCREENSHOTS / f"verify-{status}-{size['width']}.png", full_page=True)
        await expect(page.locator(".status")).to_have_text(SAYS[status])
        await expect(page.locator("h1")).to_have_text(f"Warranty card {cards.number[status]}")
        rows = page.locator("tbody tr")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("Parts and labour, all units")
        await expect(rows.first).to_contain_text("1 year")
        assert await page.title() == f"Warranty card {cards.number[status]} · Keydesk"
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        styled = await page.locator("article").evaluate("one => getComputedStyle(one).borderRadius")
        assert styled != "0px"
        assert "Lucía" not in await page.content()
        assert complaints == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_page_of_no_card(browser: Browser, address: str, size: dict[str, int]) -> None:
    async with opened(browser, f"{address}/verify/nobody-printed-this", size) as (page, complaints):
        await page.screenshot(path=SCREENSHOTS / f"verify-unknown-{size['width']}.png", full_page=True)
        await expect(page.locator("h1")).to_have_text("No such warranty card")
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert [one for one in complaints if "404" not in one] == []


async def test_the_policy_lets_nothing_inline_in(browser: Browser, address: str, cards: Cards) -> None:
    async with opened(browser, f"{address}/verify/{cards.token['valid']}", DESK) as (page, complaints):
        assert await page.locator("script, style, [style], [onclick]").count() == 0
        refused = page.evaluate(
            """new Promise(resolve => {
                document.addEventListener("securitypolicyviolation", event => resolve(event.violatedDirective));
                const script = document.createElement("script");
                script.textContent = "window.broken = true";
                document.body.append(script);
            })"""
        )
        assert "script-src" in await refused
        assert await page.evaluate("window.broken") is None
        assert any("Content Security Policy" in one for one in complaints)
