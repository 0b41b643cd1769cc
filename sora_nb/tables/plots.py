"""Plots that people expect of a table of takes or of a track. matplotlib is an extra, and is loaded only here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONGEST = 28
"""Letters of a value below its place on the axis."""

NAMES = {
    "likeness": "likeness (0 to 1)",
    "cost_usd": "cost (US dollars)",
    "est_cost_usd": "estimated cost (US dollars)",
    "elapsed_s": "time (s)",
    "rating": "rating (1 to 5)",
}


def by_axis(table: pd.DataFrame, column: str, by: str, ax: Axes | None = None) -> Axes:
    """A dot for each row, and a line at the mean of each value of *by*, in the order they first come."""
    ax = _new() if ax is None else ax
    values = ["missing" if pd.isna(value) else str(value) for value in table[by]]
    places = {value: place for place, value in enumerate(dict.fromkeys(values))}
    heights = _numbers(table, column)
    at = [places[value] for value in values]
    ax.plot(at, heights, "o", alpha=0.6, label="takes")
    means = pd.Series(heights).groupby(pd.Series(at, dtype="int64")).mean()
    ax.hlines(means, means.index - 0.25, means.index + 0.25, colors="black", label="mean")
    turned = len(places) > 4
    ax.set_xticks(
        list(places.values()),
        [_text(value) for value in places],
        rotation=30 if turned else 0,
        ha="right" if turned else "center",
    )
    ax.set_xlabel(_text(by.removeprefix("axis_")))
    ax.set_ylabel(_text(NAMES.get(column, column)))
    return ax


def over_time(table: pd.DataFrame, columns: Sequence[str], ax: Axes | None = None) -> Axes:
    """A line for each of *columns* over `time`; a frame that was not looked at closely leaves no gap."""
    ax = _new() if ax is None else ax
    for column in columns:
        heights = pd.Series(_numbers(table, column))
        known = heights.notna().to_numpy()
        ax.plot(table["time"].to_numpy()[known], heights[known], label=_text(column))
    ax.set_xlabel("time (s)")
    if columns:
        ax.legend()
    return ax


def shares(table: pd.DataFrame) -> list[str]:
    """The columns whose numbers all lie between 0 and 1, and that hold any."""
    found = []
    for column in table.columns.drop("time"):
        numeric = pd.api.types.is_float_dtype(table[column])
        known = table[column].dropna() if numeric else table[column].iloc[:0]
        if len(known) and known.between(0, 1).all():
            found.append(str(column))
    return found


def _numbers(table: pd.DataFrame, column: str) -> list[float]:
    if not pd.api.types.is_numeric_dtype(table[column]):
        raise ConfigError(f"The column {column!r} holds no numbers to draw. Take likeness, cost_usd or elapsed_s.")
    numbers: list[float] = table[column].astype("float64").tolist()
    return numbers


def _text(words: str) -> str:
    # Between dollars matplotlib reads a formula, and a prompt may hold a price.
    short = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return short.replace("$", r"\$")


def _new() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ConfigError('Plots want matplotlib. Get it with: pip install "sora-nb[plots]"') from None
    return pyplot.subplots()[1]
