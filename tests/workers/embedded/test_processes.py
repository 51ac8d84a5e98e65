"""Starting, watching and burying processes, with small stand-ins for the real ones."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from tests.workers.embedded.conftest import all_gone, eventually, family
from workers.embedded.failures import ProcessFailed
from workers.embedded.home import Home
from workers.embedded.processes import Program
from workers.embedded.supervisor import Supervisor

SLEEP = "import time; time.sleep(60)"
WITH_CHILD = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
# A launcher that starts one process, says its pid and waits for its own end.
LAUNCHER = """
import subprocess, sys, signal, time
from workers.embedded.processes import leashed
command = leashed([sys.executable, "-c", "import time; time.sleep(60)"], None, signal.SIGTERM)
print(subprocess.Popen(command, start_new_session=True).pid, flush=True)
time.sleep(60)
"""


class Stopped(Exception):
    """Ends a watch."""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(home: Home, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(home, said.append)
    yield supervisor
    supervisor.stop(tuple(supervisor.pids()))


def python(name: str, script: str, **how: Any) -> Program:
    how = {"ready": lambda: True, "patience": 5.0, **how}
    return Program(name, (sys.executable, "-c", script), {"PATH": os.defpath}, **how)


def stop_after(times: int) -> Callable[[], None]:
    calls = iter(range(times - 1))

    def changed() -> None:
        if next(calls, None) is None:
            raise Stopped

    return changed


def test_a_process_that_dies_while_starting_names_its_log_and_its_last_words(
    supervisor: Supervisor, home: Home
) -> None:
    supervisor.start(python("broken", "print('first', flush=True); raise SystemExit('no port')", ready=lambda: False))
    with pytest.raises(ProcessFailed) as failed:
        supervisor.wait_until_ready("broken")
    assert str(failed.value).splitlines() == [
        f"broken died while the desk was starting (exit code 1); its log is {home.logs}/broken.log and ends with:",
        "    first",
        "    no port",
    ]


def test_another_one_that_dies_meanwhile_ends_the_wait(supervisor: Supervisor) -> None:
    supervisor.start(python("broken", "raise SystemExit(3)"))
    supervisor.start(python("slow", SLEEP, ready=lambda: False))
    with pytest.raises(ProcessFailed, match=r"^broken died while the desk was starting \(exit code 3\)"):
        supervisor.wait_until_ready("slow")


def test_a_process_that_never_gets_ready_is_given_up(supervisor: Supervisor) -> None:
    supervisor.start(python("slow", SLEEP, ready=lambda: False, start_limit=0.2))
    with pytest.raises(ProcessFailed, match=r"^slow was not ready within 0 seconds"):
        supervisor.wait_until_ready("slow")


def test_a_start_that_may_fail_for_a_while_is_tried_again(supervisor: Supervisor, home: Home) -> None:
    script = f"""
import pathlib, time
marker = pathlib.Path({str(home.folder)!r}, "tried")
if not marker.exists():
    marker.touch()
    raise SystemExit("still in use")
time.sleep(60)
"""
    tried = home.folder / "tried"
    supervisor.start(python("second", script, ready=tried.exists, retry_on="still in use"))
    assert eventually(tried.exists)
    assert eventually(lambda: "still in use" in (home.logs / "second.log").read_text())
    supervisor.wait_until_ready("second")
    assert psutil.pid_exists(supervisor.pids()["second"])


def test_a_process_that_dies_over_and_over_ends_the_watch(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.embedded.processes.DEATHS", 3)
    supervisor.start(python("broken", "raise SystemExit(4)"))
    with pytest.raises(ProcessFailed, match=r"^broken died 3 times within 60 seconds; its log is"):
        supervisor.watch(lambda: None)
    assert len(said) == 3


def test_what_a_dead_process_had_started_dies_before_it_is_started_again(supervisor: Supervisor) -> None:
    supervisor.start(python("parent", f"{WITH_CHILD}; time.sleep(60)"))
    pid = supervisor.pids()["parent"]
    assert eventually(lambda: len(family(pid)) == 2)
    _, child = family(pid)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(Stopped):
        supervisor.watch(stop_after(1))
    assert all_gone([child])
    assert supervisor.pids()["parent"] != pid


def test_a_process_that_will_not_stop_is_killed(supervisor: Supervisor, home: Home) -> None:
    script = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('deaf', 'w').close(); {SLEEP}"
    supervisor.start(python("stubborn", script, patience=0.3))
    stubborn = psutil.Process(supervisor.pids()["stubborn"])
    assert eventually((home.folder / "deaf").exists)
    supervisor.stop(("stubborn",))
    assert all_gone([stubborn], within=0.1)


def test_a_process_dies_with_its_launcher() -> None:
    launcher = subprocess.Popen((sys.executable, "-c", LAUNCHER), stdout=subprocess.PIPE, text=True)
    assert launcher.stdout
    child = psutil.Process(int(launcher.stdout.readline()))
    assert eventually(lambda: "leash.py" not in " ".join(child.cmdline()))
    launcher.kill()
    launcher.wait()
    launcher.stdout.close()
    assert all_gone([child])
