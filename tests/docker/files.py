"""The files of docker/ as Docker and Kubernetes would read them: variables filled in, files merged."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
BASE, PRODUCTION = DOCKER / "compose.yaml", DOCKER / "compose.production.yaml"
KUBERNETES = DOCKER / "kubernetes" / "keydesk.yaml"
ASKED = re.compile(r"\$\{(\w+)(?:(:?[-?])([^}]*))?\}")

Document = dict[str, Any]

# What somebody who runs the desk gives: exactly what the production file asks for.
GIVEN = {
    "SITE": "desk.example.org",
    "KEYDESK_MAIL_FROM": "desk@example.org",
    "KEYDESK_DOCUMENTS_URL": "s3://club/documents",
    "KEYDESK_OIDC_ISSUER": "https://login.example.org/realms/club",
    "AWS_REGION": "eu-west-1",
    "AWS_ENDPOINT_URL": "https://s3.example.org",
}


class Missing(Exception):
    """A variable that must be given was not."""


def filled(text: str, given: Mapping[str, str]) -> str:
    """The text with its variables, as compose fills them in. Raises Missing."""

    def value(asked: re.Match[str]) -> str:
        name, how, more = asked.groups()
        found = given.get(name)
        if found or (found is not None and how in {"-", "?"}):
            return found
        if how and "?" in how:
            raise Missing(name)
        return more if how and "-" in how else ""

    return ASKED.sub(value, text)


def compose(*files: Path, given: Mapping[str, str] | None = None) -> Document:
    """These files as one."""
    merged: Document = {}
    for file in files:
        merged = _merged(merged, yaml.safe_load(filled(file.read_text(), given or {})))
    return merged


def _merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{name: _merged(one.get(name), value) for name, value in other.items()}}
    return [*one, *other] if isinstance(one, list) and isinstance(other, list) else other


def ours(document: Document) -> dict[str, Document]:
    """The services that run Keydesk's image."""
    return {name: service for name, service in document["services"].items() if service.get("image") == "keydesk"}


@cache
def kubernetes() -> list[Document]:
    """The manifests."""
    return list(yaml.safe_load_all(KUBERNETES.read_text()))
