"""Finding the browser of the browser tests."""

import os
from pathlib import Path

import pytest

from tests import chromium


def browser(folder: Path, name: str, *, starts: bool) -> str:
    file = folder / name
    file.write_text(f"#!/bin/sh\nexit {0 if starts else 1}\n")
    file.chmod(0o755)
    return str(file)


@pytest.fixture(autouse=True)
def only_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "_playwright_chromium", lambda: None)


def test_none_is_found_where_there_is_none() -> None:
    assert chromium.find_chromium() is None


def test_a_stub_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    browser(tmp_path, "chromium", starts=False)
    found = browser(tmp_path, "google-chrome", starts=True)
    assert chromium.find_chromium() == found


def test_the_variable_comes_first_and_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser(tmp_path, "chromium", starts=True)
    own = browser(tmp_path, "my-browser", starts=True)
    monkeypatch.setenv("CHROMIUM", own)
    assert chromium.find_chromium() == own
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "missing"))
    assert chromium.find_chromium() is None
    with pytest.raises(SystemExit, match="does not name a browser that starts"):
        chromium.ensure_chromium()


def test_playwrights_own_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = browser(tmp_path, "headless", starts=True)
    monkeypatch.setattr(chromium, "_playwright_chromium", lambda: own)
    assert chromium.find_chromium() == own


def test_what_to_install_is_said_when_nothing_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, ...]] = []

    def run(command: tuple[str, ...]) -> bool:
        tried.append(command)
        return True

    monkeypatch.setattr(chromium, "_run", run)
    with pytest.raises(SystemExit, match="apt-get install chromium"):
        chromium.ensure_chromium()
    assert tried[-1][1:] == ("-m", "playwright", "install", "chromium")


@pytest.mark.skipif(os.geteuid() != 0, reason="the system's package manager wants root")
def test_root_installs_with_the_systems_package_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser(tmp_path, "apt-get", starts=True)

    def run(command: tuple[str, ...]) -> bool:
        if "install" in command:
            browser(tmp_path, "chromium", starts=True)
        return True

    monkeypatch.setattr(chromium, "_run", run)
    assert chromium.ensure_chromium() == str(tmp_path / "chromium")
