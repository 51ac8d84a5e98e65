"""What a country's configuration says: catalogue, policies, card texts, collaborations."""

from dataclasses import replace
from datetime import date

from domain.access import Owner
from domain.requests import UnitRole
from domain.states import Kind
from domain.submission import Catalogue, Requirement, WholesalerCell
from store import catalogue, policies
from store.engine import Sessions
from store.snapshots import to_json
from store.tables.configuration import Collaboration, OrganisationalUnit, PolicyVersion
from store.tables.countries import Country
from tests.domain.submissions import commissioning

DAY = date(2026, 11, 4)
FORMATS = ("application/pdf", "image/jpeg", "image/png")
TEN_MIB = 10 * 1024 * 1024


async def known(sessions: Sessions, kind: Kind = Kind.COMMISSIONING, **changed: str) -> Catalogue:
    wanted = commissioning(documents=(), **changed)
    async with sessions() as session:
        owner = Owner("ES", "installer.abc", None)
        return await catalogue.catalogue_for(session, kind, wanted, owner, today=DAY, as_of=DAY)


async def test_the_catalogue_holds_what_the_request_names(sessions: Sessions) -> None:
    found = await known(sessions)
    assert (found.line_ups, found.wholesalers) == (frozenset({"residential"}), frozenset({"DEF"}))
    assert found.cell == WholesalerCell(distributes=True, gives_warranty=False)
    assert {name: product.role for name, product in found.products.items()} == {
        "CU-2Z50TBE": UnitRole.OUTDOOR,
        "CS-Z25TKEW": UnitRole.INDOOR,
    }
    assert found.products["CU-2Z50TBE"].goods.line_up == "residential"
    assert found.requirements == (
        Requirement("commissioning-sheet", required=True, media_types=FORMATS, max_bytes=TEN_MIB),
        Requirement("invoice", required=True, media_types=FORMATS, max_bytes=TEN_MIB),
    )
    assert (found.uploads, found.serial_pattern, found.registration_limit) == ({}, None, None)


async def test_what_the_country_does_not_know_is_absent(sessions: Sessions) -> None:
    found = await known(sessions, country="ES", wholesaler="MNO", line_up="pools")
    assert (found.line_ups, found.wholesalers, found.cell, found.requirements) == (frozenset(), frozenset(), None, ())


async def test_each_kind_asks_for_its_own_documents(sessions: Sessions) -> None:
    found = await known(sessions, Kind.WARRANTY_EXTENSION)
    assert [one.code for one in found.requirements] == ["invoice"]


async def test_settings_of_the_country_come_along(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        (await session.get_one(Country, "ES")).serial_pattern = "44.*"
    assert (await known(sessions)).serial_pattern == "44.*"


async def test_policies_come_in_their_current_version(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        before = await policies.current_policies(session, "ES")
        assert [one.name for one in before] == ["STD-1-5", "STD-C5", "EXT-5", "EU-5", "XEU-2"]
        row = await session.get_one(PolicyVersion, {"country": "ES", "number": 1, "version": 1})
        row.is_current = False
        await session.flush()
        changed = replace(before[0], version=2, description="changed")
        session.add(
            PolicyVersion(
                country="ES",
                number=1,
                version=2,
                is_current=True,
                name=changed.name,
                alternative_code=changed.alternative_code,
                definition=to_json(changed),
                created_at=changed.created_at,
            )
        )
        await session.flush()
        assert await policies.current_policies(session, "ES") == [changed, *before[1:]]
        assert await policies.policy_version(session, "ES", 1, 1) == before[0], "what was applied stays"
        assert len(await policies.current_policies(session, "PT")) == 5


async def test_only_a_distributor_with_warranty_gets_its_own_text(sessions: Sessions) -> None:
    async with sessions() as session:
        texts = [
            await policies.card_text(session, "ES", "residential", "standard", gives_warranty=gives)
            for gives in (True, False, None)
        ]
        assert texts[0].startswith("The distributor gives a warranty of its own")
        assert texts[1] == texts[2] != texts[0]
        assert await policies.card_text(session, "ES", "pools", "standard", gives_warranty=None) == ""


async def test_collaborations_are_those_of_the_country_s_unit(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        session.add_all(OrganisationalUnit(country="ES", name=name) for name in ("North", "South", "East"))
        await session.flush()
        for unit, partner in (("North", "South"), ("South", "North")):
            session.add(Collaboration(country="ES", unit=unit, partner=partner))
        await session.flush()
        assert await policies.collaborations_of(session, "ES", "North") == {"South"}
        assert await policies.collaborations_of(session, "ES", "East") == frozenset()
        assert await policies.collaborations_of(session, "PT", "North") == frozenset()
        assert await policies.collaborations_of(session, "ES", None) == frozenset()
