"""What many jobs have to commit at a moment goes to disk together, since that takes as long for one as for thirty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from sora_nb.errors import LibraryError
from sora_nb.library import JobRow
from sora_nb.library.journal import Journal

REST = 2.0
"""After a write the loop belongs to the network so many times as long, and what comes meanwhile is the next write."""

LONGEST_REST = 0.05
"""Seconds; a slow disk is not made much slower."""


class Committer:
    """Gathers what is to be committed, for a few milliseconds at most. Used on the engine's loop alone.

    *publish* is called with each row once it is on disk.
    """

    def __init__(self, journal: Journal, publish: Callable[[JobRow], None]) -> None:
        self._journal = journal
        self._publish = publish
        self._rested = 0.0
        self._waiting: list[tuple[JobRow, Mapping[str, Any], asyncio.Future[JobRow]]] = []

    async def commit(self, row: JobRow, facts: Mapping[str, Any]) -> JobRow:
        """The row with *facts*, once they are on disk. Raises as `Journal.advance` does.

        What was begun is written, also where whoever asked is cancelled meanwhile.
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_at(min(self._rested, loop.time() + LONGEST_REST), self.flush)
        written: asyncio.Future[JobRow] = loop.create_future()
        self._waiting.append((row, facts, written))
        return await written

    def flush(self) -> None:
        """Commit what waits, now."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        clock = asyncio.get_running_loop().time
        began = clock()
        came: list[JobRow | BaseException]
        try:
            came = [*self._journal.advance_all([(row, facts) for row, facts, _ in waiting])]
        except BaseException as error:  # raised where it is waited for, each of them
            came = [error] * len(waiting)
        self._rested = clock() + REST * (clock() - began)
        for (*_, written), one in zip(waiting, came, strict=True):
            if not isinstance(one, BaseException):
                self._publish(one)
            if written.done():
                continue
            if isinstance(one, BaseException):
                written.set_exception(_own(one))
            else:
                written.set_result(one)


def _own(error: BaseException) -> BaseException:
    """An error of its own for each that waits: one that is raised at several places gathers the traces of all."""
    return type(error)(*error.args) if isinstance(error, LibraryError) else error
