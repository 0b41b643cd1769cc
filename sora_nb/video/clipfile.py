"""The MP4 that clips and previews become: H.264 of any frame times, AAC, its index in front."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.error import FFmpegError

from sora_nb.errors import VideoFileError
from sora_nb.video.sound import RATE, Samples

_CLOCK = 90_000
_THREADS = 2
"""Fixed, since x264 gives other bytes for another number of threads."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a new file is to be."""

    size: tuple[int, int]
    """Width and height of the picture, both even."""
    canvas: tuple[int, int] | None = None
    """A larger frame to centre it in, on black; both sides even."""
    sound: bool = True
    crf: int = 18
    """x264's measure of loss; 18 is hard to tell from the source."""
    gop: int = 48
    """Frames from one key frame to the next."""
    most_bits: int | None = None
    """Bits of picture a second at most, half a second's worth ahead; None for as many as *crf* takes."""
    sound_bits: int | None = None
    """Bits of sound a second; None for the encoder's own."""


class ClipFile:
    """Writes frames and samples to *path*; the file is whole once the block has ended without an error.

    Unlike `Mp4Writer` it knows no frame rate: each frame says when it comes and how long it stays.
    """

    def __init__(self, path: Path, encoding: Encoding, fps: Fraction) -> None:
        self.path = path
        self._durations: dict[int, int] = {}
        self._samples = 0
        with self._writing():
            # Without version stamps, so that equal pictures are equal bytes.
            options = {"movflags": "+faststart", "fflags": "+bitexact"}
            self._container = av.open(str(path), "w", format="mp4", container_options=options)
            self._video: Any = self._container.add_stream("libx264", rate=fps)
            self._video.width, self._video.height = encoding.canvas or encoding.size
            self._video.pix_fmt = "yuv420p"
            self._video.options = {"preset": "veryfast", "crf": str(encoding.crf)}
            if encoding.most_bits is not None:
                most = {"maxrate": str(encoding.most_bits), "bufsize": str(encoding.most_bits // 2)}
                self._video.options = {**self._video.options, **most}
            self._codec = self._video.codec_context
            self._codec.time_base = Fraction(1, _CLOCK)
            self._codec.thread_count = _THREADS
            self._codec.gop_size = encoding.gop
            # No B-frames: the first frame is then at 0 for every player, without an edit list.
            self._codec.max_b_frames = 0
            self._audio: Any = self._container.add_stream("aac", rate=RATE, layout="stereo") if encoding.sound else None
            if self._audio is not None and encoding.sound_bits is not None:
                self._audio.bit_rate = encoding.sound_bits

    @property
    def heard(self) -> Fraction:
        """Seconds of sound so far."""
        return Fraction(self._samples, RATE)

    def show(self, picture: av.VideoFrame, start: Fraction, seconds: Fraction) -> None:
        """Add a yuv420p frame that comes at *start* and stays for *seconds*."""
        if not self._codec.is_open:
            self._codec.colorspace, self._codec.color_range = picture.colorspace, picture.color_range
            self._codec.color_primaries, self._codec.color_trc = picture.color_primaries, picture.color_trc
        picture.pts, picture.time_base = round(start * _CLOCK), Fraction(1, _CLOCK)
        picture.pict_type = 0  # the source's key frames are not ours
        self._durations[picture.pts] = max(1, round((start + seconds) * _CLOCK) - picture.pts)
        self._mux_pictures(picture)

    def hear(self, samples: Samples) -> None:
        """Add stereo samples, `(2, n)`, behind those that are there."""
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._samples, Fraction(1, RATE)
        self._samples += samples.shape[1]
        with self._writing():
            self._container.mux(self._audio.encode(frame))

    def __enter__(self) -> ClipFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._writing():
            if error is None:
                self._mux_pictures(None)
                if self._audio is not None:
                    self._container.mux(self._audio.encode(None))
            self._container.close()

    def _mux_pictures(self, picture: av.VideoFrame | None) -> None:
        with self._writing():
            for packet in self._video.encode(picture):
                packet.duration = self._durations.pop(packet.pts)
                self._container.mux(packet)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except FFmpegError as error:
            raise VideoFileError(
                f"A clip could not be written to {self.path.parent}: {error.strerror}. Check the folder and its space.",
                "not_written",
            ) from error
