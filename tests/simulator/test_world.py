"""The world without HTTP: the clock, the journal, failing on purpose, money."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sora_nb.errors import ConfigError, LibraryError
from sora_nb.simulator import World
from sora_nb.simulator.records import Ask
from sora_nb.simulator.refusal import Refusal
from tests.simulator.conftest import Open
from tests.simulator.stand_in import Clock, Pictures, until

ASK = Ask("openai", "sim-1", "a fox in a forest", 10.0, "1280x720", 0.1)


def ended(world: World, id_: str) -> bool:
    return world.standing(world.job(id_)).status in ("completed", "failed")


@pytest.mark.parametrize(
    ("passed", "status", "progress"),
    [(0, "queued", 0), (0.9, "queued", 0), (1, "in_progress", 0), (4, "in_progress", 50), (6.99, "in_progress", 99)],
)
def test_a_job_of_10_s_moves_by_the_clock(
    world: World, clock: Clock, passed: float, status: str, progress: int
) -> None:
    job = world.submit(ASK)
    clock.now += passed
    standing = world.standing(job)
    assert (standing.status, standing.progress, standing.ended_at) == (status, progress, None)


def test_it_is_completed_after_7_s_whenever_one_looks(world: World, clock: Clock) -> None:
    job = world.submit(ASK)
    until(lambda: job.id in world._records.drawings)
    clock.now += 500
    standing = world.standing(job)
    assert (standing.status, standing.progress) == ("completed", 100)
    assert standing.ended_at == job.created_at + 7
    assert standing.expires_at == job.created_at + 7 + 3600


def test_it_is_not_completed_before_its_picture_is_there(world: World, clock: Clock, pictures: Pictures) -> None:
    pictures.allowed.clear()
    job = world.submit(ASK)
    clock.now += 100
    assert (world.standing(job).status, world.standing(job).progress) == ("in_progress", 99)
    assert world.content(job) is None
    assert world.ledger == []
    pictures.allowed.set()
    until(lambda: ended(world, job.id))
    assert world.standing(job).ended_at == job.created_at + 100


@pytest.mark.parametrize(("speed", "prompt", "ready"), [(2, "", 3.5), (math.inf, "", 0), (1, "[slow]", 70)])
def test_speed_and_slow_stretch_the_clock(
    open_world: Open, clock: Clock, speed: float, prompt: str, ready: float
) -> None:
    world = open_world(speed=speed)
    job = world.submit(replace(ASK, prompt=f"a fox {prompt}"))
    until(lambda: job.id in world._records.drawings)
    clock.now += ready - 0.01
    assert world.standing(job).status != "completed"
    clock.now += 0.01
    assert world.standing(job).status == "completed"


@pytest.mark.parametrize(("marker", "code"), [("[moderation late]", "moderation_blocked"), ("[fail]", "server_error")])
def test_a_job_that_fails_late_is_neither_drawn_nor_charged(
    world: World, clock: Clock, pictures: Pictures, marker: str, code: str
) -> None:
    job = world.submit(replace(ASK, prompt=f"a fox {marker}"))
    assert world.standing(job).status == "queued"
    clock.now += 7
    standing = world.standing(job)
    assert (standing.status, standing.error_code, standing.expires_at) == ("failed", code, None)
    assert standing.error
    assert (world.ledger, pictures.renders) == ([], 0)


def test_moderation_refuses_at_once_and_leaves_no_trace(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        world.submit(replace(ASK, prompt="a fox [moderation]"))
    assert (refused.value.status, refused.value.code) == (400, "sentinel_block")
    assert world.jobs("openai") == []


def test_the_first_429_passes_the_second_time(world: World) -> None:
    busy = replace(ASK, prompt="a fox [429]")
    with pytest.raises(Refusal) as refused:
        world.submit(busy)
    assert (refused.value.status, refused.value.retry_after) == (429, 1)
    assert world.submit(busy).ask == busy


def test_a_picture_that_cannot_be_drawn_ends_its_own_job_only(world: World, clock: Clock) -> None:
    bad, good = world.submit(replace(ASK, prompt="impossible")), world.submit(ASK)
    clock.now += 100
    until(lambda: ended(world, bad.id) and ended(world, good.id))
    assert world.standing(good).status == "completed"
    failed = world.standing(bad)
    assert (failed.status, failed.error_code) == ("failed", "server_error")
    assert "RuntimeError: no such colour" in str(failed.error)
    assert [charge.job for charge in world.ledger] == [good.id]


def test_markers_are_not_drawn(world: World) -> None:
    job = world.submit(replace(ASK, prompt="a fox [slow]", seconds=1.0))
    until(lambda: job.id in world._records.drawings)
    assert json.loads(world.gallery.video(job.id).read_text())["prompt"] == "a fox"


def test_equal_seeds_and_requests_give_equal_ids_in_any_order(open_world: Open) -> None:
    other = replace(ASK, prompt="a cat")
    one, two, three = open_world("one"), open_world("two"), open_world("three", seed=1)
    first = [one.submit(ask) for ask in (ASK, other, ASK)]
    second = [two.submit(ask) for ask in (other, ASK, ASK)]
    assert [job.id for job in first] == [second[1].id, second[0].id, second[2].id]
    assert len({job.id for job in first}) == 3
    assert len({job.picture_seed for job in first}) == 3
    assert three.submit(ASK).id not in {job.id for job in first}


def test_a_world_carries_on_after_a_restart(open_world: Open, clock: Clock, pictures: Pictures, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"film")
    before = open_world()
    ada = before.add_character(clip, (1.0, 3.0), origin="clip", name="Ada")
    done, gone = before.submit(ASK), before.submit(replace(ASK, prompt="a cat"))
    clock.now += 10
    until(lambda: ended(before, done.id) and ended(before, gone.id))
    before.delete(gone)
    pictures.allowed.clear()
    open_ = before.submit(replace(ASK, prompt=f"@{ada.id} waves", characters=(ada.id,)))
    ledger, standing = before.ledger, before.standing(done)
    before.close()

    clock.now += 3
    pictures.allowed.set()
    after = open_world()
    assert after.character(ada.id) == ada
    assert after.standing(after.job(done.id)) == standing
    assert after.ledger == ledger
    with pytest.raises(Refusal):
        after.job(gone.id)
    assert after.standing(after.job(open_.id)).status == "in_progress"
    clock.now += 10
    until(lambda: ended(after, open_.id))
    drawn = json.loads(after.gallery.video(open_.id).read_text())
    assert [sprite["end"] for sprite in drawn["characters"]] == [3.0]
    assert len(after.ledger) == 3
    assert after.submit(ASK).id not in {done.id, gone.id, open_.id}


def test_a_job_outlives_a_process_that_is_killed(open_world: Open, tmp_path: Path) -> None:
    script = """
import os, signal, sys, time
from sora_nb.simulator import World
from sora_nb.simulator.records import Ask
world = World(sys.argv[1], draw=lambda path, prompt, **asked: time.sleep(60), speed=float("inf"))
print(world.submit(Ask("openai", "sim-1", "a fox", 4.0, "1280x720", 0.1)).id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    dead = subprocess.run([sys.executable, "-c", script, tmp_path / "world"], capture_output=True, text=True)
    assert dead.returncode == -9, dead.stderr
    world = open_world(speed=math.inf, clock=lambda: 4e9)
    until(lambda: ended(world, dead.stdout.strip()))
    assert len(world.ledger) == 1


def test_half_a_line_of_a_dead_process_is_dropped(open_world: Open) -> None:
    world = open_world()
    job = world.submit(ASK)
    world.close()
    journal = world.folder / "world.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"event":"deleted","id":"' + job.id.encode())
    again = open_world()
    assert again.job(job.id) == job
    more = again.submit(replace(ASK, prompt="a cat"))
    assert [json.loads(line)["event"] for line in journal.read_text().splitlines()].count("deleted") == 0
    assert open_world().job(more.id) == more


@pytest.mark.parametrize("line", [b"not json\n", b"[1]\n", b'{"other": 1}\n'])
def test_a_journal_of_something_else_is_refused(open_world: Open, tmp_path: Path, line: bytes) -> None:
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "world.jsonl").write_bytes(line)
    with pytest.raises(LibraryError, match=r"world\.jsonl"):
        open_world()


def test_two_worlds_on_one_folder_agree_and_charge_once(open_world: Open, clock: Clock) -> None:
    one, two = open_world(), open_world()
    first, second = one.submit(ASK), two.submit(ASK)
    assert first.id != second.id
    assert [job.id for job in one.jobs("openai")] == [job.id for job in two.jobs("openai")] == [first.id, second.id]
    clock.now += 10
    until(lambda: all(ended(world, job.id) for world in (one, two) for job in (first, second)))
    assert one.ledger == two.ledger
    assert {charge.job for charge in one.ledger} == {first.id, second.id}
    two.delete(two.job(first.id))
    with pytest.raises(Refusal):
        one.job(first.id)


def test_many_threads_of_two_worlds_lose_nothing(open_world: Open, clock: Clock) -> None:
    worlds = open_world(), open_world()

    def submit(number: int) -> str:
        return worlds[number % 2].submit(replace(ASK, prompt=f"fox {number % 3}")).id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(submit, range(40)))
    clock.now += 100
    until(lambda: all(ended(worlds[0], id_) for id_ in ids))
    assert len(set(ids)) == 40
    for world in worlds:
        assert {job.id for job in world.jobs("openai")} == set(ids)
        assert sorted(charge.job for charge in world.ledger) == sorted(ids)


def test_content_expires_after_an_hour(world: World, clock: Clock) -> None:
    job = world.submit(ASK)
    clock.now += 7
    until(lambda: ended(world, job.id))
    clock.now = (world.standing(job).expires_at or 0) - 1
    assert world.content(job) == world.gallery.video(job.id)
    clock.now += 1
    with pytest.raises(Refusal) as refused:
        world.content(job)
    assert refused.value.status == 410
    assert world.standing(job).status == "completed"


def test_deleting_removes_files_and_not_the_charge(world: World, clock: Clock) -> None:
    job = world.submit(ASK)
    with pytest.raises(Refusal) as refused:
        world.delete(job)
    assert refused.value.status == 409
    clock.now += 7
    until(lambda: ended(world, job.id))
    world.content(job, "thumbnail")
    world.delete(job)
    assert list(world.gallery.folder.iterdir()) == []
    assert (len(world.ledger), world.total_usd) == (1, 0.1)


def test_the_ledger_says_who_what_when(world: World, clock: Clock) -> None:
    job = world.submit(ASK)
    clock.now += 50
    until(lambda: ended(world, job.id))
    (charge,) = world.ledger
    assert (charge.job, charge.model, charge.seconds, charge.usd) == (job.id, "sim-1", 10.0, 0.1)
    assert charge.at == world.standing(job).ended_at


def test_closing_gives_up_the_picture_at_hand(open_world: Open, pictures: Pictures) -> None:
    pictures.allowed.clear()
    world = open_world()
    world.submit(ASK)
    until(lambda: pictures.renders == 1)
    world.close()
    assert list(world.gallery.folder.iterdir()) == []


@pytest.mark.parametrize("options", [{"speed": 0}, {"speed": -1}, {"speed": math.nan}, {"profile": "odd"}])
def test_odd_options_are_refused(open_world: Open, options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        open_world(**options)
