"""Which ports a desk uses: the usual ones if free, the same ones at every start, never another desk's."""

import json
import os
import socket
import tempfile
from pathlib import Path

import filelock

from workers.embedded.failures import PortTaken
from workers.embedded.home import Home, write_private

LOOPBACK = "127.0.0.1"
USUAL = {"temporal": 7233, "temporal_ui": 8233, "postgres": 5433, "smtp": 1025}


class Ports:
    """The ports of one home. A chosen port is claimed as long as this lives, before anything listens on it.

    The claim keeps two desks that start at the same moment from choosing the same port: it is a lock, so the
    operating system drops it with the launcher, however that ends.
    """

    def __init__(self, home: Home) -> None:
        self._file = home.folder / "ports.json"
        self._remembered: dict[str, int] = _read(self._file)
        self._chosen: dict[str, int] = {}
        self._claims: list[filelock.FileLock] = []

    def choose(self, name: str) -> int:
        """The remembered port of this part, else its usual one, else any that is free."""
        for port in (self._remembered.get(name), USUAL.get(name)):
            if port and self._claim(port):
                return self._keep(name, port)
        return self._keep(name, self._any())

    def choose_api(self, wanted: int) -> int:
        """The wanted port, or with 0 the remembered or any free one. Raises `PortTaken`."""
        if wanted == 0:
            return self.choose("api")
        if not self._claim(wanted):
            raise PortTaken(f"port {wanted} is taken; choose another with --port, or --port 0 for any free one")
        return wanted

    def remember(self) -> None:
        """Keep the choice in the home for the next start."""
        if self._chosen != self._remembered:
            write_private(self._file, json.dumps(self._remembered | self._chosen, indent=2) + "\n")

    def _keep(self, name: str, port: int) -> int:
        self._chosen[name] = port
        return port

    def _any(self) -> int:
        while True:
            with socket.socket() as probe:
                probe.bind((LOOPBACK, 0))
                port: int = probe.getsockname()[1]
            if self._claim(port):
                return port

    def _claim(self, port: int) -> bool:
        claim = filelock.FileLock(Path(tempfile.gettempdir()) / f"keydesk-{os.geteuid()}-{port}.lock", timeout=0)
        try:
            claim.acquire()
        except (filelock.Timeout, OSError):
            return False
        if not is_free(port):
            claim.release()
            return False
        self._claims.append(claim)
        return True


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _read(file: Path) -> dict[str, int]:
    try:
        content: dict[str, int] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return content
