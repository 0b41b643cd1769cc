"""What a sweep tried and what came of it, for a report: from the sweep itself, or from its takes alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sora_nb.models import VideoRecord
from sora_nb.report import Experiment
from sora_nb.report.groups import one_sweep
from sora_nb.sweep.summary import summary_rows


def experiment_of(records: Sequence[VideoRecord], votes: Iterable[Mapping[str, Any]] = ()) -> Experiment | None:
    """What takes of one sweep tell of it; None where they are not all of one.

    Its template is known to no record, and what was not asked for left no trace.
    """
    if not one_sweep(records):
        return None
    axes = {name: tuple(dict.fromkeys(str(one.axes[name]) for one in records)) for name in records[0].axes}
    repeats = max(Counter(tuple(map(str, one.axes.values())) for one in records).values())
    return told(records, axes, votes, takes=len(records), repeats=repeats, est_cost_usd=_sum(records))


def told(
    records: Sequence[VideoRecord],
    axes: Mapping[str, tuple[str, ...]],
    votes: Iterable[Mapping[str, Any]],
    *,
    takes: int,
    repeats: int,
    template: str | None = None,
    est_cost_usd: float | None = None,
) -> Experiment:
    """The plan, and the points that the *records* of its takes add up to."""
    names = [name for name in axes if name != "take"]
    points = [{name: str(value) for name, value in one.axes.items()} for one in records]
    rows = summary_rows(records, points, names, votes)
    return Experiment(axes, takes, len(records), repeats, tuple(rows), template, est_cost_usd)


def _sum(records: Iterable[VideoRecord]) -> float | None:
    costs = [one.est_cost_usd for one in records]
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), 6) if len(known) == len(costs) else None
