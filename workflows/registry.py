"""From kind to workflow: the one line that a new kind adds here."""

from domain.states import Kind
from workflows.commissioning import CommissioningWorkflow
from workflows.end_user_warranty import EndUserWarrantyWorkflow
from workflows.extra_years import ExtraYearsWorkflow
from workflows.points import PointsWorkflow
from workflows.request import RequestWorkflow
from workflows.unit_replacement import UnitReplacementWorkflow
from workflows.warranty_extension import WarrantyExtensionWorkflow

WORKFLOWS: dict[Kind, type[RequestWorkflow]] = {
    Kind.COMMISSIONING: CommissioningWorkflow,
    Kind.WARRANTY_EXTENSION: WarrantyExtensionWorkflow,
    Kind.END_USER_WARRANTY: EndUserWarrantyWorkflow,
    Kind.EXTRA_YEARS: ExtraYearsWorkflow,
    Kind.UNIT_REPLACEMENT: UnitReplacementWorkflow,
    Kind.POINTS: PointsWorkflow,
}
