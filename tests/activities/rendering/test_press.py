"""The press renders in processes of its own, survives their death and leaves none behind."""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path

import psutil
import pytest

from activities.rendering.cards import card_pdf
from activities.rendering.face import CardFace, RenderFailed
from activities.rendering.pool import CardPress
from tests.activities.rendering.faces import FACE, SIXTY


def children(press: CardPress) -> set[int]:
    assert press._executor is not None
    return set(press._executor._processes or {})


async def kill_child_while_busy(press: CardPress) -> None:
    await asyncio.sleep(0.05)
    for pid in children(press):
        os.kill(pid, signal.SIGKILL)


async def test_the_press_prints_what_this_process_would_print() -> None:
    async with CardPress() as press:
        assert await press.press(FACE) == card_pdf(FACE)


async def test_many_cards_at_once_each_get_their_own() -> None:
    faces = [replace(FACE, number=f"ES-{n:06d}") for n in range(6)]
    async with CardPress(processes=2) as press:
        pdfs = await asyncio.gather(*(press.press(face) for face in faces))
        assert len(children(press)) == 2
    assert len(set(pdfs)) == 6
    assert pdfs[5] == card_pdf(faces[5])


async def test_a_killed_child_is_replaced_and_every_card_still_printed() -> None:
    async with CardPress() as press:
        (before,) = children(press)
        first, second, _ = await asyncio.gather(press.press(SIXTY), press.press(FACE), kill_child_while_busy(press))
        (after,) = children(press)
    assert before != after
    assert (first, second) == (card_pdf(SIXTY), card_pdf(FACE))


async def test_a_child_killed_between_two_cards_is_replaced() -> None:
    async with CardPress() as press:
        (child,) = children(press)
        os.kill(child, signal.SIGKILL)
        assert await press.press(FACE) == card_pdf(FACE)


async def test_a_card_over_which_the_process_dies_twice_is_given_back() -> None:
    async with CardPress() as press:

        async def killer() -> None:
            while True:
                await kill_child_while_busy(press)

        killing = asyncio.create_task(killer())
        with pytest.raises(BrokenProcessPool):
            await press.press(SIXTY)
        killing.cancel()


async def test_a_card_that_cannot_be_rendered_fails_with_its_name_and_breaks_nothing() -> None:
    async with CardPress() as press:
        before = children(press)
        with pytest.raises(RenderFailed, match="Card ES-2026-000123 version 1"):
            await press.press(replace(FACE, kind="gift"))
        assert await press.press(FACE) == card_pdf(FACE)
        assert children(press) == before


async def test_closing_ends_the_children_and_the_press() -> None:
    press = CardPress()
    async with press:
        (child,) = children(press)
    assert not psutil.pid_exists(child)
    with pytest.raises(RuntimeError, match="closed"):
        await press.press(FACE)


async def test_a_press_that_cannot_start_says_so_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.rendering.pool._warm_up", partial(os._exit, 3))
    before = set(psutil.Process().children())
    with pytest.raises(BrokenProcessPool):
        await CardPress().__aenter__()
    assert {child for child in set(psutil.Process().children()) - before if child.is_running()} <= {tracker()}


def tracker() -> psutil.Process:
    """The helper that Python starts beside the first spawned process of a program, and keeps."""
    return psutil.Process(resource_tracker._resource_tracker._pid)  # type: ignore[attr-defined]


async def test_ctrl_c_reaches_the_parent_only() -> None:
    async with CardPress() as press:
        (child,) = children(press)
        os.kill(child, signal.SIGINT)
        assert await press.press(FACE) == card_pdf(FACE)
        assert children(press) == {child}


ORPHANS = """
import asyncio
from activities.rendering.pool import CardPress

async def main():
    async with CardPress() as press:
        print(*press._executor._processes, flush=True)
        await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_killed_parent_leaves_no_child(tmp_path: Path) -> None:
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    gone, _ = psutil.wait_procs([child], timeout=10)
    assert gone == [child]


def test_a_face_can_travel_to_another_process() -> None:
    travelled: CardFace = pickle.loads(pickle.dumps(FACE))
    assert travelled == FACE
