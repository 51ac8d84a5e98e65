"""How workflows run: in the SDK's sandbox, with everything that is not a workflow passed through.

Workflow files are thin; loading the rest once, outside, makes an instance cheap. The replay tests use the same.
"""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    *("activities", "domain", "statemachines", "store"),
    *("cryptography", "opentelemetry", "pydantic", "sqlalchemy", "transitions"),
)


def runner() -> SandboxedWorkflowRunner:
    """The workflow runner of the worker and of the replay tests."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))
