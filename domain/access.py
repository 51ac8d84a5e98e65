"""Who may see and do what (`domain.md` §1). Pure: the caller and the request's owner are arguments."""

from dataclasses import dataclass
from enum import StrEnum

from domain.states import Kind, Side


class Role(StrEnum):
    """What an account is for."""

    INSTALLER = "installer"
    PRO_PARTNER = "pro_partner"
    PARTICIPANT = "participant"
    KEYUSER = "keyuser"
    OPS = "ops"
    ADMIN = "admin"


@dataclass(frozen=True)
class Caller:
    """An authenticated account. `country` is None for ops and admin, `company` for everyone without one."""

    login: str
    role: Role
    country: str | None = None
    company: str | None = None
    company_id: int | None = None
    superuser: bool = False


@dataclass(frozen=True)
class Owner:
    """Whose request or document something is."""

    country: str
    login: str
    company_id: int | None


SUBMITTERS: dict[Kind, frozenset[Role]] = {
    Kind.COMMISSIONING: frozenset({Role.INSTALLER, Role.PRO_PARTNER}),
}


def may_submit(caller: Caller, kind: Kind) -> bool:
    """Whether the role may file a request of `kind` over the API."""
    return caller.role in SUBMITTERS.get(kind, frozenset())


def is_requester(caller: Caller, owner: Owner) -> bool:
    """Whether the caller acts for the requester: the same account, or a colleague of the same company."""
    if caller.role not in {Role.INSTALLER, Role.PRO_PARTNER, Role.PARTICIPANT} or caller.country != owner.country:
        return False
    return caller.login == owner.login or (caller.company_id is not None and caller.company_id == owner.company_id)


def is_keyuser(caller: Caller, country: str) -> bool:
    """Whether the caller decides in `country`."""
    return caller.role is Role.KEYUSER and caller.country == country


def may_see(caller: Caller, owner: Owner) -> bool:
    """Requesters see their company's, keyusers their country's, ops all; admin sees none."""
    return caller.role is Role.OPS or is_keyuser(caller, owner.country) or is_requester(caller, owner)


def side_of(caller: Caller, owner: Owner) -> Side | None:
    """The side on which the caller may act on something of `owner`, None for those who only look."""
    if is_keyuser(caller, owner.country):
        return Side.KEYUSER
    if is_requester(caller, owner):
        return Side.REQUESTER
    return None
