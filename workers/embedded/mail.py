"""The local mail catcher: a real SMTP server that delivers nothing and keeps each message as one `.eml` file.

A file is the message byte for byte as it came, after two header lines that keep the envelope, because Bcc
receivers stand nowhere else. Names sort by arrival. A message is accepted only once its file is on disk.
"""

import asyncio
import errno
import os
import secrets
import signal
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from workers.embedded.failures import DeskError, PortTaken
from workers.embedded.home import sync_folder
from workers.embedded.ports import LOOPBACK, answers
from workers.embedded.processes import Program

LARGEST = 30 * 1024 * 1024  # bytes of one message
FULL = (errno.ENOSPC, errno.EDQUOT)


def program(argv: tuple[str, ...], port: int, environment: dict[str, str]) -> Program:
    """The catcher as a process of the desk."""
    return Program(name="mail", argv=argv, environment=environment, ready=lambda: answers(port), patience=5.0)


def store_message(folder: Path, sender: str, receivers: Iterable[str], content: bytes) -> Path:
    """Write one message as one file, in one step. Raises `OSError`, leaving nothing behind."""
    arrived = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    file = folder / f"{arrived}-{secrets.token_hex(4)}.eml"
    envelope = f"X-Keydesk-Envelope-From: {sender}\r\nX-Keydesk-Envelope-To: {', '.join(receivers)}\r\n"
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(envelope.encode() + content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).rename(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(folder)
    return file


class Catcher:
    """What `aiosmtpd` asks about each message."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = structlog.get_logger("keydesk.mail")

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Store the message; the reply tells the client to keep it when that failed."""
        content = envelope.original_content or b""
        try:
            file = await asyncio.to_thread(
                store_message, self._folder, envelope.mail_from or "<>", envelope.rcpt_tos, content
            )
        except OSError as error:
            self._log.error("message not stored", reason=error.strerror)
            return "452 4.3.1 Insufficient storage" if error.errno in FULL else "451 4.3.0 Cannot store the message"
        self._log.info("message stored", file=file.name, size=len(content))
        return "250 2.0.0 Stored"


def catch(url: str, folder: Path) -> None:
    """Serve on smtp://127.0.0.1:PORT until SIGTERM or SIGINT. Raises `DeskError` when it cannot."""
    parts = urlsplit(url)
    if parts.hostname not in (LOOPBACK, "localhost"):
        raise DeskError(f"the mail catcher serves this machine only; KEYDESK_SMTP_URL names {parts.hostname}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(_serve(Catcher(folder), parts.port or 25))


async def _serve(catcher: Catcher, port: int) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def protocol() -> SMTP:
        return SMTP(catcher, hostname="keydesk.localhost", data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=loop)

    try:
        server = await loop.create_server(protocol, LOOPBACK, port)
    except OSError as error:
        raise PortTaken(f"the mail catcher cannot listen on port {port}: {error.strerror}") from error
    async with server:
        await stop.wait()
        server.close()
