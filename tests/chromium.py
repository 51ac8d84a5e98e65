"""The browser of the browser tests: the Chromium this machine has, else one that is installed now.

`python tests/chromium.py` makes one available and prints its path; it fails naming what to install.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SYSTEM_INSTALLERS = (
    ("apt-get", (("apt-get", "update"), ("apt-get", "install", "-y", "--no-install-recommends", "chromium"))),
    ("dnf", (("dnf", "install", "-y", "chromium"),)),
    ("apk", (("apk", "add", "chromium"),)),
)
PLAYWRIGHT_PATH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find_chromium() -> str | None:
    """Path of a Chromium that starts: `CHROMIUM`, one on PATH, or Playwright's own; None: there is none."""
    if wanted := os.environ.get("CHROMIUM"):
        path = shutil.which(wanted)
        return path if path and _starts(path) else None
    for name in NAMES:
        if (path := shutil.which(name)) and _starts(path):
            return path
    path = _playwright_chromium()
    return path if path and _starts(path) else None


def ensure_chromium() -> str:
    """Path of a Chromium, installed if there was none. Raises `SystemExit` saying what to install."""
    if path := find_chromium():
        return path
    if wanted := os.environ.get("CHROMIUM"):
        raise SystemExit(f"CHROMIUM={wanted} does not name a browser that starts")
    if _install_from_system() and (path := find_chromium()):
        return path
    if _run((sys.executable, "-m", "playwright", "install", "chromium")) and (path := find_chromium()):
        return path
    raise SystemExit(
        "The browser tests need Chromium and none could be installed.\n"
        "Install it with your package manager (as root, say: apt-get install chromium), or name one:\n"
        "CHROMIUM=/path/to/chromium make test"
    )


def _starts(path: str) -> bool:
    """A name on PATH proves nothing (some distributions leave a stub there): ask it for its version."""
    try:
        done = subprocess.run(
            (path, "--version"), capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _playwright_chromium() -> str | None:
    """Asked in a process of its own: Playwright's blocking interface refuses to run inside an event loop."""
    try:
        done = subprocess.run(
            (sys.executable, "-c", PLAYWRIGHT_PATH), capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return shutil.which(done.stdout.strip()) if done.returncode == 0 else None


def _install_from_system() -> bool:
    if os.geteuid() != 0:
        return False
    for manager, commands in SYSTEM_INSTALLERS:
        if shutil.which(manager):
            return all(_run(command) for command in commands)
    return False


def _run(command: tuple[str, ...]) -> bool:
    sys.stderr.write(f"No Chromium found, running: {' '.join(command)}\n")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.stdout.write(f"Chromium: {ensure_chromium()}\n")
