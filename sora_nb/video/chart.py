"""A track as a picture for a cell: the filmstrip, and under it what was measured, on one axis of time."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora_nb.html import Html, element
from sora_nb.timerange import TimeRange, plain
from sora_nb.video.track import Track

_WIDTH, _HEIGHT = 720, 96
_POINTS = 360
_LINES = (("sharpness", "#3b82c4"), ("brightness", "#b8860b"), ("motion", "#8a63b8"))
_CUT, _FADE, _CHOSEN = "#d1495b", "#d1495b", "#2e8b57"
_MOST_MOTION = 20.0


def chart(track: Track, chosen: Sequence[TimeRange] = ()) -> Html:
    """The filmstrip over a plot of sharpness, brightness and motion, with cuts, fades and *chosen* ranges marked."""
    return element(
        "div",
        element("div", repr(track), style="font-size:12px;opacity:.8;margin-bottom:4px"),
        element(
            "img",
            src=f"data:image/jpeg;base64,{b64encode(track.filmstrip).decode()}",
            alt=f"{track.tiles} frames of {track.name}, evenly spread",
            style=f"display:block;width:100%;max-width:{_WIDTH}px;height:54px;object-fit:fill",
        ),
        _plot(track, chosen),
        _legend(track, chosen),
        class_="sora-nb-track",
        style=f"max-width:{_WIDTH}px;font-family:sans-serif",
    )


def _plot(track: Track, chosen: Sequence[TimeRange]) -> Html:
    frames, samples = track.frames, track.samples
    best = max(0.3, float(samples["sharpness"].max()))
    curves = {
        "sharpness": (track.sample_times, samples["sharpness"] / best),
        "brightness": (frames["time"], frames["luma"] / 255),
        "motion": (frames["time"], frames["motion"] * (track.fps / 25) / _MOST_MOTION),
    }
    said = [f"{len(track.cuts)} cuts", f"{len(track.fades)} fades", *(f"suggested {span}" for span in chosen)]
    return element(
        "svg",
        [_band(track, span, _CHOSEN, 0.18) for span in chosen],
        [_band(track, span, _FADE, 0.25) for span in track.fades],
        [
            element("polyline", points=_points(track, *curves[name]), fill="none", stroke=colour, stroke_width="1.2")
            for name, colour in _LINES
        ],
        [_line(track, moment) for moment in track.cuts],
        viewbox=f"0 0 {_WIDTH} {_HEIGHT}",
        preserveaspectratio="none",
        role="img",
        aria_label=f"Sharpness, brightness and motion of {track.name}: {', '.join(said)}",
        style=f"display:block;width:100%;max-width:{_WIDTH}px;height:{_HEIGHT}px;border-bottom:1px solid #8888",
    )


def _points(track: Track, times: NDArray[Any], values: NDArray[Any]) -> str:
    """The curve at most _POINTS wide: the mean of each stretch."""
    place = np.minimum((times / track.duration * _POINTS).astype(int), _POINTS - 1)
    count = np.bincount(place, minlength=_POINTS)
    here = np.flatnonzero(count)
    means = np.bincount(place, weights=np.clip(np.nan_to_num(values), 0, 1), minlength=_POINTS)[here] / count[here]
    x, y = (here + 0.5) * _WIDTH / _POINTS, _HEIGHT - 2 - means * (_HEIGHT - 4)
    return " ".join(f"{a:.0f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _band(track: Track, span: TimeRange, colour: str, opacity: float) -> Html:
    left, right = (_WIDTH * moment / track.duration for moment in (span.start, span.end))
    wide = f"{max(1.0, right - left):.1f}"
    return element(
        "rect", element("title", str(span)), x=f"{left:.1f}", y=0, width=wide, height=_HEIGHT,
        fill=colour, fill_opacity=opacity,
    )  # fmt: skip


def _line(track: Track, moment: float) -> Html:
    x = f"{_WIDTH * moment / track.duration:.1f}"
    return element(
        "line", element("title", f"cut at {plain(moment)} s"), x1=x, x2=x, y1=0, y2=_HEIGHT, stroke=_CUT,
        stroke_width="1.5", stroke_dasharray="4 3",
    )  # fmt: skip


def _legend(track: Track, chosen: Sequence[TimeRange]) -> Html:
    marks = [*_LINES]
    marks += [("cut", _CUT)] if track.cuts else []
    marks += [("fade", _FADE)] if track.fades else []
    marks += [("suggested", _CHOSEN)] if chosen else []
    return element(
        "div",
        element("span", "0 s", style="margin-right:12px;opacity:.8"),
        [element("span", name, style=f"color:{colour};margin-right:12px") for name, colour in marks],
        element("span", f"{plain(round(track.duration, 1))} s", style="float:right;opacity:.8"),
        style="font-size:12px",
    )
