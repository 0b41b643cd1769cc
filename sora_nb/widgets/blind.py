"""Comparing takes without knowing which is which: the order of the rounds, and what the votes add up to."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

Choice = Literal["left", "right", "same"]
"""What a person says of two takes; `same` is: no difference."""

CHOICES: tuple[Choice, ...] = get_args(Choice)

FEWEST_ROUNDS = 6
"""Fewer votes than these tell next to nothing, so a small comparison is repeated until there are as many."""

NORMAL_95 = 1.959963984540054
"""The normal distribution's quantile for an interval that holds the truth 95 times in 100."""


def rounds(ids: Sequence[str], repeats: int | None = None, seed: object = 0) -> list[tuple[str, str]]:
    """Every pair of takes as (left, right), *repeats* times over, in an order that *seed* fixes.

    Each take stands on the left as often as on the right, give or take one. Where a pair comes again, its sides
    are changed. By default there are at least `FEWEST_ROUNDS`.
    """
    chance = random.Random(repr(seed))  # noqa: S311  # an order that can be made again, not a secret
    ring = chance.sample(list(ids), len(ids))
    pairs = [_sides(ring, one, other) for one in range(len(ring)) for other in range(one + 1, len(ring))]
    if repeats is None:
        repeats = math.ceil(FEWEST_ROUNDS / len(pairs)) if pairs else 0
    shown: list[tuple[str, str]] = []
    for time in range(repeats):
        again = [pair[::-1] if time % 2 else pair for pair in pairs]
        shown += chance.sample(again, len(again))
    return shown


def _sides(ring: Sequence[str], one: int, other: int) -> tuple[str, str]:
    # Takes in a ring: each is on the left against those that follow within half a turn, so that sides even out.
    ahead = other - one
    swap = ahead > len(ring) / 2 or (ahead * 2 == len(ring) and one % 2 == 1)
    return (ring[other], ring[one]) if swap else (ring[one], ring[other])


def wilson(wins: int, votes: int) -> tuple[float, float] | tuple[None, None]:
    """Between which shares the true share of wins lies, 95 times in 100; None where nobody voted.

    The score interval of E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212. It
    stays between 0 and 1, and means something for few votes too.
    """
    if votes == 0:
        return None, None
    share, z = wins / votes, NORMAL_95
    middle = share + z * z / (2 * votes)
    spread = z * math.sqrt(share * (1 - share) / votes + z * z / (4 * votes * votes))
    whole = 1 + z * z / votes
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def tally(labels: Mapping[str, str], votes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each take, the most liked first: wins, losses, votes for no difference, and the share of wins.

    *labels* names the takes by id. The share leaves out votes for no difference; `low` and `high` are its `wilson`
    interval.
    """
    wins, losses, same = Counter[str](), Counter[str](), Counter[str]()
    for vote in votes:
        left, right, winner = vote["left"], vote["right"], vote["winner"]
        if winner is None:
            same.update((left, right))
        else:
            wins[winner] += 1
            losses[right if winner == left else left] += 1
    rows = []
    for id_, label in labels.items():
        decided = wins[id_] + losses[id_]
        low, high = wilson(wins[id_], decided)
        share = wins[id_] / decided if decided else None
        told = {"wins": wins[id_], "losses": losses[id_], "same": same[id_], "share": share, "low": low, "high": high}
        rows.append({"id": id_, "label": label, **told})
    return sorted(rows, key=lambda row: (-1.0 if row["share"] is None else row["share"], row["wins"]), reverse=True)
