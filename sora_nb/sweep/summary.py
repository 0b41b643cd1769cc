"""Repeats put together: what became of each point of a grid, as one row with its spread."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sora_nb.models import VideoRecord
from sora_nb.widgets.blind import tally, wilson


def summary_rows(
    records: Sequence[VideoRecord],
    points: Sequence[Mapping[str, str]],
    axes: Sequence[str],
    votes: Iterable[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """One row for each combination of *axes*, in the order they first come; *points* has each record's values.

    A row has its axes under `axes`, apart from the figures: an axis may be called `rating` as well. A vote between two
    takes of one row tells nothing and is left out.
    """
    keys = [tuple(point.get(axis) for axis in axes) for point in points]
    group_of = {record.id: key for record, key in zip(records, keys, strict=True)}
    tallied = _tallied(group_of, votes)
    rows = []
    for key in dict.fromkeys(keys):
        group = [record for record, its in zip(records, keys, strict=True) if its == key]
        rows.append({"axes": dict(zip(axes, key, strict=True)), **_figures(group), **tallied[key]})
    return rows


def _tallied(
    group_of: Mapping[str, tuple[Any, ...]], votes: Iterable[Mapping[str, Any]]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    names = {key: str(place) for place, key in enumerate(dict.fromkeys(group_of.values()))}
    moved = []
    for vote in votes:
        if not {vote["left"], vote["right"]} <= group_of.keys():
            continue
        left, right = names[group_of[vote["left"]]], names[group_of[vote["right"]]]
        winner = None if vote["winner"] is None else names[group_of[vote["winner"]]]
        if left != right:
            moved.append({"left": left, "right": right, "winner": winner})
    rows = {row["id"]: row for row in tally({name: name for name in names.values()}, moved)}
    return {
        key: {
            "wins": rows[name]["wins"],
            "losses": rows[name]["losses"],
            "same": rows[name]["same"],
            "win_rate": rows[name]["share"],
            "win_low": rows[name]["low"],
            "win_high": rows[name]["high"],
        }
        for key, name in names.items()
    }


def _figures(group: Sequence[VideoRecord]) -> dict[str, Any]:
    states = Counter(record.status for record in group)
    ended = [record for record in group if record.status not in ("queued", "in_progress", "unknown")]
    done = states["completed"]
    low, high = wilson(done, len(ended))
    costs, times = _known(group, lambda one: one.cost_usd), _known(group, _elapsed)
    like = _known(group, lambda one: one.measures.get("likeness"))
    rated = _known(group, lambda one: one.rating)
    return {
        "takes": len(group),
        "completed": done,
        "failed": len(ended) - done,
        "unknown": states["unknown"],
        "success_rate": done / len(ended) if ended else None,
        "success_low": low,
        "success_high": high,
        "est_cost_usd": _sum(_known(group, lambda one: one.est_cost_usd)),
        "cost_usd": _sum(costs),
        "cost_per_take": sum(costs) / done if costs and done else None,
        "elapsed_s": _mean(times),
        "elapsed_s_max": max(times, default=None),
        "likeness": _mean(like),
        "likeness_sd": statistics.stdev(like) if len(like) > 1 else None,
        "likeness_min": min(like, default=None),
        "likeness_max": max(like, default=None),
        "rating": _mean(rated),
        "rated": len(rated),
        "simulated": any(record.simulated for record in group),
    }


def _known(group: Iterable[VideoRecord], value: Callable[[VideoRecord], float | None]) -> list[float]:
    return [found for record in group if (found := value(record)) is not None and found == found]


def _elapsed(record: VideoRecord) -> float | None:
    began, ended = record.submitted_at, record.completed_at
    return (ended - began).total_seconds() if began and ended and record.status == "completed" else None


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None


def _sum(values: Sequence[float]) -> float | None:
    # What nobody told is not nothing.
    return round(sum(values), 6) if values else None
