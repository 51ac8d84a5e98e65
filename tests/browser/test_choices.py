"""Choices made by keyboard."""

from playwright.async_api import Browser, expect

from tests.browser.walking import walking
from tests.stack.running import Stack


async def test_a_choice_by_keyboard_waits_for_its_button(stack: Stack, browser: Browser, address: str) -> None:
    """WCAG 3.2.2: by keyboard each arrow is a choice, and a page that changes under one loses the place."""
    async with walking(browser, address, "choices") as walker:
        page = walker.page
        await walker.sign_in("keyuser.es")
        before = page.url
        await page.focus("#sort")
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("Tab")
        assert (page.url, await page.input_value("#sort")) == (before, "oldest")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**sort=oldest*")
        await walker.go("/requests")
        await page.select_option("#sort", "newest")
        await page.wait_for_url("**sort=newest*")
        await expect(page.locator("#sort")).to_have_value("newest")
