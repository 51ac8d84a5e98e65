"""Requests under random kills, all accounted for. `python -m tests.crash.storm` takes as many as one likes."""

import secrets
from pathlib import Path

import pytest

from tests.crash.desk import CrashDesk
from tests.crash.storm import blow

pytestmark = pytest.mark.enable_socket

REQUESTS, SECONDS = 24, 8.0


async def test_every_request_is_accounted_for_after_random_kills(tmp_path: Path) -> None:
    desk = CrashDesk(tmp_path / "desk")
    try:
        desk.start()
        storm = await blow(desk, REQUESTS, SECONDS, secrets.randbelow(10**6))
    finally:
        desk.stop()
    assert storm.sentences() == [], storm.told()
    assert sum(storm.kills.values()) > 0, storm.told()
