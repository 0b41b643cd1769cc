"""A sweep on the simulator: run, held by a budget, taken up again, tried again, and put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sora_nb as sora
from sora_nb.errors import WaitTimeout
from sora_nb.library import Library
from sora_nb.video import Box
from tests.test_video_following import START, painter
from tests.test_video_measure import clip as film

Sent = Callable[[], list[str]]
ANIMALS = ["a cat", "a dog", "a fox"]


def test_repeats_are_takes_and_rows(studio: sora.Studio, jobs: Sent) -> None:
    runs = studio.sweep("{animal}", animal=ANIMALS, seconds=1, repeats=2).run().wait(60)
    assert list(runs.df["animal"]) == ["a cat", "a cat", "a dog", "a dog", "a fox", "a fox"]
    assert list(runs.df["take"]) == [1, 2] * 3
    asked = [(video.prompt, video.record.request.take) for video in studio.videos()]
    assert asked == [(animal, take) for take in (1, 2) for animal in ANIMALS]  # each once before any of them twice
    assert sorted(jobs()) == sorted([*ANIMALS, *ANIMALS])
    assert str(runs.progress) == "6 of 6 done; $0.06 used"
    assert runs.progress.share == 1.0 and repr(runs) == "<Sweep of 6: 6 completed>"


def test_a_budget_stops_it_and_more_of_it_goes_on(studio: sora.Studio, jobs: Sent) -> None:
    sweep = studio.sweep("{animal}", animal=ANIMALS, seconds=1, repeats=2)
    sweep.run(budget=0.035, parallel=2).wait(60)
    progress = sweep.progress
    assert (progress.completed, progress.waiting, progress.held) == (3, 3, True)
    assert progress.spent_usd == pytest.approx(0.03)
    assert "3 not asked for, held back by the budget" in str(progress)
    assert sweep.plan.calls == 3 and sweep.plan.est_cost_usd == pytest.approx(0.03)
    # The same cell again spends nothing: the budget is the sweep's, not the call's.
    again = studio.sweep("{animal}", animal=ANIMALS, seconds=1, repeats=2).run(budget=0.035).wait(60)
    assert len(jobs()) == 3 and again.progress.held
    assert len(again.run(budget=0.06).wait(60).df) == 6
    assert len(jobs()) == 6


def test_a_lost_answer_is_money_at_risk(studio: sora.Studio) -> None:
    sweep = studio.sweep("{animal}", animal=ANIMALS, seconds=1).run(budget=0.01).wait(60)
    row = studio._engine.row(sweep.videos[0].id)
    lost = studio._engine.library.jobs.advance(row, state="UNKNOWN", cost_usd=None)
    studio._engine.publish(lost)
    assert (sweep.progress.unknown, sweep.progress.at_risk_usd, sweep.progress.spent_usd) == (1, 0.01, 0)
    assert sweep.run(budget=0.019).wait(60).progress.waiting == 2
    assert sweep.run(budget=0.02).wait(60).progress.waiting == 1


def test_a_service_that_costs_more_than_it_said_is_believed(studio: sora.Studio) -> None:
    sweep = studio.sweep("{animal}", animal=ANIMALS, seconds=1).run(budget=0.01).wait(60)
    studio._engine.annotate(sweep.videos[0].id, cost_usd=0.03)
    assert sweep.run(budget=0.059).wait(60).progress.waiting == 2  # 0.03 for one, so 0.06 for two
    assert sweep.run(budget=0.06).wait(60).progress.waiting == 1


def test_a_budget_without_prices_is_refused_before_anything_is_sent(studio: sora.Studio, jobs: Sent) -> None:
    sweep = studio.sweep("{animal}", animal=ANIMALS, model="dear-1")
    with pytest.raises(sora.ConfigError, match="3 of 3 takes have no price, so a budget cannot be kept"):
        sweep.run(budget=5)
    assert jobs() == []


def test_pause_and_go_on(studio: sora.Studio, jobs: Sent) -> None:
    sweep = studio.sweep("{animal}", animal=ANIMALS, seconds=1)
    sweep.run(parallel=1)
    sweep.pause()
    assert sweep.wait(60).progress.paused  # nothing happens by itself any more
    before = len(jobs())
    assert before < 3 and "paused" in str(sweep.progress)
    sweep.go_on()
    assert len(sweep.wait(60).df) == 3


def test_a_wait_that_ends_says_that_the_sweep_does_not(studio: sora.Studio) -> None:
    sweep = studio.sweep("{animal}", animal=ANIMALS, seconds=1).run(parallel=1)
    with pytest.raises(WaitTimeout, match="it goes on"):
        sweep.wait(0)
    sweep.wait(60)


def test_what_failed_is_tried_again_as_new_takes_and_only_on_request(studio: sora.Studio, jobs: Sent) -> None:
    words = ["a cat", "a dog [fail]", "a fox [moderation]"]
    sweep = studio.sweep("{animal}", animal=words, seconds=1).run().wait(60)
    assert list(sweep.df["status"]) == ["completed", "failed", "failed"]
    sweep.run().wait(60)
    assert sorted(jobs()) == ["a cat", "a dog [fail]"]
    sweep.retry_failed().wait(60)
    assert sorted(jobs()) == ["a cat", "a dog [fail]", "a dog [fail]"]
    assert list(zip(sweep.df["animal"], sweep.df["take"], strict=True)) == [
        ("a cat", 1),
        ("a dog [fail]", 1),
        ("a dog [fail]", 2),
        ("a fox [moderation]", 1),
    ]
    # Made again it knows them all; each failure is tried again once for each request.
    again = studio.sweep("{animal}", animal=words, seconds=1).run().wait(60)
    assert list(again.df["id"]) == list(sweep.df["id"]) and len(jobs()) == 3
    again.retry_failed().wait(60)
    assert len(jobs()) == 4 and list(again.df["take"]) == [1, 1, 2, 3, 1]


def test_a_retry_keeps_to_the_budget(studio: sora.Studio, jobs: Sent) -> None:
    sweep = studio.sweep("{animal}", animal=["a dog [fail]"], seconds=1).run(budget=0.015).wait(60)
    assert sweep.retry_failed().wait(60).progress.held
    assert len(jobs()) == 1
    with pytest.raises(sora.ConfigError, match=r"Begin with run\(\)"):
        studio.sweep("{animal}", animal=ANIMALS).retry_failed()


def test_takes_that_were_there_before_are_rows_too(studio: sora.Studio, jobs: Sent) -> None:
    studio.generate("a cat", seconds=1).wait(60)
    sweep = studio.sweep("{animal}", animal=ANIMALS, seconds=1).run().wait(60)
    assert len(jobs()) == 3 and list(sweep.df["animal"]) == ANIMALS
    assert set(sweep.df["sweep"]) == {sweep.id}


def test_a_span_makes_a_character_of_each_range(studio: sora.Studio, ada: sora.Character) -> None:
    sweep = studio.sweep("@{character} waves", character=[ada], span=["0,2", "1,3", "2,4"], seconds=1)
    assert sorted(one.handle for one in sweep.plan.characters) == ["ada_0_2", "ada_2_4"]
    assert len(studio.characters()) == 1  # planned ones are nowhere yet
    sweep.run().wait(60)
    assert list(sweep.df["characters"]) == ["ada_0_2", "ada", "ada_2_4"]
    assert list(sweep.df["span"]) == ["0,2", "1,3", "2,4"]
    assert {one.name for one in studio.characters()} == {"Ada"}
    refused = studio.sweep("@{character} waves", character=[ada], span=["1,99"]).plan.refused
    assert "ends after the video" in (refused[0].refusal or "")
    with pytest.raises(sora.ConfigError, match=r"Name whose: character="):
        studio.sweep("@ada waves", span=["0,2"]).run()


def test_who_is_meant_is_carried_over_to_another_range(studio: sora.Studio, tmp_path: Path) -> None:
    source = film(tmp_path / "two.mp4", painter, 4 * 24)
    start = Box.of(START)
    ada = studio.create_character(source, "0,2", name="Ada", box=START, box_at=0.5).wait(60)
    studio.sweep("@{character} waves", character=[ada], span=["0.2,1.5", "2,4"], seconds=1).run().wait(60)
    boxes = {one.handle: (one.box, one.record.box_at) for one in studio.characters()}
    assert boxes["ada_0_2_1_5"] == (start, pytest.approx(0.3))
    there, at = boxes["ada_2_4"]  # beyond the moment of the box it was followed to where the range begins
    assert there is not None and at is not None and at < 0.3 and there.x > start.x + 0.03
    # A box that was drawn for a range of its own is not drawn over.
    studio.create_character(source, "2,4", name="Ada", box=(0.1, 0.1, 0.2, 0.2), box_at=2.0).wait(60)
    assert studio.with_span(ada, "2,4").box == (0.1, 0.1, 0.2, 0.2, 0.0)


def test_who_cannot_be_followed_there_is_said_to_be_lost(studio: sora.Studio, tmp_path: Path) -> None:
    def cut_away(i: int) -> Any:
        return painter(i) if i < 48 else np.full((180, 320, 3), 128, np.uint8)

    source = film(tmp_path / "away.mp4", cut_away, 4 * 24)
    ada = studio.create_character(source, "0,2", name="Ada", box=START, box_at=0.5).wait(60)
    other = studio.with_span(ada, "2.5,4")
    assert other.box is None and "box_lost" in other.findings


def test_a_service_is_an_axis(studio: sora.Studio) -> None:
    other = sora.Studio("simulator", profile="litellm", library=studio.folder)
    sweep = studio.sweep("{animal}", animal=["a cat"], service=[studio, other], seconds=1).run().wait(60)
    assert list(sweep.df["axis_service"]) == list(sweep.df["service"]) == ["simulator", "simulator as litellm"]
    elsewhere = sora.Studio("simulator", library=studio.folder / "elsewhere")
    with pytest.raises(sora.ConfigError, match="keeps another library"):
        studio.sweep("{animal}", animal=["a cat"], service=[elsewhere]).run()
    elsewhere.close()


def test_two_services_of_one_name_are_told_apart(studio: sora.Studio) -> None:
    first = sora.Studio("vllm-omni", base_url="http://gpu1:8000/v1", api_key=lambda: "k", library=studio.folder)
    second = sora.Studio("vllm-omni", base_url="http://gpu2:8000/v1", api_key=lambda: "k", library=studio.folder)
    sweep = studio.sweep("{animal}", animal=["a cat"], service=[studio, first, second], seconds=1)
    assert list(sweep.plan.df["axis_service"]) == [
        "simulator",
        "vllm-omni (http://gpu1:8000/v1)",
        "vllm-omni (http://gpu2:8000/v1)",
    ]
    assert sweep.axes["service"] == [studio, first, second]
    alone = studio.sweep("{animal}", animal=["a cat"], service=[first], seconds=1)
    assert list(alone.plan.df["axis_service"]) == ["vllm-omni"]


def test_an_axis_may_be_called_as_a_column_of_the_summary(studio: sora.Studio) -> None:
    sweep = studio.sweep("{rating} {takes} cat", rating=["high", "low"], takes="two", seconds=1).run().wait(60)
    table = sweep.summary()
    assert table["axis_rating"].tolist() == ["high", "low"] and table["axis_takes"].tolist() == ["two", "two"]
    assert table["takes"].tolist() == [1, 1] and table["rating"].isna().all()
    experiment = sweep.report_plan()._contents.experiment
    assert experiment is not None and [point["axes"]["rating"] for point in experiment.points] == ["high", "low"]


def test_a_summary_puts_repeats_together(studio: sora.Studio) -> None:
    sweep = studio.sweep("{animal}", animal=["a cat", "a dog [fail]"], seconds=[1, 2], repeats=2).run().wait(60)
    cat, *_ = sweep.videos
    cat.rating = 4
    ids = list(sweep.df["id"])
    votes = [
        {"left": ids[0], "right": ids[2], "winner": ids[0]},
        {"left": ids[3], "right": ids[1], "winner": ids[1]},
        {"left": ids[0], "right": ids[1], "winner": ids[0]},  # of one point: tells nothing
    ]
    table = sweep.summary(votes=votes)
    assert list(table["animal"]) == ["a cat", "a cat", "a dog [fail]", "a dog [fail]"]
    assert list(table["seconds"]) == ["1", "2", "1", "2"]
    assert list(table["success_rate"]) == [1, 1, 0, 0]
    assert list(table["takes"]) == [2] * 4 and list(table["failed"]) == [0, 0, 2, 2]
    assert (
        table["cost_usd"].tolist()[:2] == [0.02, 0.04] and table["cost_usd"].isna().tolist() == [False] * 2 + [True] * 2
    )
    assert table["rating"].tolist()[0] == 4 and list(table["rated"]) == [1, 0, 0, 0]
    assert list(table["wins"]) == [2, 0, 0, 0] and list(table["losses"]) == [0, 2, 0, 0]
    low, high = table["win_low"][0], table["win_high"][0]
    assert (low, high) == (pytest.approx(0.3424, abs=1e-4), 1.0)


def test_another_kernel_sees_the_same_sweep(studio: sora.Studio, tmp_path: Path) -> None:
    sweep = studio.sweep("{animal}", animal=ANIMALS, seconds=1).run().wait(60)
    rows = Library(studio.folder).jobs.videos(sweep=sweep.id)
    assert sorted(row.id for row in rows) == sorted(sweep.df["id"])


@pytest.mark.parametrize(("repeats", "words"), [(0, "1 or more"), (True, "1 or more"), (1.5, "1 or more")])
def test_repeats_are_a_number(studio: sora.Studio, repeats: int, words: str) -> None:
    with pytest.raises(sora.ConfigError, match=words):
        studio.sweep("{animal}", animal=ANIMALS, repeats=repeats)
    with pytest.raises(sora.ConfigError, match="Leave one of the two out"):
        studio.sweep("{animal}", animal=ANIMALS, take=[1, 2], repeats=2)
