"""The folder that holds all data of one desk: who may use it, its secrets, and where its processes listen.

Everything in it belongs to the user who starts the desk, and nobody else may read it. PostgreSQL's folder
alone belongs to another user when root starts the desk (see `postgres.py`), so others may enter root's home
folder, not list it.
"""

import base64
import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock

from workers.embedded.failures import HomeInUse, HomeUnusable

DATABASE = "keydesk"


@dataclass(frozen=True)
class Secrets:
    """Generated once per home. `superuser_password` is PostgreSQL's own, `database_password` Keydesk's."""

    token_secret: str
    superuser_password: str
    database_password: str


@dataclass(frozen=True)
class Addresses:
    """Where the desk listens: URLs, but Temporal's host:port; the libpq URL has its password in it."""

    api: str
    temporal: str
    temporal_ui: str
    database: str
    smtp: str


class Home:
    """One desk's folder. Building it touches nothing; `prepare` creates what is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.logs = self.folder / "logs"
        self.mail = self.folder / "mail"
        self.postgres = self.folder / "postgres"
        self.temporal = self.folder / "temporal.sqlite"
        self.run_file = self.folder / "run.json"
        self.launch_file = self.folder / "launch"

    def prepare(self) -> None:
        """Create the folder and its parts. Raises `HomeUnusable` when the disk refuses."""
        try:
            if not self.folder.exists():
                self.folder.mkdir(parents=True)
                self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for part in (self.logs, self.mail):
                part.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise HomeUnusable(f"cannot use {self.folder} as the desk's home: {error.strerror}") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the home for one launcher. Raises `HomeInUse`, naming the other one's pid, and `HomeUnusable`."""
        lock = filelock.FileLock(self.folder / "lock", timeout=0)
        holder = self.folder / "lock.pid"
        try:
            lock.acquire()
        except filelock.Timeout as error:
            pid = holder.read_text().strip() if holder.exists() else "unknown"
            raise HomeInUse(f"a desk already runs in {self.folder} (pid {pid}); stop it first") from error
        except OSError as error:
            raise HomeUnusable(f"cannot lock {self.folder}: {error.strerror}") from error
        try:
            write_private(holder, f"{os.getpid()}\n")
            yield
        finally:
            lock.release()

    def secrets(self) -> Secrets:
        """This home's secrets, generated at the first call and kept in a file of mode 0600. Raises `HomeUnusable`."""
        file = self.folder / "secrets.json"
        if not file.exists():
            fresh = Secrets(*(secrets.token_urlsafe(32) for _ in range(3)))
            write_private(file, json.dumps(asdict(fresh), indent=2) + "\n")
        try:
            return Secrets(**json.loads(file.read_text()))
        except (ValueError, TypeError, OSError) as error:
            raise HomeUnusable(f"cannot read the secrets in {file}: {error}") from error

    def payload_keys(self, *, make: bool = False) -> str | None:
        """The keys under which this home encrypts what Temporal keeps; `make` generates a first one if need be.

        A home of the demo has none. One that has some goes on with them: its histories cannot be read otherwise.
        """
        file = self.folder / "payload-keys"
        if make and not file.exists():
            write_private(file, new_payload_key() + "\n")
        return file.read_text().strip() if file.exists() else None

    def publish(self, addresses: Addresses, pids: Mapping[str, int]) -> None:
        """Write run.json: the addresses and the pid of each process of the running desk."""
        write_private(self.run_file, json.dumps({**asdict(addresses), "pids": dict(pids)}, indent=2) + "\n")

    def running(self) -> dict[str, Any] | None:
        """What run.json says, or None when no desk runs here."""
        try:
            content: dict[str, Any] = json.loads(self.run_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return content

    def last_launch(self) -> str | None:
        """The mark of a launch that did not stop cleanly, None after a clean stop."""
        return self.launch_file.read_text() if self.launch_file.exists() else None

    def retract(self) -> None:
        """Remove what only a running desk has."""
        self.run_file.unlink(missing_ok=True)
        self.launch_file.unlink(missing_ok=True)


def new_payload_key() -> str:
    """A new entry for `KEYDESK_PAYLOAD_KEYS`: an id that says when it was made, and 256 random bits."""
    made = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(2)}"
    return f"{made}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def write_private(file: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only, and on disk when this returns."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in this folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
