"""Browsers without a screen: clients that keep cookies, sign in, and send the forms that pages show."""

import html
import re
from typing import Any

import httpx

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
