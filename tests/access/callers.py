"""Who calls: every role, of the country that a route is about and of another one."""

from dataclasses import dataclass

from tests.stack.countries import NewCountry

COLUMNS = ("nobody", "installer", "partner", "participant", "keyuser", "ops", "admin")


@dataclass(frozen=True)
class Callers:
    """The logins of one column: at home in the country, and in another. The same where a role has no country."""

    own: str | None
    foreign: str | None


def callers(country: NewCountry, participant: str) -> dict[str, Callers]:
    """The logins by column; the installer is the requester of the country's request."""
    return {
        "nobody": Callers(None, None),
        "installer": Callers(country.installer, "installer.abc"),
        "partner": Callers(country.partner, "partner.pro"),
        "participant": Callers(participant, "participant.ana"),
        "keyuser": Callers(country.keyuser, "keyuser.es"),
        "ops": Callers("ops", "ops"),
        "admin": Callers("admin", "admin"),
    }
