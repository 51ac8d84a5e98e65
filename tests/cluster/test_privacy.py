"""No personal value of a request is in Temporal's database in plain text, after a whole walk (signal included)."""

from pathlib import Path
from typing import Any

from tests.stack.running import Stack
from tests.stack.walks import decided, eventually, filed, seen, settled
from workflows.client import workflow_id

INSTALLER, KEYUSER = "installer.abc", "keyuser.es"
PERSON = {
    "name": "Zenobia Quintanilla",
    "email": "zenobia.q@example.org",
    "phone": "+34 611 987 654",
    "address": "Paseo de la Habana 77",
    "postcode": "28036",
    "city": "Pozuelo de Alarcón",
}
REMARKS = "The owner is deaf in one ear"
DENIED, GREETED = "Señora Quintanilla's invoice cannot be read", "Greetings to Zenobia"
WRITTEN = "Please ring at Quintanilla's twice"


async def walk(stack: Stack) -> str:
    """Filed, denied by a signal with a comment, resubmitted, written about, accepted, processed, amended."""
    request_id: str = (await filed(stack, INSTALLER, end_user=PERSON, remarks=REMARKS))["id"]
    handle = stack.temporal.get_workflow_handle(workflow_id(request_id))
    typed: dict[str, Any] = {"trigger": "flag_wrong_data", "login": KEYUSER, "comment": DENIED}
    await handle.signal("decide", typed)

    async def denied() -> bool:
        return bool((await seen(stack, request_id))["state"] == "wrong_data")

    await eventually(denied, "the signal decides nothing")
    await decided(stack, INSTALLER, request_id, "resubmit", data={"remarks": f"{REMARKS}."})
    answer = await stack.client_of(KEYUSER).post(f"/api/v1/requests/{request_id}/messages", json={"text": WRITTEN})
    assert answer.status_code == 201, answer.text
    await decided(stack, KEYUSER, request_id, "accept", comment=GREETED)
    await settled(stack, request_id)
    await decided(stack, KEYUSER, request_id, "amend", comment=GREETED, data={"end_user": {"phone": "+34 655 000 111"}})
    await settled(stack, request_id)
    return request_id


def stored(file: Path) -> bytes:
    """All that Temporal has on disk."""
    return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))


async def test_no_personal_value_is_in_temporal_s_database(cluster: Stack, temporal_file: Path) -> None:
    request_id = await walk(cluster)
    kept = stored(temporal_file)
    assert request_id.encode() in kept  # ids are no secret, and the scan sees what is there
    assert kept.count(b"binary/encrypted") > 10
    personal = [*PERSON.values(), REMARKS, DENIED, GREETED, WRITTEN, "+34 655 000 111", "Quintanilla"]
    for value in personal:
        for form in {value.encode(), value.encode("ascii", "backslashreplace"), value.encode("utf-16-le")}:
            assert form not in kept, value
    # What steers is encrypted as well: the summary, the details that ops read, the orders to activities.
    for steering in (b"Whose turn", b'"trigger"', b'"request_id"', "commissioning · ES".encode()):
        assert steering not in kept
