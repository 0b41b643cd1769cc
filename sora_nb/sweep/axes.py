"""The axes of a grid, however they are given, and the points that they make."""

from __future__ import annotations

import csv
import itertools
import string
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sora_nb.errors import ConfigError

OPTIONS = ("seconds", "size", "model", "take", "service", "span")
"""Axes that are settings of the generation. They may be words of the prompt, too; every other axis has to be one."""

NUMBERS = {"seconds": float, "take": int}
"""Axes whose values are numbers, which a file holds as text."""

EXAMPLE = 'Write for example sweep("@{character} {scene}", character=[ada], scene=["in a park"]).'

Point = dict[str, Any]
"""One value of each axis. An option that a table leaves empty is not there."""


def points(rows: Any, axes: Mapping[str, Any]) -> tuple[list[str], list[Point]]:
    """The names of the axes, and every point of the grid in its order.

    *rows* is a `DataFrame`, the path of a CSV file, or a list of mappings: its columns are axes that are not
    crossed with each other. Each of *axes* is a value or several, and is crossed with the rest.
    Raises `ConfigError` where there is none, one twice, or no value.
    """
    table = [] if rows is None else _rows(rows)
    names = list(dict.fromkeys(name for row in table for name in row))
    if twice := sorted(set(names) & set(axes)):
        raise ConfigError(f"The axis {twice[0]} is in the table and is given beside it. Leave one of the two out.")
    crossed = {name: _values(name, values) for name, values in axes.items()}
    found = [
        {**row, **dict(zip(crossed, values, strict=True))}
        for row in (table or [{}])
        for values in itertools.product(*crossed.values())
    ]
    return [*names, *crossed], found


def fill(template: str, names: Sequence[str], found: Sequence[Point]) -> list[str]:
    """The prompt of each point. Raises `ConfigError` where the template and the axes named *names* do not agree."""
    named = _fields(template)
    if not named <= {*names} or not {*names} - {*OPTIONS} <= named:
        raise ConfigError(
            f"The template names {_listed(named)} and the axes are {_listed(set(names))}; each needs the other, "
            f"but for {', '.join(OPTIONS)}, which need not be named. {EXAMPLE}"
        )
    prompts = []
    for number, point in enumerate(found, 1):
        if missing := named - point.keys():
            raise ConfigError(f"Row {number} has no {_listed(missing)}, which the template names. Fill it in.")
        words = {name: _word(name, point[name]) for name in named}
        try:
            prompts.append(template.format(**words))
        except (ValueError, TypeError) as error:
            raise ConfigError(f"The template cannot be filled with row {number}: {error}. {EXAMPLE}") from None
    return prompts


def _word(name: str, value: Any) -> Any:
    """A value of an axis as the prompt says it: text, a number, a character's handle, a service's name."""
    value = getattr(value, "service_name", value)
    if name in OPTIONS or isinstance(value, (str, int, float)) or hasattr(value, "handle"):
        return value
    raise ConfigError(f"The axis {name} has the value {value!r}, which no prompt can say. Give text or a number.")


def _fields(template: str) -> set[str]:
    if not isinstance(template, str):
        raise ConfigError(f"A template is text, not {template!r}. {EXAMPLE}")
    try:
        named = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise ConfigError(f"The template cannot be read: {error}. Write {{{{ for a brace that is one.") from None
    if odd := sorted(name for name in named if not name.isidentifier()):
        raise ConfigError(f"{{{odd[0]}}} in the template is no name of an axis. {EXAMPLE}")
    return named


def _values(name: str, values: Any) -> list[Any]:
    single = isinstance(values, (str, int, float)) or not hasattr(values, "__iter__")
    found = [values] if single else list(values)
    if not found:
        raise ConfigError(f"The axis {name} is empty; give it one value or more.")
    if missing := [value for value in found if value != "" and not _is_there(value)]:
        raise ConfigError(f"The axis {name} has the value {missing[0]!r}, which says nothing. Leave it out.")
    return [_typed(name, value) for value in found]


def _rows(rows: Any) -> list[Point]:
    if isinstance(rows, (str, Path)):
        read: list[Mapping[Any, Any]] = list(_from_csv(Path(rows).expanduser()))
    elif hasattr(rows, "to_dict"):
        read = rows.to_dict("records")
    else:
        read = list(rows) if isinstance(rows, Iterable) else []
    if not read or not all(isinstance(row, Mapping) for row in read):
        raise ConfigError("The table of a sweep has no rows. Give a DataFrame, the path of a CSV, or a list of dicts.")
    return [{str(name): _typed(str(name), value) for name, value in row.items() if _is_there(value)} for row in read]


def _from_csv(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else f"it is no CSV in UTF-8 ({error})"
        raise ConfigError(f"The table {path} cannot be read: {why}. Give a CSV whose first line is axes.") from None
    if any(None in row or None in row.values() for row in rows):
        raise ConfigError(f"The table {path} has lines that are longer or shorter than its first one. Mend them.")
    return rows


def _is_there(value: Any) -> bool:
    # A missing value differs from itself, or is pandas' NA, which will not say.
    try:
        return value is not None and value != "" and bool(value == value)
    except (TypeError, ValueError):
        return False


def _typed(name: str, value: Any) -> Any:
    if hasattr(value, "item"):  # a number of numpy's, out of a DataFrame
        value = value.item()
    kind = NUMBERS.get(name)
    if kind is None or isinstance(value, bool):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ConfigError(f"The axis {name} has the value {value!r}, which is no number. Try 4.") from None
    if kind is int and not number.is_integer():
        raise ConfigError(f"The axis {name} has the value {value!r}, which is no whole number. Try 2.")
    return int(number) if number.is_integer() else number


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
