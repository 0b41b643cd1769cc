"""Many jobs at one service: no more at a time than it takes, and a rest that is wanted of one is kept by all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sora_nb.jobs.turns import Turns

GIVEN_UP = 20


class Limited:
    """A service that takes *most* requests at a time, and says how long to rest where there are more."""

    def __init__(self, most: int, rest: float | None) -> None:
        self.most, self.rest = most, rest
        self.here = self.highest = self.refusals = 0
        self.times: list[float] = []

    async def send(self, turns: Turns) -> int:
        """How often one job was refused until it was taken, or given up."""
        refused = 0
        while refused < GIVEN_UP:
            async with turns.turn() as began:
                self.here += 1
                self.highest = max(self.highest, self.here)
                self.times.append(asyncio.get_running_loop().time())
                too_many = self.here > self.most
                await asyncio.sleep(0.001)
                self.here -= 1
                if not too_many:
                    turns.accepted()
                    return refused
                turns.refused(began, self.rest)
            refused += 1
            self.refusals += 1
        return refused


def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(asyncio.wait_for(work(), 60))


@pytest.mark.parametrize("rest", [None, 0.01])
def test_a_limit_is_found_and_no_job_is_refused_again_and_again(rest: float | None) -> None:
    service = Limited(3, rest)

    async def work() -> list[int]:
        turns = Turns(32)
        return await asyncio.gather(*(service.send(turns) for _ in range(200)))

    refused = run(work)
    assert len(refused) == 200 and max(refused) < GIVEN_UP
    assert service.highest == 32 and service.refusals < 200


def test_without_a_common_rest_the_jobs_would_storm_the_service() -> None:
    service = Limited(3, None)

    class Deaf(Turns):
        def refused(self, began: float, wait: float | None) -> None:
            pass

    async def work() -> list[int]:
        turns = Deaf(32)
        return await asyncio.gather(*(service.send(turns) for _ in range(200)))

    assert max(run(work)) == GIVEN_UP


def test_what_were_on_their_way_together_are_one_refusal() -> None:
    async def work() -> float:
        turns = Turns(32)

        async def one() -> None:
            async with turns.turn() as began:
                await asyncio.sleep(0.001)
                turns.refused(began, None)

        await asyncio.gather(*(one() for _ in range(32)))
        return turns.allowed

    assert run(work) == 16


def test_a_rest_is_kept_by_all_and_first_come_is_first_served() -> None:
    order: list[int] = []

    async def work() -> float:
        turns, loop = Turns(2), asyncio.get_running_loop()
        async with turns.turn() as began:
            turns.refused(began, 0.2)

        async def one(number: int) -> None:
            async with turns.turn():
                order.append(number)

        await asyncio.gather(*map(one, range(5)))
        return loop.time() - began

    assert run(work) >= 0.2 and order == [0, 1, 2, 3, 4]


def test_who_gives_up_waiting_leaves_no_gap() -> None:
    async def work() -> str:
        turns = Turns(1)
        done = asyncio.Event()

        async def hold() -> None:
            async with turns.turn():
                await done.wait()

        async def one() -> str:
            async with turns.turn():
                return "through"

        holder = asyncio.create_task(hold())
        await asyncio.sleep(0)
        gone, last = asyncio.create_task(one()), asyncio.create_task(one())
        await asyncio.sleep(0)
        gone.cancel()
        done.set()
        await holder
        return await last

    assert run(work) == "through"


def test_more_are_let_in_as_more_are_taken() -> None:
    turns = Turns(32)
    turns.allowed = 1.0
    for _ in range(6):
        turns.accepted()
    assert 3 < turns.allowed < 4
