"""New countries for tests that need their own pool, settings, policies or people: copies of the demo's ES."""

import itertools
import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.policies import Policy
from domain.pools import Pool
from store import pools
from store.snapshots import from_json, to_json
from store.tables import configuration, countries, stock
from tests.stack.running import Stack

COPIED = (
    configuration.LineUp,
    configuration.Product,
    configuration.Wholesaler,
    configuration.WholesalerCell,
    configuration.Documentation,
    configuration.PolicyVersion,
    configuration.CardText,
    stock.InventoryDefinition,
    stock.CoverageReason,
)
_codes = ("".join(pair) for pair in itertools.product("XQJKUVWY", string.ascii_uppercase))


@dataclass(frozen=True)
class NewCountry:
    """Its code and logins. `installer` and `colleague` are of one company, `rival` is of another one.

    `partner` and `other_partner` are two PRO Partners.
    """

    code: str

    @property
    def installer(self) -> str:
        """An installer of the company `ABC <code>`."""
        return f"installer.{self.code.lower()}"

    @property
    def colleague(self) -> str:
        """Another installer of the same company."""
        return f"colleague.{self.code.lower()}"

    @property
    def rival(self) -> str:
        """An installer of another company."""
        return f"rival.{self.code.lower()}"

    @property
    def partner(self) -> str:
        """Somebody of the PRO Partner `Sol <code>`."""
        return f"partner.{self.code.lower()}"

    @property
    def other_partner(self) -> str:
        """Somebody of the PRO Partner `Luna <code>`."""
        return f"other.{self.code.lower()}"

    @property
    def keyuser(self) -> str:
        """The keyuser."""
        return f"keyuser.{self.code.lower()}"


async def new_country(
    stack: Stack,
    *,
    numbers: int = 20,
    codes: int = 0,
    policies: Sequence[Policy] | None = None,
    superuser: bool = False,
    company: dict[str, Any] | None = None,
    **settings: Any,
) -> NewCountry:
    """A country like ES: `settings` change its row, `company` that of its installer, `policies` replace ES's.

    Its pools have so many card `numbers` and warranty `codes`.
    """
    country = NewCountry(next(_codes))
    async with stack.sessions.begin() as session:
        await _copy(session, countries.Country.__table__, country.code, "code", **_addresses(country), **settings)
        for table in COPIED:
            await _copy(session, table.__table__, country.code, "country")
        await _people(session, country, superuser=superuser, company=company or {})
        if policies is not None:
            await set_policies(session, country.code, policies)
        await pools.generate(session, country.code, Pool.CARD, numbers, country.code)
        await pools.generate(session, country.code, Pool.EXTENSION, codes, f"{country.code}X")
    return country


async def set_policies(session: AsyncSession, country: str, policies: Sequence[Policy]) -> None:
    """Make these the country's policies."""
    table = configuration.PolicyVersion
    await session.execute(delete(table).where(table.country == country))
    session.add_all(
        table(
            country=country,
            number=policy.number,
            version=policy.version,
            is_current=True,
            name=policy.name,
            alternative_code=policy.alternative_code,
            definition=to_json(policy),
            created_at=policy.created_at,
        )
        for policy in policies
    )


async def demo_policy(stack: Stack, name: str) -> Policy:
    """A policy of ES, to make others from."""
    table = configuration.PolicyVersion
    async with stack.sessions() as session:
        found = await session.scalar(select(table.definition).where(table.country == "ES", table.name == name))
    assert found is not None
    return from_json(Policy, found)


def _addresses(country: NewCountry) -> dict[str, str]:
    low = country.code.lower()
    return {
        "keyuser_email": f"keyuser-{low}@keydesk.example",
        "escalation_email": f"escalation-{low}@keydesk.example",
    }


async def _copy(session: AsyncSession, table: Any, code: str, key: str, **changes: Any) -> None:
    """Copy ES's rows of a table, whatever columns it has."""
    assert isinstance(table, Table)
    rows = (await session.execute(select(table).where(table.c[key] == "ES"))).mappings().all()
    assert rows
    await session.execute(insert(table), [{**row, key: code, **changes} for row in rows])


async def _people(session: AsyncSession, country: NewCountry, *, superuser: bool, company: dict[str, Any]) -> None:
    own = {"name": f"ABC {country.code}", "company_class": "standard", "schemes": [], **company}
    other = {"name": f"Rival {country.code}", "company_class": "standard", "schemes": []}
    sol, luna = (
        {
            "name": f"{name} {country.code}",
            "company_class": "pro_partner",
            "schemes": [],
            "phone": "+34 900 000 001",
            "email": f"{login}@keydesk.example",
        }
        for name, login in (("Sol", country.partner), ("Luna", country.other_partner))
    )
    ids = []
    for facts in (own, other, sol, luna):
        row = countries.Company(country=country.code, **facts)
        session.add(row)
        await session.flush()
        ids.append(row.id)
    people: tuple[tuple[str, str, int | None], ...] = (
        (country.installer, "installer", ids[0]),
        (country.colleague, "installer", ids[0]),
        (country.rival, "installer", ids[1]),
        (country.partner, "pro_partner", ids[2]),
        (country.other_partner, "pro_partner", ids[3]),
        (country.keyuser, "keyuser", None),
    )
    session.add_all(
        countries.Account(
            login=login,
            role=role,
            country=country.code,
            company_id=company_id,
            email=f"{login}@keydesk.example",
            password_hash="nobody signs in with a password here",
            superuser=superuser and role == "keyuser",
        )
        for login, role, company_id in people
    )
