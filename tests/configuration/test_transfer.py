"""A country's configuration as a file: out of one desk, into another, and the two are alike."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from typer.testing import CliRunner

from settings import Settings
from store.migrate import upgrade
from tests.configuration.desk import Desk
from tests.stack.countries import new_country
from tests.stack.running import Stack
from tests.stack.walks import uploaded
from tests.store.conftest import create, drop
from workers import transfer
from workers.cli import app


@pytest.fixture
def empty_desk(database_url: str, settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Another desk: a migrated database with nothing in it, and a folder of its own for files."""
    url = create(database_url, "transferred")
    upgrade(url)
    yield settings.model_copy(update={"database_url": SecretStr(url), "home": tmp_path, "documents_url": None})
    drop(database_url, "transferred")


async def whole_country(stack: Stack) -> str:
    """A country that has something of everything."""
    desk = Desk(stack, await new_country(stack))
    sheet = await uploaded(desk.client(), "sheet.pdf")
    await desk.create("organisational-units", name="Norte")
    await desk.create("organisational-units", name="Sur")
    await desk.create("collaborations", unit="Norte", partner="Sur")
    await desk.change("policies", "STD-1-5", organisational_units=["Norte"], effective_from="2026-02-01")
    await desk.create("documentation", **SHEET, template_id=sheet)
    await desk.client().post(
        desk.at("downloads"), json={"product_range": "heating", "title": "Guía: ñ", "document_id": sheet}
    )
    await desk.client().put(
        desk.at("notifications", "submitted", "requester", "es"), json={"subject": "Hola", "body": "{{ request_id }}\n"}
    )
    await desk.create("campaigns", **CAMPAIGN)
    return desk.country.code


SHEET: dict[str, Any] = {"kind": "commissioning", "line_up": "heating", "requirement": "sheet", "title": "Sheet"}
CAMPAIGN: dict[str, Any] = {
    "code": "AUTUMN",
    "name": "Autumn",
    "starts_on": "2026-09-01",
    "ends_on": "2026-11-30",
    "claim_deadline": "2026-12-31",
}


async def test_export_and_import_give_an_identical_desk(stack: Stack, empty_desk: Settings) -> None:
    country = await whole_country(stack)
    text = await transfer.export(stack.settings, country)
    assert "password" not in text
    tried = list(await transfer.bring_in(empty_desk, text, delete=True, dry_run=True))
    made = list(await transfer.bring_in(empty_desk, text, delete=True, dry_run=False))
    assert tried == made
    assert {"+ wholesalers DEF", f"+ countries {country}", "+ policies STD-1-5", "+ collaborations Norte/Sur"} <= {
        *made
    }
    assert await transfer.export(empty_desk, country) == text
    assert list(await transfer.bring_in(empty_desk, text, delete=True, dry_run=False)) == [], "nothing is left to do"


async def test_the_difference_is_shown_and_a_dry_run_changes_nothing(stack: Stack) -> None:
    desk = Desk(stack, await new_country(stack))
    before = await transfer.export(stack.settings, desk.country.code)
    document = yaml.safe_load(before)
    document["settings"]["requester_expiry"] = "P60D"
    document["wholesalers"] = [one for one in document["wholesalers"] if one["code"] != "JKL"]
    document["wholesalers"][0]["line_ups"] = []
    document["line-ups"].append({"code": "boats"})
    text = yaml.safe_dump(document)
    tried = list(await transfer.bring_in(stack.settings, text, delete=True, dry_run=True))
    assert [line.split("  ")[0] for line in tried] == [
        "~ settings",
        "+ line-ups boats",
        "~ wholesalers DEF",
        "- wholesalers JKL",
    ]
    assert "requester_expiry: P90D → P60D" in tried[0]
    assert await transfer.export(stack.settings, desk.country.code) == before
    kept = list(await transfer.bring_in(stack.settings, text, delete=False, dry_run=False))
    assert kept == tried[:3]
    log = await desk.audited(limit=3)
    assert {one["actor"] for one in log} == {"keydesk config import"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"keydesk": 2}, "no configuration"),
        ({"boats": []}, "/boats"),
        ({"settings": None}, "/settings"),
        ({"wholesalers": "DEF"}, "/wholesalers"),
        ({"wholesalers": [{"code": "A", "line_ups": [{"line_up": "x"}]}]}, "/wholesalers/0/line_ups/0/distributes"),
        ({"products": [{"reference": "A", "line_up": "x", "role": "outdoor"}]}, "/products/0/line_up"),
        ({"downloads": [{"product_range": "heating", "title": "T", "document_id": "0" * 32}]}, "/files/0"),
        ({"line-ups": []}, "line-up"),
    ],
)
async def test_a_file_that_does_not_fit_changes_nothing_and_says_where(
    stack: Stack, change: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(stack, await new_country(stack))
    before = await transfer.export(stack.settings, desk.country.code)
    file = tmp_path / "country.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(before), **change}))
    monkeypatch.setattr("workers.embedded.joining.settings_beside", lambda: stack.settings)
    result = await asyncio.to_thread(CliRunner().invoke, app, ["config", "import", str(file), "--delete"])
    assert result.exit_code == 1
    assert "nothing was changed" in result.stderr
    assert said in result.stderr
    assert await transfer.export(stack.settings, desk.country.code) == before


async def test_the_commands_print_and_read_the_file(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.embedded.joining.settings_beside", lambda: stack.settings)
    shown = await asyncio.to_thread(CliRunner().invoke, app, ["config", "export", "PT"])
    assert shown.exit_code == 0, shown.stderr
    file = tmp_path / "pt.yaml"
    file.write_text(shown.stdout)
    result = await asyncio.to_thread(CliRunner().invoke, app, ["config", "import", str(file), "--dry-run"])
    assert (result.exit_code, result.stdout) == (0, "0 changes would be made\n")
    file.write_text("a: [")
    result = await asyncio.to_thread(CliRunner().invoke, app, ["config", "import", str(file)])
    assert (result.exit_code, "no YAML" in result.stderr) == (1, True)
