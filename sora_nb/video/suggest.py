"""The best ranges of a video, with reasons."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from sora_nb.errors import ConfigError
from sora_nb.html import as_output, element
from sora_nb.timerange import TUTORIAL, Finding, Limits, TimeRange, limits_of, plain
from sora_nb.video.box import Box, BoxLike
from sora_nb.video.chart import chart
from sora_nb.video.follow import follow
from sora_nb.video.following import SUBJECT_SAMPLES, first_box, with_subject
from sora_nb.video.numbers import require_count, require_moment
from sora_nb.video.regions import Embedder
from sora_nb.video.remarks import findings, watches
from sora_nb.video.scan import scan
from sora_nb.video.seen import Seen
from sora_nb.video.track import Track

if TYPE_CHECKING:
    import pandas as pd

FLOOR = 0.3
"""Nothing below this score is suggested."""

_LONGEST = 4.0
"""Seconds that are wished for where a service sets no end."""
_LENGTHS = 9
"""So many lengths are tried, from the shortest that is wished for to the longest."""
_SHORT = 0.25
"""What a range would lose of its score if it lasted no time at all: more of somebody is worth a little quality."""
_STEP_MS = 100
_WORST = 0.4
"""How much of a range's score is that of its worst sample; the rest is the mean's."""
_NEVER = frozenset({"scene_cut", "fade"})
"""A range with one of these is not suggested at all."""
_DOUBT = 0.5
"""What every other warning leaves of the score of a range."""
_WITH_FACES = {"ahead": 0.5, "size": 0.3, "sharp": 0.5, "light": 0.5, "whole": 0.7, "alone": 0.7, "sure": 0.2}
"""A sample is worth the product of its parts, each to such a power: one that is nearly 0 spoils it alone."""
_PICTURE = {"sharp": 0.6, "light": 0.5}
_MIDDLE = {"middle": 0.6}
"""Where no face was seen, and some pictures look as if somebody were in their middle."""
_GUESSED = 0.8
"""What is left of a score where no face was seen in the whole video: that somebody is there is a guess."""
_UNGUESSED = 0.6
"""And where nothing says that there is anybody: no face, nothing that moves near, and no colours like skin."""
_NOBODY = 0.12
"""The score of a sample without a face, where others have one."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One range, how good it is, and why."""

    span: TimeRange
    score: float
    """0 to 1."""
    reasons: tuple[str, ...]
    """In words, what speaks for it and then what does not."""
    parts: Mapping[str, float]
    """What the score is made of, each 0 to 1: `sharp light steady length`; with faces `ahead size whole alone sure`,
    without one, where somebody seems to be there, `middle`."""
    findings: tuple[Finding, ...] = ()
    """What there is to say of it by its pictures all the same."""
    box: Box | None = None
    """Where it begins with the one who was followed, for `create_character(..., box=)`; None where nobody was."""

    def __str__(self) -> str:
        return f"{self.span} ({self.score:.2f}): {'; '.join(self.reasons)}"


@dataclass(frozen=True, slots=True)
class Suggestions(Sequence[Suggestion]):
    """The best first; empty where nothing is good, and `note` says why."""

    items: tuple[Suggestion, ...]
    note: str
    """What was looked at, what could not be seen, and why there is nothing where there is nothing."""
    track: Track = field(repr=False)
    """What they were chosen by."""

    @overload
    def __getitem__(self, index: int) -> Suggestion: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Suggestion]: ...
    def __getitem__(self, index: int | slice) -> Suggestion | Sequence[Suggestion]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Suggestion]:
        return iter(self.items)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.items), self.note])

    def _repr_html_(self) -> str:
        rows = [
            element("li", element("b", str(one.span)), f" s, score {one.score:.2f}: {'; '.join(one.reasons)}")
            for one in self.items
        ]
        told = element("ol", rows) if rows else None
        spans = [one.span for one in self.items]
        return as_output(element("div", chart(self.track, spans), told, element("p", self.note)))

    @property
    def df(self) -> pd.DataFrame:
        """One row for each: `start end seconds score reasons findings`, and a column for each part."""
        from sora_nb.tables import suggestions_df

        return suggestions_df([_row(item) for item in self.items])


def suggest(
    source: str | os.PathLike[str] | Track,
    limits: Limits | str = TUTORIAL,
    k: int = 3,
    *,
    box: BoxLike | None = None,
    at: float = 0.0,
    each: bool = False,
    embedder: Embedder | None = None,
) -> Suggestions:
    """The best *k* ranges of a video that keep to *limits* and do not overlap.

    *source* is a path, or the track of a video that was scanned before. None crosses a cut or a fade. Where a face
    detector was used and saw faces, a range is judged by its largest face, else by its pictures alone. Nothing below
    a score of 0.3 is suggested. Raises `VideoFileError` for what is no video.

    *box*, drawn on the picture at *at* seconds, says who is meant: it is followed through the video, and a range is
    judged by how well that one is seen. *each* gives the best range of each character instead, where faces are
    found and they can be told apart: by looks, or by an *embedder* of yours as `likeness` takes it; the note says
    where they cannot. Both take another decode, and a path, since a track holds no pictures.
    """
    require_count(k)
    if box is not None:
        box = Box.of(box)
        require_moment(at)
    limits = limits_of(limits)
    track = source if isinstance(source, Track) else scan(source, faces=None if box is not None else "installed")
    if box is not None or each:
        if isinstance(source, Track):
            raise ConfigError("A track holds no pictures in which anyone could be followed. Give the video's path.")
        if box is not None and each:
            raise ConfigError("A box is one character, and each=True is about all of them. Give one of the two.")
    if each and not isinstance(source, Track):
        from sora_nb.video.showcase import showcase

        return showcase(source, track, limits, k, embedder)
    if box is not None and not isinstance(source, Track):
        track = with_subject(track, follow(source, box, at, samples=SUBJECT_SAMPLES))
    lengths = _lengths(limits, track.duration)
    if not lengths:
        least = plain(limits.min_seconds or 0)
        return Suggestions(
            (), f"{track.name} lasts {plain(track.duration)} s; {limits.name} wants at least {least} s.", track
        )
    ranked = _Ranking(track)
    windows = ranked.windows(lengths)
    if not len(windows.start):
        return Suggestions((), f"No stretch of {plain(lengths[0])} s in {track.name} is free of cuts and fades.", track)
    taken: list[int] = []
    for number in np.argsort(-windows.score, kind="stable").tolist():
        if len(taken) == k or windows.score[number] < FLOOR:
            break
        start, end = windows.start[number], windows.end[number]
        if all(end <= windows.start[other] or start >= windows.end[other] for other in taken):
            taken.append(number)
    items = tuple(ranked.suggestion(windows, number, limits) for number in taken)
    return Suggestions(items, ranked.note(float(windows.score.max()) if not items else None), track)


def _lengths(limits: Limits, duration: float) -> list[float]:
    """Lengths to try, in seconds, the shortest first."""
    low, high = limits.min_seconds or 0.5, min(limits.max_seconds or duration, duration)
    if low > high:
        return []
    wish = limits.advised or (max(low, limits.warn_below or 0), limits.warn_above or _LONGEST)
    shortest, longest = (min(max(value, low), high) for value in wish)
    longest = max(shortest, min(longest, limits.warn_above or longest))
    tried = {round(float(value), 1) for value in np.linspace(shortest, longest, _LENGTHS)}
    return sorted(tried & _within(low, high)) or [low]


def _within(low: float, high: float) -> set[float]:
    return {value / 10 for value in range(int(np.ceil(low * 10 - 1e-6)), int(high * 10 + 1e-6) + 1)}


@dataclass(frozen=True, slots=True)
class _Windows:
    start: NDArray[np.int64]
    """Milliseconds, as is the end."""
    end: NDArray[np.int64]
    score: NDArray[np.float64]
    first: NDArray[np.int64]
    """The first sample in each, and the first behind it."""
    last: NDArray[np.int64]


class _Ranking:
    """The samples of one video, and what each is worth."""

    def __init__(self, track: Track) -> None:
        self._track, self._seen = track, Seen.of(track)
        seen = self._seen
        self.by_faces = track.detector is not None and bool((seen.faces > 0).mean() >= 0.05)
        self._columns = {
            "sharp": seen.sharp,
            # Without a detector it may be a white wall; the less of it is clipped, the likelier that is.
            "light": np.where(seen.washed_out, 0.1 if track.detector else 0.8 - 0.45 * seen.clipped, seen.light),
        }
        if self.by_faces:
            alone = np.where(seen.faces > 1, 0.1, 1.0)
            sharp = np.where(np.isnan(seen.face_sharp), seen.sharp, np.sqrt(seen.face_sharp * seen.sharp))
            self._columns |= {
                "sharp": sharp, "ahead": seen.ahead, "size": seen.size, "whole": seen.whole, "alone": alone,
                "sure": seen.sure,
            }  # fmt: skip
        self.by_middle = not self.by_faces and float(np.quantile(seen.somebody, 0.9)) >= 0.5
        if self.by_middle:
            self._columns["middle"] = np.clip(seen.somebody, 0.3, 1)  # whoever has fur is not kept out
        if track.followed:  # who is boxed may have no face, and who is beside it was not looked for
            self._columns = {name: column for name, column in self._columns.items() if name not in ("ahead", "alone")}
        weights = _WITH_FACES if self.by_faces else _PICTURE | _MIDDLE if self.by_middle else _PICTURE
        parts = ((weight, self._columns[name]) for name, weight in weights.items() if name in self._columns)
        logs = sum(weight * np.log(np.maximum(column, 0.01)) for weight, column in parts)
        self._worth = np.exp(np.nan_to_num(np.asarray(logs), nan=float(np.log(_NOBODY))))
        self._calm = self._seen.steady

    def windows(self, lengths: Sequence[float]) -> _Windows:
        """Every range of one of *lengths* without a cut or a fade, and its score."""
        track = self._track
        room = int(track.duration * 1000)
        edges = [int(np.ceil(1000 * at)) for at in track.cuts] + [fade.end_ms + 50 for fade in track.fades]
        starts, ends = [], []
        for length in lengths:
            ms = round(length * 1000)
            begins = np.unique([*range(0, room - ms + 1, _STEP_MS), *(at for at in edges if at + ms <= room)])
            starts.append(begins.astype(np.int64))
            ends.append(begins.astype(np.int64) + ms)
        start, end = np.concatenate(starts), np.concatenate(ends)
        free, doubt = np.ones(len(start), bool), np.ones(len(start))
        for watch in watches(track):
            fires = watch.fires(start / 1000, end / 1000)
            if watch.code in _NEVER:
                free &= ~fires
            elif watch.level == "warning":
                doubt[fires] *= _DOUBT
        start, end, doubt = start[free], end[free], doubt[free]
        times, cuts = track.sample_times, np.array(track.cuts)
        first, last = np.searchsorted(times, start / 1000 - 1e-6), np.searchsorted(times, end / 1000 - 1e-6)
        # What was seen just before a range holds at its start as well, unless a cut lies between.
        before = np.maximum(first - 1, 0)
        same_shot = np.searchsorted(cuts, times[before], "right") == np.searchsorted(cuts, start / 1000 + 1e-3, "right")
        first = np.where(same_shot, before, first)
        some = last > first
        start, end, first, last, doubt = start[some], end[some], first[some], last[some], doubt[some]
        if not len(start):
            return _Windows(start, end, np.zeros(0), first, last)
        score = (1 - _WORST) * _means(self._worth, first, last) + _WORST * _least(self._worth, first, last)
        score *= (1 - _WORST) * _means(self._calm, first, last) + _WORST * _least(self._calm, first, last)
        score *= doubt * (1 if self.by_faces else _GUESSED if self.by_middle else _UNGUESSED)
        longest = lengths[-1] * 1000
        score *= 1 - _SHORT + _SHORT * (end - start) / longest
        return _Windows(start, end, score, first, last)

    def suggestion(self, windows: _Windows, number: int, limits: Limits) -> Suggestion:
        """One of the windows, explained."""
        span = TimeRange.from_ms(int(windows.start[number]), int(windows.end[number]))
        here = slice(int(windows.first[number]), int(windows.last[number]))
        with_nan = {name: column[here] for name, column in self._columns.items()}
        parts = {name: float(np.nanmean(c)) if not np.isnan(c).all() else 0.0 for name, c in with_nan.items()}
        parts |= {
            "steady": float(self._calm[here].mean()),
            "length": span.seconds / (windows.end - windows.start).max() * 1000,
        }
        remarks = findings(self._track, span, limits)
        reasons = self._reasons(here, parts)
        return Suggestion(
            span, round(float(windows.score[number]), 3), reasons,
            {name: round(float(value), 3) for name, value in parts.items()}, tuple(remarks),
            first_box(self._track, here),
        )  # fmt: skip

    def note(self, best: float | None) -> str:
        """What was looked for, and what was not."""
        track = self._track
        blind = f" It cannot see {track.blind_to}." if track.blind_to else ""
        if track.followed:
            how = f"Judged by who is in {track.detector}."
            if not self.by_faces:
                how = f"Who is in {track.detector} was lost at once: ranked by the pictures alone."
        elif self.by_faces:
            how = f"Faces by {track.detector}.{blind}"
        else:
            who = f"{track.detector} saw no face here" if track.detector else "Nobody looked for faces"
            how = f"{who}: ranked by the pictures alone, and whether anybody is seen is not known.{blind}"
            if self.by_middle:
                signs = "what moves in the middle" + ("" if track.detector else ", and colours like skin there,")
                how = f"{who}: {signs} was taken for somebody, which is a guess.{blind}"
        if best is None:
            return how
        return f"Nothing here is good: the best range scores {best:.2f}, and {FLOOR} is the least. {how}"

    def _reasons(self, here: slice, parts: Mapping[str, float]) -> tuple[str, ...]:
        seen = self._seen
        good: list[str] = []
        bad: list[str] = []
        if self.by_faces:
            height = float(np.nanmedian(seen.height[here])) if (seen.faces[here] > 0).any() else 0.0
            shown = float((seen.faces[here] > 0).mean())
            (good if shown > 0.8 else bad).append(
                f"{'the boxed one at' if self._track.followed else 'a face of'} {height:.0%} of the height"
                + ("" if shown > 0.8 else f", in {shown:.0%} of it")
            )
            said = {
                "ahead": ("looking ahead", "turned aside"),
                "alone": ("alone", "not alone"),
                "whole": ("", "cut off by the edge"),
            }
            for name, (yes, no) in said.items():
                if name not in parts:
                    continue
                if yes and parts[name] > 0.75:
                    good.append(yes)
                elif parts[name] < 0.6:
                    bad.append(no)
        if self.by_middle:
            there = parts["middle"] > 0.6
            (good if there else bad).append(f"{'perhaps' if there else 'perhaps not'} somebody in the middle")
        sharpness = f"{float(np.median(seen.sharpness[here])):.2f}, the best here has {seen.best_sharpness:.2f}"
        (good if parts["sharp"] > 0.7 else bad).append(
            f"sharp ({sharpness})" if parts["sharp"] > 0.7 else f"not quite sharp ({sharpness})"
        )
        light = f"brightness {float(np.median(seen.light_of[here])):.0f} of 255"
        (good if parts["light"] > 0.7 else bad).append(
            f"well lit ({light})" if parts["light"] > 0.7 else f"badly lit ({light})"
        )
        (good if parts["steady"] > 0.7 else bad).append("steady" if parts["steady"] > 0.7 else "moves fast")
        return (*good, *bad)


def _means(values: NDArray[np.floating], first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.float64]:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((total[last] - total[first]) / (last - first))


def _least(values: NDArray[np.floating], first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.float64]:
    """The lowest value in each range; the value behind the last one keeps every range inside the array."""
    pairs = np.stack([first, last], axis=1).ravel()
    return np.asarray(np.minimum.reduceat(np.append(values, np.inf), pairs)[::2], dtype=np.float64)


def _row(item: Suggestion) -> dict[str, Any]:
    return {
        "start": item.span.start,
        "end": item.span.end,
        "seconds": item.span.seconds,
        "score": item.score,
        "reasons": "; ".join(item.reasons),
        "findings": " ".join(finding.code for finding in item.findings),
        **item.parts,
    }
