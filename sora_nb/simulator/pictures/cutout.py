"""Cutting a character out of a clip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from sora_nb.errors import VideoFileError
from sora_nb.simulator.pictures import matte
from sora_nb.simulator.pictures.matte import Box, Floats
from sora_nb.simulator.pictures.sprite import Anchor, Sprite

MAX_HEIGHT = 480
MAX_FRAMES = 24
_FPS = 12
_TOO_SMALL = 48
"""Pixels of a picture's shorter side under which nothing in it can be told apart."""
_SAMPLES = 36
"""Frames looked at, so that what passes by has time to do so."""


def cut_sprite(clip_path: str | Path, start: float = 0, end: float | None = None, *, box: Box | None = None) -> Sprite:
    """The character of a clip, from *start* to *end* in seconds, as a short loop on nothing.

    *box* says where it is: left, top, right, bottom as shares of the picture, from 0 to 1. A
    character that cannot be told from its surroundings comes as a portrait in a white rim.
    Raises `VideoFileError` where the file holds no picture.
    """
    frames = read_frames(clip_path, start, end)
    found = matte.find(frames, box)
    doubtful = found.confidence < matte.CLEAN and not _stands(found.alpha)
    if found.confidence < matte.USABLE or doubtful or min(frames.shape[1:3]) < _TOO_SMALL:
        return _portrait(frames, found.alpha, box)
    return _silhouette(frames, found)


def read_frames(
    clip_path: str | Path, start: float = 0, end: float | None = None, *, fps: float = _FPS, limit: int = _SAMPLES
) -> NDArray[np.uint8]:
    """RGB frames, upright and at most `MAX_HEIGHT` high, of shape (count, height, width, 3); at least one.

    Times are seconds after the first frame. Raises `VideoFileError` where there is no picture.
    """
    path = Path(clip_path)
    frames: list[NDArray[np.uint8]] = []
    early: av.VideoFrame | None = None
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise VideoFileError(f"{path.name} has no picture. Give a clip with a video track.")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            aspect = stream.sample_aspect_ratio or Fraction(1)
            begin = (stream.start_time or 0) * (stream.time_base or Fraction(0))
            if start > 2:
                container.seek(int((begin + Fraction(start) - 1) * av.time_base))
            for frame in container.decode(stream):
                time = (frame.time if frame.time is not None else start) - float(begin)
                if end is not None and time >= end and (frames or early is not None):
                    break
                early = frame
                if time + 1e-3 >= start + len(frames) / fps:
                    frames.append(_upright(frame, aspect))
                if len(frames) >= limit:
                    break
            if not frames and early is not None:
                frames.append(_upright(early, aspect))
    except (av.FFmpegError, OSError) as error:
        raise _unreadable(path, error) from error
    if not frames:
        raise VideoFileError(f"{path.name} holds no frame. Give a clip of 1 s or more.")
    return np.stack([frame for frame in frames if frame.shape == frames[0].shape])


def seconds(path: str | Path) -> float:
    """A film's length as its header tells it, 1 where it tells none. Raises `VideoFileError`."""
    try:
        with av.open(str(path)) as container:
            return (container.duration or av.time_base) / av.time_base
    except (av.FFmpegError, OSError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: str | Path, error: av.FFmpegError | OSError) -> VideoFileError:
    reason = error.strerror or type(error).__name__
    return VideoFileError(f"{Path(path).name} cannot be read as a video: {reason}. Give an MP4 of H.264.")


def _upright(frame: av.VideoFrame, aspect: Fraction) -> NDArray[np.uint8]:
    """A frame as RGB, its pixels square, turned as a player turns it, at most `MAX_HEIGHT` high."""
    sideways = frame.rotation % 180 == 90
    width, height = frame.width * float(aspect), frame.height
    scale = min(1.0, MAX_HEIGHT / (width if sideways else height))
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    picture = frame.reformat(*size, format="rgb24", interpolation="AREA").to_ndarray()
    return np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90)))


def _silhouette(frames: NDArray[np.uint8], found: matte.Matte) -> Sprite:
    height, width = frames.shape[1:3]
    kept = _whole(found.alpha)
    frames, coarse = frames[kept], found.alpha[kept]
    order = _loop(frames, coarse)
    frames, coarse = frames[order], coarse[order]
    left, right = _track(coarse, width)
    rows = np.flatnonzero((coarse > 0.5).any(axis=(0, 2)))
    pad = max(2, height // 60)
    top = max(0, int(rows[0] * height / coarse.shape[1]) - pad)
    bottom = min(height, int((rows[-1] + 1) * height / coarse.shape[1]) + pad)
    rim = max(2, height // 90) if found.confidence < matte.CLEAN else 0
    pictures = []
    for frame, alpha, x0, x1 in zip(frames, coarse, left, right, strict=True):
        fine = np.asarray(Image.fromarray(alpha).resize((width, height), Image.Resampling.BICUBIC))
        crop = _padded(np.dstack([frame, np.clip(fine, 0, 1) * 255]).astype(np.uint8), top, bottom, x0, x1)
        pictures.append(_finished(crop, rim))
    loop = np.stack(pictures)
    anchor: Anchor = "bust" if bottom >= height - 1 or _cut_off(loop[0, :, :, 3]) else "feet"
    return Sprite(loop, _FPS, anchor)


def _stands(alpha: Floats) -> bool:
    """Whether a shape is upright, or a bust that goes on below the picture; any other is a piece of somebody."""
    solid = (alpha > 0.5).mean(axis=0) > 0.5
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if not len(rows):
        return False
    reaches_down = rows[-1] >= solid.shape[0] - 2
    return bool(np.ptp(rows) > (0.7 if reaches_down else 1.2) * np.ptp(columns))


def _cut_off(alpha: NDArray[np.uint8]) -> bool:
    """Whether a silhouette ends in one broad edge, as behind a table, and not in feet."""
    solid = alpha > 128
    rows = np.flatnonzero(solid.any(axis=1))
    if not len(rows):
        return False
    low = solid[rows[-1] - max(2, len(rows) // 8)]
    longest = max((len(run) for run in "".join("x" if on else " " for on in low).split()), default=0)
    width = int(solid.any(axis=0).sum())
    full = solid.sum() / (len(rows) * width)
    return bool(longest > 0.62 * width and 0.9 * width < len(rows) < 2.2 * width and full > 0.74)


def _finished(crop: NDArray[np.uint8], rim: int) -> NDArray[np.uint8]:
    """The cut-out with its edge drawn along the picture's own edges, and a white rim *rim* pixels wide."""
    guide = np.asarray(Image.fromarray(crop[:, :, :3]).convert("L"), dtype=np.float32) / 255
    alpha = _guided(guide, crop[:, :, 3].astype(np.float32) / 255, max(3, crop.shape[0] // 70))
    alpha = np.clip((alpha - 0.5) * 2.2 + 0.42, 0, 1)
    mask = Image.fromarray((alpha * 255).astype(np.uint8))
    picture = Image.fromarray(crop[:, :, :3]).convert("RGBA")
    if rim:
        wide = mask.filter(ImageFilter.MaxFilter(2 * rim + 1)).filter(ImageFilter.GaussianBlur(rim / 2))
        wide = wide.point(lambda value: min(255, max(0, (value - 70) * 2)))
        sheet = Image.new("RGBA", picture.size, (255, 252, 246, 255))
        picture = Image.composite(picture, sheet, mask)
        mask = ImageChops.lighter(mask, wide)
    picture.putalpha(mask)
    return np.asarray(picture)


def _guided(guide: Floats, alpha: Floats, radius: int, smoothness: float = 1e-4) -> Floats:
    """The guided filter: *alpha* made to change where *guide* changes."""
    mean_g, mean_a = _box_mean(guide, radius), _box_mean(alpha, radius)
    slope = (_box_mean(guide * alpha, radius) - mean_g * mean_a) / (
        _box_mean(guide * guide, radius) - mean_g * mean_g + smoothness
    )
    offset = mean_a - slope * mean_g
    return _box_mean(slope, radius) * guide + _box_mean(offset, radius)


def _box_mean(values: Floats, radius: int) -> Floats:
    for axis in (0, 1):
        padding = [(radius + 1, radius) if axis == side else (0, 0) for side in (0, 1)]
        total = np.cumsum(np.pad(values, padding, mode="edge"), axis=axis, dtype=np.float64)
        count = 2 * radius + 1
        high, low = [slice(None)] * 2, [slice(None)] * 2
        high[axis], low[axis] = slice(count, None), slice(None, -count)
        values = ((total[tuple(high)] - total[tuple(low)]) / count).astype(np.float32)
    return values


def _whole(alpha: Floats) -> NDArray[np.intp]:
    """The longest run of frames in which the character does not leave the picture at a side."""
    solid = alpha > 0.5
    inside = ~solid[:, :, [0, 1, -2, -1]].any(axis=(1, 2))
    seen = np.asarray(solid.any(axis=(1, 2)) & inside)
    best: list[int] = []
    run: list[int] = []
    for index, good in enumerate(seen.tolist()):
        run = [*run, index] if good else []
        best = max(best, run, key=len)
    return np.array(best or range(len(alpha)), dtype=np.intp)


def _loop(frames: NDArray[np.uint8], alpha: Floats) -> list[int]:
    """Which frames to show one after the other: a cycle where the character moves in one, else to and fro."""
    count = len(frames)
    shapes = alpha[:, ::2, ::2] - alpha[:, ::2, ::2].mean()
    typical = float(np.abs(np.diff(shapes, axis=0)).mean()) if count > 1 else 0.0
    for length in range(8, min(MAX_FRAMES, count - 3) + 1):
        gap = float(np.mean([np.abs(shapes[k] - shapes[k + length]).mean() for k in range(3)]))
        if typical > 4e-3 and gap < 0.5 * typical:
            return list(range(length))
    there = list(range(min(count, MAX_FRAMES // 2 + 1)))
    return there + there[-2:0:-1]


def _track(alpha: Floats, width: int) -> tuple[list[int], list[int]]:
    """The left and right end of a window that follows the character, of one width for all frames, in pixels."""
    columns = (alpha > 0.5).sum(axis=1).astype(np.float64)
    x = np.arange(columns.shape[1])
    middles = (columns * x).sum(axis=1) / np.maximum(columns.sum(axis=1), 1e-6)
    smooth = np.convolve(np.pad(middles, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    reach = 0.0
    for row, middle in zip(columns, smooth, strict=True):
        filled = np.flatnonzero(row)
        if len(filled):
            reach = max(reach, middle - filled[0], filled[-1] - middle)
    scale = width / columns.shape[1]
    half = int((reach + 2) * scale)
    left = [int((middle + 0.5) * scale) - half for middle in smooth]
    return left, [start + 2 * half for start in left]


def _padded(picture: NDArray[np.uint8], top: int, bottom: int, left: int, right: int) -> NDArray[np.uint8]:
    """A window that may reach beyond the picture's sides."""
    width = picture.shape[1]
    before, after = max(0, -left), max(0, right - width)
    window = picture[top:bottom, max(0, left) : min(width, right)]
    return np.pad(window, ((0, 0), (before, after), (0, 0)), mode="constant")


def _portrait(frames: NDArray[np.uint8], alpha: Floats, box: Box | None) -> Sprite:
    """An oval picture of where the character most likely is, in a white rim."""
    height, width = frames.shape[1:3]
    if box is not None:
        left, top, right, bottom = (
            share * side for share, side in zip(box, (width, height, width, height), strict=True)
        )
    else:
        tall = 0.92 * min(height, width / 0.8)
        columns = alpha.sum(axis=(0, 1))
        x = np.arange(len(columns)) + 0.5
        share = float((columns * x).sum() / max(columns.sum(), 1e-6) / len(columns)) if columns.sum() > 1 else 0.5
        middle = min(max(share * width, tall * 0.4), width - tall * 0.4)
        left, right = middle - tall * 0.4, middle + tall * 0.4
        top, bottom = height * 0.48 - tall / 2, height * 0.48 + tall / 2
    corner = (max(0, int(left)), max(0, int(top)))
    far = (min(width, max(corner[0] + 2, int(right))), min(height, max(corner[1] + 2, int(bottom))))
    size = (far[0] - corner[0], far[1] - corner[1])
    rim = max(1, min(size) // 40)
    outer, inner = _oval(size, 0), _oval(size, rim)
    count = min(len(frames), MAX_FRAMES // 2 + 1)
    order = [*range(count), *range(count - 2, 0, -1)]
    sheet = Image.new("RGB", size, (255, 252, 246))
    pictures = []
    for index in order:
        picture = Image.fromarray(frames[index][corner[1] : far[1], corner[0] : far[0]])
        picture = Image.composite(picture, sheet, inner).convert("RGBA")
        picture.putalpha(outer)
        pictures.append(np.asarray(picture))
    return Sprite(np.stack(pictures), _FPS, "sticker")


def _oval(size: tuple[int, int], inset: int) -> Image.Image:
    large = Image.new("L", (size[0] * 3, size[1] * 3))
    edge = min(3 * inset, (min(large.size) - 1) // 2)
    ImageDraw.Draw(large).ellipse((edge, edge, large.width - 1 - edge, large.height - 1 - edge), fill=255)
    return large.reduce(3)
