"""The home folder: its lock, its secrets, its ports, and who else may act on its desk."""

import os
import socket
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from workers.embedded.failures import HomeInUse, HomeUnusable, PortTaken
from workers.embedded.home import Addresses, Home, new_payload_key
from workers.embedded.joining import settings_beside
from workers.embedded.ports import USUAL, Ports, is_free

pytestmark = pytest.mark.enable_socket
ADDRESSES = Addresses(
    api="http://127.0.0.1:8081",
    temporal="127.0.0.1:7234",
    temporal_ui="http://127.0.0.1:8234",
    database="postgresql://keydesk:secret@127.0.0.1:5434/keydesk",
    smtp="smtp://127.0.0.1:1026",
)


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("KEYDESK_"):
            monkeypatch.delenv(name)


def test_secrets_are_made_once_and_private(home: Home) -> None:
    first = home.secrets()
    assert Home(home.folder).secrets() == first
    assert stat.S_IMODE((home.folder / "secrets.json").stat().st_mode) == 0o600
    assert len({first.token_secret, first.superuser_password, first.database_password}) == 3
    assert min(len(secret) for secret in vars(first).values()) >= 32


def test_torn_secrets_are_not_replaced_in_silence(home: Home) -> None:
    (home.folder / "secrets.json").write_text("{")
    with pytest.raises(HomeUnusable, match=r"secrets\.json"):
        home.secrets()


def test_one_launcher_at_a_time(home: Home) -> None:
    with home.locked(), pytest.raises(HomeInUse, match=f"pid {os.getpid()}"), Home(home.folder).locked():
        pass
    with Home(home.folder).locked():
        pass


def test_a_file_in_the_way_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(HomeUnusable, match="cannot use"):
        Home(tmp_path / "home").prepare()


def test_run_json_says_what_api_md_promises(home: Home) -> None:
    assert home.running() is None
    home.publish(ADDRESSES, {"postgres": 1, "temporal": 2, "worker": 3, "api": 4, "mail": 5})
    assert home.running() == {
        **vars(ADDRESSES),
        "pids": {"postgres": 1, "temporal": 2, "worker": 3, "api": 4, "mail": 5},
    }
    assert stat.S_IMODE(home.run_file.stat().st_mode) == 0o600
    home.retract()
    assert home.running() is None


@pytest.mark.usefixtures("clean_environment")
def test_a_command_beside_the_desk_finds_its_addresses_and_secret(home: Home) -> None:
    home.publish(ADDRESSES, {})
    settings = settings_beside(home.folder)
    assert settings.database_url.get_secret_value() == ADDRESSES.database
    assert settings.temporal_address == ADDRESSES.temporal
    assert settings.token_secret.get_secret_value() == home.secrets().token_secret


@pytest.mark.usefixtures("clean_environment")
def test_an_environment_that_names_a_database_means_another_desk(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.publish(ADDRESSES, {})
    monkeypatch.setenv("KEYDESK_DATABASE_URL", "postgresql://elsewhere/keydesk")
    with pytest.raises(ValidationError, match="KEYDESK_TOKEN_SECRET is not set"):
        settings_beside(home.folder)
    monkeypatch.setenv("KEYDESK_TOKEN_SECRET", "s" * 40)
    monkeypatch.setenv("KEYDESK_PAYLOAD_KEYS", new_payload_key())
    assert settings_beside(home.folder).database_url.get_secret_value() == "postgresql://elsewhere/keydesk"


@pytest.mark.usefixtures("clean_environment")
def test_a_command_beside_the_desk_reads_what_it_encrypts(home: Home) -> None:
    home.publish(ADDRESSES, {})
    assert home.payload_keys() is None
    assert settings_beside(home.folder).payload_keys_by_id == {}
    made = home.payload_keys(make=True)
    assert made is not None
    assert home.payload_keys(make=True) == made
    assert list(settings_beside(home.folder).payload_keys_by_id) == [made.split(":")[0]]


def test_two_homes_never_choose_the_same_port(tmp_path: Path) -> None:
    homes = [Home(tmp_path / name) for name in ("one", "two")]
    for home in homes:
        home.prepare()
    choosers = [Ports(home) for home in homes]
    chosen = [chooser.choose(name) for chooser in choosers for name in USUAL]
    assert len(set(chosen)) == len(chosen)


def test_a_home_remembers_its_ports_and_leaves_one_that_is_taken(home: Home) -> None:
    first = Ports(home)
    api, smtp = first.choose_api(0), first.choose("smtp")
    first.remember()
    del first
    with socket.create_server(("127.0.0.1", smtp)):
        again = Ports(home)
        assert again.choose_api(0) == api
        assert again.choose("smtp") != smtp


def test_a_wanted_port_that_is_taken_is_refused(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        with pytest.raises(PortTaken, match=f"port {port} is taken"):
            Ports(home).choose_api(port)
    assert Ports(home).choose_api(port) == port
