"""Requests under random kills, all accounted for. As many as fit here; `python -m tests.crash.storm` takes any number."""

import secrets
from pathlib import Path

import pytest

from tests.crash.desk import CrashDesk
from tests.crash.storm import blow

pytestmark = pytest.mark.enable_socket

REQUESTS, SECONDS = 32, 12.0


async def test_every_request_is_accounted_for_after_random_kills(tmp_path: Path) -> None:
    desk = CrashDesk(tmp_path / "desk")
    try:
        desk.start()
        storm = await blow(desk, REQUESTS, SECONDS, secrets.randbelow(10**6))
    finally:
        desk.stop()
    assert storm.sentences() == [], storm.told()
    assert sum(storm.kills.values()) > 0, storm.told()
