"""The rehearsal of the runbook's "Restore a backup": dump, go on, restore, and reconcile database and Temporal."""

import subprocess
from pathlib import Path

from tests.stack.running import Stack
from tests.stack.walks import decided, eventually, filed, processed, seen, settled
from tests.workflows.walks import ended
from workers.embedded.postgres import binary
from workers.reconcile import GRACE, reconcile


def run(program: str, *arguments: str) -> None:
    done = subprocess.run((binary(program), *arguments), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


async def differences(stack: Stack, *ids: str, mend: bool = False) -> list[str]:
    """What reconcile says about these requests; nothing counts as on its way."""
    return sorted(one for one in await reconcile(stack.settings, mend=mend) if one.split(":")[0] in ids)


async def test_after_a_restore_database_and_temporal_agree_again(cluster: Stack, tmp_path: Path) -> None:
    database = cluster.settings.database_url.get_secret_value()
    done, waits, changed = (await processed(cluster))["id"], (await filed(cluster))["id"], (await filed(cluster))["id"]
    await ended(cluster, done)
    for request_id in (waits, changed):
        await settled(cluster, request_id)
    run("pg_dump", "--format=custom", f"--file={tmp_path / 'keydesk.dump'}", database)

    # What happens after the backup is lost with the database; Temporal knows of it.
    await decided(cluster, "keyuser.es", changed, "accept")
    await settled(cluster, changed)
    await ended(cluster, changed)
    lost = (await filed(cluster))["id"]
    ids = (done, waits, changed, lost)
    assert GRACE.total_seconds() == 60
    assert await differences(cluster, *ids) == []

    run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--single-transaction",
        f"--dbname={database}",
        str(tmp_path / "keydesk.dump"),
    )

    assert await differences(cluster, *ids) == sorted(
        [
            f"{changed}: submitted, waits for somebody, but no workflow runs",
            f"{lost}: a workflow runs, but the database knows no such request",
        ]
    )
    await differences(cluster, *ids, mend=True)
    await cluster.temporal.get_workflow_handle(lost).terminate("not in the restored database")

    async def agreed() -> bool:
        return not await differences(cluster, *ids)

    await eventually(agreed, "database and Temporal do not agree")
    # Ids come again, also those of requests that Temporal knows to have ended.
    again = [(await filed(cluster))["id"] for _ in range(2)]
    assert again[0] == lost
    assert (await seen(cluster, done))["state"] == "processed"
    for request_id in (waits, changed, *again):
        await decided(cluster, "keyuser.es", request_id, "accept")
        assert (await settled(cluster, request_id))["state"] == "processed"
