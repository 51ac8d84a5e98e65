"""Blocks of the pages, run as somebody copies them."""

import os
import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks_of(text: str) -> list[str]:
    """The bash blocks of a page, in order."""
    found: list[str] = BLOCK.findall(text)
    return found


def pasted(block: str, folder: Path, within: float) -> subprocess.CompletedProcess[str]:
    """Run in the folder of a checkout, in a shell that has no variables of Keydesk's."""
    if not (folder / ".venv").is_symlink():
        (folder / ".venv").symlink_to(sys.prefix)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KEYDESK_")}
    environment.pop("BASE", None)
    return subprocess.run(
        ("bash", "-e", "-o", "pipefail"),
        input=block,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
