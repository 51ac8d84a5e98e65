"""From kind to body: the one line that a new kind adds here."""

from typing import Any

from api.schemas import points, replacements, warranties
from api.schemas.bodies import RequestBody
from domain.requests import Carried
from domain.states import Kind
from store.snapshots import to_json

BODIES: dict[Kind, type[RequestBody]] = {
    Kind.COMMISSIONING: warranties.CommissioningBody,
    Kind.WARRANTY_EXTENSION: warranties.WarrantyExtensionBody,
    Kind.END_USER_WARRANTY: warranties.EndUserWarrantyBody,
    Kind.EXTRA_YEARS: warranties.ExtraYearsBody,
    Kind.UNIT_REPLACEMENT: replacements.UnitReplacementBody,
    Kind.POINTS: points.PointsBody,
}


def shown(data: Carried) -> dict[str, Any]:
    """The body that would give `data`: what clients read, and what a merge patch is applied to."""
    names = BODIES[data.kind].model_fields
    return {name: value for name, value in to_json(data).items() if name in names}
