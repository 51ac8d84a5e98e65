"""What keyusers configure for a loyalty campaign (`domain.md` §2.4, §8). Days are local days, bounds inclusive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MOST_POINTS = 1_000_000


@dataclass(frozen=True)
class Audience:
    """Whom a campaign admits among the country's participants; nobody named: all.

    Accounts, companies and classes of companies can be named; whoever one of them fits is admitted.
    """

    logins: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    company_classes: tuple[str, ...] = ()

    def admits(self, login: str, company: str | None, company_class: str | None) -> bool:
        """Whether the participant of this login, company and class of company may take part."""
        if not (self.logins or self.companies or self.company_classes):
            return True
        return login in self.logins or company in self.companies or company_class in self.company_classes


@dataclass(frozen=True)
class CampaignDocument:
    """A document that a product of a campaign asks for: its media types and its greatest size in bytes."""

    requirement: str
    title: str
    media_types: tuple[str, ...]
    max_bytes: int
    required: bool = True


@dataclass(frozen=True)
class InformationField:
    """Something that the participant writes beside a product, such as the serial number."""

    name: str
    title: str
    required: bool = False


@dataclass(frozen=True)
class ParticipatingProduct:
    """A product of a campaign: the points of one piece, and what a line of it must bring."""

    product: str
    default_points: int
    documents: tuple[CampaignDocument, ...] = ()
    information: tuple[InformationField, ...] = ()


@dataclass(frozen=True)
class PushPeriod:
    """Days in which the points of a product are multiplied."""

    product: str
    first_day: date
    last_day: date
    multiplier: int

    def contains(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return self.first_day <= day <= self.last_day

    def overlaps(self, other: "PushPeriod") -> bool:
        """Whether both multiply the same product on some day."""
        same = self.product == other.product
        return same and self.first_day <= other.last_day and other.first_day <= self.last_day


@dataclass(frozen=True)
class Campaign:
    """A campaign. Without a `coupon` none is asked for; requests are taken from the start to the claim deadline."""

    country: str
    code: str
    name: str
    audience: Audience
    coupon: str
    starts_on: date
    ends_on: date
    claim_deadline: date

    def takes(self, coupon: str) -> bool:
        """Whether this is the coupon code, however it is written."""
        return not self.coupon or coupon.strip().casefold() == self.coupon.strip().casefold()


def period_of(periods: Sequence[PushPeriod], product: str, day: date) -> PushPeriod | None:
    """The push period of the product that contains the day; overlaps are refused, so there is one at most."""
    return next((one for one in periods if one.product == product and one.contains(day)), None)
