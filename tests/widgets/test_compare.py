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


def test_a_take_that_is_given_twice_is_shown_once(studio: FakeStudio) -> None:
    first, second, _ = studio.videos()
    grid = CompareGrid([first, second, first], labels=["A", "B", "again"], offsets=[1, 2, 3])
    assert [facts["label"] for facts in grid.takes] == ["A", "B"] and grid.offsets == [1, 2]
    assert repr(CompareGrid([first] * 12)) == "<CompareGrid of 1>"


def test_what_is_no_number_is_refused_in_words(studio: FakeStudio, grid: CompareGrid) -> None:
    with pytest.raises(ConfigError, match="rating is a figure, and 'x' is no number"):
        grid.filter("rating", "x")
    for wrong in ("x", 1.5, 0):
        with pytest.raises(ConfigError, match=f"once or more, not {wrong!r} times"):
            grid.blind(wrong)  # type: ignore[arg-type]
    for name, given in (("offsets", ["a", "b", "c"]), ("offsets", 5), ("labels", 5)):
        with pytest.raises(ConfigError, match=f"{name}= is a list with one for each video"):
            CompareGrid(studio.videos(), **{name: given})  # type: ignore[arg-type]


def test_nothing_and_too_much_are_refused(clip: Path) -> None:
    studio = FakeStudio()
    with pytest.raises(ConfigError, match="has a file"):
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
    assert list(frame.columns) == ["session", "round", "left", "right", "choice", "winner", "by", "at"]
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
        return list(grid._trials.rounds)

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


class Ballots(list[dict[str, Any]]):
    """A library that keeps votes, and nothing else."""

    def votes(self, video_ids: Any) -> list[dict[str, Any]]:
        return [vote for vote in self if {vote["left"], vote["right"]} <= set(video_ids)]

    def vote(self, vote: Any) -> None:
        self.append(dict(vote))

    def unvote(self, session: str, round: int) -> None:
        self[:] = [vote for vote in self if (vote["session"], vote["round"]) != (session, round)]


def test_rounds_that_a_dead_kernel_left_go_on(studio: FakeStudio) -> None:
    ballots = Ballots()
    first = CompareGrid(studio.videos(), by="ann", ballots=ballots)
    first.blind()
    first.vote("left")
    first.vote("right")
    first.undo()
    planned = list(first._trials.rounds)
    again = CompareGrid(list(reversed(studio.videos())), by="ann", ballots=ballots)
    again.blind()
    assert again._trials.rounds == planned and again.trial["round"] == 2
    assert again.said["text"] == "Going on after 1 votes."
    bob = CompareGrid(studio.videos(), by="bob", ballots=ballots)
    bob.blind()
    assert bob.trial["round"] == 1
    while again.trial:
        again.vote("left")
    assert len(ballots) == 6 and {vote["by"] for vote in ballots} == {"ann"}
    again.blind()
    assert again.trial["round"] == 1 and again._trials.rounds != planned
    other = CompareGrid(studio.videos()[:2], by="ann", ballots=ballots)
    other.blind()
    assert other.trial["round"] == 1


def test_votes_that_are_in_the_library_and_given_too_count_once(studio: FakeStudio) -> None:
    ballots = Ballots()
    grid = CompareGrid(studio.videos(), by="ann", ballots=ballots)
    grid.blind()
    grid.vote("left")
    assert len(CompareGrid(studio.videos(), votes=grid.votes, ballots=ballots).votes) == 1
    assert len(CompareGrid(studio.videos(), votes=grid.votes).votes) == 1


def test_stars_are_told_with_who_gave_them(studio: FakeStudio, grid: CompareGrid) -> None:
    grid.rate("vid_1", 4)
    assert studio.made[1].record.rated_by == "ann"


def test_takes_are_put_in_order_and_chosen_by_what_they_differ_in(studio: FakeStudio) -> None:
    for number, likeness in enumerate((0.5, None, 0.9)):
        measures = {} if likeness is None else {"likeness": likeness}
        studio.made[number].move(measures=measures, axes={"scene": "ab"[number % 2]})
    grid = CompareGrid(studio.videos())
    assert [column["name"] for column in grid.columns] == ["rating", "likeness", "scene"]
    assert [facts["values"]["likeness"] for facts in grid.takes] == [0.5, None, 0.9]
    grid.sort("likeness")
    assert grid.order == ["likeness", True]
    grid.sort("likeness", descending=False)
    grid.filter("scene", "a")
    assert (grid.order, grid.only) == (["likeness", False], ["scene", "a"])
    grid.filter("rating", 3)
    assert grid.only == ["rating", 3.0]
    grid.sort()
    grid.filter()
    assert (grid.order, grid.only) == ([], [])
    with pytest.raises(ConfigError, match=r"do not differ in 'cost_usd'\. They do in rating, likeness, scene"):
        grid.sort("cost_usd")
    with pytest.raises(ConfigError, match="No take has 'c' as its scene"):
        grid.filter("scene", "c")
