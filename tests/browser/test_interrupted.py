"""What goes wrong at a browser: keys hit by accident, files too large, a session that ends in the middle of a form."""

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.walking import stored, walking
from tests.stack.running import Stack
from tests.stack.walks import filed
from workers import demo


async def test_keys_can_be_turned_off(stack: Stack, browser: Browser, address: str) -> None:
    """WCAG 2.1.4: whoever speaks to the browser, or hits keys by accident, decides nothing unawares."""
    request = await filed(stack)
    async with walking(browser, address, "keys") as walker:
        page, path = walker.page, f"/requests/{request['id']}"
        await walker.sign_in("keyuser.es")
        await walker.go(path)
        await page.click("text=Turn these keys off")
        await page.locator("h1").click()
        await page.keyboard.press("i")
        await page.keyboard.press("d")
        await walker.go(path)
        await page.keyboard.press("d")
        await expect(page.locator("#comment-deny")).to_be_hidden()
        await page.click("text=Turn these keys on")
        await page.locator("h1").click()
        await page.keyboard.press("d")
        await expect(page.locator("#comment-deny")).to_be_visible()


async def test_a_file_too_large_is_named_and_the_others_go_up(
    stack: Stack, browser: Browser, address: str, tmp_path: Path
) -> None:
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.7\n" + bytes(11 * 1024 * 1024))
    async with walking(browser, address, "files") as walker:
        page = walker.page
        await walker.sign_in("installer.abc")
        await walker.begin()
        await page.wait_for_selector("#file-invoice")
        both = [stored(tmp_path, "first"), stored(tmp_path, "second")]
        await page.set_input_files("#file-invoice", both)
        await page.wait_for_selector("text=✓ second.pdf")
        await expect(page.locator("text=✓ first.pdf")).to_be_visible()
        await page.set_input_files("#file-invoice", large)
        await expect(page.locator(".upload [role=alert]:visible")).to_have_text(
            "large.pdf: The file is too large: 10 MB at most."
        )


async def test_a_draft_goes_on_after_signing_in_anew_in_another_tab(
    stack: Stack, browser: Browser, address: str
) -> None:
    async with walking(browser, address, "again") as walker:
        page = walker.page
        await walker.sign_in("installer.abc")
        await walker.go("/new")
        await page.click("text=Begin")
        await page.context.clear_cookies(name="keydesk_session")
        await page.fill("#end_user-name", "Marta")
        await page.wait_for_selector("text=You were signed out.")
        other = await page.context.new_page()
        await other.goto(f"{address}/sign-in")
        await other.fill("#login", "installer.abc")
        await other.fill("#password", demo.PASSWORD)
        await other.press("#password", "Enter")
        await other.wait_for_selector("text=Sign out")
        await page.fill("#end_user-city", "Madrid")
        await page.wait_for_selector("text=Draft kept")
        await page.reload()
        assert await page.input_value("#end_user-name") == "Marta"
