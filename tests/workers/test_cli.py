"""The command line as a person meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = ("up", "api", "worker", "migrate", "demo", "erase", "mail", "namespace", "newkey", "token", "reconcile")


def keydesk(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEYDESK_")}
    return subprocess.run(
        (sys.executable, "-P", "-m", "workers.cli", *arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=clean | environment,
    )


def test_help_names_every_command() -> None:
    shown = keydesk("--help")
    assert shown.returncode == 0
    assert all(f"  {command} " in shown.stdout for command in COMMANDS)


def test_up_explains_its_options() -> None:
    shown = keydesk("up", "--help").stdout
    assert all(option in shown for option in ("--home", "--port", "--no-demo"))


@pytest.mark.parametrize("arguments", [("sing",), ("up", "--port", "70000"), ("up", "--loud")])
def test_wrong_usage_is_exit_code_2_without_a_traceback(arguments: tuple[str, ...]) -> None:
    refused = keydesk(*arguments)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_a_missing_secret_is_one_line() -> None:
    refused = keydesk("worker")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "KEYDESK_TOKEN_SECRET is not set" in refused.stderr


def test_outside_the_demo_payloads_are_encrypted() -> None:
    refused = keydesk("worker", KEYDESK_TOKEN_SECRET="s" * 40)
    assert refused.returncode == 2
    assert refused.stderr.startswith("keydesk: KEYDESK_PAYLOAD_KEYS is not set")


@pytest.mark.parametrize("keys", ["nonsense", "a:AAAA", ":" + "A" * 43 + "=", "a:%%%", "{new},{new}"])
def test_keys_that_are_none_are_refused_and_not_shown(keys: str) -> None:
    keys = keys.replace("{new}", keydesk("newkey").stdout.strip())
    refused = keydesk("worker", KEYDESK_TOKEN_SECRET="s" * 40, KEYDESK_PAYLOAD_KEYS=keys)
    assert refused.returncode == 2
    assert refused.stderr == "keydesk: KEYDESK_PAYLOAD_KEYS must be id:key,id:key … as `keydesk newkey` prints them\n"


def test_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "keydesk_token_secret").write_text("short")
    refused = keydesk("worker", KEYDESK_SECRETS_DIR=str(tmp_path))
    assert refused.stderr == "keydesk: KEYDESK_TOKEN_SECRET is too short: give at least 32 characters\n"


def test_a_bad_variable_is_named_and_its_value_is_not_shown() -> None:
    refused = keydesk("worker", KEYDESK_DEMO="true", KEYDESK_PORT="hush-hush")
    assert refused.returncode == 2
    assert refused.stderr.startswith("keydesk: KEYDESK_PORT: ")
    assert "hush-hush" not in refused.stderr


def test_a_finished_command_does_not_wait_for_the_interpreter() -> None:
    """The threads of the Temporal client crash an interpreter that is ending, now and then."""
    program = "import atexit, sys; atexit.register(print, 'ending'); from workers.cli import main; main()"
    done = subprocess.run((sys.executable, "-c", program, "newkey"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert "ending" not in done.stdout
