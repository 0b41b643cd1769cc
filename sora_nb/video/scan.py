"""One decode of a video, and everything that is to be known of its pictures."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal, Self

import av
import numpy as np
from PIL import Image

from sora_nb.video.faces import Detector, Face, detector_of, name_of
from sora_nb.video.fades import FadeFinder
from sora_nb.video.glance import Glance, Glancer, Stirring
from sora_nb.video.numbers import require_samples
from sora_nb.video.playback import Shown, play, true_rate
from sora_nb.video.probe import VideoInfo, probe
from sora_nb.video.shaking import Shaking
from sora_nb.video.sharpness import sharpness
from sora_nb.video.source import opened
from sora_nb.video.stills import WIDEST_JPEG, jpeg
from sora_nb.video.track import FACE, FRAME, SAMPLE, Rows, Track
from sora_nb.video.upright import Picture, Upright, fit, planes

_DETAIL_SIDE = 640
"""Sharpness is told at this size."""
_FACE_SIDE = 480
_FACE_DETAIL = 96
"""Faces are compared at this width, so that a near one and a far one mean the same."""
_BEHIND = 4
"""Pictures that wait for the detector at most."""
_TILES = 60
_TILES_A_SECOND = 2
_TILE_HEIGHT = 54
_POSTER_WIDTH = 320
_BATCH = 256
"""Rows are kept as numbers from here on: two hours of film are 8 MB."""


def scan(
    source: str | os.PathLike[str],
    *,
    faces: Detector | Literal["installed"] | None = "installed",
    samples: float = 4.0,
    progress: Callable[[float], object] | None = None,
) -> Track:
    """Look at every frame once, and at *samples* a second closely: sharpness, and faces.

    *faces* is who looks for them: the best detector that is installed (`pip install 'sora-nb[faces]'`), any callable
    that takes an RGB picture and gives its `Face`s, or None. The track names it, and what it cannot see. It is called
    in one thread of its own, one picture after the other, while the next frames are decoded.

    *progress* is called with the share that is done, 0 to 1; what it raises ends the scan, and so does an
    interrupt. Memory does not grow with the pictures: two hours take as much as two minutes and 8 MB more.
    Raises `VideoFileError`, and `ConfigError` for a detector or a number that is none.
    """
    require_samples(samples)
    detector = detector_of(faces)
    info = probe(source)
    with _Look(info, detector, samples) as look, opened(source) as footage:
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
        self._info, self._asked = info, _Asked(detector) if detector is not None else None
        self._sample_ms = 1000 / rate
        self._next_ms = 0.0
        self._glance, self._fades = Glancer(), FadeFinder()
        self._stirring, self._shaking = Stirring(), Shaking()
        self._before: Glance | None = None
        self._frames, self._samples = _Table(FRAME), _Table(SAMPLE)
        self._end = 0.0
        self._strip = _Strip(info)
        self._best = -1.0
        self._poster: Picture | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._asked is not None:
            self._asked.stop()

    def at(self, shown: Shown) -> None:
        """Take in one frame."""
        seconds, glance = float(shown.start), self._glance(shown.frame)
        figures = glance.figures(self._before)
        self._frames.add((seconds, *figures, 0.0))
        self._fades.add(glance.luma, seconds)
        self._shaking.add(glance.luma)
        if self._before is not None:
            self._stirring.add(self._before, glance)
        self._before, self._end = glance, float(shown.end)
        tile, sample = self._strip.wants(shown), shown.end_ms > self._next_ms
        if tile:
            self._strip.add(shown, self.upright.rgb(self._glance.frame, self._strip.tile))
        if sample:
            self._closely(shown.frame, glance, figures)
            self._next_ms = max(self._next_ms + self._sample_ms, shown.end_ms - self._sample_ms)

    def track(self) -> Track:
        """All that was seen."""
        frames = self._frames.rows()
        frames["fade"] = self._fades.scores(frames["time"])
        assert self._poster is not None  # the first frame is a sample
        asked = self._asked
        return Track(
            name=self._info.path.name,
            duration=self._end,
            size=self.upright.size,
            fps=true_rate(self._info.fps, frames["time"]),
            frames=frames,
            samples=self._samples.rows(),
            faces=asked.faces() if asked is not None else np.zeros(0, FACE),
            detector=name_of(asked.detector) if asked is not None else None,
            blind_to=str(getattr(asked.detector, "blind_to", "")) if asked is not None else "",
            filmstrip=self._strip.jpeg(),
            tiles=self._strip.count,
            poster=jpeg(self._poster),
        )

    def _closely(self, frame: av.VideoFrame, glance: Glance, figures: tuple[float, ...]) -> None:
        near = self.upright.smaller(frame, _DETAIL_SIDE)
        # Pictures of a large frame are made from the smaller one, at half the cost; a small one would lose by it.
        whole = near if max(frame.width, frame.height) > _DETAIL_SIDE else frame
        sharp = sharpness(planes(near)[0])
        across = not self.upright.transposed
        somebody = glance.skin(across=across), self._stirring.middle(across=across)
        self._samples.add((len(self._frames) - 1, sharp, *somebody, self._shaking.taken()))
        if self._asked is not None:
            box = fit(self.upright.size, (_FACE_SIDE, _FACE_SIDE), enlarge=True)
            self._asked.see(np.ascontiguousarray(self.upright.rgb(whole, box)))
        _, contrast, dark, bright, *_ = figures
        clear = sharp * min(1.0, contrast / 40) * (1 - max(dark, bright))
        if clear > self._best:
            width, height = self.upright.size
            wide = min(_POSTER_WIDTH, width)
            self._best = clear
            self._poster = self.upright.rgb(whole, (wide, max(1, round(height * wide / width))))


class _Asked:
    """A detector at work beside the decoder, a few pictures behind it at most."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self._thread = ThreadPoolExecutor(1, "sora_nb-faces")
        self._waiting: deque[Future[list[tuple[float, ...]]]] = deque()
        self._faces, self._samples = _Table(FACE), 0

    def see(self, picture: Picture) -> None:
        """The picture of the next sample. Raises what the detector raised at an earlier one."""
        self._waiting.append(self._thread.submit(self._rows, self._samples, picture))
        self._samples += 1
        if len(self._waiting) > _BEHIND:
            self._take()

    def faces(self) -> Rows:
        """All of them, once the last picture is looked at."""
        while self._waiting:
            self._take()
        return self._faces.rows()

    def stop(self) -> None:
        """Look at no further picture."""
        self._thread.shutdown(cancel_futures=True)

    def _take(self) -> None:
        for row in self._waiting.popleft().result():
            self._faces.add(row)

    def _rows(self, sample: int, picture: Picture) -> list[tuple[float, ...]]:
        return [(sample, *_face_row(face, picture)) for face in self.detector(picture)]


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
        wide = min(round(info.width * _TILE_HEIGHT / info.height), WIDEST_JPEG // self.count)
        self.tile = max(1, wide), _TILE_HEIGHT
        """Width and height of each."""
        self._strip = np.zeros((_TILE_HEIGHT, self.count * self.tile[0], 3), np.uint8)
        self._stretch_ms = info.duration * 1000 / self.count
        self._filled = 0

    def wants(self, shown: Shown) -> bool:
        """Whether the frame's time has come."""
        return self._filled < self.count and shown.end_ms > (self._filled + 0.5) * self._stretch_ms

    def add(self, shown: Shown, tile: Picture) -> None:
        """Use the frame, which is *tile*, for every stretch that it is in the middle of."""
        while self.wants(shown):
            self._strip[:, self._filled * self.tile[0] : (self._filled + 1) * self.tile[0]] = tile
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
