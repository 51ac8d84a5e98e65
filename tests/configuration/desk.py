"""How tests speak to the configuration of one country: short calls that hold the status they expect."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.api.refusals import pointers, refusal
from tests.stack.countries import NewCountry
from tests.stack.running import Stack

Json = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """One country, asked by its keyuser unless a login is named."""

    stack: Stack
    country: NewCountry

    def at(self, *parts: str) -> str:
        """A path below the country."""
        return "/".join(["/api/v1/countries", self.country.code, *parts])

    def client(self, login: str | None = None) -> httpx.AsyncClient:
        """The HTTP client of the login, or of the keyuser."""
        return self.stack.client_of(login or self.country.keyuser)

    async def create(self, resource: str, by: str | None = None, **fields: Any) -> Json:
        """A new entry."""
        return _good(await self.client(by).post(self.at(resource), json=fields), 201)

    async def read(self, resource: str, key: str) -> Json:
        """One entry."""
        return _good(await self.client().get(self.at(resource, key)), 200)

    async def change(self, resource: str, key: str, by: str | None = None, **fields: Any) -> Json:
        """An entry after a change from the version at which it stands."""
        version = (await self.read(resource, key))["version"]
        body = {"version": version, **fields}
        return _good(await self.client(by).patch(self.at(resource, key), json=body), 200)

    async def delete(self, resource: str, key: str) -> httpx.Response:
        """The answer to a deletion from the version at which it stands."""
        version = (await self.read(resource, key))["version"]
        return await self.client().delete(self.at(resource, key), params={"version": version})

    async def refused(self, resource: str, **fields: Any) -> list[str]:
        """The pointers of an entry that is refused."""
        answer = await self.client().post(self.at(resource), json=fields)
        assert refusal(answer) == (422, "invalid")
        return pointers(answer)

    async def refused_change(self, resource: str, key: str, **fields: Any) -> list[str]:
        """The pointers of a change that is refused."""
        version = (await self.read(resource, key))["version"]
        answer = await self.client().patch(self.at(resource, key), json={"version": version, **fields})
        assert refusal(answer) == (422, "invalid")
        return pointers(answer)

    async def audited(self, **filters: Any) -> list[Json]:
        """What the audit log says, newest first."""
        found = _good(await self.client().get(self.at("audit"), params=filters), 200)
        items: list[Json] = found["items"]
        return items


def codes(entry: Json) -> list[str]:
    """The codes of an entry's warnings."""
    return [one["code"] for one in entry["warnings"]]


def _good(answer: httpx.Response, status: int) -> Json:
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found
