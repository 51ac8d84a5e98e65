"""`keydesk config …`: a country's configuration to a file, and from one."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import KeydeskError

commands = typer.Typer(help="A country's whole configuration as one file.", no_args_is_help=True)


@commands.command()
def export(country: Annotated[str, typer.Argument(help="Its code, as ES.")]) -> None:
    """Print the configuration of a country as YAML, without numbers, codes and passwords."""
    from workers import transfer
    from workers.embedded.joining import settings_beside

    typer.echo(asyncio.run(transfer.export(settings_beside(), country)), nl=False)


@commands.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="What `keydesk config export` printed.", exists=True, dir_okay=False)],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference, and change nothing.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Also delete what the file does not have.")] = False,
) -> None:
    """Make a country stand as the file says, all or nothing, and print each difference. A new country is made."""
    from configuration.transfer import refusal
    from workers import transfer
    from workers.embedded.joining import settings_beside

    text = file.read_text(encoding="utf-8")
    try:
        lines = list(asyncio.run(transfer.bring_in(settings_beside(), text, delete=delete, dry_run=dry_run)))
    except KeydeskError as refused:
        typer.echo("\n".join(["keydesk: nothing was changed", *refusal(refused)]), err=True)
        sys.exit(1)
    for line in lines:
        typer.echo(line)
    word = "would be made" if dry_run else "made"
    typer.echo(f"{len(lines)} change{'' if len(lines) == 1 else 's'} {word}")
