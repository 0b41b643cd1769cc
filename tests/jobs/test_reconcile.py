"""Lost answers, found again or shown, in virtual time and against the service's own ledger."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sora_nb.errors import ConfigError, NotFoundError
from sora_nb.jobs import reconcile
from sora_nb.simulator.faults import Fault, Keys
from tests.jobs.room import EPOCH, Room
from tests.torture import virtual_time
from tests.torture.virtual_kernel import no_threads, rows_of

LOST = Fault("drop", after=True)
NEVER_ARRIVED = Fault("drop")


Story = Callable[[Room], Awaitable[None]]
Play = Callable[..., None]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    def play(story: Story, keys: Keys = "list", *, lists: bool | None = None) -> None:
        async def main() -> None:
            room = Room(tmp_path / "library", keys, lists=keys == "list" if lists is None else lists)
            try:
                await story(room)
            finally:
                await room.kernel.kill()

        with no_threads():
            virtual_time.run(main())

    return play


@pytest.mark.parametrize("keys", ["replay", "list"])
@pytest.mark.parametrize(
    "fault", [LOST, Fault("garble"), Fault("status", status=502, after=True), Fault("drop", after=True, seconds=90)]
)
def test_a_lost_answer_is_found_again_and_paid_for_once(play: Play, keys: Keys, fault: Fault) -> None:
    async def story(room: Room) -> None:
        room.faults.add(fault)
        id_ = await room.ask()
        await asyncio.sleep(1.0)
        assert (room.row().state, room.row().status, room.kernel.engine.settled(id_)) == (
            "RECONCILING",
            "unknown",
            False,
        )
        row = await room.settled()
        assert (row.state, row.error, room.ours) == ("STORED", None, 1)

    play(story, keys)


@pytest.mark.parametrize("keys", ["replay", "single_use"])
def test_a_key_that_never_arrived_is_carried_out_the_second_time(play: Play, keys: Keys) -> None:
    async def story(room: Room) -> None:
        room.faults.add(NEVER_ARRIVED)
        await room.ask()
        assert ((await room.settled()).state, room.ours) == ("STORED", 1)

    play(story, keys)


def test_what_never_arrived_is_not_found_and_may_be_sent_again(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(NEVER_ARRIVED)
        await room.ask()
        row = await room.settled()
        assert (row.state, row.status, room.ours) == ("NOT_FOUND", "unknown", 0)
        assert "resend() does that, for about $0.40" in (row.error or "")
        await room.ask()
        assert (room.row().state, room.ours) == ("NOT_FOUND", 0), "running the cell again is not the user's word"
        await room.decide("vid_1", reconcile.reopen)
        row = await room.settled()
        assert (row.state, room.ours) == ("STORED", 1)
        assert row.key != "key-1", "a new request has a new key"
        with pytest.raises(ConfigError, match="take=2"):
            await room.decide("vid_1", reconcile.reopen)

    play(story)


def test_a_taken_key_leads_to_the_list_or_is_shown(play: Play) -> None:
    async def found(room: Room) -> None:
        room.faults.add(LOST)
        await room.ask()
        assert ((await room.settled()).state, room.ours) == ("STORED", 1)

    play(found, "single_use", lists=True)


def test_a_taken_key_without_a_list_is_shown(play: Play) -> None:
    async def shown(room: Room) -> None:
        room.faults.add(LOST)
        await room.ask()
        row = await room.settled()
        assert (row.state, room.ours) == ("UNKNOWN", 1)
        assert "charged, about $0.40" in (row.error or "")

    play(shown, "single_use", lists=False)


def test_where_there_is_no_way_it_is_shown_at_once(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(LOST)
        await room.ask()
        row = await room.settled(within=1.0)
        assert (row.state, room.ours) == ("UNKNOWN", 1)
        for _ in range(3):
            await room.restart()
            await room.ask()
        assert (room.row().state, room.ours) == ("UNKNOWN", 1)

    play(story, "none")


@pytest.mark.parametrize(
    "other",
    [{"prompt": "a fox again"}, {"seconds": "8"}, {"size": "128x128"}, {"model": "sim-2"}, {"age": 400.0}],
    ids=str,
)
def test_what_is_not_quite_like_it_is_left_alone(play: Play, other: dict[str, Any]) -> None:
    async def story(room: Room) -> None:
        await asyncio.sleep(500.0)
        room.elsewhere(**other)
        room.faults.add(NEVER_ARRIVED)
        await room.ask()
        assert (await room.settled()).state == "NOT_FOUND"

    play(story)


def test_the_same_model_under_its_longer_names_is_known_again(play: Play) -> None:
    async def story(room: Room) -> None:
        there = room.elsewhere(model="maker/sim-1-2026-05-01", prompt="a  fox\n")
        room.faults.add(NEVER_ARRIVED)
        await room.ask()
        assert (await room.settled()).remote_id == there

    play(story)


def test_two_that_may_be_it_are_both_named_and_the_user_says_which(play: Play) -> None:
    async def story(room: Room) -> None:
        stranger = room.elsewhere()
        room.faults.add(LOST)
        await room.ask()
        row = await room.settled()
        ids = re.findall(r"video_\d+", row.error or "")
        assert (row.state, len(ids), stranger in ids) == ("AMBIGUOUS", 2, True)
        mine = next(id_ for id_ in ids if id_ != stranger)
        with pytest.raises(NotFoundError):
            await room.decide("vid_1", reconcile.take, "video_9999")
        assert room.row().state == "AMBIGUOUS"
        await room.decide("vid_1", reconcile.take, mine)
        row = await room.settled()
        assert (row.state, row.remote_id, room.ours) == ("STORED", mine, 1)

    play(story)


def test_an_id_that_another_job_has_cannot_be_given_twice(play: Play) -> None:
    async def story(room: Room) -> None:
        await room.ask(take=1)
        taken = (await room.settled()).remote_id or ""
        room.faults.add(NEVER_ARRIVED)
        await room.ask(take=2)
        assert (await room.settled("vid_2")).state == "NOT_FOUND"
        with pytest.raises(ConfigError, match="vid_1"):
            await room.decide("vid_2", reconcile.take, taken)

    play(story)


def test_equal_requests_share_what_is_found_and_nobody_takes_what_another_is_still_sending(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(NEVER_ARRIVED, Fault("delay", after=True, seconds=100), LOST)
        for take in (1, 2, 3):
            await room.ask(take)
        rows = [await room.settled(f"vid_{take}") for take in (1, 2, 3)]
        assert sorted(row.state for row in rows) == ["NOT_FOUND", "STORED", "STORED"]
        assert len({row.remote_id for row in rows}) == 3
        assert room.ours == 2

    play(story)


def test_what_a_repeated_key_made_and_another_took_from_the_list_is_nobodys_twice(play: Play) -> None:
    async def story(room: Room) -> None:
        late = [Fault("delay", after=True, seconds=seconds) for seconds in (1, 100)]
        room.faults.add(NEVER_ARRIVED, LOST, *late)
        for take in (1, 2):
            await room.ask(take)
        rows = [await room.settled(f"vid_{take}") for take in (1, 2)]
        assert [row.state for row in rows] == ["STORED", "STORED"]
        assert {row.remote_id for row in rows} == set(room.ledger.made)
        assert room.ours == 2

    play(story, "single_use", lists=True)


def test_a_list_that_lags_repeats_and_fails_is_looked_at_again(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(LOST, *(Fault("lag", to="list", seconds=1000) for _ in range(4)))
        room.faults.add(Fault("garble", to="list"), Fault("repeat", to="list"))
        await room.ask()
        assert ((await room.settled()).state, room.ours) == ("STORED", 1)

    play(story)


def test_a_service_that_is_down_is_asked_for_hours_and_then_it_is_shown(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(LOST, Fault("status", to="list", status=503, times=10_000))
        await room.ask()
        await asyncio.sleep(3600.0)
        assert room.row().state == "RECONCILING"
        assert (await room.settled()).state == "UNKNOWN"

    play(story)


def test_a_kernel_that_died_while_sending_leaves_what_the_next_one_finds(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(Fault("delay", after=True, seconds=30))
        await room.ask()
        await asyncio.sleep(1.0)
        assert room.row().state == "SENDING"
        await room.restart()
        row = await room.settled()
        assert (row.state, room.ours) == ("STORED", 1)

    play(story)


def test_a_machine_whose_clock_was_ahead_when_it_sent_still_finds_it(play: Play) -> None:
    async def story(room: Room) -> None:
        room.set_ahead = 3000.0
        room.faults.add(LOST)
        await room.ask()
        room.set_ahead = 0.0
        assert ((await room.settled()).state, room.ours) == ("STORED", 1)

    play(story)


def test_an_old_key_is_not_presented_again(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(Fault("delay", after=True, seconds=30))
        await room.ask()
        await asyncio.sleep(1.0)
        room.set_ahead = 30 * 3600.0
        await room.restart()
        assert ((await room.settled()).state, room.ours) == ("UNKNOWN", 1)

    play(story, "replay")


def test_a_long_wait_is_kept_through_a_restart(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(Fault("status", to="poll", status=429, headers={"retry-after": "1000"}))
        await room.ask()
        await asyncio.sleep(60.0)
        assert room.row().next_poll_at == pytest.approx(EPOCH + 1002, abs=3)
        await room.restart()
        await asyncio.sleep(900.0)
        assert room.row().state == "RUNNING", "nobody asks before it is time"
        await asyncio.sleep(60.0)
        assert (room.row().state, room.row().next_poll_at) == ("STORED", None)

    play(story)


def test_a_paced_refusal_of_a_paid_request_is_kept_through_a_restart(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(Fault("status", status=429, headers={"retry-after": "1000"}))
        await room.ask()
        await asyncio.sleep(60.0)
        await room.restart()
        await asyncio.sleep(900.0)
        assert (room.row().state, room.ours) == ("INTENT", 0)
        assert ((await room.settled()).state, room.ours) == ("STORED", 1)

    play(story)


def test_a_laptop_that_slept_asks_at_once(play: Play) -> None:
    async def story(room: Room) -> None:
        room.ledger.takes = lambda: 300.0
        await room.ask()
        await asyncio.sleep(200.0)
        room.set_ahead += 3600.0
        polls = len(room.faults.left)
        room.faults.add(Fault("status", to="poll", status=404))
        await asyncio.sleep(6.0)
        assert len(room.faults.left) == polls, "the poll came within a look at the clock"
        assert (await room.settled()).state == "STORED"

    play(story)


def test_jobs_that_fail_together_do_not_storm_the_service(play: Play) -> None:
    async def story(room: Room) -> None:
        room.ledger.takes = lambda: 10_000.0
        for take in range(1, 41):
            await room.ask(take, prompt=f"fox {take}")
        await asyncio.sleep(30.0)
        many = 100_000
        room.faults.add(Fault("status", to="poll", status=500, times=many))
        await asyncio.sleep(600.0)
        asked = many - room.faults.left[0].times
        assert asked < 40 * 600 / 15 + 500, "polls, and hardly any second tries"
        assert all(row.state == "RUNNING" for row in rows_of(room.kernel.library))

    play(story)


@pytest.mark.parametrize(("status", "within"), [(404, 16.0), (405, 16.0), (501, 16.0)])
def test_a_service_that_has_no_list_after_all_is_believed_soon(play: Play, status: int, within: float) -> None:
    async def story(room: Room) -> None:
        room.faults.add(LOST, Fault("status", to="list", status=status, times=50))
        await room.ask()
        row = await room.settled(within=within)
        assert (row.state, room.ours) == ("UNKNOWN", 1) and "resend() does that" in (row.error or "")

    play(story)


def test_a_list_that_is_away_for_a_moment_is_asked_again(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(LOST, Fault("status", to="list", status=404), Fault("status", to="list", status=500, times=20))
        await room.ask()
        assert ((await room.settled()).state, room.ours) == ("STORED", 1)

    play(story)


def test_a_key_is_presented_again_in_its_turn(play: Play) -> None:
    async def story(room: Room) -> None:
        room.faults.add(LOST)
        await room.ask()
        await asyncio.sleep(1.0)
        turns = room.kernel.engine._connections["simulator:/v1", "openai"].transport.turns
        turns.refused(asyncio.get_running_loop().time(), 100.0)  # another job is told to rest
        with pytest.raises(AssertionError, match="RECONCILING"):
            await room.settled(within=60.0)
        assert ((await room.settled(within=60.0)).state, room.ours) == ("STORED", 1)

    play(story, "replay")
