"""Logs of the desk's processes, kept small: one that has grown too large becomes `.1`, the one before it `.2`, …"""

import os
import shutil
from pathlib import Path

LARGEST = 10 * 1024 * 1024
KEPT = 3


def rotate(log: Path, largest: int = LARGEST) -> bool:
    """Begin the log anew if it is larger; whether it was. Its process goes on writing into the same file.

    What is written in the instant between copy and cut is lost.
    """
    if not log.exists() or log.stat().st_size < largest:
        return False
    for number in range(KEPT - 1, 0, -1):
        older = _numbered(log, number)
        if older.exists():
            older.replace(_numbered(log, number + 1))
    shutil.copyfile(log, _numbered(log, 1))
    os.truncate(log, 0)
    return True


def _numbered(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
