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
OWNERS = st.builds(Owner, country=COUNTRIES, login=LOGINS, company_id=COMPANIES)


def caller(role: Role, login: str = "somebody", country: str | None = "ES", company_id: int | None = None) -> Caller:
    return Caller(login=login, role=role, country=country, company_id=company_id)


def test_roles_have_the_names_that_accounts_are_stored_with() -> None:
    assert [str(role) for role in Role] == ["installer", "pro_partner", "participant", "keyuser", "ops", "admin"]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.INSTALLER, True),
        (Role.PRO_PARTNER, True),
        (Role.PARTICIPANT, False),
        (Role.KEYUSER, False),
        (Role.OPS, False),
        (Role.ADMIN, False),
    ],
)
def test_installers_and_pro_partners_file_commissioning_requests(role: Role, may: bool) -> None:
    assert access.may_submit(caller(role), Kind.COMMISSIONING) is may


@pytest.mark.parametrize("kind", set(Kind) - access.SUBMITTERS.keys(), ids=str)
@pytest.mark.parametrize("role", Role, ids=str)
def test_a_kind_that_nobody_is_named_for_is_filed_by_nobody(kind: Kind, role: Role) -> None:
    assert not access.may_submit(caller(role), kind)


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
