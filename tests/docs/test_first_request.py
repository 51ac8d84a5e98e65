"""The README's first request, run as written beside a desk that was started for it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import README, text_of
from tests.workers.embedded.conftest import RunningDesk

SECTION = re.compile(r"^## A first request$(.*?)^## ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITHIN = 60.0  # seconds; it needs about four


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk with the demo, in its usual folder below `tmp_path`."""
    desk = RunningDesk(tmp_path / ".keydesk")
    try:
        desk.wait_until_ready()
        yield desk
    finally:
        desk.discard()


def first_request() -> str:
    """The one block of the section, as somebody copies it."""
    sections = SECTION.findall(text_of(README))
    assert len(sections) == 1
    blocks: list[str] = BLOCK.findall(sections[0])
    assert len(blocks) == 1
    return blocks[0]


def pasted(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run in the folder of a checkout, in a shell that has no variables of Keydesk's."""
    (folder / ".venv").symlink_to(sys.prefix)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KEYDESK_")}
    environment.pop("BASE", None)
    return subprocess.run(
        ("bash", "-e", "-o", "pipefail"),
        input=block,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )


def test_the_first_request_works_as_written(desk: RunningDesk, tmp_path: Path) -> None:
    done = pasted(first_request(), tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "The request is ES-COM-000001" in done.stdout
    assert re.search(r"'policy': 'STD-1-5', 'outcome': 'selected'", done.stdout)
    assert "wholesaler gives warranty: no, required yes" in done.stdout
    assert "\naccepted\n" in done.stdout
    assert (tmp_path / "ES-COM-000001.pdf").read_bytes().startswith(b"%PDF-")
    assert re.search(r'"status":"valid".*"duration":"1 year".*"duration":"5 years"', done.stdout)
    assert f"{desk.run['temporal_ui']}/namespaces/default/workflows/ES-COM-000001" in done.stdout
    mailed = re.search(r"^\.keydesk/mail/\S+\.eml$", done.stdout, re.MULTILINE)
    assert mailed is not None
    assert b"application/pdf" in (tmp_path / mailed[0]).read_bytes()


def test_beside_no_desk_it_says_that_there_is_none(tmp_path: Path) -> None:
    done = pasted(first_request(), tmp_path)
    assert done.returncode != 0
    assert ".keydesk/run.json: No such file or directory" in done.stderr
