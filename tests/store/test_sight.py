"""Lists and documents: the database shows a caller exactly what `domain.access` lets him see."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio
from sqlalchemy import select

from domain import access
from domain.access import Caller, Role
from domain.pools import Pool
from domain.requests import Attachment
from domain.states import Kind
from store import accounts, cards, catalogue, documents, lookups, pools, requests
from store.engine import Sessions
from store.requests import Wanted, listing
from store.tables.countries import Account, Company
from store.tables.documents import Document
from store.tables.effects import PoolNumber
from store.tables.requests import Request, RequestUnit
from tests.domain.submissions import commissioning
from tests.store.rows import NOW, request_row

LOGINS = (
    *("installer.abc", "installer.ac1", "installer.linked", "partner.pro", "participant.ana", "keyuser.es"),
    *("installer.pt", "partner.pt", "keyuser.pt", "ops", "admin"),
)
OWNERS = ("installer.abc", "installer.ac1", "partner.pro", "participant.ana", "installer.pt", "partner.pt")


@dataclass
class Desk:
    """A desk on which each of `OWNERS` has filed `R-<login>`; `callers` by login."""

    sessions: Sessions
    callers: dict[str, Caller]

    async def listed(self, caller: Caller, wanted: Wanted | None = None) -> list[str]:
        async with self.sessions() as session:
            return [row.id for row in await session.scalars(listing(caller, wanted or Wanted()))]


@pytest_asyncio.fixture(loop_scope="session")
async def desk(sessions: Sessions) -> Desk:
    callers: dict[str, Caller] = {}
    async with sessions.begin() as session:
        for login in LOGINS:
            caller = await accounts.caller_of(session, login, demo=True)
            assert caller is not None
            callers[login] = caller
        for n, login in enumerate(OWNERS):
            caller = callers[login]
            row = request_row(
                f"R-{login}",
                login=login,
                country=caller.country,
                company_id=caller.company_id,
                submitted_at=NOW + timedelta(hours=n),
                postcode=f"2801{n}",
                line_up="heating" if n % 2 else "residential",
            )
            session.add(row)
            session.add(RequestUnit(request_id=row.id, position=1, role="outdoor", product="CU", serial=f"A{n}000"))
            session.add(RequestUnit(request_id=row.id, position=2, role="indoor", product="CS", serial="IN00"))
    return Desk(sessions, callers)


async def numbered(desk: Desk) -> dict[str, str]:
    """The number of a printed card, and a code that is bound and not spent, by request."""
    async with desk.sessions.begin() as session:
        number = await pools.draw(session, "ES", Pool.CARD, "R-installer.abc")
        face: dict[str, Any] = {"units": []}
        await cards.promise(
            session, request_id="R-installer.abc", request_version=2, version=1, number=number, token="t", face=face
        )
        code = await session.scalar(select(PoolNumber.number).where(PoolNumber.pool == Pool.EXTENSION).limit(1))
        assert code is not None
        await pools.bind(session, code[:2], code, "R-partner.pro")
    return {"R-installer.abc": number, "R-partner.pro": code}


async def companies(desk: Desk, part: str) -> tuple[int, ...]:
    async with desk.sessions() as session:
        return await requests.companies_like(session, part)


async def test_a_list_shows_exactly_what_its_caller_may_see(desk: Desk) -> None:
    async with desk.sessions() as session:
        rows = list(await session.scalars(select(Request)))
    for login, caller in desk.callers.items():
        visible = {row.id for row in rows if access.may_see(caller, requests.owner_of(row))}
        assert set(await desk.listed(caller)) == visible, login


async def test_colleagues_see_each_other_s_requests(desk: Desk) -> None:
    abc = desk.callers["installer.abc"]
    colleague = Caller("colleague", Role.INSTALLER, "ES", "ABC", abc.company_id)
    assert await desk.listed(colleague) == ["R-installer.abc"]


async def test_lists_are_newest_first_and_narrowed(desk: Desk) -> None:
    ops = desk.callers["ops"]
    numbers = await numbered(desk)
    everything = await desk.listed(ops)
    assert everything == [f"R-{login}" for login in reversed(OWNERS)]
    narrowed = {
        "country": Wanted(country="PT"),
        "company": Wanted(company="Frio Norte"),
        "line-up": Wanted(line_up="heating", country="ES"),
        "kind": Wanted(kind="points"),
        "state": Wanted(state="denied"),
        "from": Wanted(submitted_from=NOW + timedelta(hours=4)),
        "before": Wanted(submitted_before=NOW + timedelta(hours=1)),
        "serial": Wanted(q="a1-000"),
        "postcode": Wanted(q=" 2801 2"),
        "id": Wanted(q="r-PARTNER.PT "),
        "nothing": Wanted(q="'; DROP TABLE requests; --"),
        "another country's": Wanted(country="PT", q="A0000"),
        "card number": Wanted(q=numbers["R-installer.abc"].lower()),
        "code": Wanted(q=numbers["R-partner.pro"]),
        "searched serial": Wanted(search="a1-000"),
        "searched company": Wanted(search="nothing", companies=await companies(desk, " FRIO ")),
        "searched both": Wanted(search="A0000", companies=await companies(desk, "Frio Norte")),
        "searched nothing": Wanted(search="%", companies=await companies(desk, "%")),
    }
    found = {name: await desk.listed(ops, wanted) for name, wanted in narrowed.items()}
    assert found == {
        "country": ["R-partner.pt", "R-installer.pt"],
        "company": ["R-installer.ac1"],
        "line-up": ["R-participant.ana", "R-installer.ac1"],
        "kind": [],
        "state": [],
        "from": ["R-partner.pt", "R-installer.pt"],
        "before": ["R-installer.abc"],
        "serial": ["R-installer.ac1"],
        "postcode": ["R-partner.pro"],
        "id": [],
        "nothing": [],
        "another country's": [],
        "card number": ["R-installer.abc"],
        "code": ["R-partner.pro"],
        "searched serial": ["R-installer.ac1"],
        "searched company": ["R-installer.ac1"],
        "searched both": ["R-installer.ac1", "R-installer.abc"],
        "searched nothing": [],
    }


async def test_the_landing_page_finds_by_outdoor_serial_and_postcode_of_the_country(desk: Desk) -> None:
    async def found(country: str, serial: str, postcode: str) -> list[str]:
        async with desk.sessions() as session:
            return [row.id for row in await lookups.by_serial_and_postcode(session, country, serial, postcode)]

    assert await found("ES", "A1000", "28011") == ["R-installer.ac1"]
    assert await found("ES", "A1000", "28012") == []
    assert await found("PT", "A1000", "28011") == []
    assert await found("ES", "IN00", "28011") == [], "indoor units do not count"


async def test_accounts_that_may_not_sign_in_are_nobody(desk: Desk) -> None:
    async with desk.sessions.begin() as session:
        assert await accounts.caller_of(session, "nobody", demo=True) is None
        assert await accounts.caller_of(session, "ops", demo=False) is None, "demo accounts work in the demo only"
        account = await accounts.account_of(session, "ops")
        assert isinstance(account, Account)
        account.active = False
        await session.flush()
        assert await accounts.caller_of(session, "ops", demo=True) is None
        assert await accounts.company_of(session, None) is None
        company = await accounts.company_of(session, desk.callers["installer.abc"].company_id)
        assert isinstance(company, Company)
        assert company.name == "ABC"


async def upload(desk: Desk, login: str) -> UUID:
    number, caller = uuid4(), desk.callers[login]
    async with desk.sessions.begin() as session:
        session.add(
            Document(
                id=number,
                country=caller.country,
                login=login,
                company_id=caller.company_id,
                filename="invoice.pdf",
                media_type="application/pdf",
                size=1,
                sha256="0",
                created_at=NOW,
            )
        )
    return number


async def test_only_documents_of_the_company_or_the_country_s_desk_are_attached(desk: Desk) -> None:
    theirs = {login: str(await upload(desk, login)) for login in LOGINS if desk.callers[login].country}
    abc = desk.callers["installer.abc"]
    wanted = commissioning(documents=tuple(Attachment("invoice", number) for number in theirs.values()))
    async with desk.sessions() as session:
        owner = access.Owner("ES", abc.login, abc.company_id)
        known = await catalogue.catalogue_for(
            session, Kind.COMMISSIONING, wanted, owner, today=NOW.date(), as_of=NOW.date()
        )
    assert {login for login, number in theirs.items() if number in known.uploads} == {"installer.abc", "keyuser.es"}


async def test_a_document_is_seen_by_those_who_see_a_request_that_it_hangs_on(desk: Desk) -> None:
    number = await upload(desk, "keyuser.es")
    async with desk.sessions.begin() as session:
        await requests.attach(session, "R-installer.abc", (Attachment("invoice", str(number)),))
    async with desk.sessions() as session:
        row = await documents.document(session, number)
        assert row is not None
        assert documents.owner_of(row) == access.Owner("ES", "keyuser.es", None)
        sees = {
            login
            for login, caller in desk.callers.items()
            if await documents.attached_within_sight(session, number, caller)
        }
    assert sees == {"installer.abc"}
