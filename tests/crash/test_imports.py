"""SIGKILL for the worker while it brings in a file: the next one does all of it, once."""

import psycopg
import pytest

from tests.crash.client import KEYUSER, Client
from tests.crash.desk import CrashDesk, wait_until

pytestmark = pytest.mark.enable_socket

ROWS = 4000
CAMPAIGN = {
    "code": "CRASH",
    "name": "Crash",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "claim_deadline": "2026-12-31",
}
# Whoever runs first takes part; only its products are of this test.
PRODUCTS = f"""
    INSERT INTO products (country, reference, line_up, role)
    SELECT 'ES', 'CRASH-' || n, 'residential', 'indoor' FROM generate_series(1, {ROWS}) n
"""
WRITTEN = """
    SELECT (SELECT count(*) FROM campaign_products WHERE campaign = 'CRASH'),
           (SELECT count(*) FROM audit_log WHERE resource = 'campaign-products' AND key LIKE 'CRASH/%'),
           (SELECT count(*) FROM audit_log WHERE resource = 'imports')
"""


async def test_a_killed_worker_leaves_nothing_half_and_the_import_ends_once(desk: CrashDesk, client: Client) -> None:
    def asked(query: str) -> tuple[object, ...] | None:
        with psycopg.connect(desk.run["database"]) as connection:
            answer = connection.execute(query)
            return answer.fetchone() if answer.description else None

    asked(PRODUCTS)
    made = await client.patiently(KEYUSER, "POST", "/countries/ES/campaigns", json=CAMPAIGN)
    assert made.status_code == 201, made.text
    file = "product;default_points\n" + "".join(f"CRASH-{n};{n}\n" for n in range(1, ROWS + 1))
    answer = await client.patiently(
        KEYUSER,
        "POST",
        "/countries/ES/campaign-products/import",
        params={"campaign": "CRASH"},
        files={"file": ("crash.csv", file.encode())},
        key="crash",
    )
    assert answer.status_code == 202, answer.text

    def state() -> tuple[object, ...] | None:
        return asked("SELECT state FROM imports WHERE idempotency_key = 'crash'")

    wait_until(lambda: state() == ("running",), "the import does not begin")
    assert desk.kill("worker") == 1
    assert (state(), asked(WRITTEN)) == (("running",), (0, 0, 0))
    wait_until(lambda: state() == ("done",), "nobody goes on with the import")
    assert asked(WRITTEN) == (ROWS, ROWS, 1)
    desk.wait_until_ready()
