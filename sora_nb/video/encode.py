"""Frames and sound into an MP4 that every browser plays."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from sora_nb.errors import ConfigError, VideoFileError

SOUND_RATE = 44_100
"""Samples per second of every sound track."""

_BT709 = 1
_AAC_FRAME = 1024


class Mp4Writer:
    """Writes H.264 yuv420p with an optional AAC track, its index in front.

    The same frames give the same bytes on any machine: the number of encoder threads is fixed and
    nothing in the file tells the time. The file appears under its name when all is written; after
    an exception nothing is left behind.

    >>> with Mp4Writer("clip.mp4", (1280, 720), 24, audio=True) as film:
    ...     film.write(frame)
    """

    def __init__(
        self,
        path: str | Path,
        size: tuple[int, int],
        fps: int | Fraction = 24,
        *,
        audio: bool = False,
        preset: str = "veryfast",
        crf: float = 22,
        gop: int | None = None,
    ) -> None:
        """Open *path* for writing frames of *size* (width, height) in pixels at *fps* frames per second.

        *audio* adds a mono track, silent as far as `write_sound` does not fill it. *gop* is the
        number of frames between two key frames, two seconds' worth if None.
        """
        width, height = size
        if width < 2 or height < 2 or width % 2 or height % 2:
            near = f"{max(2, width // 2 * 2)}x{max(2, height // 2 * 2)}"
            raise ConfigError(f"A picture of {width}x{height} cannot be encoded: both sides must be even. Try {near}.")
        self.path = Path(path)
        self._part = self.path.with_name(f"{self.path.name}.{os.getpid()}-{id(self):x}.part")
        self._size = size
        self._fps = Fraction(fps)
        self._reformatter = VideoReformatter()
        self._frames = 0
        self._samples = 0
        self._container = av.open(str(self._part), "w", format="mp4", options={"movflags": "+faststart"})
        self._video = self._container.add_stream("libx264", rate=self._fps)
        self._video.width, self._video.height = size
        self._video.pix_fmt = "yuv420p"
        # Macroblock tree reads memory it has not written on narrow pictures: equal frames gave unequal bytes.
        self._video.options = {"preset": preset, "crf": str(crf), "x264-params": "mbtree=0"}
        context = self._video.codec_context
        context.thread_count = 2
        context.gop_size = gop or max(1, round(2 * self._fps))
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = ColorRange.MPEG
        self._audio: Any = None
        self._pending: NDArray[np.float32] = np.zeros(0, np.float32)
        if audio:
            self._audio = self._container.add_stream("aac", rate=SOUND_RATE, layout="mono")
            self._audio.bit_rate = 64_000

    @property
    def seconds(self) -> float:
        """Length of the picture so far."""
        return float(self._frames / self._fps)

    def write(self, frame: NDArray[np.uint8] | av.VideoFrame) -> None:
        """Add one frame: an RGB array of shape (height, width, 3), or a frame of any pixel format."""
        if not isinstance(frame, av.VideoFrame):
            frame = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(frame), format="rgb24")
        frame = self._reformatter.reformat(
            frame, *self._size, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        frame.pts, frame.time_base = self._frames, 1 / self._fps
        frame.pict_type = PictureType.NONE  # a decoded frame would impose its old key frames
        self._container.mux(self._video.encode(frame))
        self._frames += 1

    def write_sound(self, samples: NDArray[np.float32]) -> None:
        """Add mono samples from -1 to 1 at `SOUND_RATE`; give them along with the frames, about a second at a time."""
        self._pending = np.concatenate([self._pending, samples.astype(np.float32)])
        whole = len(self._pending) // _AAC_FRAME * _AAC_FRAME
        for start in range(0, whole, _AAC_FRAME):
            self._encode_sound(self._pending[start : start + _AAC_FRAME])
        self._pending = self._pending[whole:]

    def close(self) -> None:
        """Finish the file and give it its name. Raises `VideoFileError` where no frame was written."""
        if not self._frames:
            raise VideoFileError(f"{self.path.name} would hold no frame. Write at least one before closing it.")
        self._container.mux(self._video.encode(None))
        if self._audio is not None:
            total = round(self._frames / self._fps * SOUND_RATE)
            missing = total - self._samples - len(self._pending)
            self.write_sound(np.zeros(max(0, missing), np.float32))
            rest = total - self._samples
            if rest > 0:
                self._encode_sound(self._pending[:rest])
            self._container.mux(self._audio.encode(None))
        self._container.close()
        os.replace(self._part, self.path)

    def discard(self) -> None:
        """Stop and leave nothing behind."""
        try:
            self._container.close()
        finally:
            self._part.unlink(missing_ok=True)

    def __enter__(self) -> Mp4Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.discard()
            return
        try:
            self.close()
        except BaseException:
            self.discard()
            raise

    def _encode_sound(self, samples: NDArray[np.float32]) -> None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, :]), format="fltp", layout="mono")
        frame.sample_rate = SOUND_RATE
        frame.pts, frame.time_base = self._samples, Fraction(1, SOUND_RATE)
        self._container.mux(self._audio.encode(frame))
        self._samples += len(samples)
