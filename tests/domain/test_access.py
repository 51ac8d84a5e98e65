"""Who sees and does what: the same country and company, or nothing (`domain.md` §1)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import access
from domain.access import Caller, Owner, Role
from domain.states import Kind, Side

ABC = Owner(country="ES", login="installer.abc", company_id=1)
ANA = Owner(country="ES", login="participant.ana", company_id=None)
LUCIA = Owner(country="ES", login=None, company_id=9)
PARTNERS = {Role.INSTALLER, Role.PRO_PARTNER, Role.PARTICIPANT}

COUNTRIES = st.sampled_from(["ES", "PT"])
COMPANIES = st.none() | st.integers(1, 3)
LOGINS = st.sampled_from(["installer.abc", "participant.ana", "keyuser.es", "ops"])
CALLERS = st.builds(
    Caller,
    login=LOGINS,
    role=st.sampled_from(Role),
    country=st.none() | COUNTRIES,
    company=st.none(),
    company_id=COMPANIES,
    superuser=st.booleans(),
)
OWNERS = st.builds(Owner, country=COUNTRIES, login=st.none() | LOGINS, company_id=COMPANIES)


def caller(role: Role, login: str = "somebody", country: str | None = "ES", company_id: int | None = None) -> Caller:
    return Caller(login=login, role=role, country=country, company_id=company_id)


def test_roles_have_the_names_that_accounts_are_stored_with() -> None:
    assert [str(role) for role in Role] == ["installer", "pro_partner", "participant", "keyuser", "ops", "admin"]


INSTALLER_CLASSES = ("standard", "accredited", "accredited_partner")
FILED_OVER_THE_API = {Kind.COMMISSIONING, Kind.WARRANTY_EXTENSION, Kind.POINTS, Kind.UNIT_REPLACEMENT}


@pytest.mark.parametrize("role", Role, ids=str)
@pytest.mark.parametrize("company_class", [*INSTALLER_CLASSES, "pro_partner", None])
def test_installers_of_every_class_and_pro_partners_file_commissioning_requests(
    role: Role, company_class: str | None
) -> None:
    who = replace(caller(role), company_class=company_class)
    assert access.may_submit(who, Kind.COMMISSIONING) is (role in {Role.INSTALLER, Role.PRO_PARTNER})


@pytest.mark.parametrize("role", Role, ids=str)
@pytest.mark.parametrize("company_class", [*INSTALLER_CLASSES, None])
def test_pro_partners_and_installers_linked_to_one_file_extensions_and_replacements(
    role: Role, company_class: str | None
) -> None:
    who = replace(caller(role), company_class=company_class)
    linked = role is Role.INSTALLER and company_class == "accredited_partner"
    for kind in (Kind.WARRANTY_EXTENSION, Kind.UNIT_REPLACEMENT):
        assert access.may_submit(who, kind) is (linked or role is Role.PRO_PARTNER)


@pytest.mark.parametrize("role", Role, ids=str)
def test_participants_claim_points(role: Role) -> None:
    assert access.may_submit(caller(role), Kind.POINTS) is (role is Role.PARTICIPANT)


@pytest.mark.parametrize("kind", sorted(set(Kind) - FILED_OVER_THE_API), ids=str)
@pytest.mark.parametrize("role", Role, ids=str)
def test_a_kind_that_nobody_is_named_for_is_filed_by_nobody(kind: Kind, role: Role) -> None:
    assert not access.may_submit(replace(caller(role), company_class="accredited_partner"), kind)


@pytest.mark.parametrize(
    ("who", "side", "sees"),
    [
        (caller(Role.INSTALLER, login="installer.abc", company_id=1), Side.REQUESTER, True),
        (caller(Role.INSTALLER, login="colleague", company_id=1), Side.REQUESTER, True),
        (caller(Role.PRO_PARTNER, login="colleague", company_id=1), Side.REQUESTER, True),
        (caller(Role.INSTALLER, login="rival", company_id=2), None, False),
        (caller(Role.INSTALLER, login="lonely"), None, False),
        (caller(Role.INSTALLER, login="installer.abc", country="PT", company_id=1), None, False),
        (caller(Role.PARTICIPANT, login="participant.ana"), None, False),
        (caller(Role.KEYUSER), Side.KEYUSER, True),
        (caller(Role.KEYUSER, country="PT"), None, False),
        (caller(Role.KEYUSER, country=None), None, False),
        (caller(Role.OPS, country=None), None, True),
        (caller(Role.ADMIN, country=None), None, False),
    ],
)
def test_the_requests_of_a_company(who: Caller, side: Side | None, sees: bool) -> None:
    assert access.side_of(who, ABC) is side
    assert access.may_see(who, ABC) is sees


def test_accounts_without_a_company_are_not_colleagues() -> None:
    assert access.side_of(caller(Role.PARTICIPANT, login="participant.ana"), ANA) is Side.REQUESTER
    assert not access.may_see(caller(Role.PARTICIPANT, login="participant.eva"), ANA)


@pytest.mark.parametrize(
    ("who", "side", "sees", "speaks"),
    [
        (caller(Role.PRO_PARTNER, company_id=9), None, True, Side.REQUESTER),
        (caller(Role.INSTALLER, company_id=9), None, True, Side.REQUESTER),
        (caller(Role.PRO_PARTNER, company_id=8), None, False, None),
        (caller(Role.PRO_PARTNER, country="PT", company_id=9), None, False, None),
        (caller(Role.PARTICIPANT), None, False, None),
        (caller(Role.KEYUSER), Side.KEYUSER, True, Side.KEYUSER),
        (caller(Role.KEYUSER, country="PT"), None, False, None),
        (caller(Role.OPS, country=None), None, True, None),
        (caller(Role.ADMIN, country=None), None, False, None),
    ],
)
def test_the_pro_partner_whom_an_end_user_names_reads_and_writes_messages_and_nothing_else(
    who: Caller, side: Side | None, sees: bool, speaks: Side | None
) -> None:
    assert access.side_of(who, LUCIA) is side
    assert access.may_see(who, LUCIA) is sees
    assert access.speaks_for(who, LUCIA) is speaks


@settings(deadline=None)
@given(CALLERS, OWNERS)
def test_whoever_speaks_for_a_side_sees(who: Caller, owner: Owner) -> None:
    speaks = access.speaks_for(who, owner)
    assert access.may_see(who, owner) is (speaks is not None or who.role is Role.OPS)
    if owner.login is not None:
        assert speaks is access.side_of(who, owner)


@settings(deadline=None)
@given(CALLERS, OWNERS)
def test_nobody_of_another_country_sees(who: Caller, owner: Owner) -> None:
    if who.country != owner.country:
        assert access.side_of(who, owner) is None
        assert access.may_see(who, owner) is (who.role is Role.OPS)


@settings(deadline=None)
@given(CALLERS, OWNERS)
def test_no_partner_of_another_company_sees(who: Caller, owner: Owner) -> None:
    colleagues = who.company_id is not None and who.company_id == owner.company_id
    if who.role in PARTNERS and who.login != owner.login and not colleagues:
        assert not access.may_see(who, owner)


@settings(deadline=None)
@given(CALLERS, OWNERS)
def test_whoever_acts_also_sees_and_ops_only_see(who: Caller, owner: Owner) -> None:
    side = access.side_of(who, owner)
    if owner.login is not None or side is not None:
        assert access.may_see(who, owner) is (side is not None or who.role is Role.OPS)
    assert side is None or side is (Side.KEYUSER if who.role is Role.KEYUSER else Side.REQUESTER)
    assert access.is_requester(who, owner) is (side is Side.REQUESTER)
    assert access.is_keyuser(who, owner.country) is (side is Side.KEYUSER)


@settings(deadline=None)
@given(CALLERS, OWNERS)
def test_the_superuser_flag_opens_no_door(who: Caller, owner: Owner) -> None:
    other = replace(who, superuser=not who.superuser)
    assert access.side_of(who, owner) is access.side_of(other, owner)
    assert access.may_see(who, owner) is access.may_see(other, owner)


@settings(deadline=None)
@given(CALLERS, st.sets(st.sampled_from(Kind)))
def test_an_api_key_s_scope_only_takes_away(who: Caller, kinds: set[Kind]) -> None:
    scoped = replace(who, kinds=frozenset(kinds))
    for kind in Kind:
        assert access.in_scope(who, kind)
        assert access.in_scope(scoped, kind) is (kind in kinds)
        assert access.may_submit(scoped, kind) is (kind in kinds and access.may_submit(who, kind))
