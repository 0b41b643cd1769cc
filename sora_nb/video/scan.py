"""One decode of a video, and everything that is to be known of its pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image

from sora_nb.errors import ConfigError
from sora_nb.video.faces import Detector, Face, installed, name_of
from sora_nb.video.fades import FadeFinder
from sora_nb.video.glance import Glance, Glancer
from sora_nb.video.playback import Shown, play
from sora_nb.video.probe import VideoInfo, probe
from sora_nb.video.sharpness import sharpness
from sora_nb.video.source import opened
from sora_nb.video.stills import jpeg
from sora_nb.video.track import FACE, FRAME, SAMPLE, Rows, Track
from sora_nb.video.upright import Picture, Upright, fit, planes

_DETAIL_SIDE = 640
_FACE_SIDE = 480
_FACE_DETAIL = 96
"""Faces are compared at this width, so that a near one and a far one mean the same."""
_TILES = 60
_TILES_A_SECOND = 2
_TILE_HEIGHT = 54
_POSTER_WIDTH = 320
_BATCH = 256
"""Rows are kept as numbers from here on: two hours of film are 8 MB."""


def scan(
    source: str | Path,
    *,
    faces: Detector | Literal["installed"] | None = "installed",
    samples: float = 4.0,
    progress: Callable[[float], object] | None = None,
) -> Track:
    """Look at every frame once, and at *samples* a second closely: sharpness, and faces.

    *faces* is who looks for them: the best detector that is installed (`pip install 'sora-nb[faces]'`), any callable
    that takes an RGB picture and gives its `Face`s, or None. The track names it, and what it cannot see.

    *progress* is called with the share that is done, 0 to 1; what it raises ends the scan, and so does an
    interrupt. Memory does not grow with the pictures: two hours take as much as two minutes and 8 MB more.
    Raises `VideoFileError`.
    """
    if samples <= 0:
        raise ConfigError(f"{samples} samples a second are none. Ask for more than 0; 4 is plenty.")
    info = probe(source)
    look = _Look(info, installed() if faces == "installed" else faces, samples)
    with opened(source) as footage:
        for number, shown in enumerate(play(footage)):
            if number == 0:
                look.upright = Upright.of(footage, shown.frame)
            look.at(shown)
            if progress is not None and number % _BATCH == 0:
                progress(min(1.0, float(shown.start) / info.duration))
    if progress is not None:
        progress(1.0)
    return look.track()


class _Look:
    """What one pass gathers."""

    upright: Upright

    def __init__(self, info: VideoInfo, detector: Detector | None, rate: float) -> None:
        self._info, self._detector = info, detector
        self._sample_ms = 1000 / rate
        self._next_ms = 0.0
        self._glance, self._detail, self._fades = Glancer(), VideoReformatter(), FadeFinder()
        self._before: Glance | None = None
        self._frames, self._samples, self._faces = _Table(FRAME), _Table(SAMPLE), _Table(FACE)
        self._end = 0.0
        self._strip = _Strip(info)
        self._best = -1.0
        self._poster: Picture | None = None

    def at(self, shown: Shown) -> None:
        """Take in one frame."""
        seconds, glance = float(shown.start), self._glance(shown.frame)
        figures = glance.figures(self._before)
        self._frames.add((seconds, *figures, 0.0))
        self._fades.add(glance.luma, seconds)
        self._before, self._end = glance, float(shown.end)
        if shown.end_ms > self._next_ms:
            self._closely(shown, glance, figures)
            self._next_ms = max(self._next_ms + self._sample_ms, shown.end_ms - self._sample_ms)
        self._strip.offer(shown, self.upright)

    def track(self) -> Track:
        """All that was seen."""
        frames = self._frames.rows()
        frames["fade"] = self._fades.scores(frames["time"])
        assert self._poster is not None  # the first frame is a sample
        return Track(
            name=self._info.path.name,
            duration=self._end,
            size=self.upright.size,
            fps=self._info.fps,
            frames=frames,
            samples=self._samples.rows(),
            faces=self._faces.rows(),
            detector=name_of(self._detector) if self._detector else None,
            blind_to=str(getattr(self._detector, "blind_to", "")),
            filmstrip=self._strip.jpeg(),
            tiles=self._strip.count,
            poster=jpeg(self._poster),
        )

    def _closely(self, shown: Shown, glance: Glance, figures: tuple[float, ...]) -> None:
        stored = (shown.frame.width, shown.frame.height)
        size = fit(stored, (_DETAIL_SIDE, _DETAIL_SIDE), enlarge=True)
        grey = self._detail.reformat(shown.frame, *size, "gray", interpolation=Interpolation.AREA)
        sharp = sharpness(planes(grey)[0])
        middle = glance.middle(across=not self.upright.transposed)
        self._samples.add((len(self._frames) - 1, sharp, middle))
        if self._detector is not None:
            box = fit(self.upright.size, (_FACE_SIDE, _FACE_SIDE), enlarge=True)
            picture = np.ascontiguousarray(self.upright.rgb(shown.frame, box))
            for face in self._detector(picture):
                self._faces.add((len(self._samples) - 1, *_face_row(face, picture)))
        _, contrast, dark, bright, *_ = figures
        clear = sharp * min(1.0, contrast / 40) * (1 - max(dark, bright))
        if clear > self._best:
            width, height = self.upright.size
            wide = min(_POSTER_WIDTH, width)
            self._best = clear
            self._poster = self.upright.rgb(shown.frame, (wide, max(1, round(height * wide / width))))


def _face_row(face: Face, picture: Picture) -> tuple[float, ...]:
    height, width = picture.shape[:2]
    nan = float("nan")
    box = (face.left, face.top, face.width, face.height, face.confidence, face.turned)
    left, top = max(0, round(face.left * width)), max(0, round(face.top * height))
    crop = picture[top : round((face.top + face.height) * height), left : round((face.left + face.width) * width)]
    if not crop.size:
        return (*box, nan, nan)
    grey = Image.fromarray(crop).convert("L")
    luma = float(np.asarray(grey).mean())
    if crop.shape[1] < _FACE_DETAIL // 2:
        return (*box, nan, luma)
    like = grey.resize(
        (_FACE_DETAIL, max(1, round(_FACE_DETAIL * crop.shape[0] / crop.shape[1]))), Image.Resampling.BOX
    )
    return (*box, sharpness(np.asarray(like)), luma)


class _Strip:
    """Frames for a filmstrip, each the first to be seen in the middle of its own stretch."""

    def __init__(self, info: VideoInfo) -> None:
        self.count = max(1, min(_TILES, round(info.duration * _TILES_A_SECOND)))
        self._width = max(1, round(info.width * _TILE_HEIGHT / info.height))
        self._strip = np.zeros((_TILE_HEIGHT, self.count * self._width, 3), np.uint8)
        self._stretch_ms = info.duration * 1000 / self.count
        self._filled = 0

    def offer(self, shown: Shown, upright: Upright) -> None:
        """Use the frame where its time has come."""
        tile: Picture | None = None
        while self._filled < self.count and shown.end_ms > (self._filled + 0.5) * self._stretch_ms:
            if tile is None:
                tile = upright.rgb(shown.frame, (self._width, _TILE_HEIGHT))
            self._strip[:, self._filled * self._width : (self._filled + 1) * self._width] = tile
            self._filled += 1

    def jpeg(self) -> bytes:
        """The strip as it is."""
        return jpeg(self._strip, quality=70)


class _Table:
    """Rows that come one by one, kept as numbers."""

    def __init__(self, kind: np.dtype[np.void]) -> None:
        self._kind = kind
        self._done: list[Rows] = []
        self._open: list[tuple[float, ...]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, row: tuple[float, ...]) -> None:
        """One more row."""
        self._open.append(row)
        self._count += 1
        if len(self._open) == _BATCH:
            self._close()

    def rows(self) -> Rows:
        """All rows as one array."""
        self._close()
        return np.concatenate(self._done)

    def _close(self) -> None:
        self._done.append(np.array(self._open, self._kind))
        self._open = []
