"""Opening a file as a video, and saying in words why that fails.

What a file is, its first bytes decide and never its name; the demuxer is then forced, so that a
playlist or a script in disguise opens nothing else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from av.stream import Disposition
from av.video.stream import VideoStream

from sora_nb.errors import VideoFileError

_DEMUXERS = {
    "mp4": "mov",
    "mov": "mov",
    "webm": "matroska",
    "mkv": "matroska",
    "avi": "avi",
    "ogg": "ogg",
    "flv": "flv",
    "ts": "mpegts",
    "mpeg": "mpeg",
    "wmv": "asf",
    "gif": "gif",
}
_PACKETS = ((0, 188), (4, 192))
"""Where the first packet of a broadcast begins, and how long each is; those of M2TS have a time in front."""
_HEAD = 5 * 192
"""Bytes that tell what a file is: that many packets of a broadcast."""
_WEBM = re.compile(rb"\x42\x82[^a-z]{1,8}webm")
"""The name of the kind behind its length, which GStreamer writes with a zero at its end."""
_ATOMS = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
_STILLS = {b"avif": "AVIF", b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIF"}
"""Pictures that are kept as MP4 keeps films, by what they call themselves."""
MOST_PIXELS = 8192 * 4320
"""A frame of 8K; a header can ask for a hundred times as much memory."""
MOST_SIDE = 16_383
_KEEPS_ITS_OWN_ZERO = ("mov", "matroska")


@dataclass(frozen=True, slots=True)
class Footage:
    """An open video file and the picture track that people see."""

    path: Path
    kind: str
    """The container: `mp4 mov webm mkv avi ogg flv ts mpeg wmv gif`."""
    container: InputContainer
    stream: VideoStream
    zero: Fraction
    """The timestamp, in seconds, that a player calls 0.

    Browsers take the times of MP4, QuickTime, WebM and Matroska as they stand, so a picture that starts at
    0.5 s is at 0.5 s on the slider. The other kinds count from their first timestamp, which may be hours in.
    """

    def seconds(self, timestamp: int) -> Fraction:
        """A timestamp of the picture track as exact seconds on the player's clock."""
        return timestamp * Fraction(self.stream.time_base or 1) - self.zero


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[Footage]:
    """The video at *path*, closed at the end of the block.

    Raises `VideoFileError` where it cannot be opened or, inside the block, be read on.
    """
    path = Path(path)
    kind = kind_of(path)
    with reading(path):
        container = av.open(
            # Absolute, since FFmpeg would take the start of a name such as "concat:a.mp4" for a protocol.
            os.path.abspath(path),
            format=_DEMUXERS[kind],
            options={"max_pixels": str(MOST_PIXELS)},
            container_options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        )
        with container:
            stream = _picture_track(path, container)
            stream.thread_type = "AUTO"
            start = container.start_time
            shifted = _DEMUXERS[kind] not in _KEEPS_ITS_OWN_ZERO and start is not None
            yield Footage(path, kind, container, stream, Fraction(start, av.time_base) if shifted else Fraction(0))


def sound_track(footage: Footage) -> AudioStream | None:
    """The first track of sound that can be decoded, None where there is none."""
    return next((track for track in footage.container.streams.audio if track.codec_context), None)


def packets(footage: Footage, track: VideoStream | AudioStream) -> Iterator[av.Packet[Any]]:
    """The packets of a track from where the file is read, with an empty one at the end."""
    try:
        yield from footage.container.demux(track)
    except IndexError:
        # A track that appears on the way, as damage makes it, is counted by PyAV 18 and not known to it. It
        # comes behind the others, whose packets have all been given by then.
        return


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what FFmpeg has to say about *path* into a `VideoFileError`."""
    try:
        yield
    except FFmpegError as error:
        if isinstance(error, InvalidDataError):
            raise VideoFileError(
                f"{path.name} is damaged and cannot be read as a video. Get it again.", "damaged"
            ) from error
        raise VideoFileError(f"{path.name} cannot be used as a video: {error.strerror}.", "damaged") from error


def kind_of(path: Path) -> str:
    """The container of the file at *path*, from its first bytes. `VideoFileError` for anything but a video."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            kind = _kind(head)
            whole = kind not in ("mp4", "mov") or b"moov" in dict(_atoms(file))
    except ValueError as error:  # as for a zero in a name
        raise VideoFileError(f"No file can be called {path.name!r}. Check the path.", "missing") from error
    except OSError as error:
        raise VideoFileError.unread(path, error) from error
    if not whole:
        raise _without_index(path, head)
    if not head:
        raise VideoFileError(f"{path.name} is empty (0 bytes). Download or copy it again.", "empty")
    if kind is None:
        raise VideoFileError(
            f"{path.name} is not a video in a known format. Use MP4, MOV, WebM, MKV or AVI.", "unknown_format"
        )
    return kind


def _without_index(path: Path, head: bytes) -> VideoFileError:
    if still := _STILLS.get(head[8:12]):
        return VideoFileError(
            f"{path.name} is a still picture ({still}) and no video. Use a file with a video track.", "no_picture"
        )
    return VideoFileError(
        f"{path.name} is cut off: its index (moov) is missing. Download or copy the whole file again.", "cut_off"
    )


def is_whole(path: Path) -> bool:
    """Whether an MP4 or QuickTime file holds all that its boxes promise."""
    size = path.stat().st_size
    with path.open("rb") as file:
        return all(end <= size for _, end in _atoms(file))


def _kind(head: bytes) -> str | None:
    if head[4:8] in _ATOMS:
        return "mov" if head[4:12] == b"ftypqt  " or head[4:8] != b"ftyp" else "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if _WEBM.search(head) else "mkv"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    starts = {
        b"OggS": "ogg",
        b"FLV\x01": "flv",
        b"GIF8": "gif",
        b"\x00\x00\x01\xba": "mpeg",
        b"\x30\x26\xb2\x75": "wmv",
    }
    # A broadcast has no name in front, only a G at the start of each packet; so it is asked for last.
    return starts.get(head[:4]) or ("ts" if _is_broadcast(head) else None)


def _is_broadcast(head: bytes) -> bool:
    return any(
        marks[:2] == b"GG" and set(marks) == {ord("G")} for first, size in _PACKETS if (marks := head[first::size])
    )


def _atoms(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """The top-level boxes of an MP4 file: name, and where the box ends."""
    position = 0
    total = file.seek(0, os.SEEK_END)
    while position + 8 <= total:
        file.seek(position)
        header = file.read(16)
        size, name = int.from_bytes(header[:4], "big"), header[4:8]
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        elif size == 0:
            size = total - position
        if size < 8:
            return
        position += size
        yield name, position


def _picture_track(path: Path, container: InputContainer) -> VideoStream:
    tracks = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not tracks:
        has = "sound" if container.streams.audio else "no sound"
        raise VideoFileError(
            f"{path.name} has {has} but no moving picture. Use a file with a video track.", "no_picture"
        )
    stream = next((track for track in tracks if track.disposition & Disposition.default), tracks[0])
    if stream.codec_context is None:
        raise VideoFileError(
            f"{path.name} is in a codec that cannot be read here. Convert it to H.264 in MP4.", "unknown_codec"
        )
    _judge_size(path, stream.codec_context.width, stream.codec_context.height)
    # Pictures may grow on the way; the decoder then refuses them one by one.
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    return stream


def _judge_size(path: Path, width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise VideoFileError(
            f"{path.name} says that its picture has {width}x{height} pixels; {MOST_SIDE} on a side and "
            f"{MOST_PIXELS / 1e6:.0f} million in all are read. Scale it down.",
            "too_large",
        )
