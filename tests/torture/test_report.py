"""The figures get to the pages, and nothing else there changes."""

from __future__ import annotations

import pytest

from tests.torture.report import BEGIN, END, PAGES, rewrite, tables

RESULTS = [
    {
        "goal": "G1",
        "runs": 10_000,
        "failures": 0,
        "control_caught": True,
        "seconds": 400.4,
        "skipped": None,
        "baseline": {"charges_for_one_video": {"ours": {"once": 1, "always": 1}, "theirs": {"once": 2, "always": 10}}},
    },
    {"goal": "G3", "runs": 0, "failures": 0, "control_caught": False, "seconds": 1.0, "skipped": "no FUSE here"},
]


def test_figures_stand_between_the_markers_however_often_they_are_written() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = rewrite(page, tables(RESULTS))
    assert once == rewrite(once, tables(RESULTS))
    assert once.startswith("before\n") and once.endswith("after\n") and "old" not in once
    assert "| G1 | Money: lost answers, faults, restarts, running again | 10,000 | 0 | all caught | 400 |" in once


def test_the_peers_stand_beside_ours_as_they_were_measured() -> None:
    lines = tables(RESULTS).splitlines()
    assert "| charges for one video | once | always |" in lines
    assert "| ours | 1 | 1 |" in lines and "| theirs | 2 | 10 |" in lines


def test_without_g1_no_peer_is_compared() -> None:
    assert "charges" not in tables(RESULTS[1:])


def test_what_was_skipped_is_not_shown_as_passed() -> None:
    line = next(line for line in tables(RESULTS).splitlines() if line.startswith("| G3"))
    assert "skipped: no FUSE here" in line and "caught" not in line


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="no lines"):
        rewrite("nothing here", "figures")


def test_both_pages_have_the_markers() -> None:
    for path in PAGES:
        assert "figures" in rewrite(path.read_text(), "figures")
