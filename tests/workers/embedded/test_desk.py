"""The whole desk, started as a person starts it. The tests run in the order in which they stand: they share desks."""

import json
import os
import signal
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from tests.workers.embedded.conftest import RunningDesk, all_gone, eventually, family, status

pytestmark = pytest.mark.enable_socket
Desks = tuple[RunningDesk, RunningDesk]
PARTS = {"postgres", "temporal", "worker", "api", "mail"}


def keydesk(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-P", "-m", "workers.cli", *arguments),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("KEYDESK_")},
    )


def note(desk: RunningDesk, text: str | None = None) -> list[str]:
    """Leave a note in the desk's database; all notes that are there."""
    with psycopg.connect(desk.run["database"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS public.note (said text)")
        if text:
            connection.execute("INSERT INTO public.note VALUES (%s)", (text,))
        return [row[0] for row in connection.execute("SELECT said FROM public.note").fetchall()]


def test_two_desks_run_side_by_side(desks: Desks) -> None:
    demo, plain = desks
    for desk in desks:
        assert set(desk.run["pids"]) == PARTS
        assert desk.lines[-1] == f"Keydesk is ready: {desk.run['api']}"
        assert desk.is_ready()
        assert status(desk.run["temporal_ui"], "/") == 200
        assert desk.home.joinpath("run.json").stat().st_mode & 0o777 == 0o600
    assert not set(demo.run["pids"].values()) & set(plain.run["pids"].values())
    assert all(demo.run[name] != plain.run[name] for name in ("api", "temporal", "temporal_ui", "database", "smtp"))


def test_the_demo_accounts_are_named_with_the_demo_only(desks: Desks) -> None:
    demo, plain = desks
    assert any("installer.abc" in line for line in demo.lines)
    assert not any("installer.abc" in line for line in plain.lines)


def test_everything_listens_on_loopback_only(desks: Desks) -> None:
    for desk in desks:
        listening = [
            connection.laddr.ip
            for process in family(desk.process.pid)
            for connection in process.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert len(listening) >= 5
        assert set(listening) == {"127.0.0.1"}


def test_nobody_else_can_read_the_homes_files(desks: Desks) -> None:
    for desk in desks:
        assert desk.home.stat().st_mode & 0o066 == 0
        readable = [file for file in desk.home.iterdir() if file.is_file() and file.stat().st_mode & 0o077]
        assert readable == []


def test_a_message_sent_to_the_desk_becomes_a_file(desks: Desks) -> None:
    message = EmailMessage()
    message["Subject"] = "Tarjeta de garantía"
    message.set_content("Hola")
    smtp = urlsplit(desks[0].run["smtp"])
    with smtplib.SMTP(smtp.hostname or "", smtp.port or 0) as client:
        client.send_message(message, "desk@keydesk.example", ["lucia@example.org"])
    assert any("Tarjeta" in file.read_text() or "=?utf-8" in file.read_text() for file in mail_of(desks[0]))


def mail_of(desk: RunningDesk) -> list[Path]:
    return sorted((desk.home / "mail").glob("*.eml"))


def test_a_second_launcher_on_the_same_home_is_refused(desks: Desks) -> None:
    refused = keydesk("up", "--home", str(desks[0].home), "--port", "0")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert f"(pid {desks[0].process.pid})" in refused.stderr
    assert desks[0].is_ready()


def test_a_taken_port_is_a_clear_error_and_leaves_nothing(desks: Desks, tmp_path: Path) -> None:
    port = str(urlsplit(desks[0].run["api"]).port)
    refused = keydesk("up", "--home", str(tmp_path / "third"), "--port", port)
    assert refused.returncode == 1
    assert (
        refused.stderr == f"keydesk: port {port} is taken; choose another with --port, or --port 0 for any free one\n"
    )
    assert not (tmp_path / "third" / "run.json").exists()


@pytest.mark.parametrize("part", ["mail", "api", "worker", "temporal", "postgres"])
def test_a_part_that_dies_is_started_again(desks: Desks, part: str) -> None:
    desk = desks[0]
    before = desk.run
    os.kill(before["pids"][part], signal.SIGKILL)
    assert eventually(lambda: desk.run["pids"][part] != before["pids"][part])
    assert eventually(desk.is_ready)
    assert {name: pid for name, pid in desk.run["pids"].items() if name != part} == {
        name: pid for name, pid in before["pids"].items() if name != part
    }
    assert {**desk.run, "pids": 0} == {**before, "pids": 0}
    said = desk.errors.read_text().splitlines()[-1]
    assert said == f"{part} died (signal SIGKILL); see {desk.home}/logs/{part}.log. Starting it again."


def test_a_killed_launcher_leaves_nothing_that_stops_the_next_start(desks: Desks) -> None:
    demo, _ = desks
    note(demo, "before the kill")
    relatives = family(demo.process.pid)
    demo.end(signal.SIGKILL)
    again = RunningDesk(demo.home)
    try:
        again.wait_until_ready()
        assert all_gone(relatives)
        assert note(again) == ["before the kill"]
        assert any(mail_of(again))
    finally:
        again.discard()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_stops_everything_and_the_data_stays(desks: Desks, how: signal.Signals) -> None:
    plain = desks[1] if desks[1].process.poll() is None else RunningDesk(desks[1].home, "--no-demo")
    try:
        if plain is not desks[1]:
            plain.wait_until_ready()
            assert note(plain) == ["kept"]
        else:
            note(plain, "kept")
        relatives = family(plain.process.pid)
        assert plain.end(how) == 0
        assert all_gone(relatives, within=1)
        assert not (plain.home / "run.json").exists()
    finally:
        plain.discard()


def test_a_desk_keeps_its_ports(desks: Desks) -> None:
    desk = RunningDesk(desks[1].home, "--no-demo")
    try:
        desk.wait_until_ready()
        assert json.loads((desk.home / "ports.json").read_text())["postgres"] == urlsplit(desk.run["database"]).port
    finally:
        desk.discard()
