"""A whole desk of real processes that tests kill, hold down and start again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from tests.crash import points

ROOT = Path(__file__).parents[2]
PARTS = ("worker", "api", "postgres", "temporal", "mail")
READY_WITHIN = 60.0


class CrashDesk:
    """`keydesk up`, as `tests.crash.launch` has it, in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._errors = home.parent / f"{home.name}.stderr"
        self._launcher: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the desk and wait until it says that it is ready."""
        points.folder(self.home).mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.crash.launch", "up", "--home", str(self.home), "--port", "0"]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KEYDESK_")}
        with self._errors.open("ab") as errors:
            self._launcher = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**inherited, "PYTHONPATH": str(ROOT)},
                cwd=self.home.parent,
            )
        assert self._launcher.stdout
        if not any(line.startswith("Keydesk is ready: ") for line in self._launcher.stdout):
            raise AssertionError(f"the desk did not start:\n{self._errors.read_text()}")

    def stop(self) -> None:
        """Stop it, however it is."""
        self._end(signal.SIGTERM)

    def crash(self) -> None:
        """SIGKILL for the launcher and all parts at once."""
        assert self._launcher
        family = psutil.Process(self._launcher.pid).children(recursive=True)
        self._launcher.kill()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._launcher is None:
            return
        if self._launcher.poll() is None:
            self._launcher.send_signal(how)
        self._launcher.wait(60)
        assert self._launcher.stdout
        self._launcher.stdout.close()
        self._launcher = None

    @property
    def run(self) -> dict[str, Any]:
        """What run.json says."""
        content: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return content

    def process(self, part: str) -> psutil.Process | None:
        """The living process of a part, None while it is dead."""
        try:
            found = psutil.Process(self.run["pids"][part])
            mine = self._launcher is not None and found.ppid() == self._launcher.pid
            return found if mine and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def kill(self, *parts: str) -> int:
        """SIGKILL for these parts at the same moment; how many of them lived."""
        alive = [found for part in parts if (found := self.process(part)) is not None]
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        return len(alive)

    def arm(self, point: str, request_id: str = "") -> None:
        """Have the part that comes to this point, with this request or any, kill itself there, once."""
        (points.folder(self.home) / point).write_text(request_id)

    def is_armed(self, point: str) -> bool:
        """Whether nobody has died there yet."""
        return (points.folder(self.home) / point).exists()

    def next_request(self) -> str:
        """The id that the next submission will have, if nobody else submits."""
        with psycopg.connect(self.run["database"]) as connection:
            query = "SELECT 'ES-COM-' || lpad((value + 1)::text, 6, '0') FROM counters WHERE name = 'COM'"
            row = connection.execute(query).fetchone()
        return "ES-COM-000001" if row is None else str(row[0])

    @contextmanager
    def without(self, part: str) -> Iterator[None]:
        """Kill a part and keep it down meanwhile."""
        held = points.hold(self.home, part)
        held.touch()
        try:
            self.kill(part)
            yield
        finally:
            held.unlink()

    @contextmanager
    def frozen(self, part: str) -> Iterator[None]:
        """Stop a part meanwhile: its port takes connections, and nobody answers."""
        process = self.process(part)
        assert process
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    @contextmanager
    def full_disk(self, part: str, limit: int) -> Iterator[None]:
        """Let a part write no file beyond `limit` bytes meanwhile."""
        process = self.process(part)
        assert process
        _, most = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (limit, most))
        try:
            yield
        finally:
            process.rlimit(psutil.RLIMIT_FSIZE, (most, most))

    def is_ready(self) -> bool:
        """What /readyz says."""
        try:
            return httpx.get(f"{self.run['api']}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def wait_until_ready(self) -> None:
        """Wait until every part lives and the desk can work."""
        wait_until(lambda: all(map(self.process, PARTS)) and self.is_ready(), "the desk is not ready again")


def wait_until(condition: Callable[[], bool], what: str, within: float = READY_WITHIN) -> None:
    """Look again and again. Raises AssertionError if it does not come true in time."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
