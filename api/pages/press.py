"""Cards and documents as people look at them, made in a process of its own, which starts when it is first needed."""

import asyncio
from contextlib import AsyncExitStack

from activities.rendering.pool import CardPress


class Previews:
    """A press that is opened late: most API processes never preview anything."""

    def __init__(self) -> None:
        self._opened = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._press: CardPress | None = None

    async def press(self) -> CardPress:
        """The press, opened."""
        async with self._opening:
            if self._press is None:
                self._press = await self._opened.enter_async_context(CardPress())
            return self._press

    async def close(self) -> None:
        """Let go of the process."""
        await self._opened.aclose()
