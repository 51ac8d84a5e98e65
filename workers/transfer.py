"""`keydesk config export` and `import`: a country's configuration as a YAML file."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import yaml

from configuration import transfer
from domain.access import Role
from domain.errors import Invalid
from settings import Settings
from store.audit import Author
from store.engine import connect, sessions
from store.files import Files

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
ACTOR = "keydesk config import"


class _DryRun(Exception):
    """Nothing of this transaction stays."""


async def export(settings: Settings, country: str) -> str:
    """The file. Raises NotFound."""
    engine = connect(settings.database_url.get_secret_value(), pool_size=1)
    try:
        async with sessions(engine)() as session:
            document = await transfer.exported(session, Files(settings.documents), country)
    finally:
        await engine.dispose()
    return yaml.dump(document, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=120)


async def bring_in(settings: Settings, text: str, *, delete: bool, dry_run: bool) -> Iterator[str]:
    """Bring the file in, or only try: each difference in a line. Raises Invalid and InUse, with the places."""
    document = _document(text)
    engine = connect(settings.database_url.get_secret_value(), pool_size=1)
    files = None if dry_run else Files(settings.documents)
    author = Author(ACTOR, datetime.now(UTC), Role.ADMIN)
    differences: list[transfer.Difference] = []
    try:
        with suppress(_DryRun):
            async with sessions(engine).begin() as session:
                differences = await transfer.imported(session, files, document, author, delete=delete)
                if dry_run:
                    raise _DryRun
    finally:
        await engine.dispose()
    return (transfer.described(one) for one in differences)


def _document(text: str) -> dict[str, Any]:
    try:
        document = yaml.load(text, Loader=LOADER)  # noqa: S506 - the safe loader, in C where there is one
    except yaml.YAMLError as wrong:
        raise Invalid(f"This is no YAML: {wrong}") from None
    if not isinstance(document, dict):
        raise Invalid("This is no configuration that Keydesk exported.")
    return document
