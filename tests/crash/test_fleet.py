"""Three APIs and three workers, restarted and killed under load. `python -m tests.crash.fleet_storm` does it longer."""

import secrets
from pathlib import Path

import pytest

from tests.crash.fleet import fleet
from tests.crash.fleet_storm import blow

pytestmark = pytest.mark.enable_socket

REQUESTS, SECONDS = 24, 5.0


async def test_a_cluster_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    async with fleet(tmp_path) as started:
        storm = await blow(started, REQUESTS, SECONDS, secrets.randbelow(10**6), at_once=12, restarted=1)
    assert storm.sentences() == [], storm.told()
    assert storm.kills["api"] > 0, storm.told()
    assert storm.kills["worker"] > 0, storm.told()
