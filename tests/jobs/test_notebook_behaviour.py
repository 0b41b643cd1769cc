"""What a notebook does to waiting: interrupts anywhere, several views of one job, views that go away."""

from __future__ import annotations

import dis
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from starlette.responses import JSONResponse

from sora_nb.handles import Video
from sora_nb.jobs import Engine
from tests.jobs.bench import BenchService, video_job

CHECKED = frozenset({"RESUME", "JUMP_BACKWARD", "CALL", "CALL_FUNCTION_EX", "CALL_KW"})
"""Instructions after which CPython looks for signals; after a call only where the callee was not Python."""

ANSWER_SECONDS = 5.0


class Interrupt:
    """Raises `KeyboardInterrupt` in *work* at the nth place where a signal could."""

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
                    raise KeyboardInterrupt
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
