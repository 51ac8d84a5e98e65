"""Named points at which a process of a test desk kills itself. The product knows nothing of them."""

import os
import signal
from pathlib import Path

BEFORE_RECORD = "after the start, before the record"
AFTER_RECORD = "after the record's commit, before the workflow task completes"
AFTER_BOOKING = "after the booking's commit, before the activity task completes"
CARD_STORED = "after the card is stored, before the row says so"
AFTER_FINISH = "after finish is committed, before the workflow hears of it"
MAIL_TAKEN = "after the mail server took the message, before the row says so"
BEFORE_START = "between intake and workflow start"
BEFORE_UPDATE = "between decision row and update"

OF_WORKER = (BEFORE_RECORD, AFTER_RECORD, AFTER_BOOKING, CARD_STORED, AFTER_FINISH, MAIL_TAKEN)
OF_API = (BEFORE_START, BEFORE_UPDATE)


def folder(home: Path) -> Path:
    """Where the armed points of the desk in `home` lie, one file each."""
    return home / "crash"


def hold(home: Path, part: str) -> Path:
    """The file that keeps a part of the desk in `home` down while it is there."""
    return folder(home) / f"held {part}"


def die_at(point: str, request_id: str = "") -> None:
    """SIGKILL for this process if the point is armed for this request, or for any. Once: who dies disarms it first."""
    armed = folder(Path(os.environ["KEYDESK_HOME"])) / point
    try:
        if armed.read_text() not in {"", request_id}:
            return
        armed.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
