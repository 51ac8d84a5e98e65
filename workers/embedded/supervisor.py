"""Starts the desk's processes, waits until they serve, keeps them alive, and stops them."""

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from workers.embedded.home import Home
from workers.embedded.processes import TICK, Process, Program

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM, or the terminal went away. No `Exception`: nothing on the way may swallow it."""


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Turn the first stop signal into `StopRequested`; later ones are ignored, the stop is under way."""

    def request_stop(_number: int, _frame: FrameType | None) -> None:
        ignore_stop_signals()
        raise StopRequested

    hung_up = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # by nohup, which keeps its meaning
    wanted = [number for number in STOP_SIGNALS if not (hung_up and number == signal.SIGHUP)]
    before = {number: signal.signal(number, request_stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_stop_signals() -> None:
    """From here on the stop is under way and runs to its end; it is bounded."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class Supervisor:
    """The processes of one home. `tell` gets one line for people about each that died."""

    def __init__(self, home: Home, tell: Callable[[str], None]) -> None:
        self._home = home
        self._tell = tell
        self._processes: dict[str, Process] = {}

    def start(self, program: Program) -> None:
        """Start a program; it serves only after `wait_until_ready`."""
        process = Process(program, self._home.logs / f"{program.name}.log", self._home.folder)
        self._processes[program.name] = process
        process.start()

    def wait_until_ready(self, name: str) -> None:
        """Wait for one while all live. Raises `ProcessFailed` with the end of the failed one's log."""
        awaited = self._processes[name]
        deadline = time.monotonic() + awaited.program.start_limit
        while True:
            ready = awaited.program.ready()
            for process in self._processes.values():
                if not process.running():
                    ready = False
                    self._start_once_more(process, deadline)
            if ready:
                return
            if time.monotonic() > deadline:
                raise awaited.failure(f"was not ready within {awaited.program.start_limit:.0f} seconds")
            time.sleep(TICK)

    def _start_once_more(self, process: Process, deadline: float) -> None:
        retry_on = process.program.retry_on
        if retry_on is None or retry_on not in process.said() or time.monotonic() > deadline:
            raise process.failure(f"died while the desk was starting ({process.how()})")
        time.sleep(4 * TICK)
        process.start()

    def watch(self, changed: Callable[[], None]) -> None:
        """Keep all alive; `changed` runs after a restart. Raises `ProcessFailed` as `Process.mourn` does."""
        while True:
            for process in self._processes.values():
                process.rotate_log()
                if process.running():
                    continue
                if not process.mourned:
                    how, log = process.how(), process.log
                    self._tell(f"{process.program.name} died ({how}); see {log}. Starting it again.")
                    process.mourn()
                elif process.revive():
                    changed()
            time.sleep(2 * TICK)

    def pids(self) -> dict[str, int]:
        """Pid of each process, by name."""
        return {name: process.pid for name, process in self._processes.items()}

    def stop(self, order: Iterable[str]) -> None:
        """Stop those that were started, one after the other, in this order."""
        for name in order:
            if name in self._processes:
                self._processes[name].stop()
