"""A real PostgreSQL of the wheel, without the rest of the desk."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.workers.embedded.conftest import all_gone, eventually
from workers.embedded import postgres
from workers.embedded.failures import HomeUnusable
from workers.embedded.home import Home
from workers.embedded.leftovers import end_leftovers
from workers.embedded.ports import Ports
from workers.embedded.processes import Process

pytestmark = pytest.mark.enable_socket


class Server:
    """One data folder; the process on it comes and goes."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.port = Ports(home).choose("postgres")
        program = postgres.program(home, home.secrets(), self.port, {"PATH": os.defpath, "LC_ALL": "C"})
        self.process = Process(program, home.logs / "postgres.log", home.folder)

    def start(self) -> None:
        """Start it once it is dead, again while the kernel still holds a killed predecessor's memory."""
        assert eventually(lambda: not self.process.running())
        self.process.start()
        while not self.process.program.ready():
            if not self.process.running():
                assert postgres.SHARED_MEMORY in self.process.said()
                self.process.start()

    @property
    def url(self) -> str:
        return postgres.database_url(self.home.secrets(), self.port)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # pytest's own folders are closed to everybody else: as root, PostgreSQL has to reach through them.
    home = Home(tmp_path_factory.mktemp("postgres") / "home")
    home.prepare()
    server = Server(home)
    server.start()
    postgres.create_database(home.secrets(), server.port)
    yield server
    server.process.stop()


def test_keydesks_role_owns_its_database_and_is_no_superuser(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        assert connection.execute(owner).fetchone() == ("keydesk",)


def test_creating_the_database_twice_changes_nothing(server: Server) -> None:
    postgres.create_database(server.home.secrets(), server.port)


def test_a_wrong_password_is_refused(server: Server) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url.replace(server.home.secrets().database_password, "guessed"))


def test_commits_are_on_disk_before_they_are_confirmed(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)


def test_upper_case_knows_more_than_english(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT upper('señal λ ж')").fetchone() == ("SEÑAL Λ Ж",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")
def test_it_does_not_run_as_root(server: Server) -> None:
    assert psutil.Process(server.process.pid).uids().effective != 0
    assert server.home.postgres.stat().st_uid == psutil.Process(server.process.pid).uids().effective
    assert server.home.folder.stat().st_uid == 0


def test_a_pid_file_that_names_an_innocent_process_hurts_neither(server: Server) -> None:
    server.process.stop()
    with subprocess.Popen((sys.executable, "-c", "import time; time.sleep(60)")) as innocent:
        owner = server.home.postgres.stat()
        stale = server.home.postgres / "postmaster.pid"
        stale.write_text(f"{innocent.pid}\n{server.home.postgres}\n1\n{server.port}\n\n127.0.0.1\n")
        os.chown(stale, owner.st_uid, owner.st_gid)
        assert end_leftovers(None, server.home.postgres) == 0
        server.start()
        assert innocent.poll() is None
        innocent.kill()
    psycopg.connect(server.url).close()


def test_what_a_killed_server_left_is_recovered(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    os.kill(server.process.pid, signal.SIGKILL)
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)


def test_a_server_without_its_launcher_is_found_and_ended(server: Server) -> None:
    orphan = psutil.Process(server.process.pid)
    assert end_leftovers(None, server.home.postgres) > 0
    assert all_gone([orphan], within=0)
    server.start()


def test_a_first_start_that_was_killed_half_way_is_made_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    (home.folder / "postgres.new").mkdir()
    (home.folder / "postgres.new" / "PG_VERSION").write_text("18")
    server = Server(home)
    server.start()
    server.process.stop()
    assert not (home.folder / "postgres.new").exists()


def test_a_data_folder_of_somebody_else_is_a_clear_error(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    home.postgres.mkdir()
    owner = 0 if os.geteuid() == 0 else None
    if owner is None:
        pytest.skip("only root can give a folder away")
    with pytest.raises(HomeUnusable, match="belongs to root"):
        Server(home)
