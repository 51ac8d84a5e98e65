"""Browsers without a screen: clients that keep cookies, sign in, and send the forms that pages show."""

import html
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import httpx

from store import sign_ins
from tests.kinds.walks import visitor
from tests.stack.running import Stack
from workers import demo

FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


def browser(stack: Stack) -> httpx.AsyncClient:
    """A browser at an address of its own, with no cookies."""
    transport = visitor(stack)._transport
    return httpx.AsyncClient(transport=transport, base_url="https://keydesk.test", headers=BROWSER, timeout=60)


async def signed_in(stack: Stack, login: str) -> httpx.AsyncClient:
    """A browser in which `login` has signed in; one for the whole run."""
    name = f"pages of {login}"
    if name not in stack.clients:
        client = browser(stack)
        answer = await client.post("/sign-in", data={"login": login, "password": demo.PASSWORD})
        assert answer.status_code == 303, answer.text
        client.cookies["keydesk_language"] = "en"
        stack.clients[name] = client
    return stack.clients[name]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, the last of each name."""
    return {name: html.unescape(value) for name, value in FIELD.findall(page)}


async def read(client: httpx.AsyncClient, path: str, status: int = 200) -> str:
    """The text of a page."""
    answer = await client.get(path)
    assert answer.status_code == status, (answer.status_code, answer.text[-2000:])
    return html.unescape(answer.text)


async def sent(client: httpx.AsyncClient, shown_on: str, to: str, **fields: Any) -> httpx.Response:
    """The answer to a form of the page at `shown_on`, sent to `to` with its hidden fields and these."""
    page = (await client.get(shown_on)).text
    return await client.post(to, data={**hidden(page), **fields})


async def let_in(stack: Stack, login: str) -> httpx.AsyncClient:
    """A browser of somebody whom a test made, and who has no password."""
    if (name := f"pages of {login}") in stack.clients:
        return stack.clients[name]
    client = browser(stack)
    async with stack.sessions.begin() as session:
        token = await sign_ins.sign_in(session, login, datetime.now(UTC))
    client.cookies.update({"keydesk_session": token, "keydesk_language": "en"})
    return stack.clients.setdefault(name, client)


def filled(page: str, action: str = "") -> dict[str, str]:
    """All fields as a browser would send them: those of the form that goes to `action`, or of the whole page."""
    parser = Fields(action)
    parser.feed(page)
    return parser.found


class Fields(HTMLParser):
    """Reads what a browser would send: texts, chosen options, ticked boxes."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._action, self._inside = action, not action
        self._select, self._area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the field's value."""
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        match tag:
            case "form" if self._action:
                self._inside = given.get("action") == self._action
            case _ if not self._inside:
                return
            case "input" if given.get("type") == "checkbox":
                if "checked" in given:
                    self.found[name] = "on"
            case "input" if name and given.get("type") != "file":
                self.found[name] = given.get("value", "")
            case "select":
                self._select = name
                self.found[name] = ""
            case "option" if "selected" in given:
                self.found[self._select] = given.get("value", "")
            case "textarea":
                self._area = name
                self.found[name] = ""

    def handle_data(self, data: str) -> None:
        """The text of a text area."""
        if self._area:
            self.found[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        """The text area ends."""
        if tag == "textarea":
            self._area = ""
