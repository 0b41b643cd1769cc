"""Stars and votes in the library: who said what, and when."""

from __future__ import annotations

import time

import pytest

from sora_nb.library import JobRow, Library, whoever
from tests.shelves import Shelf

VOTE = {
    "session": "cmp_1",
    "round": 1,
    "left": "vid_1",
    "right": "vid_2",
    "choice": "left",
    "winner": "vid_1",
    "by": "ann",
    "at": "2026-01-02T03:04:05+00:00",
}


@pytest.fixture
def library(shelf: Shelf) -> Library:
    library = shelf.open()
    for name in ("vid_1", "vid_2"):
        library.jobs.intend(JobRow(name, "video", "s", "d", "b", {"prompt": "a cat"}, name, time.time()))
    return library


def shown(library: Library) -> tuple[float | None, str | None, float | None]:
    row = library.jobs.get("vid_1")
    return row.rating, row.rated_by, row.rated_at


def test_the_last_word_is_shown_and_everyones_is_kept(library: Library) -> None:
    before = time.time()
    library.opinions.rate("vid_1", 4, "ann")
    library.opinions.rate("vid_1", 2, "bob")
    library.opinions.rate("vid_2", 5, "bob")
    assert [(one.person, one.stars) for one in library.opinions.ratings(["vid_1"])] == [("ann", 4.0), ("bob", 2.0)]
    rating, person, at = shown(library)
    assert (rating, person) == (2.0, "bob") and at is not None and before <= at <= time.time()
    library.opinions.rate("vid_1", 3, "ann")
    assert shown(library)[:2] == (3.0, "ann") and len(library.opinions.ratings()) == 3


def test_stars_that_are_taken_back_give_way_to_those_of_before(library: Library) -> None:
    library.opinions.rate("vid_1", 4, "ann")
    library.opinions.rate("vid_1", 2, "bob")
    library.opinions.rate("vid_1", None, "bob")
    assert shown(library)[:2] == (4.0, "ann")
    library.opinions.rate("vid_1", None, "ann")
    assert shown(library) == (None, None, None) and library.opinions.ratings() == []


def test_votes_outlive_the_kernel_and_can_be_taken_back(library: Library, shelf: Shelf) -> None:
    second = {**VOTE, "round": 2, "choice": "same", "winner": None, "at": "2026-01-02T03:04:06+00:00"}
    library.opinions.vote(VOTE)
    library.opinions.vote(second)
    library.opinions.vote({**VOTE, "choice": "right", "winner": "vid_2"})  # said again, it is said otherwise
    library.close()
    again = shelf.open().opinions
    assert [(one["round"], one["winner"]) for one in again.votes()] == [(1, "vid_2"), (2, None)]
    assert again.votes(["vid_1"]) == [] and len(again.votes({"vid_1", "vid_2", "vid_3"})) == 2
    again.unvote("cmp_1", 1)
    assert again.votes() == [second]


def test_who_is_at_work_is_told_by_the_hub_or_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "ann")
    assert whoever() == "ann"
    monkeypatch.delenv("JUPYTERHUB_USER")
    monkeypatch.setattr("getpass.getuser", lambda: (_ for _ in ()).throw(KeyError("uid not found")))
    assert whoever() == ""
