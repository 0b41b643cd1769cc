"""How like its reference a character stays in a take, picture by picture, and how like itself."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sora_nb.errors import VideoFileError
from sora_nb.timerange import TimeRange
from sora_nb.video.appearance import LIGHTS, Appearance, StandingOut, View
from sora_nb.video.box import Box, BoxLike
from sora_nb.video.calibration import Way, meaning
from sora_nb.video.faces import Detector, name_of
from sora_nb.video.follow import Followed, follow
from sora_nb.video.numbers import require_samples
from sora_nb.video.probe import probe
from sora_nb.video.regions import Embedder, Pictures, Vectors, crops, heads, vectors
from sora_nb.video.standing import standing
from sora_nb.video.stills import frames, jpeg
from sora_nb.video.subject import subjects
from sora_nb.video.upright import Picture

if TYPE_CHECKING:
    import pandas as pd

SpanLike = TimeRange | str | tuple[float, float]

_SIDE = 480
_KNOWN_FROM = 8
"""Pictures of the reference that its looks are taken from."""
_BATCH = 32
_SHOWN = 8
_TOLD = ("take", "reference", "measure", "region", "ways", "by_looks", "shown_at")


@dataclass(frozen=True, eq=False)
class Likeness:
    """What `likeness` found. All arrays have one row for each sampled picture of the take; NaN is not known."""

    take: str
    reference: str
    times: NDArray[np.float64]
    """Seconds."""
    scores: NDArray[np.float64]
    """How like the reference it is: 0 to 1 by looks, the cosine where an embedder was given."""
    steady: NDArray[np.float64]
    """How like itself it is: see `consistency`. NaN for the first picture."""
    boxes: NDArray[np.float64]
    """Where it was found: left, top, width and height in shares of the picture, `(n, 4)`."""
    measure: str
    """What was compared, in words."""
    region: str
    """How the character was found, in words."""
    ways: tuple[Way, Way]
    """How it was found in the reference and in the take: `box`, `face`, `guess` or `match`."""
    by_looks: bool
    """Whether it was compared by looks, and not by an embedder."""
    shown: tuple[tuple[bytes, ...], tuple[bytes, ...]] = ((), ())
    """JPEGs of what was compared: some of the reference, and some of the take at `shown_at`."""
    shown_at: tuple[int, ...] = ()

    @property
    def guessed(self) -> bool:
        """Whether no one said, by a box or a face, who in the reference is meant."""
        return self.ways[0] == "guess"

    @property
    def score(self) -> float:
        """How like the reference it is in all: the mean over the pictures it was found in."""
        return _mean(self.scores)

    @property
    def low(self) -> float:
        """What nine of ten pictures are above."""
        seen = self.scores[np.isfinite(self.scores)]
        return float(np.percentile(seen, 10)) if seen.size else float("nan")

    @property
    def coverage(self) -> float:
        """The share of pictures it was found in."""
        return float(np.isfinite(self.scores).mean()) if self.scores.size else 0.0

    @property
    def consistency(self) -> float:
        """How like itself it stays in all, as VBench has it for a subject: the mean of `steady`."""
        return _mean(self.steady)

    @property
    def df(self) -> pd.DataFrame:
        """One row for each picture: `time likeness steady x y w h`."""
        from sora_nb.tables import likeness_df

        x, y, w, h = self.boxes.T
        return likeness_df(
            {"time": self.times, "likeness": self.scores, "steady": self.steady, "x": x, "y": y, "w": w, "h": h}
        )

    @property
    def words(self) -> str:
        """The whole in one sentence."""
        count = len(self.times)
        if not self.coverage:
            return f"Nothing in the {count} pictures of {self.take} could be compared."
        found = f"found in {np.isfinite(self.scores).sum()} of {count} pictures"
        said = f"Likeness {self.score:.2f} by {self.measure}, nine of ten pictures above {self.low:.2f}, {found}."
        guess = " Who is meant was guessed: a box on the reference makes it surer." if self.guessed else ""
        return f"{said}{guess} {meaning(*self.ways, by_looks=self.by_looks)}"

    def to_bytes(self) -> bytes:
        """All of it, as another process is told."""
        told = {name: getattr(self, name) for name in _TOLD}
        pictures = [np.frombuffer(picture, np.uint8) for some in self.shown for picture in some]
        parts: dict[str, Any] = {f"picture{number}": picture for number, picture in enumerate(pictures)}
        parts["told"] = np.frombuffer(json.dumps(told | {"known": len(self.shown[0])}).encode(), np.uint8)
        parts["rows"] = np.column_stack([self.times, self.scores, self.steady, self.boxes])
        file = BytesIO()
        np.savez(file, **parts)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Likeness:
        """What `to_bytes` told."""
        with np.load(BytesIO(data), allow_pickle=False) as file:
            told, rows = json.loads(file["told"].tobytes()), file["rows"]
            pictures = tuple(file[f"picture{number}"].tobytes() for number in range(len(file.files) - 2))
        known = told.pop("known")
        told |= {name: tuple(told[name]) for name in ("ways", "shown_at")}
        times, scores, steady = rows[:, :3].T
        shown = pictures[:known], pictures[known:]
        if len(shown[1]) != len(told["shown_at"]) or rows.shape[1] != 7:
            raise ValueError("No likeness was told.")
        return cls(times=times, scores=scores, steady=steady, boxes=rows[:, 3:7], shown=shown, **told)

    def __repr__(self) -> str:
        return (
            f"Likeness({self.take!r} to {self.reference!r}: {self.score:.2f} by {self.measure}, "
            f"low {self.low:.2f}, found in {self.coverage:.0%} of {len(self.times)} pictures)"
        )

    def _repr_html_(self) -> str:
        from sora_nb.html import as_output
        from sora_nb.video.likeness_page import page

        return as_output(page(self))


def likeness(
    take: str | os.PathLike[str],
    reference: str | os.PathLike[str],
    *,
    span: SpanLike | None = None,
    reference_span: SpanLike | None = None,
    box: BoxLike | Followed | None = None,
    take_box: BoxLike | Followed | None = None,
    faces: Detector | None = None,
    embedder: Embedder | None = None,
    samples: float = 2.0,
) -> Likeness:
    """How like the character of *reference* the one in *take* is, *samples* times a second.

    Without more it is compared by its looks: which colours it has and where on it they are. That knows a
    character by its clothes, hair and coat as well as by its face, and is not identity: a new outfit is a new
    look. *embedder* compares by something else: it takes pictures, `(n, 224, 224, 3)` uint8 RGB, and gives
    vectors, `(n, d)`, whose cosine counts.

    In the reference the character is in *box*, drawn on its first picture or followed with `follow`; else it
    is the head by *faces*; else what stands out from the picture's edges, which is a guess. In the take it is
    in *take_box*, or the head that is most like it, or the place that is.

    A picture without anything to compare is NaN. Raises `VideoFileError` for what is no video, and where the
    reference shows no one; `RangeError` where nothing of a video lies in its range; `ConfigError` where an embedder
    gives no vectors.
    """
    require_samples(samples, plenty=2)
    take, span = Path(take), probe(take).part(span)
    known = _Reference(Path(reference), probe(reference).part(reference_span), box, faces, embedder)
    if take_box is not None and not isinstance(take_box, Followed):
        take_box = follow(take, take_box, span.start, span)
    comparison = _Comparison(known, take_box, faces, embedder)
    seen = list(comparison.of(_pictures(take, span, samples)))
    if not seen:
        raise VideoFileError(f"{take.name} shows no picture from {span}. Choose another range.")
    known_rows = [one.row for one in seen if one.row is not None]
    blank = np.full(known_rows[0].shape if known_rows else (1,), np.nan)
    at = [index for index, one in enumerate(seen) if one.part is not None]
    at = [at[index] for index in np.linspace(0, len(at) - 1, min(_SHOWN, len(at))).astype(int)]
    return Likeness(
        take=take.name,
        reference=known.name,
        times=np.array([one.time for one in seen]),
        scores=np.array([one.score for one in seen]),
        steady=consistency(np.stack([blank if one.row is None else one.row for one in seen])),
        boxes=np.array([one.box for one in seen]),
        measure="looks" if embedder is None else name_of(embedder),
        region=f"in the reference {known.region}, in the take {comparison.region}",
        ways=(known.way, comparison.way),
        by_looks=embedder is None,
        shown=(known.shown, tuple(part for index in at if (part := seen[index].part) is not None)),
        shown_at=tuple(at),
    )


def consistency(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """How like the first and the one before each picture is, by vectors of pictures in order, `(n, d)`.

    It is VBench's subject consistency: the mean of the two cosines, those below 0 counted as 0; their figure
    for a video is the mean over all pictures but the first. There the vectors are DINO's of whole pictures
    (github.com/Vchitect/VBench, vbench/subject_consistency.py; Huang and others, 2024, arXiv 2311.17982).

    NaN for the first picture, and for those without a vector, which are passed over.
    """
    values = np.full(len(rows), np.nan)
    seen = np.flatnonzero(np.isfinite(rows).all(1) & (np.abs(rows).sum(1) > 0))
    if len(seen) > 1:
        unit = rows[seen] / np.linalg.norm(rows[seen], axis=1, keepdims=True)
        to_first, to_last = unit[1:] @ unit[0], (unit[1:] * unit[:-1]).sum(1)
        values[seen[1:]] = (np.maximum(0, to_first) + np.maximum(0, to_last)) / 2
    return values


class _Reference:
    """Who it is that is looked for."""

    def __init__(
        self,
        path: Path,
        span: TimeRange,
        box: BoxLike | Followed | None,
        faces: Detector | None,
        embedder: Embedder | None,
    ) -> None:
        self.name = path.name
        seen = [(time, picture, View(picture)) for time, picture in _pictures(path, span, _KNOWN_FROM / span.seconds)]
        seen = [one for one in seen[:_KNOWN_FROM] if not one[2].flat]
        places: Sequence[Box | None]
        if box is not None:
            way = box if isinstance(box, Followed) else follow(path, box, span.start, span)
            places, self.region = [way.box(time) for time, *_ in seen], "a box that was drawn"
            self.way: Way = "box"
        elif faces is not None:
            places = [next(iter(heads(picture, faces)), None) for _, picture, _ in seen]
            self.region, self.way = f"the head, by {name_of(faces)}", "face"
        else:
            self.way = "guess"
            places, self.region = (
                subjects([view for *_, view in seen]) if seen else [],
                "what stands out from the edges (a guess)",
            )
        found = [(picture, view, at) for (_, picture, view), at in zip(seen, places, strict=True) if at is not None]
        if not found:
            raise VideoFileError(
                f"No one is found in {path.name} from {span} by {self.region}. "
                "Draw a box on it, or choose another range."
            )
        known = [(view, at) for _, view, at in found[::3]]
        elsewhere = [(view.under(light), at) for light in LIGHTS for view, at in known[:: max(1, len(known) - 1)]]
        self.looks = Appearance([*known, *elsewhere])
        parts = np.concatenate([crops(picture, [at]) for picture, _, at in found])
        self.rows = None if embedder is None else vectors(parts, embedder)
        if embedder is not None and self.rows is not None:
            self.rows = self.rows[np.isfinite(self.rows).all(axis=1)]
            if not len(self.rows):
                raise VideoFileError(
                    f"In {path.name} from {span} there is nothing that {name_of(embedder)} can compare. "
                    "Choose another range, or compare by looks."
                )
        self.shown = tuple(jpeg(part[::2, ::2]) for part in parts[:3])


@dataclass(frozen=True, slots=True)
class _Seen:
    """One picture of the take, judged."""

    time: float
    score: float
    box: tuple[float, ...]
    row: NDArray[np.floating] | None
    """The character as a vector, None where it is not seen."""
    part: bytes | None
    """JPEG of it."""


class _Places(NamedTuple):
    """Where the character may be in one picture."""

    view: View
    boxes: list[Box]
    out: StandingOut | None
    """What stands out, where the place is not told but found."""


class _Comparison:
    """One take against the reference."""

    def __init__(
        self, known: _Reference, followed: Followed | None, faces: Detector | None, embedder: Embedder | None
    ) -> None:
        self._known, self._followed, self._faces, self._embedder = known, followed, faces, embedder
        self.way: Way
        if followed is not None:
            self.region, self.way = "a box that was drawn", "box"
        elif faces is not None:
            self.region, self.way = f"the head, by {name_of(faces)}", "face"
        else:
            self.region, self.way = "the place that looks most like it", "match"

    def of(self, pictures: Iterator[tuple[float, Picture]]) -> Iterator[_Seen]:
        """Judge the pictures of the take in order."""
        while batch := list(islice(pictures, _BATCH)):
            places = self._all_places(batch)
            parts = [crops(picture, at.boxes) for (_, picture), at in zip(batch, places, strict=True)]
            judge = self._by_looks if self._embedder is None else self._by_vectors
            for (time, _), (_, boxes, _), mine, (scores, rows) in zip(
                batch, places, parts, judge(places, parts), strict=True
            ):
                if not np.isfinite(scores).any():
                    yield _Seen(time, np.nan, (np.nan,) * 4, None, None)
                    continue
                best = int(np.nanargmax(scores))
                box = boxes[best]
                yield _Seen(
                    time, float(scores[best]), (box.x, box.y, box.w, box.h), rows[best], jpeg(mine[best][::2, ::2])
                )

    def _all_places(self, batch: Sequence[tuple[float, Picture]]) -> list[_Places]:
        """Where the character may be in each picture."""
        views = [View(picture) for _, picture in batch]
        matched = self._followed is None and self._faces is None
        outs = [one.of for one in standing(views)] if matched else [None] * len(views)
        return [
            _Places(view, [] if view.flat else self._boxes(time, picture, view, out), out)
            for (time, picture), view, out in zip(batch, views, outs, strict=True)
        ]

    def _boxes(self, time: float, picture: Picture, view: View, out: StandingOut | None) -> list[Box]:
        if self._followed is not None:
            box = self._followed.box(time)
            return [] if box is None else [box]
        if self._faces is not None:
            return heads(picture, self._faces)
        found = self._known.looks.find(view, out)
        return [] if found is None else [found]

    def _by_looks(self, places: Sequence[_Places], _: Sequence[Pictures]) -> Iterator[tuple[Vectors, Vectors]]:
        looks = self._known.looks
        for view, boxes, out in places:
            yield (
                np.array([looks.likeness(view, box, out) for box in boxes]),
                np.array([looks.vector(view, box) for box in boxes]),
            )

    def _by_vectors(self, _: Sequence[_Places], parts: Sequence[Pictures]) -> Iterator[tuple[Vectors, Vectors]]:
        assert self._embedder is not None and self._known.rows is not None
        counts = [len(mine) for mine in parts]
        rows = vectors(np.concatenate(parts), self._embedder) if sum(counts) else np.zeros((0, 1))
        for mine in np.split(rows, np.cumsum(counts)[:-1]):
            yield (mine @ self._known.rows.T).max(axis=1, initial=-1), mine


def _pictures(path: Path, span: TimeRange, samples: float) -> Iterator[tuple[float, Picture]]:
    info = probe(path)
    return frames(path, span, every=1 / samples, width=max(1, round(_SIDE * info.width / max(info.width, info.height))))


def _mean(values: NDArray[np.float64]) -> float:
    seen = values[np.isfinite(values)]
    return float(seen.mean()) if seen.size else float("nan")
