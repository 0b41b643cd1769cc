"""The named ranges of one picker: what the page and Python hand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import traitlets

from sora_nb.errors import ConfigError
from sora_nb.timerange import TimeRange
from sora_nb.video.box import Box

Span: TypeAlias = TimeRange | str | tuple[float, float]

MOST_NAME = 80
"""Letters of a name, as many as a character's may have."""


@dataclass(frozen=True, slots=True)
class NamedRange:
    """One stretch of a video that is to become one character."""

    name: str
    """What a person called it; empty until somebody did."""
    span: TimeRange
    box: Box | None = None
    """Where in the picture the character is, in shares of it."""
    box_at: float | None = None
    """The second of the video at which the box was drawn."""

    @classmethod
    def of(cls, value: Any) -> NamedRange:
        """A range from itself, from what a trait holds, from `(name, span)`, or from a span alone.

        Raises `RangeError` or `ConfigError` for anything else.
        """
        if isinstance(value, NamedRange):
            return value
        if isinstance(value, Mapping):
            return cls._read(value)
        if isinstance(value, (tuple, list)) and len(value) == 2 and isinstance(value[0], str):
            return cls(_name(value[0]), _span(value[1]))
        return cls("", _span(value))

    @classmethod
    def _read(cls, row: Mapping[str, Any]) -> NamedRange:
        unknown = set(row) - {"name", "start", "end", "box", "box_at"}
        if unknown or not {"start", "end"} <= set(row):
            raise ConfigError(
                f"{dict(row)!r} is no range. Give name, start and end, and box and box_at where somebody is marked."
            )
        box, at = row.get("box"), row.get("box_at")
        return cls(
            _name(row.get("name", "")),
            _span((row["start"], row["end"])),
            Box.of(box) if box is not None else None,
            round(float(at), 3) if box is not None and at is not None else None,
        )

    def row(self) -> dict[str, Any]:
        """It as plain data."""
        return {
            "name": self.name,
            "start": self.span.start,
            "end": self.span.end,
            "box": box_row(self.box),
            "box_at": self.box_at,
        }


class Seconds(traitlets.TraitType[tuple[float, float], Any]):
    """A trait that holds `(start, end)` in seconds, and also takes `"5,8"` and a `TimeRange`."""

    def validate(self, obj: Any, value: Any) -> tuple[float, float]:
        """The pair, rounded to milliseconds; `RangeError` where it is no range."""
        span = _span(value)
        return span.start, span.end


class Boxed(traitlets.TraitType[tuple[float, float, float, float] | None, Any]):
    """A trait that holds `(left, top, width, height)` in shares of the picture, or None; it also takes a `Box`."""

    def validate(self, obj: Any, value: Any) -> tuple[float, float, float, float] | None:
        """The four numbers; `ConfigError` where they mean nothing of the picture."""
        row = box_row(Box.of(value)) if value is not None else None
        return (row[0], row[1], row[2], row[3]) if row is not None else None


class Ranges(traitlets.TraitType[list[dict[str, Any]], Any]):
    """A trait that holds named ranges as plain data, and also takes `(name, span)` and bare spans."""

    def validate(self, obj: Any, value: Any) -> list[dict[str, Any]]:
        """The rows; `RangeError` or `ConfigError` where one of them is no range."""
        if isinstance(value, (str, Mapping)) or not isinstance(value, Iterable):
            raise ConfigError(f'{value!r} is no list of ranges. Give one such as [("Ada", "2,5"), ("Ben", "6,9")].')
        return [NamedRange.of(one).row() for one in value]


def box_row(box: Box | None) -> list[float] | None:
    """A box as plain data."""
    return [round(side, 4) for side in (box.x, box.y, box.w, box.h)] if box is not None else None


def place_of(which: int | str, rows: list[dict[str, Any]]) -> int:
    """The place of a range among *rows*, by its place or its name. Raises `ConfigError` where there is none."""
    names = [row["name"] for row in rows]
    if isinstance(which, str) and which in names:
        return names.index(which)
    if isinstance(which, int) and -len(rows) <= which < len(rows):
        return which % len(rows)
    known = ", ".join(repr(name or place) for place, name in enumerate(names)) or "none yet"
    raise ConfigError(f"There is no range {which!r} here. Known: {known}.")


def _span(value: Any) -> TimeRange:
    return TimeRange.of(tuple(value) if isinstance(value, list) else value)


def _name(value: Any) -> str:
    name = str(value).strip()
    if len(name) > MOST_NAME:
        raise ConfigError(f"{name[:20]!r}... has {len(name)} letters. A name has at most {MOST_NAME}.")
    return name
