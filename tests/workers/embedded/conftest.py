"""Real desks for these tests, each in a home of its own, and what is needed to look at them from outside."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from workers.embedded.home import Home

STARTS_WITHIN = 60.0  # seconds; a desk needs about five, two at once on two busy cores more
STOPS_WITHIN = 60.0


class RunningDesk:
    """`keydesk up` as a person starts it: a process with a terminal's two streams."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home = home
        self.errors = home.parent / f"{home.name}.stderr"
        command = [sys.executable, "-P", "-m", "workers.cli", "up", "--home", str(home), "--port", "0", *options]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KEYDESK_")}
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, stdin=subprocess.DEVNULL
            )
        self.lines: list[str] = []

    def wait_until_ready(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Keydesk is ready: "):
                return
        raise AssertionError(f"the desk did not start:\n{self.errors.read_text()}")

    @property
    def run(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return content

    def end(self, how: signal.Signals) -> int:
        """Signal the launcher and wait for it; its exit code."""
        self.process.send_signal(how)
        code = self.process.wait(STOPS_WITHIN)
        assert self.process.stdout
        self.process.stdout.close()
        return code

    def is_ready(self) -> bool:
        return status(self.run["api"], "/readyz") == 200

    def discard(self) -> None:
        """End it whatever state it is in; for the end of a test."""
        if self.process.poll() is None:
            self.end(signal.SIGTERM)


def status(url: str, path: str) -> int | None:
    """HTTP status of a GET, None when nobody answers."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def eventually(condition: Callable[[], bool], within: float = 30.0) -> bool:
    """Whether this becomes true in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def family(pid: int) -> list[psutil.Process]:
    """A process with all it started."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def all_gone(processes: list[psutil.Process], within: float = 20.0) -> bool:
    """Whether none of these runs any more."""
    return not psutil.wait_procs(processes, timeout=within)[1]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home, prepared."""
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningDesk, RunningDesk]]:
    """Two desks side by side, started at the same moment: one with the demo, one without."""
    folder = tmp_path_factory.mktemp("desks")
    demo, plain = RunningDesk(folder / "demo desk"), RunningDesk(folder / "plain", "--no-demo")
    try:
        demo.wait_until_ready()
        plain.wait_until_ready()
        yield demo, plain
    finally:
        demo.discard()
        plain.discard()
