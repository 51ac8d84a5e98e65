"""Every configuration resource, in the order in which a country is set up: what is named comes before what names it."""

from typing import Any

from configuration.accounts import Accounts
from configuration.card_texts import CardTexts
from configuration.codes import Codes
from configuration.companies import Companies
from configuration.documentation import DocumentationResource
from configuration.downloads import Downloads
from configuration.line_ups import LineUps
from configuration.notifications import Notifications
from configuration.organisational_units import Collaborations, OrganisationalUnits
from configuration.policies import Policies
from configuration.products import Products
from configuration.resource import Resource
from configuration.wholesalers import Wholesalers

LINE_UPS = LineUps()
PRODUCTS = Products()
WHOLESALERS = Wholesalers()
ORGANISATIONAL_UNITS = OrganisationalUnits()
COLLABORATIONS = Collaborations()
COMPANIES = Companies()
ACCOUNTS = Accounts()
POLICIES = Policies()
CARD_TEXTS = CardTexts()
DOCUMENTATION = DocumentationResource()
DOWNLOADS = Downloads()
NOTIFICATIONS = Notifications()
CODES = Codes()

RESOURCES: tuple[Resource[Any, Any], ...] = (
    LINE_UPS,
    PRODUCTS,
    WHOLESALERS,
    ORGANISATIONAL_UNITS,
    COLLABORATIONS,
    COMPANIES,
    ACCOUNTS,
    POLICIES,
    CARD_TEXTS,
    DOCUMENTATION,
    DOWNLOADS,
    NOTIFICATIONS,
    CODES,
)
"""A new resource is one file and one line here; the API, the audit log and the export follow."""
