"""The desk beside which the pages' blocks are run, as somebody pastes them."""

from collections.abc import Iterator

import pytest

from tests.workers.embedded.conftest import RunningDesk


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk with the demo, in its usual folder below a new one."""
    desk = RunningDesk(tmp_path_factory.mktemp("pages") / ".keydesk")
    try:
        desk.wait_until_ready()
        yield desk
    finally:
        desk.discard()
