"""People at the desk: they call over HTTP, and ask again with the same key until they hear what became of it."""

import asyncio
import itertools
import json
import time
from collections import Counter
from typing import Any

import httpx

from api.identity import token_for
from tests.crash.desk import CrashDesk
from tests.crash.fleet import Fleet
from tests.stack.walks import PDF, REQUESTS, REQUIRED, commissioning, outdoor

INSTALLER, NEIGHBOUR, PARTNER, PARTICIPANT, KEYUSER, OPS = LOGINS = (
    "installer.abc",
    "installer.ac1",
    "partner.pro",
    "participant.ana",
    "keyuser.es",
    "ops",
)
PATIENCE = 90.0
PAUSE = 0.5
TIMEOUT = 30.0
COMMENTED = {"deny", "flag_wrong_data", "cancel", "amend"}

Json = dict[str, Any]
_numbers = itertools.count(1)


class Client:
    """Calls of the desk's accounts. Counts every answer, every retry, and keeps what no answer may be like."""

    def __init__(
        self, desk: CrashDesk | Fleet, patience: float = PATIENCE, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._patience = patience
        secret = json.loads((desk.home / "secrets.json").read_text())["token_secret"]
        self._headers = {login: {"Authorization": f"Bearer {token_for(secret, login)}"} for login in LOGINS}
        self._http = httpx.AsyncClient(base_url=desk.run["api"], timeout=TIMEOUT, transport=transport)
        self._documents: dict[str, list[Json]] = {}
        self.statuses: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.retries = 0

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def once(self, login: str, method: str, path: str, **sent: Any) -> httpx.Response | None:
        """One call; None if the connection failed. Notes a 500, and a 503 that is not as promised."""
        key = sent.pop("key", None)
        headers = self._headers[login] | ({} if key is None else {"Idempotency-Key": key})
        try:
            answer = await self._http.request(method, f"/api/v1{path}", headers=headers, **sent)
        except httpx.TransportError as failure:
            self.statuses[type(failure).__name__] += 1
            return None
        self.statuses[str(answer.status_code)] += 1
        if answer.status_code >= 500 and not _as_promised(answer):
            self.wrong.append(f"{method} {path}: {answer.status_code} {answer.headers} {answer.text}")
        return answer

    async def patiently(self, login: str, method: str, path: str, **sent: Any) -> httpx.Response:
        """The first answer that says something, asked for again and again with the same key."""
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            answer = await self.once(login, method, path, **sent)
            if answer is not None and answer.status_code < 500:
                return answer
            self.retries += 1
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"{method} {path}: no answer in {self._patience:.0f} s")

    async def documents(self, login: str = INSTALLER, *, fresh: bool = False) -> list[Json]:
        """Both required documents of `login`, uploaded at first use, or again."""
        if fresh or login not in self._documents:
            self._documents[login] = [
                {"requirement": name, "document_id": await self.uploaded(login, f"{name}.pdf")} for name in REQUIRED
            ]
        return [dict(one) for one in self._documents[login]]

    async def uploaded(self, login: str, name: str) -> str:
        """The id of a document that was just uploaded."""
        answer = await self.patiently(login, "POST", "/documents", files={"file": (name, PDF)})
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["id"]
        return found

    async def body(self, login: str = INSTALLER, **changes: Any) -> Json:
        """A body that the desk accepts, with a serial of its own."""
        units = outdoor(f"C{time.time_ns():019d}")
        return commissioning(**{"documents": await self.documents(login), "units": units, **changes})

    async def file(self, login: str = INSTALLER, **changes: Any) -> Json:
        """A request that was just filed."""
        return await self.filed(new_key(), await self.body(login, **changes), login)

    async def filed(self, key: str, body: Json, login: str = INSTALLER) -> Json:
        """The request that this key and body make, whether this call made it or an earlier one."""
        answer = await self.patiently(login, "POST", "/requests/commissioning", json=body, key=key)
        assert answer.status_code in {200, 201}, answer.text
        return as_json(answer)

    async def see(self, request_id: str) -> Json:
        """The request as ops read it."""
        answer = await self.patiently(OPS, "GET", f"/requests/{request_id}")
        assert answer.status_code == 200, answer.text
        return as_json(answer)

    async def decide(self, request_id: str, trigger: str, **body: Any) -> Json:
        """The request after a decision of whoever makes it, at the version at which it stands."""
        login, sent = await self.order(request_id, trigger, **body)
        answer = await self.patiently(login, "POST", act(request_id, trigger), json=sent, key=new_key())
        assert answer.status_code == 200, answer.text
        return as_json(answer)

    async def order(self, request_id: str, trigger: str, **body: Any) -> tuple[str, Json]:
        """Who makes the decision, and its body."""
        request = await self.see(request_id)
        login = request["requester"]["login"] if trigger in {"resubmit", "withdraw"} else KEYUSER
        return login, {
            "version": request["version"],
            "comment": "see the journal" if trigger in COMMENTED else "",
            **body,
        }

    async def reach(self, request_id: str, *states: str) -> Json:
        """The request, once it is in one of these states."""
        deadline = time.monotonic() + self._patience
        while (request := await self.see(request_id))["state"] not in states:
            assert time.monotonic() < deadline, f"{request_id} stays {request['state']}"
            await asyncio.sleep(0.1)
        return request


def act(request_id: str, trigger: str) -> str:
    """The path of an action."""
    return f"{REQUESTS}/{request_id}/actions/{trigger}".removeprefix("/api/v1")


def new_key() -> str:
    """An idempotency key that nobody used."""
    return f"crash-{time.time_ns()}-{next(_numbers)}"


def as_json(answer: httpx.Response) -> Json:
    """The body of an answer."""
    body: Json = answer.json()
    return body


def _as_promised(answer: httpx.Response) -> bool:
    problem = answer.headers.get("content-type") == "application/problem+json"
    return answer.status_code == 503 and problem and answer.headers.get("retry-after", "").isdecimal()
