"""By what takes that are compared can be put in order, and told apart: their figures, and the axes of their sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sora_nb.errors import ConfigError
from sora_nb.models import VideoRecord
from sora_nb.widgets.player import elapsed

FIGURES: dict[str, tuple[str, bool, Callable[[VideoRecord], float | None]]] = {
    "rating": ("Stars", True, lambda record: record.rating),
    "likeness": ("Likeness", True, lambda record: record.measures.get("likeness")),
    "sharpness": ("Sharpness", True, lambda record: record.measures.get("sharpness")),
    "motion": ("Motion", True, lambda record: record.measures.get("motion")),
    "cost_usd": ("Cost", False, lambda record: record.cost_usd),
    "elapsed_s": ("Time to make", False, elapsed),
    "seconds": ("Length", False, lambda record: record.request.seconds),
    "take": ("Take", False, lambda record: record.request.take),
}
"""By their names in `videos_df`: the words for it, whether the highest comes first, and where it stands."""

WORDS: dict[str, Callable[[VideoRecord], str]] = {
    "model": lambda record: record.request.model,
    "service": lambda record: record.service,
    "size": lambda record: record.request.size,
}
"""By their names in `videos_df`: what is words, beside the axes of a sweep."""


def values(record: VideoRecord) -> dict[str, Any]:
    """What there is to put a take in order by, and to tell it apart."""
    axes = {name: str(value) for name, value in record.axes.items() if name not in FIGURES}
    figures = {name: read(record) for name, (_, _, read) in FIGURES.items()}
    return {**figures, **{name: read(record) for name, read in WORDS.items()}, **axes}


def columns(rows: Iterable[VideoRecord]) -> list[dict[str, Any]]:
    """The columns in which the takes differ, as the page draws them; and stars, since those can still be given."""
    told = [values(row) for row in rows]
    names = list(dict.fromkeys(name for row in told for name in row))
    shown = []
    for name in names:
        found = list(dict.fromkeys(row[name] for row in told if row.get(name) is not None))
        if name in FIGURES and (len(found) > 1 or name == "rating"):
            words, descending, _ = FIGURES[name]
            shown.append({"name": name, "words": words, "kind": "number", "descending": descending, "values": []})
        elif name not in FIGURES and len(found) > 1:
            words = name.replace("_", " ").capitalize()
            shown.append({"name": name, "words": words, "kind": "text", "descending": False, "values": found})
    return shown


def order_of(known: Sequence[dict[str, Any]], by: str | None, descending: bool | None) -> list[Any]:
    """What the trait `order` holds for it. Raises `ConfigError` where there is no such column."""
    if by is None:
        return []
    column = _column(known, by)
    return [by, column["descending"] if descending is None else descending]


def filter_of(known: Sequence[dict[str, Any]], by: str | None, value: Any) -> list[Any]:
    """What the trait `only` holds for it. Raises `ConfigError` where there is no such column or value."""
    if by is None:
        return []
    column = _column(known, by)
    if column["kind"] == "number":
        return [by, _figure(by, value)]
    if str(value) not in column["values"]:
        raise ConfigError(f"No take has {value!r} as its {by}. There are {', '.join(map(repr, column['values']))}.")
    return [by, str(value)]


def _column(known: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    for column in known:
        if column["name"] == name:
            return column
    names = ", ".join(str(column["name"]) for column in known)
    raise ConfigError(f"The takes here do not differ in {name!r}. They do in {names}.")


def _figure(by: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{by} is a figure, and {value!r} is no number. Give the least it may be: 3.") from None
