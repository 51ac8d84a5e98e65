"""The mail catcher over a real connection, and what it does when the disk refuses."""

import errno
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from tests.workers.embedded.conftest import eventually
from workers.embedded.failures import DeskError
from workers.embedded.home import Home
from workers.embedded.mail import LARGEST, Catcher, catch
from workers.embedded.ports import Ports, answers

pytestmark = pytest.mark.enable_socket
MESSAGE = (
    b"From: Keydesk <desk@keydesk.example>\r\nTo: lucia@example.org\r\nSubject: Your card\r\n\r\n"
    b"First line\r\n.a line that starts with a dot\r\n\r\ntrailing blanks  \r\n\xc3\xb1 in eight bits\r\n"
)


class Relay:
    """A running catcher and its folder."""

    def __init__(self, home: Home) -> None:
        self.folder = home.folder / "mail"
        self.port = Ports(home).choose("smtp")
        environment = os.environ | {
            "KEYDESK_HOME": str(home.folder),
            "KEYDESK_SMTP_URL": f"smtp://127.0.0.1:{self.port}",
            "KEYDESK_DEMO": "true",
        }
        self.process = subprocess.Popen((sys.executable, "-m", "workers.cli", "mail"), env=environment)
        assert eventually(lambda: answers(self.port))

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"))


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    home = Home(tmp_path_factory.mktemp("mail") / "home")
    home.prepare()
    relay = Relay(home)
    yield relay
    relay.process.terminate()
    assert relay.process.wait(10) == 0


def test_a_message_becomes_one_file_byte_for_byte(relay: Relay) -> None:
    before = set(relay.files)
    with smtplib.SMTP("127.0.0.1", relay.port) as client:
        refused = client.sendmail("desk@keydesk.example", ["lucia@example.org", "copy@example.org"], MESSAGE)
    assert refused == {}
    (file,) = set(relay.files) - before
    assert file.read_bytes() == (
        b"X-Keydesk-Envelope-From: desk@keydesk.example\r\n"
        b"X-Keydesk-Envelope-To: lucia@example.org, copy@example.org\r\n" + MESSAGE
    )
    assert file.stat().st_mode & 0o077 == 0
    assert {other.name for other in relay.folder.iterdir()} == {other.name for other in relay.files}


def test_names_sort_by_arrival(relay: Relay) -> None:
    with smtplib.SMTP("127.0.0.1", relay.port) as client:
        for number in range(5):
            client.sendmail("a@keydesk.example", ["b@example.org"], f"Subject: {number}\r\n\r\n".encode())
    assert [file.read_text().splitlines()[2] for file in relay.files][-5:] == [f"Subject: {n}" for n in range(5)]


def test_a_message_that_is_too_large_is_refused_and_the_catcher_lives_on(relay: Relay) -> None:
    before = relay.files
    with smtplib.SMTP("127.0.0.1", relay.port) as client, pytest.raises(smtplib.SMTPSenderRefused, match="552"):
        client.sendmail("a@keydesk.example", ["b@example.org"], b"x" * (LARGEST + 1))
    assert relay.files == before
    assert relay.process.poll() is None


@pytest.mark.parametrize(("reason", "reply"), [(errno.ENOSPC, "452 "), (errno.EACCES, "451 ")])
async def test_a_disk_that_refuses_is_a_temporary_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int, reply: str
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr("os.fsync", refuse)
    envelope = Envelope()
    envelope.mail_from, envelope.rcpt_tos, envelope.original_content = "a@keydesk.example", ["b@example.org"], MESSAGE
    assert (await Catcher(tmp_path).handle_DATA(None, None, envelope)).startswith(reply)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_it_serves_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(DeskError, match=r"mail\.example"):
        catch("smtp://mail.example:25", tmp_path)
