"""How much a call may send."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

MAX_BODY = 11 * 1024 * 1024


class _TooMuch(Exception):
    pass


class BodyLimit:
    """ASGI middleware: answers 413 as soon as a body is larger than a document with its envelope can be."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY) -> None:
        self._app, self._max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received, answered = 0, False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise _TooMuch
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooMuch:
            if answered:
                raise
            refusal = problem(413, "too_large", f"A call may send at most {self._max_bytes} bytes.")
            await refusal(scope, receive, send)
