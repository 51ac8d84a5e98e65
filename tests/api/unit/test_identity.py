"""Bearer tokens of the local identity store: only ours, only while they are good."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.identity import ALGORITHM, AUDIENCE, LIFETIME, LocalTokens, token_for
from domain.errors import NotAuthenticated

SECRET = "a secret that is long enough for HS256"
OTHER = "another secret, just as long as the first"
TOKENS = LocalTokens(SECRET)


def claims(**changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"sub": "keyuser.es", "aud": AUDIENCE, "iat": now, "exp": now + LIFETIME} | changed


def signed(content: dict[str, Any], *, secret: str = SECRET, algorithm: str | None = ALGORITHM) -> str:
    return jwt.encode(content, secret, algorithm=algorithm)


def refused(token: str) -> None:
    with pytest.raises(NotAuthenticated, match=r"^The bearer token is not valid, or no longer\.$"):
        TOKENS.login_of(token)


def test_a_token_names_its_login() -> None:
    assert TOKENS.login_of(TOKENS.issue("keyuser.es", now=datetime.now(UTC))) == "keyuser.es"
    assert LocalTokens(SECRET).login_of(token_for(SECRET, "installer.abc")) == "installer.abc"


def test_a_token_is_good_for_twelve_hours() -> None:
    now = datetime.now(UTC)
    TOKENS.login_of(TOKENS.issue("keyuser.es", now=now - LIFETIME + timedelta(minutes=1)))
    refused(TOKENS.issue("keyuser.es", now=now - LIFETIME - timedelta(seconds=1)))
    refused(TOKENS.issue("keyuser.es", now=now, lifetime=timedelta(seconds=-1)))
    assert timedelta(hours=12) == LIFETIME


def test_another_desk_s_token_is_refused() -> None:
    refused(LocalTokens(OTHER).issue("keyuser.es", now=datetime.now(UTC)))


@pytest.mark.parametrize("missing", ["sub", "aud", "exp"])
def test_a_token_without_one_of_its_claims_is_refused(missing: str) -> None:
    content = claims()
    del content[missing]
    refused(signed(content))


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "somebody else"},
        {"aud": ["x", "y"]},
        {"sub": 7},
        {"sub": None},
        {"exp": "soon"},
        {"nbf": datetime.now(UTC) + timedelta(hours=1)},
        {"iat": datetime.now(UTC) + timedelta(hours=1)},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(changed: dict[str, Any]) -> None:
    # PyJWT does not let one sign every nonsense, so it is signed by hand.
    content = {
        name: int(value.timestamp()) if isinstance(value, datetime) else value
        for name, value in claims(**changed).items()
    }
    refused(jwt.api_jws.encode(json.dumps(content).encode(), SECRET, ALGORITHM))


def test_another_algorithm_is_refused() -> None:
    refused(signed(claims(), secret=SECRET * 2, algorithm="HS512"))
    refused(signed(claims(), secret=SECRET * 2, algorithm="HS384"))


def test_an_unsigned_token_is_refused() -> None:
    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    content = claims(iat=0, exp=int((datetime.now(UTC) + LIFETIME).timestamp()))
    for algorithm in ("none", "None", "NONE", ""):
        for signature in ("", "AAAA"):
            refused(f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(content)}.{signature}")


def test_a_changed_login_is_refused() -> None:
    header, _, signature = TOKENS.issue("installer.abc", now=datetime.now(UTC)).split(".")
    _, forged, _ = LocalTokens(OTHER).issue("keyuser.es", now=datetime.now(UTC)).split(".")
    refused(f"{header}.{forged}.{signature}")


@settings(deadline=None, max_examples=150)
@given(st.text(st.characters(max_codepoint=255), max_size=60) | st.from_regex(r"[\w-]{0,9}\.[\w-]{0,9}\.[\w-]{0,9}"))
def test_no_text_is_a_token(text: str) -> None:
    refused(text)
