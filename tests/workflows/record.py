"""Record the histories that `test_replay` replays: `python -m tests.workflows.record [KIND ...]` (a minute).

Starts the real stack, takes a request along every path and writes each run's history as Temporal tells it, nothing
left out, to `tests/workflows/histories/<kind>/<path>.json`. Record anew only when a path is added or a release may
break running workflows on purpose: a history that no longer replays says that workflows which wait for months
would get stuck, and asks for `workflow.patched`.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from domain.states import Kind
from store import intake
from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack, running
from tests.stack.walks import body_of, decided, eventually, filed, new_serial, outdoor, seen, settled, uploaded
from tests.workflows import record_kinds, record_points, record_swaps
from tests.workflows.timeline import Unreachable, desk_of
from tests.workflows.walks import ended, workflow_of

HISTORIES = Path(__file__).parent / "histories"
INSTALLER = "installer.abc"
KEYUSER = "keyuser.es"
PROOF = {"postcode": "28013"}


async def accept(stack: Stack) -> str:
    request_id: str = (await filed(stack))["id"]
    await decided(stack, KEYUSER, request_id, "accept")
    return request_id


async def no_card(stack: Stack) -> str:
    country = await new_country(stack, policies=())
    request_id: str = (await filed(stack, country.installer, country=country.code))["id"]
    await decided(stack, country.keyuser, request_id, "accept")
    return request_id


async def deny_resubmit(stack: Stack) -> str:
    request_id: str = (await filed(stack))["id"]
    await decided(stack, KEYUSER, request_id, "deny", comment="Illegible.", documents=["invoice"])
    document = await uploaded(stack.client_of(INSTALLER), "again.pdf")
    again = [{"requirement": "invoice", "document_id": document}]
    await decided(stack, INSTALLER, request_id, "resubmit", documents=again)
    await decided(stack, KEYUSER, request_id, "accept")
    return request_id


async def wrong_data(stack: Stack) -> str:
    request_id: str = (await filed(stack))["id"]
    await decided(stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong.")
    await decided(stack, INSTALLER, request_id, "resubmit", data={"remarks": "Right."})
    await decided(stack, KEYUSER, request_id, "accept")
    return request_id


async def expire(stack: Stack) -> str:
    """Every alarm rings: in this country they are a few tenths of a second apart."""
    country = await _hasty(stack)
    request_id: str = (await filed(stack, country.installer, country=country.code))["id"]
    await eventually(lambda: _told(stack, request_id, 3), "the keyuser is not reminded")
    await decided(stack, country.keyuser, request_id, "deny", comment="Illegible.", documents=["invoice"])
    return request_id


async def withdraw(stack: Stack) -> str:
    request_id: str = (await filed(stack))["id"]
    await decided(stack, INSTALLER, request_id, "withdraw")
    return request_id


async def cancel_inside(stack: Stack) -> str:
    """The end user, inside the withdrawal period."""
    serial, today = new_serial(), stack.parts.now().date().isoformat()
    request_id: str = (await filed(stack, units=outdoor(serial), commissioned_on=today))["id"]
    await decided(stack, KEYUSER, request_id, "accept")
    await settled(stack, request_id)
    await ended(stack, request_id)
    answer = await stack.client_of(None).post(
        f"/api/v1/public/warranties/{request_id}/cancel", json={"serial": serial, **PROOF}
    )
    assert answer.status_code == 200, answer.text
    return request_id


async def cancel_after(stack: Stack) -> str:
    """The keyuser, after it."""
    long_ago = (stack.parts.now().date() - timedelta(days=100)).isoformat()
    request_id: str = (await filed(stack, commissioned_on=long_ago))["id"]
    await decided(stack, KEYUSER, request_id, "accept")
    await settled(stack, request_id)
    await ended(stack, request_id)
    await decided(stack, KEYUSER, request_id, "cancel", comment="Removed.")
    return request_id


async def amend(stack: Stack) -> str:
    request_id = await accept(stack)
    await settled(stack, request_id)
    await ended(stack, request_id)
    await decided(stack, KEYUSER, request_id, "amend", comment="Corrected.", data={"remarks": "Corrected."})
    return request_id


async def refused(stack: Stack) -> str:
    """A rival has taken the serial by the time the workflow records."""
    serial, key = new_serial(), {"Idempotency-Key": "refused"}
    late = desk_of(stack, stack.temporal, replace(stack.parts, desk=Unreachable(stack.temporal)))
    body = await body_of(stack, INSTALLER, units=outdoor(serial))
    unheard = await late.client_of(INSTALLER).post("/api/v1/requests/commissioning", json=body, headers=key)
    assert unheard.status_code == 503, unheard.text
    await filed(stack, units=outdoor(serial))
    lost = await stack.client_of(INSTALLER).post("/api/v1/requests/commissioning", json=body, headers=key)
    assert lost.status_code == 409, lost.text
    async with stack.sessions() as session:
        coming = await intake.find(session, INSTALLER, "refused")
    assert coming is not None
    return coming.request_id


PATHS: dict[Kind, tuple[Callable[[Stack], Awaitable[str]], ...]] = {
    Kind.COMMISSIONING: (
        accept,
        amend,
        cancel_after,
        cancel_inside,
        deny_resubmit,
        expire,
        no_card,
        refused,
        withdraw,
        wrong_data,
    ),
    Kind.WARRANTY_EXTENSION: record_kinds.EXTENSION,
    Kind.END_USER_WARRANTY: record_kinds.END_USER,
    Kind.EXTRA_YEARS: record_kinds.EXTRA_YEARS,
    Kind.UNIT_REPLACEMENT: record_swaps.UNIT_REPLACEMENT,
    Kind.POINTS: record_points.POINTS,
}


async def _hasty(stack: Stack) -> NewCountry:
    first, last = timedelta(seconds=0.3), timedelta(seconds=0.6)
    return await new_country(
        stack, keyuser_reminder=first, keyuser_escalation=last, requester_reminder=first, requester_expiry=last
    )


async def _told(stack: Stack, request_id: str, count: int) -> bool:
    return len((await seen(stack, request_id))["emails"]) >= count


async def record(folder: Path = HISTORIES, kinds: Sequence[Kind] = tuple(PATHS)) -> None:
    """Write every history of these kinds."""
    with tempfile.TemporaryDirectory() as home:
        async with running(Path(home)) as stack:
            for kind, paths in ((kind, PATHS[kind]) for kind in kinds):
                (folder / kind).mkdir(parents=True, exist_ok=True)
                for path in paths:
                    request_id = await path(stack)
                    await ended(stack, request_id)
                    history = await workflow_of(stack, request_id).fetch_history()
                    told = history.to_json().replace(f"{Path.cwd()}/", "")  # traces name the checkout
                    (folder / kind / f"{path.__name__}.json").write_text(told + "\n")
                    sys.stdout.write(f"{kind}/{path.__name__}: {len(history.events)} events\n")


if __name__ == "__main__":
    asyncio.run(record(kinds=[Kind(name) for name in sys.argv[1:]] or tuple(PATHS)))
