"""What a notebook does to waiting: interrupts anywhere, several views of one job, views that go away."""

from __future__ import annotations

import asyncio
import dis
import gc
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from types import FrameType
from typing import Any

import pytest
from starlette.responses import JSONResponse

from sora_nb.handles import Video
from sora_nb.jobs import Engine
from sora_nb.jobs.notices import SPACING_SECONDS, Notices
from tests.jobs.bench import BenchService, video_job

CHECKED = frozenset({"RESUME", "JUMP_BACKWARD", "CALL", "CALL_FUNCTION_EX", "CALL_KW"})
"""Instructions after which CPython looks for signals; after a call only where the callee was not Python."""

ANSWER_SECONDS = 5.0


class Interrupt:
    """Does in *work* what Ctrl-C does, at the nth place where Python would notice it."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.passed = 0
        self._last: tuple[FrameType, str] | None = None

    def strike(self, work: Callable[[], object]) -> bool:
        """Run *work*; False where it was over before its nth place."""
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
        last, self._last = self._last, None
        if event == "opcode":
            if last is not None and last[0] is frame and last[1] in CHECKED:
                self.passed += 1
                if self.passed == self.place:
                    sys.settrace(None)
                    handler = signal.getsignal(signal.SIGINT)
                    assert callable(handler)
                    handler(signal.SIGINT, frame)
            self._last = (frame, dis.opname[frame.f_code.co_code[frame.f_lasti]])
        return self._trace


def is_sound(engine: Engine, job_id: str) -> bool:
    """Does the engine still answer another thread?"""
    asking = threading.Thread(target=engine.annotate, args=(job_id,), kwargs={"rating": 3.0}, daemon=True)
    asking.start()
    asking.join(ANSWER_SECONDS)
    return not asking.is_alive()


def keep_busy(bench: BenchService) -> None:
    """Let every job go on for longer than a test does."""
    going_on = JSONResponse({"id": "r1", "status": "in_progress"}, headers={"openai-poll-after-ms": "500"})
    bench.script["job"] = [going_on] * 10_000


def test_an_interrupt_at_any_instruction_of_a_wait_breaks_nothing(engine: Engine, bench: BenchService) -> None:
    keep_busy(bench)
    video = Video(engine, engine.submit(video_job()).id)
    for place in range(1, 30):
        assert Interrupt(place).strike(video.wait)
        assert is_sound(engine, video.id), f"broken at {place}"


def test_an_interrupt_at_any_instruction_of_a_submission_breaks_nothing(engine: Engine, bench: BenchService) -> None:
    keep_busy(bench)
    engine.submit(video_job())
    place = 1
    while Interrupt(place).strike(lambda: engine.submit(video_job())):
        assert is_sound(engine, "vid_1"), f"broken at {place}"
        place += 1
    assert place > 20
    assert len(bench.posts) == 1


def test_an_interrupt_at_any_instruction_of_watching_breaks_nothing(engine: Engine, bench: BenchService) -> None:
    keep_busy(bench)
    video = Video(engine, engine.submit(video_job()).id)
    place = 1
    while Interrupt(place).strike(lambda: video.on_change(repr)()):
        assert is_sound(engine, video.id), f"broken at {place}"
        place += 1
    assert place > 5


def test_an_interrupt_while_the_first_news_is_told_silences_nobody() -> None:
    place, struck = 1, True
    while struck:
        notices, heard = Notices(), SimpleQueue[str]()
        notices.watch("vid_1", lambda heard=heard: heard.put("news"))  # type: ignore[misc]
        struck = Interrupt(place).strike(lambda notices=notices: notices.post("vid_1"))  # type: ignore[misc]
        notices.post("vid_1")
        assert heard.get(timeout=ANSWER_SECONDS) == "news", f"silent since {place}"
        place += 1
    assert place > 20


def test_an_interrupted_await_says_that_the_job_goes_on(engine: Engine, bench: BenchService) -> None:
    keep_busy(bench)
    video = Video(engine, engine.submit(video_job()).id)

    async def cell() -> Video:
        return await video

    async def kernel() -> None:
        running = asyncio.create_task(cell())
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await running
        assert "goes on; wait() takes it up again" in caught.value.__notes__[0]

    asyncio.run(kernel())
    assert video.status in ("queued", "in_progress")


def test_a_view_that_nobody_has_is_let_go(engine: Engine, bench: BenchService) -> None:
    keep_busy(bench)
    video = Video(engine, engine.submit(video_job()).id)

    class View:
        def see(self, _video: Video) -> None: ...

    view = View()
    video.on_change(view.see)
    gone = weakref.ref(view)
    del view
    gc.collect()
    assert gone() is None
    engine.annotate(video.id, rating=4.0)
    assert engine.notices.errors == []


def test_a_slow_watcher_does_not_stretch_the_rounds() -> None:
    notices, heard = Notices(), SimpleQueue[float]()

    def slow() -> None:
        time.sleep(0.1)
        heard.put(time.monotonic())

    notices.watch("vid_1", slow)
    times = []
    for _ in range(5):
        notices.post("vid_1")
        times.append(heard.get(timeout=ANSWER_SECONDS))
    assert 4 * SPACING_SECONDS - 0.1 < times[-1] - times[0] < 4 * (SPACING_SECONDS + 0.1)
