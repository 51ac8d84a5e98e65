"""Who may see and do what (`domain.md` §1). Pure: the caller and the request's owner are arguments."""

from dataclasses import dataclass
from enum import StrEnum

from domain.policies import InstallerClass
from domain.states import Kind, Side

# Who acts in the journal without an account. No account has such a login.
SYSTEM, END_USER = "system", "end_user"


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
    """An authenticated account. `country` is None for ops and admin, `company` for everyone without one.

    `kinds`, if not None, are the only requests that there are for the caller: the scope of an API key.
    """

    login: str
    role: Role
    country: str | None = None
    company: str | None = None
    company_id: int | None = None
    company_class: str | None = None
    superuser: bool = False
    kinds: frozenset[Kind] | None = None


@dataclass(frozen=True)
class Claimed:
    """Who somebody is by the word of an identity provider. `company` is a name of the country's companies."""

    issuer: str
    login: str
    role: Role
    country: str | None
    company: str | None
    email: str


@dataclass(frozen=True)
class Owner:
    """Whose request or document something is. Without a `login` an end user filed it, naming the company."""

    country: str
    login: str | None
    company_id: int | None


def in_scope(caller: Caller, kind: Kind) -> bool:
    """Whether requests of this kind exist for the caller."""
    return caller.kinds is None or kind in caller.kinds


def may_submit(caller: Caller, kind: Kind) -> bool:
    """Whether the account may file a request of `kind` over the API (`domain.md` §1)."""
    if not in_scope(caller, kind):
        return False
    match kind:
        case Kind.COMMISSIONING:
            return caller.role in {Role.INSTALLER, Role.PRO_PARTNER}
        case Kind.WARRANTY_EXTENSION | Kind.UNIT_REPLACEMENT:
            linked = caller.role is Role.INSTALLER and caller.company_class == InstallerClass.ACCREDITED_PARTNER
            return caller.role is Role.PRO_PARTNER or linked
        case Kind.POINTS:
            return caller.role is Role.PARTICIPANT
        case _:
            return False


def is_requester(caller: Caller, owner: Owner) -> bool:
    """Whether the caller acts for the requester: the same account, or a colleague of the same company."""
    return owner.login is not None and _theirs(caller, owner)


def is_keyuser(caller: Caller, country: str) -> bool:
    """Whether the caller decides in `country`."""
    return caller.role is Role.KEYUSER and caller.country == country


def may_see(caller: Caller, owner: Owner) -> bool:
    """Requesters see their company's, PRO Partners those that name them, keyusers their country's, ops all."""
    return caller.role is Role.OPS or is_keyuser(caller, owner.country) or _theirs(caller, owner)


def _theirs(caller: Caller, owner: Owner) -> bool:
    if caller.role not in {Role.INSTALLER, Role.PRO_PARTNER, Role.PARTICIPANT} or caller.country != owner.country:
        return False
    return caller.login == owner.login or (caller.company_id is not None and caller.company_id == owner.company_id)


def speaks_for(caller: Caller, owner: Owner) -> Side | None:
    """The side for which the caller writes messages. A PRO Partner speaks for the end user who names it."""
    if is_keyuser(caller, owner.country):
        return Side.KEYUSER
    return Side.REQUESTER if _theirs(caller, owner) else None


def side_of(caller: Caller, owner: Owner) -> Side | None:
    """The side on which the caller may act on something of `owner`, None for those who only look."""
    if is_keyuser(caller, owner.country):
        return Side.KEYUSER
    if is_requester(caller, owner):
        return Side.REQUESTER
    return None
