"""How much a call may send."""

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 11 * 1024 * 1024


class BodyLimit:
    """ASGI middleware: reading a body ends with 413 once it is larger than a document with its envelope can be."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY) -> None:
        self._app, self._max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise HTTPException(413, f"A call may send at most {self._max_bytes} bytes.")
            return message

        await self._app(scope, counted, send)
