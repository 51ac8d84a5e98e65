"""One process of the desk: started on a leash, looked after, buried. `supervisor.py` runs several."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from workers.embedded import leash
from workers.embedded.failures import ProcessFailed
from workers.embedded.logfiles import rotate

TICK = 0.05  # seconds between two looks at the processes
DEATHS = 5  # so many deaths of one process …
WINDOW = 60.0  # … within so many seconds end the desk
TAIL = 15  # lines of a log that an error shows,
SHOWN = 64 * 1024  # taken from its last bytes


@dataclass(frozen=True)
class User:
    """Whom a process becomes when root starts the desk; `reach` as in `leash.py`."""

    uid: int
    gid: int
    reach: bool


@dataclass(frozen=True)
class Program:
    """One process of the desk: what it runs and how it is treated.

    `ready` says whether it serves, `prepare` runs before every start, `patience` is the time in seconds
    between `stop_signal` and SIGKILL. A start that fails with `retry_on` in its log is tried again, until
    `start_limit` seconds have passed.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Callable[[], bool]
    prepare: Callable[[], None] | None = None
    user: User | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    start_limit: float = 60.0
    retry_on: str | None = None


def leashed(argv: Iterable[str], user: User | None, stop_signal: signal.Signals) -> list[str]:
    """The command that becomes `argv`, as this user, and gets `stop_signal` when its launcher dies."""
    order = {
        "parent": os.getpid(),
        "signal": int(stop_signal),
        "uid": user.uid if user else None,
        "gid": user.gid if user else None,
        "reach": bool(user and user.reach),
    }
    return [sys.executable, "-I", "-S", leash.__file__, json.dumps(order), *argv]


class Process:
    """One running program. A dead one can be started again; its log is appended to."""

    def __init__(self, program: Program, log: Path, folder: Path) -> None:
        self.program = program
        self.log = log
        self._folder = folder
        self.pid = 0  # of its last start
        self._popen: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._deaths: deque[float] = deque(maxlen=DEATHS)
        self._due: float | None = None
        self._code = 0

    def start(self) -> None:
        """Start the program in a session of its own, so that a Ctrl-C reaches the launcher only."""
        if self.program.prepare:
            self.program.prepare()
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._popen = subprocess.Popen(  # noqa: S603 - our own command
                leashed(self.program.argv, self.program.user, self.program.stop_signal),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.program.environment),
                cwd=self._folder,
                start_new_session=True,
            )
        self.pid = self._popen.pid

    def running(self) -> bool:
        """Whether it lives. A dead one is buried, after all it started: so long its pid stays its own."""
        if self._popen is None:
            return False
        # NoSuchProcess: whoever started the launcher made it ignore SIGCHLD, so the kernel buries at once.
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE:
                return True
        self._bury()
        return False

    def stop(self) -> None:
        """Ask it to stop, wait for `patience` seconds, then kill it and all it started."""
        if not self.running():
            return
        os.kill(self.pid, self.program.stop_signal)
        deadline = time.monotonic() + self.program.patience
        while time.monotonic() < deadline:
            if not self.running():
                return
            time.sleep(TICK / 5)
        self._bury()

    def _bury(self) -> None:
        if self._popen is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._code = self._popen.wait()
        self._popen = None

    def mourn(self) -> None:
        """Note a death, and when to start again. Raises `ProcessFailed` when it dies over and over."""
        now = time.monotonic()
        self._deaths.append(now)
        if len(self._deaths) == DEATHS and now - self._deaths[0] < WINDOW:
            raise self.failure(f"died {DEATHS} times within {WINDOW:.0f} seconds")
        recent = sum(now - death < WINDOW for death in self._deaths)
        self._due = now + 0.1 * 2**recent

    @property
    def mourned(self) -> bool:
        return self._due is not None

    def revive(self) -> bool:
        """Start a dead process again if its pause is over; whether that happened."""
        if self._due is None or time.monotonic() < self._due:
            return False
        self._due = None
        self.start()
        return True

    def how(self) -> str:
        """How it ended last."""
        return f"signal {signal.Signals(-self._code).name}" if self._code < 0 else f"exit code {self._code}"

    def rotate_log(self) -> None:
        """Begin the log anew if it has grown too large."""
        if rotate(self.log):
            self._log_start = 0

    def said(self) -> str:
        """What it wrote into its log since its last start, at most the end of it."""
        return written(self.log, self._log_start)

    def failure(self, what: str) -> ProcessFailed:
        """An error that names the log and shows its end."""
        return failure(f"{self.program.name} {what}", self.log, self._log_start)


def written(log: Path, start: int) -> str:
    """What stands in a log from this byte on, at most its end."""
    with log.open("rb") as stream:
        stream.seek(max(start, stream.seek(0, os.SEEK_END) - SHOWN))
        return stream.read().decode("utf-8", "replace")


def failure(what: str, log: Path, start: int) -> ProcessFailed:
    """An error that names the log and shows its end."""
    lines = written(log, start).splitlines()[-TAIL:]
    ending = " and ends with:\n" + "\n".join(f"    {line}" for line in lines) if lines else " (empty)"
    return ProcessFailed(f"{what}; its log is {log}{ending}")
