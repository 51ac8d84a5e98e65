"""The press: card rendering in processes of its own, as the PDF library holds one lock for a whole render."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from functools import partial
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import ParamSpec, Self

from activities.rendering.face import CardFace, CardTier, CardUnit
from domain.states import Kind

P = ParamSpec("P")


class CardPress:
    """Renders cards off the event loop: `async with CardPress() as press: pdf = await press.press(face)`.

    The processes are spawned, never forked: a fork would copy locks that other threads hold. Entering waits
    until the first process has imported everything and rendered once, about a second. A child that dies
    (killed, out of memory) breaks the whole pool; the pool is then made anew and each render that was under
    way is tried once more.
    """

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._executor: ProcessPoolExecutor | None = None

    async def __aenter__(self) -> Self:
        executor = self._new_executor()
        try:
            await asyncio.get_running_loop().run_in_executor(executor, _ready)
        except BaseException:
            await _close(executor)
            raise
        self._executor = executor
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        executor, self._executor = self._current(), None
        await _close(executor)

    async def press(self, face: CardFace) -> bytes:
        """The card as PDF bytes.

        Raises `RenderFailed` for a face that cannot be rendered, `BrokenProcessPool` if the process died
        twice over it (trying again later may help), `RuntimeError` outside the `async with`.
        """
        return await self._run(_print, face)

    async def picture(self, content: bytes, media_type: str) -> bytes:
        """An uploaded document as a WebP picture. Raises `Unshowable`, and as `press` does."""
        return await self._run(_show, content, media_type)

    async def _run(self, work: Callable[P, bytes], *given: P.args, **named: P.kwargs) -> bytes:
        task = partial(work, *given, **named)
        executor = self._current()
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, task)
        except BrokenProcessPool:
            await self._replace(executor)
            return await asyncio.get_running_loop().run_in_executor(self._current(), task)

    def _current(self) -> ProcessPoolExecutor:
        if self._executor is None:
            raise RuntimeError("This press is closed: use it inside `async with`.")
        return self._executor

    async def _replace(self, broken: ProcessPoolExecutor) -> None:
        # One dead child fails every render under way; the first to come here replaces the pool for all.
        if self._executor is broken:
            self._executor = self._new_executor()
            await _close(broken)

    def _new_executor(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._processes, mp_context=get_context("spawn"), initializer=_warm_up)


async def _close(executor: ProcessPoolExecutor) -> None:
    await asyncio.to_thread(executor.shutdown, cancel_futures=True)


def _warm_up() -> None:
    """First thing in a new process: leave signals to the parent, die with it, import and render once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent closes the press
    threading.Thread(target=_die_with_parent, daemon=True).start()
    logging.getLogger("xhtml2pdf").setLevel(logging.CRITICAL)  # its warnings quote what stands on the card
    _print(_SAMPLE)


def _print(face: CardFace) -> bytes:
    """In the child, and only there, the PDF library is loaded: a third of a second that API and worker save."""
    from activities.rendering.cards import card_pdf

    return card_pdf(face)


def _show(content: bytes, media_type: str) -> bytes:
    from activities.rendering.pictures import picture_of

    return picture_of(content, media_type)


def _die_with_parent() -> None:
    """A child holds both ends of its queue: after its parent was killed it would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ready() -> None:
    """Work that is done as soon as a process is warm."""


_SAMPLE = CardFace(
    number="SAMPLE",
    version=1,
    kind=Kind.COMMISSIONING,
    country="ES",
    country_name="Spain",
    units=(CardUnit("outdoor", "SAMPLE", "0000"),),
    tiers=(CardTier("full", "1 year", date(2026, 1, 1), date(2026, 12, 31)),),
    installer="Sample",
    postcode="00000",
    city="Sample",
    commissioned_on=date(2026, 1, 1),
    text="Sample",
    responsibilities="Sample",
    verify_url="https://keydesk.example/verify/sample",
    issued_on=date(2026, 1, 1),
)
