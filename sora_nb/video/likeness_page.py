"""A likeness as people see it in a cell: what was compared, side by side, and the figures under it."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.html import Html, element

if TYPE_CHECKING:
    from sora_nb.video.likeness import Likeness

_HIGH = 48
"""Pixels of the tallest bar."""


def page(found: Likeness) -> Html:
    """The sentence, the reference, the take, and a bar for each picture."""
    known, seen = found.shown
    take = [
        _tile(picture, f"{found.times[at]:.1f} s: {found.scores[at]:.2f}")
        for picture, at in zip(seen, found.shown_at, strict=True)
    ]
    return element(
        "div",
        element("p", element("b", found.words)),
        _row(f"Reference: {found.reference}", [_tile(picture, "") for picture in known]),
        _row(f"Take: {found.take}", take or [element("span", "It was found in no picture.")]),
        element(
            "div",
            [_bar(time, score) for time, score in zip(found.times, found.scores, strict=True)],
            style=f"display:flex;align-items:flex-end;gap:1px;height:{_HIGH}px;max-width:900px",
            role="img",
            aria_label=f"Likeness over time, from {np.nan_to_num(found.low):.2f} on",
        ),
        element("p", f"Compared by {found.measure}; {found.region}.", style="font-size:85%;opacity:.8"),
        style="font-family:system-ui,sans-serif",
    )


def _row(title: str, tiles: list[Html]) -> Html:
    return element(
        "div",
        element("div", title, style="font-size:85%"),
        element("div", tiles, style="display:flex;flex-wrap:wrap;gap:6px;margin:2px 0 8px"),
    )


def _tile(picture: bytes, words: str) -> Html:
    source = f"data:image/jpeg;base64,{b64encode(picture).decode()}"
    return element(
        "figure",
        element("img", src=source, width=96, height=96, alt=words or "the reference"),
        element("figcaption", words, style="font-size:75%;text-align:center") if words else None,
        style="margin:0",
    )


def _bar(time: float, score: float) -> Html:
    known = bool(np.isfinite(score))
    high = max(1, round(_HIGH * min(1.0, max(0.0, score)))) if known else _HIGH
    colour = "#4c78a8" if known else "repeating-linear-gradient(45deg,#ccc 0 2px,transparent 2px 5px)"
    said = f"{time:.1f} s: {score:.2f}" if known else f"{time:.1f} s: not found"
    return element("div", style=f"flex:1;min-width:2px;height:{high}px;background:{colour}", title=said)
