"""Style sheets, scripts and pictures: compressed, and kept by browsers, as their addresses change with them."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

FOR_GOOD = "public, max-age=31536000, immutable"


class _Kept(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = FOR_GOOD if b"v=" in scope["query_string"] else "no-cache"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


class Assets:
    """ASGI application for the static files in a folder of a package."""

    def __init__(self, package: str, folder: str) -> None:
        # Only static files are compressed: a page that carries both a secret and what a visitor sent is not.
        self._app = GZipMiddleware(_Kept(packages=[(package, folder)]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
