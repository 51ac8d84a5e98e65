"""The repository's pages as these tests read them."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    """A page as it stands in the repository."""
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """A page without its code blocks, where brackets are no links."""
    return FENCED.sub("", text_of(page))


def written_files() -> list[Path]:
    """Files of the repository as git sees them: tracked, or new and not ignored."""
    listed = subprocess.run(
        ("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = (name for name in listed.stdout.decode().split("\0") if name)
    return [file for name in names if (file := ROOT / name).is_file()]


def pages() -> list[Path]:
    """Every page of prose."""
    return [file for file in written_files() if file.suffix == ".md"]
