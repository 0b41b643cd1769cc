"""What was seen in a video, frame by frame: the record that findings, suggestions and pictures are made of."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from sora_nb.errors import VideoFileError
from sora_nb.timerange import TUTORIAL, Finding, Limits, TimeRange
from sora_nb.video.cuts import cuts
from sora_nb.video.fades import fades

if TYPE_CHECKING:
    import pandas as pd

Rows: TypeAlias = NDArray[np.void]
"""A structured array: `rows["luma"]` is one column."""

FRAME = np.dtype(
    [
        ("time", "f8"),  # seconds
        ("luma", "f4"),  # mean brightness, 0 to 255
        ("contrast", "f4"),  # its standard deviation
        ("dark", "f4"),  # share of pixels below 25
        ("bright", "f4"),  # share of pixels above 245
        ("motion", "f4"),  # mean change of brightness from the frame before
        ("change", "f4"),  # the same with colour, which tells cuts
        ("fade", "f4"),  # how much like a mixture of what was and what comes, from 0.74 on a fade
    ]
)
"""One row for each frame."""

SAMPLE = np.dtype(
    [
        ("frame", "i4"),  # its place among the frames
        ("sharpness", "f4"),  # 0 to 1, with the longer side at 640 pixels
        ("skin", "f4"),  # 0 to 1, how much it looks by its colours as if somebody were in the middle
        ("stirs", "f4"),  # 0 to 1, and how much by what moved there since the sample before
        ("shakes", "f4"),  # how far all of it jerks from frame to frame, as a share of the longer side
    ]
)
"""One row for each frame that was looked at closely."""

FACE = np.dtype(
    [
        ("sample", "i4"),  # its place among the samples
        ("left", "f4"),  # of the upright picture, as are the next: 0 to 1, beyond them outside of it
        ("top", "f4"),
        ("width", "f4"),
        ("height", "f4"),
        ("confidence", "f4"),  # the detector's own, 0 to 1
        ("turned", "f4"),  # 0 looks ahead, 0.3 half to the side, 1 is a profile; NaN where the detector cannot tell
        ("sharpness", "f4"),  # of the face at 128 pixels; NaN where it is too small to say
        ("luma", "f4"),
    ]
)
"""One row for each face in each sample."""

VERSION = 3
"""Of what `scan` sees: one more where the same file gives other figures, so that no kept track is used again."""

_FORMAT = 2
_MOST_BYTES = 1 << 30
"""Of an opened track: a hundred hours of film."""


@dataclass(frozen=True, eq=False)
class Track:
    """What `scan` saw. Times are seconds on a player's clock."""

    name: str
    """The file's name, for people."""
    duration: float
    """Seconds, to the end of the last frame."""
    size: tuple[int, int]
    """Width and height as shown."""
    fps: float
    """Frames per second, the average where they vary."""
    frames: Rows
    """`time luma contrast dark bright motion change fade`, one row for each frame."""
    samples: Rows
    """`frame sharpness skin stirs shakes`, a few rows a second."""
    faces: Rows
    """`sample left top width height confidence turned sharpness luma`, one row for each face in each sample."""
    detector: str | None = None
    """What looked for faces, None where nothing did: then no faces means nothing."""
    blind_to: str = ""
    """What that detector cannot see, in words."""
    followed: bool = False
    """Whether `faces` are where a box went that was drawn, and no faces."""
    filmstrip: bytes = b""
    """JPEG: `tiles` frames side by side, evenly spread."""
    tiles: int = 0
    poster: bytes = b""
    """JPEG of the clearest sample."""

    @cached_property
    def cuts(self) -> tuple[float, ...]:
        """When a new shot begins, in seconds. Hard cuts only."""
        return tuple(float(self.frames["time"][place]) for place in self._cut_places)

    @cached_property
    def fades(self) -> tuple[TimeRange, ...]:
        """Where the picture turns into another one, into black or out of it. Wipes are not looked for."""
        return tuple(TimeRange(*stretch) for stretch in fades(self.frames["time"], self.frames["fade"]))

    def findings(self, span: TimeRange | str | tuple[float, float], limits: Limits = TUTORIAL) -> list[Finding]:
        """What the pictures of *span* say against it, each with the value, the place, and a range that mends it.

        Ask `sora.check(span, limits, track=track)` for that and the rules together.
        """
        from sora_nb.video.remarks import findings

        return findings(self, TimeRange.of(span), limits)

    @property
    def sample_times(self) -> NDArray[np.float64]:
        """When each sample is shown, in seconds."""
        return np.asarray(self.frames["time"][self.samples["frame"]])

    @property
    def df(self) -> pd.DataFrame:
        """One row for each frame: the columns of `frames`, `cut`, and what samples say, NaN on other frames."""
        from sora_nb.tables import track_df

        return track_df(self._columns())

    def _repr_html_(self) -> str:
        from sora_nb.html import as_output
        from sora_nb.video.chart import chart

        return as_output(chart(self))

    def __len__(self) -> int:
        return len(self.frames)

    def __repr__(self) -> str:
        seen = f"faces by {self.detector}" if self.detector else "no face detector"
        seen = self.detector or "" if self.followed else seen
        return (
            f"Track({self.name!r}, {self.duration:.3g} s, {len(self)} frames, {len(self.cuts)} cuts, "
            f"{len(self.fades)} fades, {seen})"
        )

    def to_bytes(self) -> bytes:
        """The whole track, small: 0.1 to 1.1 kB a second and its two pictures."""
        told = {
            "format": _FORMAT,
            "name": self.name,
            "duration": self.duration,
            "size": self.size,
            "fps": self.fps,
            "detector": self.detector,
            "blind_to": self.blind_to,
            "followed": self.followed,
            "tiles": self.tiles,
        }
        file = BytesIO()
        np.savez_compressed(
            file,
            told=np.frombuffer(json.dumps(told).encode(), np.uint8),
            frames=self.frames,
            samples=self.samples,
            faces=self.faces,
            filmstrip=np.frombuffer(self.filmstrip, np.uint8),
            poster=np.frombuffer(self.poster, np.uint8),
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Track:
        """The track that `to_bytes` wrote. `VideoFileError` where it is damaged or of another version."""
        try:
            _require_small(data)
            with np.load(BytesIO(data), allow_pickle=False) as file:
                parts = {name: file[name] for name in file.files}
            told = json.loads(parts.pop("told").tobytes())
            if told.pop("format") != _FORMAT or [parts[name].dtype for name in _ROWS] != list(_ROWS.values()):
                raise ValueError("another version")
            _require_whole(parts)
            pictures = {name: parts.pop(name).tobytes() for name in ("filmstrip", "poster")}
            return cls(**told | {"size": tuple(told["size"])}, **parts, **pictures)
        except _UNREADABLE as error:
            raise VideoFileError("A stored track cannot be read. Scan the video again.") from error

    @property
    def _cut_places(self) -> list[int]:
        return cuts(self.frames["change"], self.frames["time"])

    def _columns(self) -> dict[str, Any]:
        columns: dict[str, Any] = {name: self.frames[name] for name in FRAME.names or ()}
        cut = np.zeros(len(self), bool)
        cut[self._cut_places] = True
        sharpness = np.full(len(self), np.nan)
        sharpness[self.samples["frame"]] = self.samples["sharpness"]
        count, height = np.full(len(self), np.nan), np.full(len(self), np.nan)
        if self.detector is not None:
            count[self.samples["frame"]] = np.bincount(self.faces["sample"], minlength=len(self.samples))
            places = self.samples["frame"][self.faces["sample"]]
            np.fmax.at(height, places, self.faces["height"])
        return columns | {"cut": cut, "sharpness": sharpness, "faces": count, "face_height": height}


_UNREADABLE = (
    ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile, zlib.error, NotImplementedError, RuntimeError,
    struct.error, OverflowError,
)  # fmt: skip
"""What reading a damaged archive may raise."""


def _require_small(data: bytes) -> None:
    with ZipFile(BytesIO(data)) as archive:
        if sum(one.file_size for one in archive.infolist()) > _MOST_BYTES:
            raise ValueError("too large")


def _require_whole(parts: dict[str, Rows]) -> None:
    """Rows that name rows which are there: what another process wrote may be made so."""
    frames, samples, faces = (parts[name] for name in _ROWS)
    named = ((samples["frame"], len(frames)), (faces["sample"], len(samples)))
    if any(rows.ndim != 1 for rows in (frames, samples, faces)) or not len(frames) or not len(samples):
        raise ValueError("no rows")
    if any(len(rows) and (rows.min() < 0 or rows.max() >= count) for rows, count in named):
        raise ValueError("rows that are not there")


_ROWS = {"frames": FRAME, "samples": SAMPLE, "faces": FACE}
