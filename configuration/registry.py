"""Every configuration resource, in the order in which a country is set up: what is named comes before what names it."""

from typing import Any

from configuration.campaign_products import CampaignProducts
from configuration.campaigns import Campaigns
from configuration.push_periods import PushPeriods
from configuration.resource import Resource
from configuration.wholesalers import Wholesalers

RESOURCES: tuple[Resource[Any, Any], ...] = (Wholesalers(), Campaigns(), CampaignProducts(), PushPeriods())
"""A new resource is one file and one line here; the API, the audit log and the export follow."""
