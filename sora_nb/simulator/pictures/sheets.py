"""A finished film in other forms: a thumbnail, a contact sheet, an AVI."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange
from PIL import Image

from sora_nb.simulator.pictures.cutout import read_frames, seconds

_COLUMNS, _ROWS = 5, 4


def thumbnail(video_path: str | Path) -> bytes:
    """One early frame as WebP, at most 480 pixels high. Raises `VideoFileError` for what is no video."""
    frame = read_frames(video_path, limit=6)[-1]
    return _encoded(Image.fromarray(frame), "WEBP")


def spritesheet(video_path: str | Path) -> bytes:
    """Twenty frames, evenly spread over the film, side by side in one JPEG. Raises `VideoFileError`."""
    frames = read_frames(video_path, fps=_COLUMNS * _ROWS / seconds(video_path), limit=_COLUMNS * _ROWS)
    height, width = frames.shape[1:3]
    cell = (max(2, round(width * 180 / height)), 180)
    rows = -(-len(frames) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * cell[0], rows * cell[1]), (24, 22, 34))
    for index, frame in enumerate(np.asarray(frames)):
        picture = Image.fromarray(frame).resize(cell, Image.Resampling.BILINEAR)
        sheet.paste(picture, (index % _COLUMNS * cell[0], index // _COLUMNS * cell[1]))
    return _encoded(sheet, "JPEG")


def as_avi(video_path: str | Path) -> bytes:
    """The film as an AVI of motion JPEG without sound, as a server that has no H.264 encoder writes it."""
    buffer = io.BytesIO()
    with av.open(str(video_path)) as film, av.open(buffer, "w", format="avi") as container:
        track = film.streams.video[0]
        rate = track.average_rate or Fraction(24)
        stream = container.add_stream("mjpeg", rate=rate)
        stream.width, stream.height, stream.pix_fmt = track.width, track.height, "yuvj420p"
        for number, frame in enumerate(film.decode(track)):
            full = frame.reformat(format="yuvj420p", dst_color_range=ColorRange.JPEG)
            full.pts, full.time_base = number, 1 / rate
            full.pict_type = PictureType.NONE  # motion JPEG knows no other kind
            container.mux(stream.encode(full))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def _encoded(picture: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, quality=82)
    return buffer.getvalue()
