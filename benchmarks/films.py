"""Films for the benchmarks, put together from real clips at times that are known.

The clips are in the folder SORA_NB_REAL_VIDEOS. What is in them was written down by looking at them frame by frame.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

FPS = 24
SIZE = (640, 360)


@dataclass(frozen=True)
class Seen:
    """What a person sees in a clip, in seconds."""

    cuts: tuple[float, ...] = ()
    fades: tuple[tuple[float, float], ...] = ()


CLIPS = {
    "bbb1080.mp4": Seen((11.875, 15.75, 23.042), ((0.0, 2.5), (24.7, 26.2), (28.5, 30.0))),
    "bikes.mp4": Seen((1.2, 3.04, 5.48, 7.48, 9.68)),
    "consisid.mp4": Seen(),
    "hamilton.mp4": Seen((1.519, 3.588, 7.892)),
    "lp_d0.mp4": Seen(),
    "lp_s18.mp4": Seen(),
    "nasa_13013.mp4": Seen((8.08,), ((4.6, 6.4),)),
    "pancake.mkv": Seen(),
    "vtest.avi": Seen(),
}


@dataclass(frozen=True)
class Shot:
    """A stretch of a clip without a cut or a fade, in seconds."""

    clip: str
    start: float
    end: float


def folder() -> Path:
    """Where the clips are."""
    named = os.environ.get("SORA_NB_REAL_VIDEOS")
    if not named:
        sys.exit("SORA_NB_REAL_VIDEOS names no folder with the clips that this benchmark is made of.")
    return Path(named)


def shots(least: float) -> list[Shot]:
    """Every shot of at least so many seconds."""
    return [shot for shot in _shots() if shot.end - shot.start >= least]


@cache
def _shots() -> list[Shot]:
    found = []
    for clip, seen in CLIPS.items():
        with av.open(str(folder() / clip)) as container:
            end = min(30.0, float(container.duration / av.time_base)) - 0.1
        edges = sorted([(0.0, 0.0), *((cut - 0.05, cut + 0.05) for cut in seen.cuts), *seen.fades, (end, end)])
        stretches = ((before[1], after[0]) for before, after in pairwise(edges))
        found += [Shot(clip, start, stop) for start, stop in stretches]
    return found


@cache
def footage(clip: str, size: tuple[int, int] | None = SIZE) -> NDArray[np.uint8]:
    """A clip's first half minute at FPS, cropped to the shape of *size* if any: `(frames, height, width, 3)`."""
    pictures, due = [], 0.0
    with av.open(str(folder() / clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        first: float | None = None
        for frame in container.decode(stream):
            first = frame.time if first is None else first
            if frame.time < due - 1e-6:
                continue
            width, height = size or (frame.width, frame.height)
            scale = max(width / frame.width, height / frame.height)
            wide, high = round(frame.width * scale), round(frame.height * scale)
            picture = frame.reformat(wide, high, "rgb24", interpolation=Interpolation.AREA).to_ndarray()
            left, top = (wide - width) // 2, (high - height) // 3
            while due <= frame.time + 1e-6 and due < 30:
                pictures.append(picture[top : top + height, left : left + width])
                due += 1 / FPS
            if due >= 30:
                break
    return np.stack(pictures)


def piece(shot: Shot, start: float, seconds: float, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """So many seconds of a shot from *start* on."""
    first = round(start * FPS)
    return footage(shot.clip, size)[first : first + round(seconds * FPS)]


def write(path: Path, pictures: Iterable[Picture], crf: int = 23) -> None:
    """Write an H.264 film."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": str(crf)})
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def dissolve(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> Iterator[Picture]:
    """One stretch turning into another of the same length."""
    for number, (before, after) in enumerate(zip(one, two, strict=True), start=1):
        share = number / (len(one) + 1)
        yield (before * (1 - share) + after * share).astype(np.uint8)


def machine() -> str:
    """What the figures were made on."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, PyAV {av.__version__}"
