"""Takes side by side, and what people say of them."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sora_nb.errors import ConfigError
from sora_nb.widgets import CompareGrid
from tests.widgets.fakes import FakeStudio


@pytest.fixture
def studio(clip: Path) -> FakeStudio:
    """Three finished takes."""
    studio = FakeStudio()
    for number, scene in enumerate(("a park", "a kitchen", "a street")):
        studio.generate(scene)
        studio.finish(number, clip)
    return studio


@pytest.fixture
def grid(studio: FakeStudio) -> CompareGrid:
    return CompareGrid(studio.videos(), by="ann")


def say(grid: CompareGrid, **content: Any) -> dict[str, Any]:
    """What the page asks, and what the status line says to it."""
    grid._handle_custom_msg(content, [])
    return grid.said


def test_finished_videos_are_shown_and_the_others_left_out(clip: Path) -> None:
    studio = FakeStudio()
    videos = [studio.generate(scene) for scene in ("a park", "a kitchen", "a street")]
    studio.finish(0, clip)
    studio.finish(2, clip)
    grid = CompareGrid(videos, labels=["A", "B", "C"], offsets=[0, 1, 0.5])
    assert [facts["title"] for facts in grid.takes] == ["a park", "a street"]
    assert [facts["label"] for facts in grid.takes] == ["A", "C"] and grid.offsets == [0, 0.5]
    assert grid._find("video:vid_2") == clip and grid._find("video:vid_1") is None
    assert repr(grid) == "<CompareGrid of 2>"
    assert grid._repr_mimebundle_()["text/html"].count("data:image/jpeg") == 2


def test_nothing_and_too_much_are_refused(clip: Path) -> None:
    studio = FakeStudio()
    with pytest.raises(ConfigError, match="has a file yet"):
        CompareGrid([studio.generate("a")])
    for number in range(10):
        studio.generate(str(number))
        studio.finish(number + 1, clip)
    with pytest.raises(ConfigError, match="10 videos are too many"):
        CompareGrid(studio.videos())


def test_labels_and_offsets_are_one_for_each(studio: FakeStudio, grid: CompareGrid) -> None:
    with pytest.raises(ConfigError, match="2 labels for 3 videos"):
        CompareGrid(studio.videos(), labels=["A", "B"])
    for wrong in ([0.0], [0, 0, float("nan")]):
        with pytest.raises(ConfigError, match="Offsets are 3 numbers"):
            grid.offsets = wrong
    grid.offsets = [0, -0.5, 1]
    assert grid.offsets == [0, -0.5, 1]


def test_stars_reach_the_video_and_its_rating_reaches_the_page(studio: FakeStudio, grid: CompareGrid) -> None:
    say(grid, kind="compare:rate", id="vid_1", stars=4)
    assert studio.made[1].rating == 4 and grid.takes[1]["rating"] == 4
    studio.made[2].rating = 2
    assert grid.takes[2]["rating"] == 2
    say(grid, kind="compare:rate", id="vid_1", stars=None)
    assert studio.made[1].rating is None
    assert "1 to 5, not 9" in say(grid, kind="compare:rate", id="vid_1", stars=9)["text"]
    assert grid.said["level"] == "error"
    with pytest.raises(ConfigError, match="not among the takes"):
        grid.rate("vid_9", 3)
    assert "rated 2 of 5" in grid._static()


def test_what_fails_beside_is_said_and_not_swallowed(studio: FakeStudio, grid: CompareGrid) -> None:
    said = say(grid, kind="compare:rate", id="vid_1")
    assert said["level"] == "error" and "KeyError" in said["text"]


def test_a_closed_grid_watches_nothing(studio: FakeStudio, grid: CompareGrid) -> None:
    assert all(video.watchers for video in studio.made)
    grid.close()
    assert not any(video.watchers for video in studio.made)


def test_blind_votes_are_kept_and_counted(grid: CompareGrid) -> None:
    say(grid, kind="compare:blind")
    assert grid.trial["round"] == 1 and grid.trial["rounds"] == 6 and grid.tally == []
    while grid.trial:  # whoever shows vid_1 wins, the others are equal
        trial = grid.trial
        choice = {trial["left"]: "left", trial["right"]: "right"}.get("vid_1", "same")
        say(grid, kind="compare:vote", round=trial["round"], choice=choice)
    assert [(row["id"], row["wins"], row["losses"], row["same"]) for row in grid.tally[:1]] == [("vid_1", 4, 0, 0)]
    assert {(row["wins"], row["losses"], row["same"]) for row in grid.tally[1:]} == {(0, 2, 2)}
    assert grid.said["text"] == "Done: 6 votes."
    frame = pd.DataFrame(grid.votes)
    assert list(frame.columns) == ["round", "left", "right", "choice", "winner", "by", "at"]
    assert set(frame["by"]) == {"ann"} and pd.to_datetime(frame["at"]).dt.tz is not None
    html = grid._static()
    assert "share of wins" in html and "100 % (51 to 100 %)" in html


def test_a_key_pressed_twice_is_one_vote(grid: CompareGrid) -> None:
    grid.blind()
    for _ in range(2):
        say(grid, kind="compare:vote", round=1, choice="left")
    assert len(grid.votes) == 1 and grid.trial["round"] == 2


def test_a_vote_can_be_taken_back_and_the_rest_left(grid: CompareGrid) -> None:
    grid.blind(1, seed=3)
    first = grid.trial
    grid.vote("left")
    grid.undo()
    assert (grid.trial, grid.votes) == (first, [])
    assert "no vote" in say(grid, kind="compare:undo")["text"]
    grid.vote("same")
    say(grid, kind="compare:stop")
    assert grid.trial == {} and len(grid.votes) == 1
    with pytest.raises(ConfigError, match="Nothing is compared blind"):
        grid.vote("left")


def test_another_go_is_in_another_order_and_votes_of_an_earlier_grid_count(studio: FakeStudio, clip: Path) -> None:
    def go(grid: CompareGrid) -> list[tuple[str, str]]:
        grid.blind(4)
        return list(grid._rounds)

    first, second = CompareGrid(studio.videos()), CompareGrid(studio.videos())
    orders = [go(first), go(second)]
    assert orders[0] == orders[1]
    for choice in itertools.cycle(("left", "right", "same")):
        first.vote(choice)
        if not first.trial:
            break
    assert go(first) != orders[0]
    first.stop()
    again = CompareGrid(studio.videos()[:2], votes=first.votes)
    between = [vote for vote in first.votes if "vid_2" not in (vote["left"], vote["right"])]
    assert sum(row["wins"] for row in again.tally) == sum(vote["winner"] is not None for vote in between) > 0


def test_one_take_and_no_such_answer_are_refused(studio: FakeStudio, grid: CompareGrid) -> None:
    with pytest.raises(ConfigError, match="two or more"):
        CompareGrid(studio.videos()[:1]).blind()
    with pytest.raises(ConfigError, match="once or more, not 0"):
        grid.blind(0)
    grid.blind()
    with pytest.raises(ConfigError, match="left, right, same, not 'middle'"):
        grid.vote("middle")  # type: ignore[arg-type]


def test_while_names_are_hidden_neither_score_nor_votes_are_told(grid: CompareGrid) -> None:
    grid.blind()
    grid.vote("left")
    assert grid.tally == [] and "share of wins" not in grid._static()
    assert "votes" not in grid.get_state() and "votes" not in grid.keys


def test_the_reference_is_the_characters_picture(studio: FakeStudio, clip: Path, tmp_path: Path) -> None:
    ada = studio.create_character(clip, "0,2", name="Ada")
    grid = CompareGrid(studio.videos(), characters=[ada])
    assert grid.references == [{"id": "chr_0", "name": "Ada"}]
    assert grid._find("character:chr_0") is None and grid._find("character:other") is None
    face = tmp_path / "face.jpg"
    face.write_bytes(b"jpeg")
    ada.move(poster=face, clip=clip)
    assert grid._find("character:chr_0") == face
