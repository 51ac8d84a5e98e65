"""Every configuration resource, in the order in which a country is set up: what is named comes before what names it."""

from typing import Any

from configuration.accounts import Accounts
from configuration.campaign_products import CampaignProducts
from configuration.campaigns import Campaigns
from configuration.card_texts import CardTexts
from configuration.codes import Codes
from configuration.companies import Companies
from configuration.coverage_reasons import CoverageReasons
from configuration.documentation import DocumentationResource
from configuration.downloads import Downloads
from configuration.inventory import Inventory
from configuration.line_ups import LineUps
from configuration.notifications import Notifications
from configuration.organisational_units import Collaborations, OrganisationalUnits
from configuration.policies import Policies
from configuration.products import Products
from configuration.push_periods import PushPeriods
from configuration.resource import Resource
from configuration.wholesalers import Wholesalers

LINE_UPS = LineUps()
PRODUCTS = Products()
WHOLESALERS = Wholesalers()
ORGANISATIONAL_UNITS = OrganisationalUnits()
COLLABORATIONS = Collaborations()
COMPANIES = Companies()
ACCOUNTS = Accounts()
COVERAGE_REASONS = CoverageReasons()
INVENTORY = Inventory()
POLICIES = Policies()
CARD_TEXTS = CardTexts()
DOCUMENTATION = DocumentationResource()
DOWNLOADS = Downloads()
NOTIFICATIONS = Notifications()
CODES = Codes()
CAMPAIGNS = Campaigns()
CAMPAIGN_PRODUCTS = CampaignProducts()
PUSH_PERIODS = PushPeriods()

RESOURCES: tuple[Resource[Any, Any], ...] = (
    LINE_UPS,
    PRODUCTS,
    WHOLESALERS,
    ORGANISATIONAL_UNITS,
    COLLABORATIONS,
    COMPANIES,
    ACCOUNTS,
    COVERAGE_REASONS,
    INVENTORY,
    POLICIES,
    CARD_TEXTS,
    DOCUMENTATION,
    DOWNLOADS,
    NOTIFICATIONS,
    CODES,
    CAMPAIGNS,
    CAMPAIGN_PRODUCTS,
    PUSH_PERIODS,
)
"""A new resource is one file and one line here; the API, the audit log and the export follow."""
