"""From kind to workflow: the one line that a new kind adds here."""

from domain.states import Kind
from workflows.commissioning import CommissioningWorkflow
from workflows.request import RequestWorkflow

WORKFLOWS: dict[Kind, type[RequestWorkflow]] = {
    Kind.COMMISSIONING: CommissioningWorkflow,
}
