"""Each role's main walk in a real browser, against the whole desk; pictures of it are kept in `build/screenshots`."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.browser.walking import paper, stored, walking
from tests.kinds import claims, swaps
from tests.kinds.walks import granted, proof
from tests.stack.days import day
from tests.stack.running import Stack
from tests.stack.walks import REQUIRED, Json, decided, filed, new_serial, processed, seen, settled, uploaded


async def readable(stack: Stack, login: str = "installer.abc") -> list[Json]:
    """Both required documents, as somebody can look at them."""
    client = stack.client_of(login)
    return [
        {"requirement": name, "document_id": await uploaded(client, f"{name}.pdf", paper(name))} for name in REQUIRED
    ]


async def test_an_installer_files_and_answers_a_denial(
    stack: Stack, browser: Browser, address: str, tmp_path: Path
) -> None:
    async with walking(browser, address, "installer") as walker:
        page = walker.page
        await walker.sign_in("installer.abc")
        await walker.begin()
        await page.wait_for_selector("#file-invoice")
        await page.select_option("#wholesaler", "DEF")
        await page.fill("#end_user-name", "Marta Ruiz")
        await page.click("text=Send in")
        await page.wait_for_selector("#problems")
        await walker.look("refused")
        await page.fill("#commissioned_on", day(1))
        await page.fill("#end_user-address", "Gran Vía 3")
        await page.fill("#end_user-postcode", "28013")
        await page.fill("#end_user-city", "Madrid")
        await page.fill("#units-0-product", "CU-2Z50TBE")
        serial = new_serial()
        await page.fill("#units-0-serial", serial)
        await page.wait_for_selector("text=Draft kept")
        for name in REQUIRED:
            await page.set_input_files(f"#file-{name}", stored(tmp_path, name))
            await page.wait_for_selector(f"text=✓ {name}.pdf")
        await walker.look("draft")
        await page.click("text=Send in")
        await page.wait_for_url("**/requests/ES-COM-*")
        await expect(page.locator("text=The keyuser checks your request")).to_be_visible()
        request_id = re.findall(r"ES-COM-\d+", page.url)[0]
        await decided(stack, "keyuser.es", request_id, "deny", comment="The scan is too dark.", documents=["invoice"])
        await page.reload()
        await expect(page.locator("#next + p")).to_contain_text("These documents were denied")
        await walker.look("denied")
        await page.click("text=Upload and send in again")
        await page.set_input_files("#file-invoice", stored(tmp_path, "better"))
        await page.wait_for_selector("text=✓ better.pdf")
        await page.click("text=Send in")
        await page.wait_for_url("**/requests/ES-COM-*")
        await decided(stack, "keyuser.es", request_id, "accept")
        await settled(stack, request_id)
        await page.reload()
        await expect(page.locator("text=Download the card (PDF)")).to_be_visible()
        await walker.go("/requests")
        await walker.look("history")


async def test_a_form_works_without_scripts(stack: Stack, browser: Browser, address: str, tmp_path: Path) -> None:
    async with walking(browser, address, "plain", scripts=False) as walker:
        page = walker.page
        await walker.sign_in("installer.ac1")
        await walker.begin()
        await page.click("text=Show what this range needs")
        await page.select_option("#wholesaler", "DEF")
        await page.fill("#commissioned_on", day(1))
        for name, value in {"name": "Ana", "address": "Mayor 1", "postcode": "48001", "city": "Bilbao"}.items():
            await page.fill(f"#end_user-{name}", value)
        await page.fill("#units-0-product", "CU-2Z50TBE")
        await page.fill("#units-0-serial", new_serial())
        for name in REQUIRED:
            await page.set_input_files(f"#file-{name}", stored(tmp_path, name))
        await page.click("text=Send in")
        await page.wait_for_url("**/requests/ES-COM-*")
        await expect(page.locator(".state").first).to_have_text("Check pending")


async def test_a_keyuser_decides_by_keyboard(stack: Stack, browser: Browser, address: str) -> None:
    request = await filed(stack, documents=await readable(stack))
    await filed(stack)
    async with walking(browser, address, "keyuser") as walker:
        page = walker.page
        await walker.sign_in("keyuser.es")
        await walker.look("inbox")
        await page.keyboard.press("/")
        await page.keyboard.type(request["id"])
        await page.keyboard.press("Enter")
        await page.wait_for_url("**q=*")
        await page.locator("h1").click()
        await page.keyboard.press("o")
        await page.wait_for_url(f"**/requests/{request['id']}")
        await walker.look("request")
        await page.keyboard.press("e")
        await page.wait_for_url("**edit=save*")
        await page.fill("#end_user-city", "Getafe")
        await walker.look("correcting")
        await page.click("text=SAVE: correct, decide later")
        await page.wait_for_url("**done=edit*")
        await page.keyboard.press("a")
        await page.keyboard.type("Welcome")
        await page.click("text=Preview emails and card")
        await page.wait_for_url("**/preview/accept*")
        await walker.look("preview")
        await page.click("text=Back to the request")
        await page.wait_for_url(f"**/requests/{request['id']}?tried=accept*")
        await expect(page.locator("#comment-accept")).to_have_value("Welcome")
        await page.keyboard.press("a")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**done=accept*")
        await expect(page.locator(".alert-success")).to_contain_text(f"{request['id']}: Accepted")
        await expect(page.locator(".alert-success")).to_contain_text("Next, by due date")
        done = await settled(stack, request["id"])
        assert (done["state"], done["data"]["end_user"]["city"]) == ("processed", "Getafe")
        await walker.go("/dashboard")
        await walker.look("dashboard")


async def test_a_keyuser_judges_points_and_replacements(stack: Stack, browser: Browser, address: str) -> None:
    claim = await claims.claimed(stack, [claims.line(claims.PUSHED, await claims.invoice(stack), quantity=2)])
    base = await processed(stack, commissioned_on=day(9))
    serial = base["data"]["units"][0]["serial"]
    swap = await swaps.swap_filed(stack, serial)
    async with walking(browser, address, "keyuser") as walker:
        page = walker.page
        await walker.sign_in("keyuser.es")
        await walker.go(f"/requests/{claim['id']}?edit=save")
        await page.fill("#lines-1-product", claims.PLAIN)
        await page.fill("#lines-1-quantity", "1")
        await walker.look("points-correcting")
        await page.click("text=SAVE: correct, decide later")
        await page.wait_for_url("**done=edit*")
        await expect(page.locator("#decide")).to_be_visible()
        await page.select_option("#v-document-1", "accepted")
        await page.select_option("#v-line-2", "denied")
        await page.fill("#r-line-2", "Which invoice?")
        await walker.look("points")
        await page.click("text=SAVE verdicts")
        await page.wait_for_url("**done=judge*")
        await page.keyboard.press("a")
        await page.click("text=PROCESS: Process")
        await page.wait_for_url("**done=process*")
        assert (await seen(stack, claim["id"]))["points"]["total"] == 120
        await walker.go(f"/requests/{swap['id']}")
        await expect(page.locator("text=free of charge")).to_be_visible()
        await walker.look("replacement")
        await decided(stack, "keyuser.es", swap["id"], "accept")
        await settled(stack, swap["id"])
        await walker.go(f"/requests/{swap['id']}")
        await page.keyboard.press("e")
        await page.wait_for_url("**edit=amend*")
        await page.fill("#comment", "A typing error")
        await walker.look("amending")
        async with page.expect_popup() as coming:
            await page.click("text=Preview emails and card")
        preview = await coming.value
        await expect(preview.locator("text=A typing error")).to_be_visible()
        await expect(preview.locator(".pictures img")).to_be_visible()
        await page.click("text=Amend: print and send a new card")
        await page.wait_for_url("**done=amend*")
        await walker.go(f"/units/{serial}")
        await walker.look("unit")
    async with walking(browser, address, "participant") as walker:
        await walker.sign_in(claims.ANA)
        await walker.go(f"/requests/{claim['id']}")
        await expect(walker.page.locator("#next ~ ul")).to_contain_text("Which invoice?")
        await walker.page.click("text=Correct and send in again")
        await walker.page.fill("#lines-1-quantity", "2")
        await walker.look("denied-line")


async def test_a_keyuser_configures(stack: Stack, browser: Browser, address: str) -> None:
    async with walking(browser, address, "keyuser") as walker:
        page = walker.page
        await walker.sign_in("keyuser.es")
        await walker.go("/configuration/ES")
        await walker.look("configuration")
        await page.click("a:has-text('Warranty policies')")
        await page.click("a:has-text('STD-1-5')")
        await walker.look("policy")
        await page.fill("#description", "1 year full + 5 years compressor")
        await page.click("button:has-text('SAVE')")
        await page.wait_for_url("**done=change*")
        await walker.go("/configuration/ES/settings")
        await walker.look("settings")


async def test_a_partner_extends_a_warranty(stack: Stack, browser: Browser, address: str, tmp_path: Path) -> None:
    async with walking(browser, address, "partner") as walker:
        page = walker.page
        await walker.sign_in("partner.pro")
        await walker.go("/new")
        await walker.look("new")
        await page.click("form[action='/new/warranty-extension'] button")
        await page.select_option("#line_up", "residential")
        await page.wait_for_selector("#file-invoice")
        await page.fill("#commissioned_on", day(1))
        for name, value in {"name": "Ana", "address": "Mayor 1", "postcode": "41001", "city": "Sevilla"}.items():
            await page.fill(f"#end_user-{name}", value)
        await page.fill("#units-0-product", "CU-2Z50TBE")
        await page.fill("#units-0-serial", new_serial())
        await page.set_input_files("#file-invoice", stored(tmp_path, "invoice"))
        await page.wait_for_selector("text=✓ invoice.pdf")
        await page.click("text=Send in")
        await page.wait_for_url("**/requests/ES-EXT-*")


async def test_a_participant_sees_the_balance(browser: Browser, address: str) -> None:
    async with walking(browser, address, "participant") as walker:
        await walker.sign_in("participant.ana")
        await walker.page.click("text=Points")
        await expect(walker.page.locator("h1")).to_have_text("Your points")
        await walker.look("points")


async def look_up(page: Page, request: Json) -> None:
    """Ask the landing page about a request."""
    await page.goto(re.sub(r"(//[^/]+).*", r"\1/", page.url))
    await page.select_option("#country", "ES")
    await page.fill("#serial", proof(request)["serial"])
    await page.fill("#postcode", request["data"]["end_user"]["postcode"])
    await page.press("#postcode", "Enter")
    await page.wait_for_selector("h3")


async def test_an_end_user_finds_the_card_and_asks_for_more(stack: Stack, browser: Browser, address: str) -> None:
    request = await granted(stack, commissioned_on=datetime.now(UTC).date().isoformat())
    async with walking(browser, address, "end-user") as walker:
        page = walker.page
        await walker.go("/")
        await walker.look("landing")
        await look_up(page, request)
        await walker.look("found")
        async with page.expect_response("**/card") as coming:
            await page.click("text=Download the card (PDF)")
        assert (await (await coming.value).header_value("content-type")) == "application/pdf"
        await look_up(page, request)
        await page.click("summary:has-text('Ask for extra years')")
        await page.click("text=Yes, ask for extra years")
        await page.wait_for_selector("text=Your request for extra years has arrived.")
        await page.click("summary:has-text('Cancel the warranty') >> nth=0")
        await walker.go("/")
        await page.select_option("#country", "ES")
        await page.click("text=Request a new warranty")
        await page.wait_for_url("**/warranty/drafts/*")
        await walker.look("new")


async def test_ops_finds_the_case_in_temporal(stack: Stack, browser: Browser, address: str) -> None:
    request, parts = await filed(stack), stack.parts
    stack.app.state.parts = replace(parts, temporal_ui="http://127.0.0.1:8233")
    async with walking(browser, address, "ops") as walker:
        await walker.sign_in("ops")
        await walker.go(f"/requests/{request['id']}")
        link = walker.page.locator("text=In Temporal")
        assert (await link.get_attribute("href") or "").endswith(f"/workflows/{request['id']}")
        assert await walker.page.locator("#decide").count() == 0
        await walker.look("request")
    stack.app.state.parts = parts


async def test_an_admin_looks_after_accounts(browser: Browser, address: str) -> None:
    async with walking(browser, address, "admin") as walker:
        await walker.sign_in("admin")
        await walker.page.click("text=Portugal")
        await walker.page.click("text=Accounts")
        await expect(walker.page.locator("strong:has-text('keyuser.pt')")).to_be_visible()
        await walker.look("accounts")


async def test_the_pages_in_three_languages(browser: Browser, address: str) -> None:
    async with walking(browser, address, "languages") as walker:
        await walker.go("/sign-in")
        for code, name, word in (
            ("es", "Español", "Iniciar sesión"),
            ("pt", "Português", "Iniciar sessão"),
            ("en", "English", "Sign in"),
        ):
            await walker.page.click(f"footer >> text={name}")
            await expect(walker.page.locator("h1")).to_have_text(word)
            assert await walker.page.locator("html").get_attribute("lang") == code
