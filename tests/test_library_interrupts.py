"""Ctrl-C while a cell reads, writes or opens the library: wherever it lands, nothing stays locked behind it."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sora_nb.errors import LibraryError
from sora_nb.jobs import Engine
from sora_nb.library import Library, database, sqlite
from tests.jobs.bench import video_job
from tests.test_library import character

FELT_SECONDS = 0.5
"""An interrupt is felt within this."""


PARTS = 8
"""The instructions of a read are dealt out to so many tests, together all of them."""


class Strike:
    """Sends this process a real SIGINT at the nth instruction that *work* executes, whichever code it is in.

    That is more than Python does by itself, which looks for signals at some instructions only.
    """

    def __init__(self, place: int) -> None:
        self.place = place
        self.passed = 0
        self.sent = False

    def at(self, work: Callable[[], object]) -> bool:
        """Run *work*; was it interrupted?"""
        sys.settrace(self._trace)
        try:
            work()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(None)
        return False

    def _trace(self, frame: FrameType, event: str, _argument: object) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            self.passed += 1
            if self.passed == self.place:
                sys.settrace(None)
                self.sent = True
                signal.raise_signal(signal.SIGINT)
        return self._trace


def length_of(work: Callable[[], object]) -> int:
    """How many instructions *work* is, once whatever is done the first times only is done."""
    for _ in range(3):
        work()
    whole = Strike(0)
    whole.at(work)
    return whole.passed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    library = Library(folder)
    library.jobs.intend(video_job(state="UNKNOWN"))
    yield library
    library.close()


@pytest.fixture
def other(library: Library, folder: Path) -> Iterator[sqlite3.Connection]:
    """Another kernel's connection, which waits for no one."""
    with closing(sqlite3.connect(folder / "library.db", timeout=0, isolation_level=None)) as connection:
        yield connection


def is_free(other: sqlite3.Connection) -> bool:
    """Does nobody read or write the database?"""
    try:
        other.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return False
    other.execute("ROLLBACK")
    return True


def is_sound(library: Library, other: sqlite3.Connection) -> bool:
    """Is all as it was before someone was interrupted?"""
    pool: Any = library._database._engine.pool
    is_back = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    # SQLAlchemy asks for a logger with each pool; whoever is torn out of that keeps all other threads from doing so.
    locked: Any = vars(logging)["_lock"]
    return is_back and not locked._is_owned() and not sqlite.wanted() and pool.checkedout() == 0 and is_free(other)


def answers(engine: Engine) -> bool:
    """Does the thread with the paid jobs still write?"""
    asking = threading.Thread(target=engine.annotate, args=("vid_1",), kwargs={"rating": 3.0}, daemon=True)
    asking.start()
    asking.join(5)
    return not asking.is_alive()


@pytest.mark.parametrize("part", range(PARTS))
def test_an_interrupt_at_any_instruction_of_a_read_breaks_nothing(
    library: Library, other: sqlite3.Connection, part: int
) -> None:
    engine = Engine(library)
    read = lambda: library.jobs.get("vid_1")  # noqa: E731
    length = length_of(read)
    assert length > 5000
    sent = 0
    places = range(1 + part, length + 1, PARTS)
    for number, place in enumerate(places):
        strike = Strike(place)
        assert strike.at(read) == strike.sent, f"swallowed at {place}"
        assert is_sound(library, other), f"broken at {place}"
        sent += strike.sent
        if number % 200 == 0:
            assert answers(engine), f"the paid jobs wait since {place}"
    assert sent > 0.99 * len(places)
    assert answers(engine) and read().rating == 3.0
    engine.close()


def test_an_interrupt_while_the_library_is_written_breaks_nothing(library: Library, other: sqlite3.Connection) -> None:
    known = library.characters.add(character())
    length = length_of(lambda: library.characters.add(character()))
    for place in range(1, length + 1, 31):
        strike = Strike(place)
        assert strike.at(lambda: library.characters.add(character())) == strike.sent, f"swallowed at {place}"
        assert is_sound(library, other), f"broken at {place}"
    assert library.characters.all() == [known]


def test_an_interrupt_while_the_library_is_opened_breaks_nothing(
    library: Library, other: sqlite3.Connection, folder: Path
) -> None:
    length = length_of(lambda: Library(folder).close())
    for place in range(1, length + 1, 97):
        Strike(place).at(lambda: Library(folder).close())
        assert is_sound(library, other), f"broken at {place}"
    assert library.jobs.get("vid_1").id == "vid_1"


def test_without_keeping_interrupts_back_a_read_breaks(
    library: Library, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "kept_back", nullcontext)
    read = lambda: library.jobs.get("vid_1")  # noqa: E731
    length = length_of(read)
    broken = 0
    for place in range(1, length + 1, 5):
        Strike(place).at(read)
        broken += not is_sound(library, other)
        if broken > 3:
            break
    assert broken


@pytest.mark.parametrize("size", ["read", "write"])
def test_a_wait_for_another_kernel_is_interrupted_at_once(
    library: Library, other: sqlite3.Connection, size: str
) -> None:
    work = {
        "read": lambda: library.jobs.get("vid_1"),
        "write": lambda: library.characters.add(character()),
    }[size]
    felt = []
    for delay in (0.02, 0.13, 0.21, 0.31):
        felt.append(felt_after(work, other, delay))
        assert is_sound(library, other)
    # On a busy machine one of them may come late; without the slices each would take as long as the other kernel does.
    assert min(felt) < FELT_SECONDS
    work()


def test_a_kernel_that_stays_at_work_is_told_of(
    library: Library, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.3)
    other.execute("BEGIN EXCLUSIVE")
    for work in (lambda: library.jobs.get("vid_1"), lambda: library.characters.add(character())):
        with pytest.raises(LibraryError, match=r"database is locked\. Another kernel has been at work on it"):
            work()
    other.execute("ROLLBACK")
    assert library.jobs.get("vid_1").id == "vid_1" and is_sound(library, other)


def test_a_wait_that_looks_for_no_interrupt_keeps_the_user_waiting(
    library: Library, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "wanted", lambda: False)
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 1.5)
    assert felt_after(lambda: library.jobs.get("vid_1"), other, 0.1) > FELT_SECONDS


def felt_after(work: Callable[[], object], other: sqlite3.Connection, delay: float) -> float:
    """Seconds from an interrupt, *delay* seconds into *work* that another kernel holds up, until it is felt."""
    sent: list[float] = []

    def strike() -> None:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    striking = threading.Timer(delay, strike)
    other.execute("BEGIN EXCLUSIVE")
    try:
        striking.start()
        with pytest.raises(KeyboardInterrupt):
            work()
        return time.monotonic() - sent[0]
    finally:
        striking.join()
        other.execute("ROLLBACK")
