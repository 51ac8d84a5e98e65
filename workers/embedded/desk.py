"""`keydesk up`: the whole desk on one machine, from an empty folder to `Keydesk is ready`, and down again."""

import asyncio
import contextlib
import http.client
import os
import secrets
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from settings import Settings
from workers.embedded import mail, postgres, temporal
from workers.embedded.failures import HomeUnusable
from workers.embedded.home import Addresses, Home, Secrets, write_private
from workers.embedded.leftovers import MARK, end_leftovers
from workers.embedded.ports import LOOPBACK, Ports
from workers.embedded.processes import Program
from workers.embedded.supervisor import StopRequested, Supervisor, ignore_stop_signals, stop_on_signals

Tell = Callable[[str], None]
# Whoever needs another part stops before it.
STOP_ORDER = ("api", "worker", "mail", "temporal", "postgres")


def run(settings: Settings, *, demo: bool, say: Tell, warn: Tell) -> None:
    """Run the desk of `settings.home` until Ctrl-C or SIGTERM. `say` gets addresses, `warn` what went wrong.

    Raises `DeskError` when it cannot start or a process dies over and over; nothing is left running then.
    """
    os.umask(0o077)
    home = Home(settings.home)
    home.prepare()
    with stop_on_signals(), contextlib.suppress(StopRequested), home.locked():
        end_leftovers(home.last_launch(), home.postgres)
        home.retract()
        desk = _plan(home, settings, demo=demo)
        supervisor = Supervisor(home, warn)
        try:
            _start(desk, supervisor)
            desk.publish(supervisor)
            _introduce(desk, say)
            supervisor.watch(lambda: desk.publish(supervisor))
        finally:
            ignore_stop_signals()
            supervisor.stop(STOP_ORDER)
            home.retract()


@dataclass(frozen=True)
class Desk:
    """What one launch has decided: ports, addresses, secrets and the environment of its processes.

    `claims` is kept for its locks: they end with it, and a rival may choose the ports from then on.
    """

    home: Home
    secrets: Secrets
    addresses: Addresses
    namespace: str
    ports: dict[str, int]
    claims: Ports
    bare: dict[str, str]
    environment: dict[str, str]
    demo: bool

    def publish(self, supervisor: Supervisor) -> None:
        """Write run.json."""
        self.home.publish(self.addresses, supervisor.pids())

    def part(self, name: str) -> tuple[str, ...]:
        """The command of one of our own parts. `-P`: nothing in the working directory may shadow a module."""
        return (sys.executable, "-P", "-m", "workers.cli", name)


def _plan(home: Home, settings: Settings, *, demo: bool) -> Desk:
    claims = Ports(home)
    ports = {name: claims.choose(name) for name in ("postgres", "temporal", "temporal_ui", "smtp")}
    ports["api"] = claims.choose_api(settings.port)
    claims.remember()
    own = home.secrets()
    addresses = Addresses(
        api=f"http://{LOOPBACK}:{ports['api']}",
        temporal=f"{LOOPBACK}:{ports['temporal']}",
        temporal_ui=f"http://{LOOPBACK}:{ports['temporal_ui']}",
        database=postgres.database_url(own, ports["postgres"]),
        smtp=f"smtp://{LOOPBACK}:{ports['smtp']}",
    )
    launch = secrets.token_hex(16)
    write_private(home.launch_file, launch)
    bare = {"PATH": os.defpath, "LC_ALL": "C", MARK: launch}
    told = {
        "KEYDESK_HOME": str(home.folder),
        "KEYDESK_HOST": LOOPBACK,
        "KEYDESK_PORT": str(ports["api"]),
        "KEYDESK_DATABASE_URL": addresses.database,
        "KEYDESK_TEMPORAL_ADDRESS": addresses.temporal,
        "KEYDESK_SMTP_URL": addresses.smtp,
        "KEYDESK_TOKEN_SECRET": own.token_secret,
        "KEYDESK_DEMO": str(demo).lower(),
        "KEYDESK_DOCUMENTS_URL": settings.documents_url or (home.folder / "documents").as_uri(),
        "KEYDESK_BASE_URL": settings.base_url if "base_url" in settings.model_fields_set else addresses.api,
        "KEYDESK_TEMPORAL_UI_URL": addresses.temporal_ui,
        MARK: launch,
    }
    if settings.payload_keys is None and (keys := home.payload_keys(make=not demo)):
        told["KEYDESK_PAYLOAD_KEYS"] = keys
    # Our own parts see the caller's environment, as they would in production; the servers do not.
    environment = {**os.environ, **told}
    return Desk(home, own, addresses, settings.temporal_namespace, ports, claims, bare, environment, demo)


def _start(desk: Desk, supervisor: Supervisor) -> None:
    """Everything at once, as far as one thing does not wait for another."""
    ports = desk.ports
    supervisor.start(temporal.program(desk.home, ports["temporal"], ports["temporal_ui"], desk.namespace, desk.bare))
    supervisor.start(mail.program(desk.part("mail"), ports["smtp"], desk.environment))
    supervisor.start(postgres.program(desk.home, desk.secrets, ports["postgres"], desk.bare))

    # Imported while the servers start: these bring SQLAlchemy and the Temporal client, a second's work.
    from store import migrate
    from workers import demo
    from workflows import client, namespace

    supervisor.wait_until_ready("postgres")
    postgres.create_database(desk.secrets, ports["postgres"])
    migrate.upgrade(desk.addresses.database)
    supervisor.wait_until_ready("temporal")
    try:
        asyncio.run(client.prepare_namespace(client.Cluster(desk.addresses.temporal, desk.namespace)))
    except namespace.NamespaceUnfit as error:
        raise HomeUnusable(f"Temporal cannot serve this desk: {error}") from error
    supervisor.start(Program("worker", desk.part("worker"), desk.environment, ready=lambda: True, patience=15.0))
    supervisor.start(Program("api", desk.part("api"), desk.environment, ready=lambda: _is_ready(ports["api"])))
    if desk.demo:
        demo.load(desk.addresses.database)
    supervisor.wait_until_ready("mail")
    supervisor.wait_until_ready("api")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _introduce(desk: Desk, say: Tell) -> None:
    addresses, home = desk.addresses, desk.home
    lines = {
        "Landing page": f"{addresses.api}/",
        "Sign in": f"{addresses.api}/sign-in (Admin Area and partner pages)",
        "API": f"{addresses.api}/api/v1, described by {addresses.api}/openapi.json",
        "Temporal UI": addresses.temporal_ui,
        "Temporal": addresses.temporal,
        "PostgreSQL": f"{LOOPBACK}:{desk.ports['postgres']} (address with password: {home.run_file})",
        "SMTP": addresses.smtp,
        "Mail": home.mail,
        "Logs": home.logs,
    }
    for name, value in lines.items():
        say(f"{name:<14} {value}")
    if desk.demo:
        from workers.demo import PASSWORD
        from workers.demo_countries import ACCOUNTS

        say(f"Demo accounts, all with the password {PASSWORD} on the pages:")
        logins = ", ".join(account.login for account in ACCOUNTS)
        say(textwrap.fill(logins, 100, initial_indent="  ", subsequent_indent="  "))
    say(f"Keydesk is ready: {addresses.api}")
