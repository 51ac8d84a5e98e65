"""The `keydesk` command. Each command imports what it runs when it runs: help must not wait for servers."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import KeydeskError
from workers.embedded.failures import DeskError

app = typer.Typer(
    name="keydesk",
    help="The desk where a manufacturer's partner club is decided. Settings: the KEYDESK_… variables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def up(
    *,
    home: Annotated[
        Path | None,
        typer.Option(help="Folder that holds all data of the desk. [default: KEYDESK_HOME or .keydesk]"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port of the API; 0 picks a free one. [default: KEYDESK_PORT or 8080]"
        ),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="Load the demo countries and accounts.")
    ] = True,
) -> None:
    """Start everything on this machine: PostgreSQL, Temporal, worker, API, mail catcher. Ctrl-C stops it."""
    from workers.embedded import desk
    from workers.embedded.joining import bare_settings

    named = {name: value for name, value in {"home": home, "port": port}.items() if value is not None}
    desk.run(bare_settings(**named), demo=demo, say=typer.echo, warn=_warn)


@app.command()
def mail() -> None:
    """Run the local mail catcher on KEYDESK_SMTP_URL: each message becomes a file in KEYDESK_HOME/mail."""
    from settings import Settings
    from workers.embedded.mail import catch
    from workers.logs import configure_logging

    settings = Settings()
    configure_logging(settings.log_level)
    catch(settings.smtp_url.get_secret_value(), settings.home.absolute() / "mail")


def _warn(line: str) -> None:
    typer.echo(line, err=True)


def main() -> None:
    """Run the command line. A refusal is one sentence on stderr and exit code 1, wrong usage exit code 2."""
    from pydantic import ValidationError

    try:
        app()
    except (DeskError, KeydeskError) as error:
        _warn(f"keydesk: {error}")
        sys.exit(1)
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            names = ".".join(str(part) for part in problem["loc"])
            _warn(f"keydesk: {f'KEYDESK_{names.upper()}: ' if names else ''}{problem['msg']}")
        sys.exit(2)


if __name__ == "__main__":
    main()
