"""What the pages point at is there, and nothing in the repository points at the machine that it was written on."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import FENCED, ROOT, pages, prose_of, text_of, written_files

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NAMED_FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/?)`")
COMMAND = re.compile(r"\bkeydesk ([a-z]+)\b")
COMMANDS = {
    *("up", "mail", "api", "worker", "migrate", "demo", "namespace", "release"),
    *("newkey", "enrol", "token", "reconcile", "erase"),
}
TARGET = re.compile(r"\bmake ([a-z]+)\b")

PEOPLES_FOLDER = re.compile(r"/(?:home|Users)/\w+/\w+")

every_page = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))


def anchor(heading: str) -> str:
    """The anchor that renderers make of a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


@every_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in LINK.findall(prose_of(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, fragment = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (
            fragment and fragment not in {anchor(one) for one in HEADING.findall(FENCED.sub("", text_of(target)))}
        ):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("name", ["README.md", "docs/ARCHITECTURE.md", "docs/adding-a-kind.md"])
def test_every_file_that_a_page_names_is_there(name: str) -> None:
    there = {
        str(place.relative_to(ROOT))
        for file in written_files()
        for place in (file, *file.parents)
        if ROOT in place.parents
    }
    tops = {place for place in there if "/" not in place}
    named = {one.rstrip("/") for one in NAMED_FILE.findall(prose_of(ROOT / name)) if one.split("/")[0] in tops}
    assert named
    assert sorted(named - there) == []


@every_page
def test_every_keydesk_command_that_a_page_names_exists(page: Path) -> None:
    in_code = " ".join(re.findall(r"`[^`]+`|^```.*?^```$", text_of(page), re.MULTILINE | re.DOTALL))
    assert set(COMMAND.findall(in_code)) <= {*COMMANDS, "config"}


def test_the_commands_are_those_of_the_command_line() -> None:
    from workers.cli import app

    named = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert named == COMMANDS


@every_page
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    in_code = " ".join(re.findall(r"`make [^`]*`|^make .*$", text_of(page), re.MULTILINE))
    assert set(TARGET.findall(in_code)) <= targets


def places_of_this_machine() -> list[str]:
    """The checkout, and the package index that pip uses here."""
    asked = subprocess.run(
        (sys.executable, "-m", "pip", "config", "list"), capture_output=True, text=True, check=True, timeout=60
    )
    hosts = re.findall(r"https?://[^\s'/]+", asked.stdout)
    return [str(ROOT), *(host for host in hosts if not host.endswith("pypi.org"))]


def test_nothing_names_a_place_on_one_machine() -> None:
    found, places = [], places_of_this_machine()
    for file in written_files():
        text = file.read_bytes().decode("utf-8", errors="replace")
        named = [*(place for place in places if place in text), *PEOPLES_FOLDER.findall(text)]
        found += [f"{file.relative_to(ROOT)}: {place}" for place in named]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_locks_name_no_index(name: str) -> None:
    assert re.findall(r"^.*(?:://|--index-url|--find-links).*$", text_of(ROOT / name), re.MULTILINE) == []
