"""The README's table of environment variables is made of the settings' own fields and descriptions."""

from collections.abc import Iterator

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from settings import DEMO_SECRET, Settings
from tests.docs.pages import README, text_of

BEGIN = "<!-- settings: tests/docs/test_environment.py holds this table and settings.py together -->\n"
END = "<!-- end of settings -->"


def table() -> Iterator[str]:
    """The lines of the table."""
    prefix = Settings.model_config["env_prefix"]
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        yield f"| `{prefix}{name.upper()}` | {default_of(field)} | {described(field)} |"


def default_of(field: FieldInfo) -> str:
    """The default as a reader may see it."""
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value == DEMO_SECRET:
        return "none outside the demo"
    if isinstance(value, bool):
        value = str(value).lower()
    return "–" if value is None else f"`{value}`"


def described(field: FieldInfo) -> str:
    """The description; Markdown would take `<home>` for a tag."""
    return (field.description or "").replace("<", "&lt;")


def test_the_table_says_what_settings_say() -> None:
    page = text_of(README)
    stands = page.partition(BEGIN)[2].partition(END)[0]
    wanted = "\n".join(table()) + "\n"
    assert stands == wanted, f"the README's table should be:\n{wanted}"


def test_every_field_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
