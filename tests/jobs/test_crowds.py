"""Many jobs at one service: a few are asked about as ever, and a thousand cost hardly more questions than answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sora_nb.jobs import crowds, pacing
from sora_nb.jobs.crowds import FEW, Crowd
from tests.torture import virtual_time

DONE_AFTER = 19.0


class Asked:
    """Jobs that are asked about through a crowd; *lasts* tells how long each takes."""

    def __init__(self, lasts: Callable[[int], float]) -> None:
        self.crowd = Crowd()
        self.lasts = lasts
        self.polls = 0
        self.late: list[float] = []

    async def job(self, number: int, begins: float = 0.0) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(begins)
        done_at = loop.time() + self.lasts(number)
        waits = pacing.poll_waits()
        with self.crowd.enter() as place:
            wait = next(waits) if place.followed else 0.0
            while True:
                await asyncio.sleep(wait)
                if not place.followed:
                    await place.turn()
                    await asyncio.sleep(place.early)
                wait = next(waits) if place.followed else 0.0
                self.polls += 1
                await asyncio.sleep(0.02)
                if loop.time() >= done_at:
                    break
            place.ended()
        self.late.append(loop.time() - done_at)


def live(*jobs: Coroutine[Any, Any, None]) -> None:
    async def work() -> None:
        await asyncio.gather(*jobs)

    virtual_time.run(work())


def test_a_thousand_that_take_equally_long_cost_hardly_more_questions_than_answers() -> None:
    asked = Asked(lambda _number: DONE_AFTER)
    live(*(asked.job(number, number * 0.02) for number in range(1000)))
    assert len(asked.late) == 1000 and asked.polls < 1150
    assert max(asked.late) < 15


def test_a_few_are_asked_about_as_if_there_were_no_others() -> None:
    asked = Asked(lambda _number: DONE_AFTER)
    live(*(asked.job(number) for number in range(FEW)))
    assert 4 * FEW <= asked.polls <= 6 * FEW


def test_those_that_never_end_hold_up_nobody() -> None:
    asked = Asked(lambda number: 3600.0 if number < FEW else DONE_AFTER)

    async def work() -> None:
        stuck = [asyncio.create_task(asked.job(number)) for number in range(FEW)]
        await asyncio.sleep(0)
        await asyncio.gather(*(asked.job(number) for number in range(FEW, FEW + 60)))
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        assert asked.crowd.enter().followed, "who was cancelled left its place"

    live(work())
    assert len(asked.late) == 60 and max(asked.late) < 60


def test_without_looks_they_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "LOOK_SECONDS", 1e9)
    asked = Asked(lambda number: 3600.0 if number < FEW else DONE_AFTER)
    live(*(asked.job(number) for number in range(FEW + 3)))
    assert max(asked.late) > 3000


def test_everyone_asks_after_the_machine_slept() -> None:
    asked = Asked(lambda number: 3600.0 if number < FEW else 0.1)

    async def work() -> None:
        tasks = [asyncio.create_task(asked.job(number)) for number in range(FEW + 20)]
        await asyncio.sleep(0.5)
        asked.crowd.let_all_in()
        await asyncio.sleep(0.1)
        assert len(asked.late) == 20
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    live(work())


def test_who_gives_up_waiting_leaves_no_gap() -> None:
    asked = Asked(lambda _number: DONE_AFTER)

    async def work() -> None:
        tasks = [asyncio.create_task(asked.job(number)) for number in range(FEW + 5)]
        await asyncio.sleep(1.5)
        for task in tasks[: FEW + 2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    live(work())
    assert len(asked.late) == 3
