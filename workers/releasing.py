"""Worker versioning: which build does the work. Off without a build id.

Requests wait for months, so their workflows are upgraded: once a build is current, each goes on there with its next
task.
What a release changes in a workflow's commands must therefore be patched (docs/runbook.md, "A new version").
"""

import asyncio

from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from api.wiring import cluster_of
from domain.errors import Invalid
from settings import Settings
from workflows import client as temporal

DEPLOYMENT = "keydesk"
PATIENCE = 60.0
PAUSE = 0.5
NOT_YET = {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}


def deployment_of(settings: Settings) -> WorkerDeploymentConfig | None:
    """How a worker says which build it is."""
    if settings.build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(DEPLOYMENT, settings.build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


async def release(settings: Settings) -> None:
    """Make the settings' build current. Raises Invalid without one, RPCError if none of its workers polls in time."""
    if settings.build_id is None:
        raise Invalid("KEYDESK_BUILD_ID is not set: without it every worker does every work.")
    await make_current(await temporal.connect(cluster_of(settings)), settings.build_id)


async def make_current(client: Client, build_id: str, patience: float = PATIENCE) -> None:
    """Make a build current, as soon as its workers poll every queue that the build before it has."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=DEPLOYMENT, build_id=build_id, identity="keydesk release"
    )
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as failure:
            if failure.status not in NOT_YET or asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(PAUSE)
        else:
            return
