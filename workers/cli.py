"""The `keydesk` command. Each command imports what it runs when it runs: help must not wait for servers."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from domain.errors import KeydeskError
from workers.config_commands import commands as config
from workers.embedded.failures import DeskError

if TYPE_CHECKING:
    from settings import Settings

app = typer.Typer(
    name="keydesk",
    help="The desk where a manufacturer's partner club is decided. Settings: the KEYDESK_… variables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(config, name="config")


@app.command()
def up(
    *,
    home: Annotated[
        Path | None,
        typer.Option(help="Folder that holds all data of the desk. [default: KEYDESK_HOME or .keydesk]"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port of the API; 0 picks a free one. [default: KEYDESK_PORT or 8080]"),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Load the demo countries and accounts.")] = True,
) -> None:
    """Start everything on this machine: PostgreSQL, Temporal, worker, API, mail catcher. Ctrl-C stops it."""
    from workers.embedded import desk
    from workers.embedded.joining import bare_settings

    named = {name: value for name, value in {"home": home, "port": port}.items() if value is not None}
    desk.run(bare_settings(**named), demo=demo, say=typer.echo, warn=_warn)


@app.command()
def mail() -> None:
    """Run the local mail catcher on KEYDESK_SMTP_URL: each message becomes a file in KEYDESK_HOME/mail."""
    from workers.embedded.mail import catch

    settings = _settings()
    catch(settings.smtp_url.get_secret_value(), settings.home.absolute() / "mail")


@app.command()
def api() -> None:
    """Run the API and the pages on KEYDESK_HOST and KEYDESK_PORT."""
    settings = _settings()
    from workers.serving import serve

    serve(settings)


@app.command()
def worker() -> None:
    """Run a Temporal worker: workflows, cards, emails."""
    settings = _settings()
    from workers.worker import run

    asyncio.run(run(settings))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema. Safe to run twice, and by two at once."""
    from store.migrate import upgrade

    upgrade(_settings().database_url.get_secret_value())


@app.command()
def namespace() -> None:
    """Make the Temporal namespace, with its search attributes and retention. Safe to run again."""
    from workers.namespaces import make

    asyncio.run(make(_settings()))


@app.command()
def demo() -> None:
    """Load what is missing of the demo countries ES and PT, with their accounts."""
    from workers.demo import load

    settings = _settings()
    if not settings.demo:
        raise typer.BadParameter("demo accounts have a published password: set KEYDESK_DEMO=true to load them")
    load(settings.database_url.get_secret_value())


@app.command()
def release() -> None:
    """Have the workers of KEYDESK_BUILD_ID do all work from now on; those of other builds get none any more."""
    from workers.releasing import release

    asyncio.run(release(_settings()))


@app.command()
def newkey() -> None:
    """Print a new key for KEYDESK_PAYLOAD_KEYS. Put it first, keep the old ones behind it."""
    from workers.embedded.home import new_payload_key

    typer.echo(new_payload_key())


@app.command()
def enrol(
    login: Annotated[str, typer.Argument(help="Lower case letters, digits, dots and dashes.")],
    email: Annotated[str, typer.Argument(help="Where to write to.")],
    *,
    role: Annotated[str, typer.Option(help="admin: makes countries and accounts; ops: reads everything.")] = "admin",
) -> None:
    """Make an account of the desk itself, as the first admin's, and print its password."""
    from workers.embedded.joining import settings_beside
    from workers.enrolment import enrol_account

    typer.echo(asyncio.run(enrol_account(settings_beside(), login, email, role)))


@app.command()
def token(login: Annotated[str, typer.Argument(help="An account of the local identity store.")]) -> None:
    """Print a bearer token, good for twelve hours, for an account of the desk in KEYDESK_HOME."""
    from workers.embedded.joining import settings_beside
    from workers.tokens import token_of

    typer.echo(asyncio.run(token_of(settings_beside(), login)))


@app.command()
def reconcile(
    *,
    mend: Annotated[
        bool, typer.Option("--mend", help="Have workflows follow the database, and do what is owed.")
    ] = False,
) -> None:
    """Compare database and Temporal, and name each difference. Exit code 1 if there is one."""
    from workers import reconcile as comparison
    from workers.embedded.joining import settings_beside

    found = asyncio.run(comparison.reconcile(settings_beside(), mend=mend))
    for line in found:
        typer.echo(line)
    typer.echo(f"{len(found)} difference{'' if len(found) == 1 else 's'} between database and Temporal")
    if mend and found:
        typer.echo("Workflows were told to follow; run this again to see what is left.")
    raise typer.Exit(1 if found else 0)


@app.command()
def erase(
    request_ids: Annotated[list[str] | None, typer.Argument(help="Settled requests.")] = None,
    *,
    due: Annotated[
        bool, typer.Option("--due", help="Everything that is older than its country's personal_data_retention.")
    ] = False,
) -> None:
    """Erase what settled requests say about people; the journal's facts stay. Exit code 1 if one could not be."""
    from workers import erasing
    from workers.embedded.joining import settings_beside

    failed = asyncio.run(erasing.run(settings_beside(), request_ids or [], due=due, say=typer.echo))
    raise typer.Exit(1 if failed else 0)


def _settings() -> "Settings":
    """The environment's settings, with the logs of a long-running part set up."""
    from settings import Settings
    from workers.logs import configure_logging

    settings = Settings()
    configure_logging(settings.log_level)
    return settings


def _warn(line: str) -> None:
    typer.echo(line, err=True)


def main() -> None:
    """Run the command line. A refusal is one sentence on stderr and exit code 1, wrong usage exit code 2."""
    _leave(_code())


def _code() -> int:
    """Run the command that was asked for; with which code it ends."""
    from pydantic import ValidationError

    try:
        app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except (DeskError, KeydeskError) as error:
        _warn(f"keydesk: {error}")
        return 1
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            names = ".".join(str(part) for part in problem["loc"])
            sentence = problem["msg"].removeprefix("Value error, ")
            _warn(f"keydesk: {f'KEYDESK_{names.upper()}: ' if names else ''}{sentence}")
        return 2
    return 0


def _leave(code: int) -> NoReturn:
    """End at once: the Temporal client's threads can outlive the interpreter, and then crash a finished command.

    That is https://github.com/temporalio/sdk-python/issues/300; nothing of ours waits for the interpreter to end.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
