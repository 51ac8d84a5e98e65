"""Signing in at the identity provider: the code flow with PKCE, which ends in the same session as a password.

What the browser brings back is only believed together with a cookie that it got when it left, and the provider's answer
only with the nonce that went along.
"""

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import Any

import httpx
from fastapi import APIRouter, Response

from api.dependencies import Parts
from api.doors import admitted
from api.oidc import Issuer, opened_seal, sealed
from api.pages.signing import asked, opened
from api.pages.visits import VisitorOf, ours
from api.pages.words import n_
from domain.errors import KeydeskError, NotAuthenticated, NotFound, Unavailable

router = APIRouter(prefix="/sign-in/provider")
COOKIE = "keydesk_provider"
BACK = "/sign-in/provider/back"
SCOPE = "openid profile email"
PATIENCE = timedelta(minutes=10)  # so long somebody may take there
PATIENCE_THERE = 5.0
FAILED = n_("Signing in there did not work. Try again.")


@router.get("")
async def leave(visit: VisitorOf, then: str = "/") -> Response:
    """Off to the provider. Raises Unavailable while it cannot be asked."""
    parts, issuer = visit.parts, _issuer(visit.parts)
    verifier, nonce, state = (secrets.token_urlsafe(48) for _ in range(3))
    asked = {
        "response_type": "code",
        "client_id": issuer.client_id,
        "redirect_uri": _way_back(parts),
        "scope": SCOPE,
        "state": state,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    there = httpx.URL((await issuer.configuration())["authorization_endpoint"]).copy_merge_params(asked)
    kept = {"state": state, "verifier": verifier, "nonce": nonce, "then": ours(then)}
    answer = visit.go(str(there))
    answer.set_cookie(
        COOKIE,
        sealed(kept, parts.pepper, parts.now() + PATIENCE),
        max_age=int(PATIENCE.total_seconds()),
        path=BACK,
        httponly=True,
        samesite="lax",
        secure=parts.base_url.startswith("https:"),
    )
    return answer


@router.get("/back")
async def back(visit: VisitorOf, code: str = "", state: str = "") -> Response:
    """Back from there, with a code that only this desk can use, or without one. Whoever it proves is signed in."""
    try:
        kept = opened_seal(visit.request.cookies.get(COOKIE, ""), visit.parts.pepper)
        if not code or not secrets.compare_digest(state.encode(), str(kept["state"]).encode()):
            raise NotAuthenticated("This answer is not for this browser.")
        login = await _proved(visit.parts, code, kept)
    except Unavailable:
        raise
    except KeydeskError:
        answer = asked(visit, 401, then="/", error=visit.say(FAILED))
    else:
        answer = await opened(visit, login, kept["then"])
    answer.delete_cookie(COOKIE, path=BACK)
    return answer


async def _proved(parts: Parts, code: str, kept: dict[str, Any]) -> str:
    """The login that the provider proves for this code. Raises NotAuthenticated, Forbidden, Unavailable."""
    issuer = _issuer(parts)
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _way_back(parts),
        "client_id": issuer.client_id,
        "code_verifier": kept["verifier"],
    }
    known = issuer.client_id is not None and issuer.client_secret is not None
    own = httpx.BasicAuth(issuer.client_id or "", issuer.client_secret or "") if known else httpx.Auth()
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_THERE) as client:
            answer = await client.post((await issuer.configuration())["token_endpoint"], data=asked, auth=own)
            token = answer.raise_for_status().json()["id_token"]
    except httpx.HTTPStatusError:
        raise NotAuthenticated("The identity provider did not take the code.") from None
    except (httpx.HTTPError, ValueError, KeyError) as failure:
        raise Unavailable("The identity provider cannot be asked now. Try again.") from failure
    caller = await admitted(parts, str(token), nonce=kept["nonce"], audience=issuer.client_id)
    return caller.login


def _way_back(parts: Parts) -> str:
    return f"{parts.base_url.rstrip('/')}{BACK}"


def _challenge(verifier: str) -> str:
    """What of the verifier goes along openly (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _issuer(parts: Parts) -> Issuer:
    """The provider. Raises NotFound if this desk has none for its pages."""
    if parts.issuer is None or parts.issuer.client_id is None:
        raise NotFound("This desk has no identity provider.")
    return parts.issuer
