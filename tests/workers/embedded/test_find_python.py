"""Finding an interpreter on a machine that has none yet, or only the wrong ones."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / ".ci" / "find-python"


def find(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh") or "/bin/sh"
    return subprocess.run(
        (shell, str(SCRIPT)),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(folder), **environment},
    )


def python(folder: Path, name: str, *, version: str = "3.12", new_enough: bool = True, complete: bool = True) -> None:
    """A stand-in that answers the three questions of the script."""
    file = folder / name
    file.write_text(
        "#!/bin/sh\n"
        f'case "$2" in *exit*) exit {int(not new_enough)};; *ensurepip*) exit {int(not complete)};; esac\n'
        f"echo {version}\n"
    )
    file.chmod(0o755)


def test_the_newest_tested_one_is_taken(tmp_path: Path) -> None:
    python(tmp_path, "python3.11")
    python(tmp_path, "python3.13")
    assert find(tmp_path).stdout == f"{tmp_path}/python3.13\n"


def test_a_stub_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    stub = tmp_path / "python3.13"
    stub.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    stub.chmod(0o755)
    python(tmp_path, "python3")
    assert find(tmp_path).stdout == f"{tmp_path}/python3\n"


def test_the_one_that_is_named_is_taken_or_refused(tmp_path: Path) -> None:
    assert find(tmp_path, PYTHON=sys.executable).stdout.strip() == sys.executable
    refused = find(tmp_path, PYTHON="/nowhere/python")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "no Python that runs as: /nowhere/python" in refused.stderr


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"version": "3.9", "new_enough": False}, "needs Python 3.11 or newer; found only python3 (3.9)"),
        ({"complete": False}, "apt-get install python3.12-venv"),
    ],
)
def test_what_to_install_is_said(tmp_path: Path, found: dict[str, object], said: str) -> None:
    python(tmp_path, "python3", **found)  # type: ignore[arg-type]
    refused = find(tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert said in refused.stderr


def test_none_at_all(tmp_path: Path) -> None:
    refused = find(tmp_path)
    assert refused.returncode == 1
    assert "found no Python" in refused.stderr
