"""Bytes under their hash: never overwritten, checked on read."""

import asyncio
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.files import Damaged, Files, OutOfReach


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is not there yet, with a name that a URL has to quote."""
    return tmp_path / "new folder" / "ärger"


@pytest.fixture
def files(folder: Path) -> Files:
    return Files(folder.as_uri())


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_bytes_come_back(files: Files, folder: Path) -> None:
    sha256 = await files.put(b"%PDF-1.7 card")
    assert sha256 == hashlib.sha256(b"%PDF-1.7 card").hexdigest()
    assert await files.get(sha256) == b"%PDF-1.7 card"
    assert [path.relative_to(folder).as_posix() for path in stored(folder)] == [f"{sha256[:2]}/{sha256}"]


async def test_the_same_bytes_are_stored_once(files: Files, folder: Path) -> None:
    hashes = {await files.put(b"same") for _ in range(2)} | set(
        await asyncio.gather(*(files.put(b"same") for _ in range(10)))
    )
    assert len(hashes) == len(stored(folder)) == 1


async def test_what_is_stored_is_never_overwritten(files: Files, folder: Path) -> None:
    await files.put(b"original")
    [file] = stored(folder)
    before = file.stat()
    await files.put(b"original")
    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("damage", [b"", b"origina", b"originaL", b"original "])
async def test_damage_is_noticed(files: Files, folder: Path, damage: bytes) -> None:
    sha256 = await files.put(b"original")
    [file] = stored(folder)
    file.write_bytes(damage)
    with pytest.raises(Damaged, match=f"^{sha256} is not what was stored$"):
        await files.get(sha256)
    with pytest.raises(Damaged):
        await files.put(b"original")
    assert file.read_bytes() == damage, "nobody mends it in silence"


async def test_missing_bytes_are_noticed(files: Files, folder: Path) -> None:
    sha256 = await files.put(b"original")
    stored(folder)[0].unlink()
    with pytest.raises(Damaged, match="is missing in the store"):
        await files.get(sha256)
    with pytest.raises(Damaged):
        await files.get("0" * 64)


async def test_a_second_desk_finds_what_the_first_one_stored(files: Files, folder: Path) -> None:
    sha256 = await files.put(b"for ever")
    assert await Files(folder.as_uri()).get(sha256) == b"for ever"


async def test_a_disk_that_takes_nothing_is_worth_another_try(files: Files, folder: Path) -> None:
    sha256 = hashlib.sha256(b"content").hexdigest()
    (folder / sha256[:2]).write_text("a file where the folder should be")
    with pytest.raises(OutOfReach):
        await files.put(b"content")


def test_any_bytes_come_back(tmp_path: Path) -> None:
    files = Files(tmp_path.as_uri())

    @settings(deadline=None, max_examples=40)
    @given(st.binary(max_size=2000))
    def check(content: bytes) -> None:
        async def there_and_back() -> bytes:
            return await files.get(await files.put(content))

        assert runner.run(there_and_back()) == content

    with asyncio.Runner() as runner:
        check()


async def test_a_large_document_comes_back(files: Files) -> None:
    content = os.urandom(11 * 1024 * 1024)
    assert await files.get(await files.put(content)) == content
