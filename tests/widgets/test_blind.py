"""Blind rounds: balanced, the same for the same seed, and counted with an honest interval."""

from __future__ import annotations

from collections import Counter

import pytest

from sora_nb.widgets.blind import FEWEST_ROUNDS, rounds, tally, wilson

TAKES = [f"vid_{number}" for number in range(9)]


def imbalance(shown: list[tuple[str, str]]) -> int:
    """By how much the take that is shown most unevenly was on one side more often than on the other."""
    left, right = (Counter(pair[side] for pair in shown) for side in (0, 1))
    return max(abs(left[take] - right[take]) for take in left | right)


@pytest.mark.parametrize("count", range(2, 10))
@pytest.mark.parametrize("repeats", [None, 1, 2, 3])
def test_every_pair_is_shown_and_the_sides_are_even(count: int, repeats: int | None) -> None:
    for seed in range(20):
        shown = rounds(TAKES[:count], repeats, seed)
        pairs = Counter(frozenset(pair) for pair in shown)
        assert len(pairs) == count * (count - 1) // 2 and len(set(pairs.values())) == 1
        assert imbalance(shown) <= 1
        assert repeats is not None or len(shown) >= FEWEST_ROUNDS
    assert imbalance([("a", "b"), ("a", "c"), ("a", "b")]) > 1  # the measure does see an uneven order


def test_the_seed_fixes_the_order() -> None:
    assert rounds(TAKES, seed=7) == rounds(TAKES, seed=7)
    assert rounds(TAKES, seed=7) != rounds(TAKES, seed=8)


def test_a_pair_that_comes_again_has_its_sides_changed() -> None:
    first, second, third = rounds(TAKES[:2], 3, seed=1)
    assert first == second[::-1] == third


# Figures of Wilson's interval as R gives them: prop.test(wins, votes, correct = FALSE)$conf.int
@pytest.mark.parametrize(
    ("wins", "votes", "low", "high"),
    [(0, 10, 0.0, 0.2775328), (10, 10, 0.7224672, 1.0), (5, 10, 0.2365931, 0.7634069), (1, 1, 0.2065493, 1.0)],
)
def test_the_interval_is_wilsons(wins: int, votes: int, low: float, high: float) -> None:
    assert wilson(wins, votes) == pytest.approx((low, high), abs=1e-6)


def test_no_votes_are_no_interval() -> None:
    assert wilson(0, 0) == (None, None)


def test_votes_are_counted_and_the_most_liked_comes_first() -> None:
    votes = [
        {"left": "a", "right": "b", "winner": "b"},
        {"left": "b", "right": "a", "winner": "b"},
        {"left": "a", "right": "c", "winner": None},
    ]
    rows = tally({"a": "A", "b": "B", "c": "C"}, votes)
    assert [(row["label"], row["wins"], row["losses"], row["same"], row["share"]) for row in rows] == [
        ("B", 2, 0, 0, 1.0),
        ("A", 0, 2, 1, 0.0),
        ("C", 0, 0, 1, None),
    ]
    assert (rows[0]["low"], rows[0]["high"]) == wilson(2, 2)
