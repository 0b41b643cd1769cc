"""The loop whose clock jumps: time goes on in it, whoever is at work."""

from __future__ import annotations

import asyncio

from tests.torture import virtual_time

JUST_BEFORE_FIVE = 4.999999999999998


def test_two_who_wait_for_the_last_grain_of_a_second_do_not_wake_each_other_for_ever() -> None:
    turns = 0

    async def until_five() -> None:
        nonlocal turns
        while (left := 5 - asyncio.get_running_loop().time()) > 0:
            turns += 1
            assert turns < 1000, "no time passes"
            await asyncio.sleep(left)

    async def later() -> None:
        await asyncio.sleep(0)
        await until_five()

    async def work() -> None:
        await asyncio.sleep(JUST_BEFORE_FIVE)
        await asyncio.gather(until_five(), later())

    virtual_time.run(work())
