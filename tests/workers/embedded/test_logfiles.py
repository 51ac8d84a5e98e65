"""Logs that stay small while their process goes on writing."""

import subprocess
import sys
import time
from pathlib import Path

from workers.embedded.logfiles import KEPT, rotate

WRITER = "import sys\nfor line in sys.stdin:\n    print(line, end='', file=sys.stderr)\n"


def test_a_small_log_stays(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    assert not rotate(log, 10)
    log.write_text("short")
    assert not rotate(log, 10)
    assert [file.name for file in tmp_path.iterdir()] == ["api.log"]


def test_the_oldest_goes(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    for number in range(KEPT + 2):
        log.write_text(f"{number}: long enough")
        assert rotate(log, 10)
    assert log.read_text() == ""
    kept = [(tmp_path / f"api.log.{number}").read_text()[0] for number in range(1, KEPT + 1)]
    assert kept == ["4", "3", "2"]
    assert len(list(tmp_path.iterdir())) == KEPT + 1


def test_a_process_goes_on_writing_into_the_new_log(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with log.open("ab") as stream:
        writer = subprocess.Popen((sys.executable, "-uc", WRITER), stdin=subprocess.PIPE, stderr=stream, text=True)
    assert writer.stdin
    for said, first in (("before", True), ("after", False)):
        writer.stdin.write(f"{said} {'x' * 20}\n")
        writer.stdin.flush()
        deadline = time.monotonic() + 10
        while said not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)
        if first:
            assert rotate(log, 10)
    writer.stdin.close()
    assert writer.wait(10) == 0
    assert log.read_text() == f"after {'x' * 20}\n"
    assert (tmp_path / "worker.log.1").read_text() == f"before {'x' * 20}\n"
