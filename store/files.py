"""Bytes of documents and cards, in a folder or in S3: stored under their hash, never overwritten, checked on read."""

import hashlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url


class Damaged(Exception):
    """The stored bytes are missing, or no longer have the hash under which they were stored."""


class OutOfReach(Exception):
    """The store cannot take or give anything now: a full disk, a lost connection. Worth another try."""


class Files:
    """A content-addressed store at `url`: `file:///folder` (created if missing) or `s3://bucket/prefix`."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore = _store_at(url)

    async def put(self, content: bytes) -> str:
        """Store the bytes and answer their sha256 in hex. Storing the same bytes again changes nothing.

        Raises OutOfReach, and Damaged if what is stored under the hash is something else.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            await self._store.put_async(_path(sha256), content, mode="create")
        except AlreadyExistsError:
            await self.get(sha256)
        except (BaseError, OSError) as failure:
            raise OutOfReach("the document store took nothing") from failure
        return sha256

    async def get(self, sha256: str) -> bytes:
        """The bytes. Raises Damaged if they are gone or not what was stored, OutOfReach."""
        try:
            found = await self._store.get_async(_path(sha256))
            content = bytes(await found.bytes_async())
        except (NotFoundError, FileNotFoundError) as missing:
            raise Damaged(f"{sha256} is missing in the store") from missing
        except (BaseError, OSError) as failure:
            raise OutOfReach("the document store gave nothing") from failure
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Damaged(f"{sha256} is not what was stored")
        return content

    async def remove(self, sha256: str) -> None:
        """Forget the bytes for good. Raises OutOfReach."""
        try:
            await self._store.delete_async(_path(sha256))
        except (NotFoundError, FileNotFoundError):
            return
        except (BaseError, OSError) as failure:
            raise OutOfReach("the document store forgot nothing") from failure


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _store_at(url: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(Path(unquote(parts.path)), mkdir=True)
    return from_url(url)
