"""The README's first request and first points, run as written beside a desk that was started for them."""

import re
from pathlib import Path

from tests.docs.pages import README, text_of
from tests.docs.pasting import blocks_of, pasted
from tests.workers.embedded.conftest import RunningDesk

SECTION = r"^## {}$(.*?)^## "
WITHIN = 60.0  # seconds; it needs about four


def block_of(title: str) -> str:
    """The one block of the section, as somebody copies it."""
    sections = re.findall(SECTION.format(title), text_of(README), re.MULTILINE | re.DOTALL)
    assert len(sections) == 1
    blocks = blocks_of(sections[0])
    assert len(blocks) == 1
    return blocks[0]


def test_the_first_request_works_as_written(desk: RunningDesk) -> None:
    folder = desk.home.parent
    done = pasted(f"{block_of('A first request')}\n{block_of('Points')}", folder, WITHIN)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    granted = r"^120\n(accepted|processed)\n.*'line': 1, 'cause': 'grant', 'points': 120"
    assert re.search(granted, done.stdout, re.MULTILINE)
    assert "The request is ES-COM-000001" in done.stdout
    assert re.search(r"'policy': 'STD-1-5', 'outcome': 'selected'", done.stdout)
    assert "wholesaler gives warranty: no, required yes" in done.stdout
    assert "\naccepted\n" in done.stdout
    assert (folder / "ES-COM-000001.pdf").read_bytes().startswith(b"%PDF-")
    assert re.search(r'"status":"valid".*"duration":"1 year".*"duration":"5 years"', done.stdout)
    assert f"{desk.run['temporal_ui']}/namespaces/default/workflows/ES-COM-000001" in done.stdout
    mailed = re.search(r"^\.keydesk/mail/\S+\.eml$", done.stdout, re.MULTILINE)
    assert mailed is not None
    assert b"application/pdf" in (folder / mailed[0]).read_bytes()


def test_beside_no_desk_it_says_that_there_is_none(tmp_path: Path) -> None:
    done = pasted(block_of("A first request"), tmp_path, WITHIN)
    assert done.returncode != 0
    assert ".keydesk/run.json: No such file or directory" in done.stderr
