"""A grid of takes: every combination of the axes, each a job of its own."""

from __future__ import annotations

import hashlib
import itertools
import string
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sora_nb.errors import ConfigError, WaitTimeout
from sora_nb.handles import Video

if TYPE_CHECKING:
    import pandas as pd

    from sora_nb.studio import Prepared, Studio
    from sora_nb.widgets import CompareGrid

OPTIONS = ("seconds", "size", "model", "take")
"""Axes that are not words of the prompt but settings of the generation."""


class Sweep:
    """Every combination of *axes*, put into *template*: `"@{character} {scene}"`.

    Axes named `seconds`, `size`, `model` or `take` set those; all others are words. `run()` sends what
    is not there yet, `df` has a row for each take, failures included.
    """

    def __init__(self, studio: Studio, template: str, axes: Mapping[str, Any]) -> None:
        self._studio = studio
        self.template = template
        self.axes = {name: _values(name, values) for name, values in axes.items()}
        named = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
        words = {name for name in self.axes if name not in OPTIONS}
        if "" in named or named != words:
            raise ConfigError(
                f"The template names {_listed(named)} and the axes are {_listed(words)}; each needs the other. "
                'Write for example sweep("@{character} {scene}", character=[ada], scene=["in a park"]).'
            )
        self.videos: tuple[Video, ...] = ()
        """The takes in the order of the grid, once it runs."""

    @property
    def id(self) -> str:
        """The same for the same template and axes."""
        shown = repr((self.template, {name: [str(value) for value in values] for name, values in self.axes.items()}))
        return f"swp_{hashlib.sha256(shown.encode()).hexdigest()[:12]}"

    @property
    def est_cost_usd(self) -> float | None:
        """What all takes would cost by the price table, None where one has no price."""
        costs = [prepared.row.est_cost_usd for _, prepared in self._prepared()]
        known = [cost for cost in costs if cost is not None]
        return round(sum(known), 6) if len(known) == len(costs) else None

    @property
    def df(self) -> pd.DataFrame:
        """One row for each take, with one column for each axis."""
        return self._studio.frame(self.videos, tuple(self.axes))

    def run(self) -> Sweep:
        """Ask for every take that is not there yet, and return at once. Nothing is sent where one would be refused."""
        prepared = list(self._prepared())
        self.videos = tuple(
            one.submit(sweep=self.id, axes={name: str(value) for name, value in point.items()})
            for point, one in prepared
        )
        return self

    def wait(self, timeout: float | None = None) -> Sweep:
        """Block until every take is settled. A failed take is a row, not an exception."""
        deadline = None if timeout is None else time.monotonic() + timeout
        for video in self.videos:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not video.settle(left):
                raise WaitTimeout(f"{self!r} is not at its end after {timeout} s; it goes on. wait() again.", self)
        return self

    def compare(self, **options: Any) -> CompareGrid:
        """The finished takes side by side, on one clock; *options* are those of `Studio.compare`."""
        return self._studio.compare(self.videos, **options)

    def report(self, path: str | Path) -> Path:
        """Write the takes as one HTML page that needs nothing else."""
        return self._studio.report(path, videos=self.videos, title=self.template)

    def __len__(self) -> int:
        return len(list(self._points()))

    def __repr__(self) -> str:
        states = Counter(video.status for video in self.videos)
        told = ", ".join(f"{count} {state}" for state, count in states.items()) or "not run"
        return f"<Sweep of {len(self)}: {told}>"

    def _repr_html_(self) -> str:
        return str(self.df._repr_html_())  # type: ignore[operator]

    def _points(self) -> Iterator[dict[str, Any]]:
        for values in itertools.product(*self.axes.values()):
            yield dict(zip(self.axes, values, strict=True))

    def _prepared(self) -> Iterator[tuple[dict[str, Any], Prepared]]:
        for point in self._points():
            words = {name: value for name, value in point.items() if name not in OPTIONS}
            options = {name: value for name, value in point.items() if name in OPTIONS}
            yield point, self._studio.prepare(self.template.format(**words), **options)


def _values(name: str, values: Any) -> list[Any]:
    found = [values] if isinstance(values, (str, int, float)) else list(values)
    if not found:
        raise ConfigError(f"The axis {name} is empty; give it one value or more.")
    return found


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
