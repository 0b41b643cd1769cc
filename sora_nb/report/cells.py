"""Values as the words that people read: dollars, days, megabytes, and the table of them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sora_nb.models import VideoRecord
from sora_nb.tables import videos_df
from sora_nb.timerange import plain


@dataclass(frozen=True, slots=True)
class Table:
    """The takes, one row each, in the columns that hold anything."""

    columns: tuple[str, ...]
    numeric: frozenset[str]
    """Those of the columns that are figures."""
    rows: tuple[tuple[str, ...], ...]


def table(videos: Sequence[VideoRecord], handles: Mapping[str, str]) -> Table:
    """All values of the takes, under the names they have in `videos_df`.

    Of a file only its name is told, because a page that is passed on has no business with folders.
    """
    axes = list(dict.fromkeys(axis for video in videos for axis in video.axes))
    named = [replace(video, path=Path(video.path.name)) if video.path else video for video in videos]
    frame = videos_df(named, handles, axes)
    frame = frame[[name for name in frame if (frame[name].notna() & frame[name].ne("")).any()]]
    numeric = frozenset(str(name) for name in frame if str(frame[name].dtype) in ("float64", "Int64", "int64"))
    cells = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    rows = tuple(tuple(_cell(value) for value in row) for row in cells)
    return Table(tuple(str(name) for name in frame.columns), numeric, rows)


def money(dollars: float) -> str:
    """US dollars, with as many digits as it takes not to show a price as nothing.

    >>> money(1.2), money(0.004)
    ('$1.20', '$0.004')
    """
    return f"${dollars:,.2f}" if dollars == 0 or dollars >= 0.01 else f"${dollars:.2g}"


def day(moment: datetime) -> str:
    """A date in UTC: `2026-11-23`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def size(count: int) -> str:
    """Bytes in the unit that keeps them short: `48.2 MB`, `310 kB`."""
    return f"{plain(round(count / 1e6, 1))} MB" if count >= 1_000_000 else f"{plain(round(count / 1e3, 1))} kB"


def encoded(count: int) -> int:
    """How many letters so many bytes become in a page, where three are written as four."""
    return (count + 2) // 3 * 4


def counted(number: int, noun: str) -> str:
    """`1 take`, `2 takes`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([*([", ".join(words[:-1])] if words[1:] else []), *words[-1:]])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return str(value)
