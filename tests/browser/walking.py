"""A person at a browser: signs in, looks at pages on a desk and on a phone, and complains about what is wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.browser.conftest import SCREENSHOTS
from workers import demo

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
NARROWEST = 320  # what a desk of 1280 is at a zoom of 400 % (WCAG 1.4.10)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What the walks provoke on purpose: a refused form answers 422, a missing page 404.
EXPECTED = ("Failed to load resource", "Autofocus processing was blocked")


def paper(title: str) -> bytes:
    """A document that can be looked at: a page with a title and some lines."""
    written = BytesIO()
    canvas = Canvas(written)
    canvas.setFont("Helvetica-Bold", 22)
    canvas.drawString(72, 760, title)
    canvas.setFont("Helvetica", 12)
    for n in range(12):
        canvas.drawString(72, 720 - n * 22, f"{n + 1}.  Outdoor unit CU-2Z50TBE, serial 4481-{n:04d}, 1.250,00 EUR")
    canvas.showPage()
    canvas.save()
    return written.getvalue()


@dataclass
class Walker:
    """Somebody with one browser window. `complaints` holds what the browser said and what accessibility rules say."""

    page: Page
    address: str
    name: str
    complaints: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        """Open one of our pages."""
        await self.page.goto(self.address + path)

    async def sign_in(self, login: str) -> None:
        """Sign in, and read English."""
        await self.page.context.add_cookies([{"name": "keydesk_language", "value": "en", "url": self.address}])
        await self.go("/sign-in")
        await self.page.fill("#login", login)
        await self.page.fill("#password", demo.PASSWORD)
        await self.page.press("#password", "Enter")
        await self.page.wait_for_selector("text=Sign out")

    async def begin(self) -> None:
        """Begin a draft, and choose the residential range."""
        await self.go("/new")
        await self.page.click("text=Begin")
        await self.page.select_option("#line_up", "residential")

    async def look(self, what: str) -> None:
        """Keep a picture on a desk and on a phone, and check that the page is whole, fits and can be used by all."""
        if inline := await self.page.locator("script:not([src]), style, [style], [onclick]").count():
            self.complaints.append(f"{what}: {inline} times inline")
        await self.page.set_viewport_size({"width": NARROWEST, "height": 640})
        await self._fits(what, NARROWEST)
        for size in (PHONE, DESK):
            await self.page.set_viewport_size({"width": size["width"], "height": size["height"]})
            await self._show_pictures()
            await self.page.screenshot(path=SCREENSHOTS / f"{self.name}-{what}-{size['width']}.png", full_page=True)
            await self._fits(what, size["width"])
        found = await Axe().run(self.page, options={"runOnly": LEVELS})
        for violation in found.response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"][:2]]
            self.complaints.append(f"{what}: {violation['id']}: {nodes}")

    async def _fits(self, what: str, width: int) -> None:
        wide = await self.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self.complaints.append(f"{what}: {wide} wide on {width}")

    async def _show_pictures(self) -> None:
        """Pictures load when they come in sight; here all of them."""
        await self.page.evaluate(
            """async () => {
                const pictures = [...document.images].filter((one) => one.loading === "lazy" && one.checkVisibility());
                for (const one of pictures) one.loading = "eager";
                await Promise.all(pictures.map((one) => one.decode().catch(() => null)));
            }"""
        )


@asynccontextmanager
async def walking(browser: Browser, address: str, name: str, *, scripts: bool = True) -> AsyncIterator[Walker]:
    """A walker with a browser of its own; at the end nothing may be left to complain about."""
    context = await browser.new_context(
        viewport={"width": DESK["width"], "height": DESK["height"]}, locale="en-GB", java_script_enabled=scripts
    )
    page = await context.new_page()
    page.set_default_timeout(15_000)
    walker = Walker(page, address, name)
    page.on("console", lambda said: None if said.text.startswith(EXPECTED) else walker.complaints.append(said.text))
    page.on("pageerror", lambda error: walker.complaints.append(str(error)))
    page.on("request", lambda sent: walker.complaints.append(sent.url) if not _ours(sent.url, address) else None)
    try:
        yield walker
        if walker.complaints:
            pytest.fail("\n".join(walker.complaints))
    finally:
        await context.close()


def _ours(url: str, address: str) -> bool:
    return url.startswith(
        (address, "data:", "blob:", "chrome-extension:", "chrome:")
    )  # the last: Chromium's PDF viewer


def stored(folder: Path, name: str) -> Path:
    """A paper as a file that can be chosen."""
    file = folder / f"{name}.pdf"
    file.write_bytes(paper(name))
    return file
