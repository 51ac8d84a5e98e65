"""Payloads in clear text for those who may see everything: the Temporal UI and command line ask here (remote codec).

The paths, bodies and headers are Temporal's. Browsers may call from the pages of the configured UI alone.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import PayloadCodec

from api.dependencies import CallerOf, PartsOf
from api.errors import documented
from domain.access import Caller, Role
from domain.errors import Forbidden, Invalid, NotAuthenticated
from workflows.encryption import Undecipherable

router = APIRouter(prefix="/codec", tags=["operations"], responses=documented(NotAuthenticated, Forbidden, Invalid))
PREFIX = "/api/v1/codec/"
MOST = 1000  # payloads a call; the UI sends those of one history page

Document = dict[str, Any]
Asked = Annotated[Document, Body(examples=[{"payloads": [{"metadata": {"encoding": "YmluYXJ5"}, "data": "AAAA"}]}])]


class CodecFromUi:
    """ASGI middleware: cross-origin calls from the UI at `ui_url`, of the codec alone and from nowhere else."""

    def __init__(self, app: ASGIApp, ui_url: str | None) -> None:
        self._app = app
        self._codec = CORSMiddleware(
            app,
            allow_origins=[ui_url.rstrip("/")] if ui_url else [],
            allow_methods=["POST"],
            allow_headers=["authorization", "content-type", "x-namespace"],
            allow_credentials=True,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (self._codec if asked else self._app)(scope, receive, send)


@router.post("/decode")
async def decode(parts: PartsOf, caller: CallerOf, asked: Asked) -> Document:
    """The payloads decrypted, for ops. What was not encrypted comes back as it is."""
    return await _answered(parts.codec, caller, asked, back=True)


@router.post("/encode")
async def encode(parts: PartsOf, caller: CallerOf, asked: Asked) -> Document:
    """The payloads encrypted, for ops: what they type on Temporal's command line."""
    return await _answered(parts.codec, caller, asked, back=False)


async def _answered(codec: PayloadCodec | None, caller: Caller, asked: Document, *, back: bool) -> Document:
    if caller.role is not Role.OPS:
        raise Forbidden("Only ops look into Temporal's payloads.")
    payloads = _payloads(asked)
    if codec is not None:
        try:
            payloads = await (codec.decode(payloads) if back else codec.encode(payloads))
        except Undecipherable as unreadable:
            raise Invalid(f"It cannot be read: {unreadable}.") from None
    return MessageToDict(Payloads(payloads=payloads))


def _payloads(asked: Document) -> list[Payload]:
    try:
        payloads = list(ParseDict(asked, Payloads(), ignore_unknown_fields=True).payloads)
    except (ParseError, ValueError, TypeError, AttributeError):
        raise Invalid("The body must be Temporal's Payloads as JSON.") from None
    if len(payloads) > MOST:
        raise Invalid(f"At most {MOST} payloads are decoded at once.")
    return payloads
