"""`table.sora`: from the rows of a table back to the takes that they tell of.

The takes are looked for in the libraries of the studios that are open, so a table that was read from a file works
as well, once its library is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sora_nb.errors import ConfigError
from sora_nb.html import Html
from sora_nb.models import stars_of
from sora_nb.opened import STUDIOS
from sora_nb.tables import files
from sora_nb.tables.making import labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class TableAccessor:
    """What can be done with the takes of a table: `df.sora.compare()` and the like. Any part of a table will do."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    @property
    def axes(self) -> list[str]:
        """The columns that are axes of a sweep."""
        told: list[str] = self._table.attrs.get("sora_nb", {}).get("axes", [])
        return [axis for axis in told if axis in self._table]

    def compare(self, **options: Any) -> Any:
        """The finished takes side by side, on one clock, named by their axes; *options* are those of `CompareGrid`."""
        studio, videos = self._takes()
        shown = [video.path is not None for video in videos]
        if self.axes and "label" not in options and "labels" not in options:
            options["labels"] = labels(self._table.loc[shown], self.axes)
        return studio.compare([video for video, there in zip(videos, shown, strict=True) if there], **options)

    def gallery(self, most: int = 24) -> Html:
        """A card for each of the first *most* takes: picture, prompt, how it stands. It needs no kernel to be seen."""
        studio, videos = self._takes()
        gallery: Html = studio.gallery(videos, most=most)
        return gallery

    def report(self, path: str | Path, *, progress: Callable[[float], object] | None = None, **options: Any) -> Path:
        """Write the takes as a report that needs nothing else; see `Studio.report`, and `report_plan` for *options*."""
        page: Path = self.report_plan(**options).write(path, progress=progress)
        return page

    def report_plan(self, **options: Any) -> Any:
        """What a report of the takes would hold and weigh; *options* are those of `Studio.report_plan`."""
        studio, videos = self._takes()
        return studio.report_plan(videos, **options)

    def rate(self, stars: float | Iterable[float | None] | None) -> pd.DataFrame:
        """Give every take 1 to 5 stars, or None for none: one number for all, or one for each row.

        Kept in the library. Returns the table with its new `rating`. Raises `ConfigError`, with nothing rated, where
        one of them is no rating, or their number is not that of the rows.
        """
        given = list(stars) if isinstance(stars, Iterable) else [stars] * len(self._table)
        if len(given) != len(self._table):
            raise ConfigError(f"There are {len(given)} ratings for {len(self._table)} rows; give one for each.")
        try:
            ratings = [None if pd.isna(value) else stars_of(value) for value in given]
        except ConfigError as error:
            raise ConfigError(f"{error} Nothing was rated.") from None
        _, videos = self._takes()
        for video, rating in zip(videos, ratings, strict=True):
            video.rating = rating
        rated = self._table.copy()
        rated["rating"] = pd.Series(ratings, index=rated.index, dtype="float64")
        return rated

    def winners(
        self,
        of: str = "rating",
        by: str | Sequence[str] | None = None,
        *,
        tally: Iterable[Mapping[str, Any]] | None = None,
    ) -> pd.DataFrame:
        """The best take of each group: the one with the highest *of*, a column such as `rating` or `likeness`.

        *by* are the columns that make the groups, by default the axes, so that the best repeat of each point is
        found; `[]` is one group for all. With *tally*, which is `CompareGrid.tally`, the share of wins decides. Where
        two are equal the first one is taken; rows without a figure win nothing.

        Raises `ConfigError` where there is no such column, or it holds no numbers.
        """
        groups = self.axes if by is None else [by] if isinstance(by, str) else list(by)
        for name in (*groups, *([of] if tally is None else [])):
            self._require(name)
        if tally is not None:
            shares = {row["id"]: row["share"] for row in tally}
            figures = pd.Series([shares.get(id_) for id_ in self._table["id"]], self._table.index, dtype="float64")
        else:
            if not pd.api.types.is_numeric_dtype(self._table[of]):
                raise ConfigError(f"The column {of!r} holds no numbers to choose by. Take rating or likeness.")
            figures = self._table[of].astype("float64")
        known = figures.dropna()
        if groups:
            keys = [self._table.loc[known.index, name] for name in groups]
            best = known.groupby(keys, sort=False, dropna=False).idxmax().tolist()
        else:
            best = [known.idxmax()] if len(known) else []
        return self._table.loc[[place for place in self._table.index if place in set(best)]]

    def plot(self, *columns: str, by: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw *columns*: against an axis for takes, over time for a track; returns the matplotlib `Axes`.

        For takes it is one column, `likeness` by default, with a dot for each take and the mean of each value of
        *by*, by default the first axis. Of a table with a `time` all columns with numbers from 0 to 1 are drawn by
        default. Wants the extra `plots`; raises `ConfigError` where it is not there, or a column is not.
        """
        from sora_nb.tables import plots

        for name in columns:
            self._require(name)
        if "time" in self._table:
            return plots.over_time(self._table, columns or plots.shares(self._table), ax)
        by = by or next(iter(self.axes), None)
        if by is None:
            raise ConfigError("The table has no axis to draw against. Say which column: plot('likeness', by='model').")
        if len(columns) > 1:
            raise ConfigError(f"Takes are drawn one column at a time, not {len(columns)}. Give each a plot of its own.")
        column = columns[0] if columns else "likeness"
        self._require(by)
        self._require(column)
        return plots.by_axis(self._table, column, by, ax)

    def save(self, path: str | Path) -> Path:
        """Write the table as CSV, JSON or Parquet, by the ending of *path*; `sora_nb.read_table` reads it again."""
        return files.write_table(self._table, path)

    def _require(self, name: str) -> None:
        if name not in self._table:
            there = ", ".join(map(str, self._table)) or "none"
            raise ConfigError(f"There is no column {name!r}. Its columns: {there}.")

    def _takes(self) -> tuple[Any, list[Any]]:
        """A studio whose library has the takes, and the takes in the order of the rows."""
        self._require("id")
        ids = [str(id_) for id_ in self._table["id"]]
        for studio in list(STUDIOS):
            if (videos := studio.find_videos(ids)) is not None:
                return studio, videos
        raise ConfigError(
            f"These {len(ids)} takes are together in no library that is open here. Make the Studio(library=...) "
            "they came from, then ask again."
        )
