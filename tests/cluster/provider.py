"""A real OpenID Connect provider in a process of its own, and the way to its tokens: the code flow of a browser."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.stack.servers import free_port

ROOT = Path(__file__).parents[2]
CLIENT = "keydesk-tests"
BACK = "https://desk.keydesk.example/sign-in/oidc/back"
STARTS_WITHIN = 20.0


@contextmanager
def provider(port: int | None = None) -> Iterator[str]:
    """The provider's address, which is its name as issuer. A new one has new keys, and knows nobody."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {"PATH": os.defpath, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    command = (sys.executable, "-W", "ignore", "-m", "tests.cluster.issuing", "--port", str(port))
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def person(address: str, subject: str, **claims: object) -> None:
    """Somebody whom the provider knows, with these claims in their tokens."""
    httpx.put(f"{address}/users/{subject}", json=claims).raise_for_status()


def token_of(address: str, subject: str, *, client: str = CLIENT, nonce: str | None = None) -> str:
    """A token that the provider signs for this person."""
    asked = {
        "client_id": client,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid profile email",
        **({"nonce": nonce} if nonce else {}),
    }
    back = httpx.post(f"{address}/oauth2/authorize", params=asked, data={"sub": subject})
    code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
    answer = httpx.post(
        f"{address}/oauth2/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": BACK},
        auth=(client, "secret"),
    )
    token: str = answer.raise_for_status().json()["id_token"]
    return token


def _wait(address: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            httpx.get(f"{address}/.well-known/openid-configuration").raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
