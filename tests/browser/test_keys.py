"""Pages by keyboard: keys that can be turned off (WCAG 2.1.4), and choices that wait for their button (WCAG 3.2.2)."""

from playwright.async_api import Browser, expect

from tests.browser.walking import walking
from tests.stack.running import Stack
from tests.stack.walks import filed


async def test_keys_can_be_turned_off_and_stay_off(stack: Stack, browser: Browser, address: str) -> None:
    request = await filed(stack)
    async with walking(browser, address, "keys") as walker:
        page = walker.page
        await walker.sign_in("keyuser.es")
        await walker.go(f"/requests/{request['id']}")
        await page.keyboard.press("d")
        await expect(page.locator("#comment-deny")).to_be_visible()
        await walker.look("keys")
        await page.click("text=Turn off")
        await expect(page.locator(".keys kbd").first).to_be_hidden()
        await walker.go(f"/requests/{request['id']}")
        await page.keyboard.press("d")
        await expect(page.locator("#comment-deny")).to_be_hidden()
        await page.click("text=Turn on")
        await page.keyboard.press("d")
        await expect(page.locator("#comment-deny")).to_be_visible()


async def test_a_choice_by_keyboard_waits_for_its_button(stack: Stack, browser: Browser, address: str) -> None:
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
