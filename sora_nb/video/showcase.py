"""Several characters in one video, told apart: the best range of each.

A face is followed from sample to sample while nothing is cut. Such strands are one character where they look
alike, and never where both are in one picture.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sora_nb.timerange import Limits, plain
from sora_nb.video.appearance import Appearance, View
from sora_nb.video.box import Box
from sora_nb.video.faces import name_of
from sora_nb.video.playback import play
from sora_nb.video.regions import Embedder, crops, vectors
from sora_nb.video.source import opened
from sora_nb.video.suggest import Suggestion, Suggestions, suggest
from sora_nb.video.track import Rows, Track
from sora_nb.video.upright import Picture, Upright, fit

Matrix: TypeAlias = NDArray[np.float64]
"""`(n, n)`: how alike each two strands are."""

Sighting: TypeAlias = tuple[int, int, float, float, float, float]
"""The number of a frame and of a strand, and where that one is: left, top, width, height."""

Alike: TypeAlias = Callable[[Sequence[Sighting]], Matrix]

_SAME_LOOKS, _SAME_EMBEDDED = 0.78, 0.95
"""From here on two strands are one character: by looks, and by the cosine of an embedder's vectors."""
_UNSURE = 0.06
"""And so far below that they may be."""
_OVERLAP = 0.2
"""Two faces in samples that follow each other are one where they share this much of their area."""
_GAP = 2
"""Samples in which a face may go unseen."""
_LEAST_SAMPLES = 3
_MOST_STRANDS = 40
_SIGHTINGS = 5
_SIDE = 480
_BESIDE = 0.4
"""A face of less than this share of the largest one's height is someone in the background."""
_BODY = (0.6, 0.5, 0.6, 2.5)
"""How far the head and shoulders reach beyond a face, in shares of it: left, above, right, below."""


@dataclass
class Strand:
    """One face, followed while nothing is cut."""

    shot: int
    rows: list[int]
    """Its rows among the faces of the track, in order."""
    last: int
    """The sample it was last seen in."""


def showcase(
    source: str | os.PathLike[str], track: Track, limits: Limits, k: int, embedder: Embedder | None = None
) -> Suggestions:
    """The best range of each character in a video that was scanned; see `each`.

    They are told apart by their looks, which is hair and clothes, or by what *embedder* makes of head and shoulders.
    """
    if embedder is None:
        return each(track, limits, k, partial(alike_by_looks, source))
    same = float(getattr(embedder, "same", _SAME_EMBEDDED))
    return each(track, limits, k, partial(alike_by, embedder, source), same, f"by {name_of(embedder)}")


def each(
    track: Track, limits: Limits, k: int, alike: Alike, same: float = _SAME_LOOKS, by: str = "by their looks"
) -> Suggestions:
    """The best range of each character, the best first, *k* ranges of one where they cannot be told apart.

    *alike* is asked how alike strands look, by some sightings of each.
    """
    if track.detector is None:
        found = suggest(track, limits, k)
        return replace(found, note=f"Without a face detector several characters cannot be told apart. {found.note}")
    strands = strands_of(track)
    if not strands:
        found = suggest(track, limits, k)
        return replace(found, note=f"No face is seen for long enough to tell characters apart. {found.note}")
    likes = alike([one for number, strand in enumerate(strands) for one in _sightings(track, strand, number)])
    groups = together(strands, likes, track, same)
    if len(groups) == 1:
        found = suggest(track, limits, k)
        return replace(found, note=f"All faces here look like one character's. {found.note}")
    items = []
    for number, group in enumerate(groups, 1):
        mine = sorted(row for strand in group for row in strands[strand].rows)
        best = suggest(_about(track, mine), limits, 1)
        if best:
            items.append(_of_character(best[0], track, mine, f"character {number} of {len(groups)}"))
    items.sort(key=lambda item: -item.score)
    return Suggestions(tuple(items), _note(groups, likes, strands, same, len(items), track, by), track)


def strands_of(track: Track) -> list[Strand]:
    """Faces that are followed for long enough to be somebody, the longest first."""
    faces, times, cuts = track.faces, track.sample_times, np.array(track.cuts)
    if not len(faces):
        return []
    shots = np.searchsorted(cuts, times + 1e-3, "right")
    done: list[Strand] = []
    open_: list[Strand] = []
    order = np.argsort(faces["sample"], kind="stable")
    samples, first = np.unique(faces["sample"][order], return_index=True)
    for sample, here in zip(samples.tolist(), np.split(order, first[1:]), strict=True):
        here = here[faces["height"][here] >= _BESIDE * faces["height"][here].max()]
        open_ = [one for one in open_ if one.shot == shots[sample] and sample - one.last <= _GAP]
        pairs = [(_overlap(faces[row], faces[one.rows[-1]]), int(row), one) for row in here for one in open_]
        taken: set[int] = set()
        for share, row, strand in sorted(pairs, key=lambda pair: -pair[0]):
            if share >= _OVERLAP and row not in taken and strand.last != sample:
                strand.rows.append(row)
                strand.last = sample
                taken.add(row)
        new = [Strand(int(shots[sample]), [int(row)], sample) for row in here if int(row) not in taken]
        done += new
        open_ += new
    long = sorted((one for one in done if len(one.rows) >= _LEAST_SAMPLES), key=lambda one: -len(one.rows))
    return long[:_MOST_STRANDS]


def together(strands: Sequence[Strand], likes: Matrix, track: Track, same: float) -> list[list[int]]:
    """Strands that are one character, those seen longest first: joined while they are alike on average."""
    samples = [set(track.faces["sample"][strand.rows].tolist()) for strand in strands]
    groups = [[number] for number in range(len(strands))]
    while len(groups) > 1:
        best, pair = same, None
        for a in range(len(groups)):
            for b in range(a):
                if any(samples[i] & samples[j] for i in groups[a] for j in groups[b]):
                    continue
                like = float(likes[np.ix_(groups[a], groups[b])].mean())
                if like >= best:
                    best, pair = like, (a, b)
        if pair is None:
            break
        groups[pair[1]] += groups.pop(pair[0])
    return sorted(groups, key=lambda group: -sum(len(strands[number].rows) for number in group))


def alike_by_looks(source: str | os.PathLike[str], sightings: Sequence[Sighting]) -> Matrix:
    """How alike strands look, 0 to 1: by the colours of head and shoulders, and where they are."""
    seen: dict[int, list[tuple[View, Box]]] = {}
    for picture, number, box in _pictures(source, sightings):
        view = View(picture)
        if not view.flat:
            seen.setdefault(number, []).append((view, box))
    count = 1 + max(number for _, number, *_ in sightings)
    likes = np.zeros((count, count))
    looks = {number: Appearance(views) for number, views in seen.items()}
    for a, look in looks.items():
        for b, views in seen.items():
            likes[a, b] = np.mean([look.alike(view, box) for view, box in views])
    return (likes + likes.T) / 2


def alike_by(embedder: Embedder, source: str | os.PathLike[str], sightings: Sequence[Sighting]) -> Matrix:
    """How alike strands are by an embedder: the cosine of their mean vectors, NaN where it sees nothing."""
    numbers, parts = [], []
    for picture, number, box in _pictures(source, sightings):
        numbers.append(number)
        parts.append(crops(picture, [box]))
    rows = vectors(np.concatenate(parts), embedder)
    count = 1 + max(numbers)
    means = np.full((count, rows.shape[1]), np.nan)
    for number in range(count):
        mine = rows[np.array(numbers) == number]
        mine = mine[np.isfinite(mine).all(1)]
        if len(mine):
            means[number] = mine.mean(0) / np.linalg.norm(mine.mean(0))
    return np.asarray(means @ means.T)


def _pictures(source: str | os.PathLike[str], sightings: Sequence[Sighting]) -> Iterator[tuple[Picture, int, Box]]:
    wanted: dict[int, list[tuple[int, Box]]] = {}
    for frame, number, *place in sightings:
        wanted.setdefault(frame, []).append((number, Box(*place)))
    last = max(wanted)
    with opened(source) as footage:
        upright: Upright | None = None
        for frame, shown in enumerate(play(footage)):
            upright = upright or Upright.of(footage, shown.frame)
            if frame in wanted:
                picture = np.ascontiguousarray(upright.rgb(shown.frame, fit(upright.size, (_SIDE, _SIDE))))
                for number, box in wanted[frame]:
                    yield picture, number, box
            if frame >= last:
                return


def _sightings(track: Track, strand: Strand, number: int) -> list[Sighting]:
    chosen = np.linspace(0, len(strand.rows) - 1, min(_SIGHTINGS, len(strand.rows))).round().astype(int)
    found = []
    for row in track.faces[[strand.rows[place] for place in chosen]]:
        box = _body(row)
        found.append((int(track.samples["frame"][row["sample"]]), number, box.x, box.y, box.w, box.h))
    return found


def _body(face: Rows | np.void) -> Box:
    """Head and shoulders around a face, as far as they are in the picture."""
    x, y, w, h = (float(face[name]) for name in ("left", "top", "width", "height"))
    left, above, right, below = _BODY
    left, top = max(0.0, x - left * w), max(0.0, y - above * h)
    right, bottom = min(1.0, x + (1 + right) * w), min(1.0, y + (1 + below) * h)
    return Box(*(round(value, 4) for value in (left, top, max(0.01, right - left), max(0.01, bottom - top))))


def _overlap(a: np.void, b: np.void) -> float:
    """The share of their common area that two faces both cover."""
    wide = min(a["left"] + a["width"], b["left"] + b["width"]) - max(a["left"], b["left"])
    high = min(a["top"] + a["height"], b["top"] + b["height"]) - max(a["top"], b["top"])
    both = max(0.0, float(wide)) * max(0.0, float(high))
    return both / max(1e-9, float(a["width"] * a["height"] + b["width"] * b["height"]) - both)


def _about(track: Track, mine: Sequence[int]) -> Track:
    """The track with one character in front: who else is in the picture is smaller, and without it there is nobody."""
    faces = track.faces.copy()
    height = np.zeros(len(track.samples), np.float32)
    height[faces["sample"][mine]] = faces["height"][mine]
    other = np.ones(len(faces), bool)
    other[mine] = False
    faces["height"][other] = np.minimum(faces["height"], 0.99 * height[faces["sample"]])[other]
    return replace(track, faces=faces[faces["height"] > 0])


def _of_character(best: Suggestion, track: Track, mine: Sequence[int], name: str) -> Suggestion:
    times = track.sample_times[track.faces["sample"][mine]]
    first = int(np.argmax(times >= best.span.start - 0.26))
    step = float(np.median(np.diff(track.sample_times))) if len(track.samples) > 1 else track.duration
    told = f"{name}, seen for {plain(round(len(mine) * step, 1))} s"
    return replace(best, reasons=(told, *best.reasons), box=_body(track.faces[mine[first]]))


def _note(
    groups: Sequence[Sequence[int]],
    likes: Matrix,
    strands: Sequence[Strand],
    same: float,
    shown: int,
    track: Track,
    by: str,
) -> str:
    samples = [{s for n in group for s in track.faces["sample"][strands[n].rows].tolist()} for group in groups]
    unsure = [
        (b + 1, a + 1)
        for a in range(len(groups))
        for b in range(a)
        if not samples[a] & samples[b] and not float(likes[np.ix_(groups[a], groups[b])].mean()) < same - _UNSURE
    ]
    told = [f"{len(groups)} characters were told apart among the faces by {track.detector}, {by}."]
    if shown < len(groups):
        told.append(f"Of {len(groups) - shown} of them no range is good.")
    if unsure:
        pairs = ", ".join(f"{a} and {b}" for a, b in unsure[:3])
        told.append(f"Characters {pairs} look much alike and may be the same.")
    return " ".join(told)
