"""What a killed launcher left running. Found by marks that no other process carries, never by pid alone."""

import contextlib
import os
import signal
from pathlib import Path

import psutil

MARK = "KEYDESK_LAUNCH"  # environment variable: the launch a process belongs to, inherited by all it starts
PATIENCE = 10.0  # seconds to stop before SIGKILL


def end_leftovers(launch: str | None, postgres: Path) -> int:
    """End what still runs of this launch, and any PostgreSQL on this folder; how many there were.

    PostgreSQL overwrites the memory that shows its environment, but always works in its data folder.
    """
    found = [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and (serves(process, postgres) or _belongs_to(process, launch))
    ]
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            # To PostgreSQL SIGINT means: stop now, do not wait for clients.
            process.send_signal(signal.SIGINT if serves(process, postgres) else signal.SIGTERM)
    _, alive = psutil.wait_procs(found, timeout=PATIENCE)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=PATIENCE)
    return len(found)


def serves(process: psutil.Process, folder: Path) -> bool:
    """Whether this process is a PostgreSQL on this data folder. One that may not be asked is not ours."""
    try:
        return process.name() == "postgres" and Path(process.cwd()) == folder.resolve()
    except (psutil.Error, OSError):
        return False


def _belongs_to(process: psutil.Process, launch: str | None) -> bool:
    if launch is None:
        return False
    try:
        return process.environ().get(MARK) == launch
    except (psutil.Error, OSError):
        return False
