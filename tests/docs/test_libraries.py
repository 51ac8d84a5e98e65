"""Record 0007 says that these libraries can be replaced in one file each; here that is held."""

import ast
from functools import cache

import pytest

from tests.docs.pages import ROOT

PRODUCT = ("activities", "api", "domain", "statemachines", "store", "workers", "workflows")
IN_ONE_FILE = {
    "transitions": "statemachines/machine.py",
    "aiosmtplib": "activities/mail_server.py",
    "aiosmtpd": "workers/embedded/mail.py",
    "obstore": "store/files.py",
    "puremagic": "api/documents.py",
    "sqlakeyset": "api/listing.py",
    "json_merge_patch": "api/payloads.py",
    "dateutil": "domain/calendar.py",
    "openpyxl": "activities/spreadsheets/xlsx_files.py",
    "parse": "api/pages/sentences.py",
}

IN_TWO = {"jwt": {"api/identity.py", "api/oidc.py"}}


@cache
def importers() -> dict[str, set[str]]:
    """The product files that import each top-level module."""
    found: dict[str, set[str]] = {}
    for file in (one for room in PRODUCT for one in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                found.setdefault(name.split(".")[0], set()).add(str(file.relative_to(ROOT)))
    return found


@pytest.mark.parametrize(("library", "file"), IN_ONE_FILE.items())
def test_a_library_is_imported_by_one_file(library: str, file: str) -> None:
    assert importers()[library] == {file}


@pytest.mark.parametrize(("library", "files"), IN_TWO.items())
def test_a_library_is_imported_by_two_files(library: str, files: set[str]) -> None:
    assert importers()[library] == files
