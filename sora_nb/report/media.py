"""What the files of the records show: portraits, posters, and which films could be in a page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sora_nb.errors import VideoFileError
from sora_nb.models import CharacterRecord, VideoRecord
from sora_nb.report.films import Clip
from sora_nb.video.guarded import poster, probe

POSTER_WIDTH = 640

_WEBM = b"\x1aE\xdf\xa3"
_KINDS = ((b"\xff\xd8", "image/jpeg"), (b"\x89PNG", "image/png"), (b"RIFF", "image/webp"))


@dataclass(frozen=True, slots=True)
class Media:
    """The bytes of a picture or film, and what they are, such as `video/mp4`."""

    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A take whose file was looked at."""

    number: int
    """Its place on the page, from 1; cards, table and sheet share it."""
    record: VideoRecord
    picture: Media | None = None
    clip: Clip | None = None
    remark: str | None = None
    """Why there is no film, in words."""


def see(number: int, video: VideoRecord) -> Seen:
    """The take with its picture, and what its film weighs."""
    if video.path is None:
        remark = "It was completed, and its file is no longer in the library." if video.status == "completed" else None
        return Seen(number, video, remark=remark)
    try:
        picture = Media("image/jpeg", poster(video.path, width=POSTER_WIDTH))
        info = probe(video.path)
    except VideoFileError as error:
        return Seen(number, video, remark=str(error))
    if not info.playable:
        remark = f"No browser plays {video.path.name} as it is, so only its picture is here."
        return Seen(number, video, picture, remark=remark)
    return Seen(
        number, video, picture, Clip(number, video.path, info.bytes, info.duration, (info.width, info.height), info.fps)
    )


def portrait(record: CharacterRecord) -> Media | None:
    """A character's poster, else a picture from its clip, else None."""
    if record.poster and record.poster.is_file():
        content = record.poster.read_bytes()
        kind = next((kind for magic, kind in _KINDS if content.startswith(magic)), None)
        return Media(kind, content) if kind else None
    try:
        return Media("image/jpeg", poster(record.clip, width=POSTER_WIDTH)) if record.clip else None
    except VideoFileError:
        return None  # a character without a picture is shown by its name


def length(path: Path) -> float | None:
    """How many seconds a video lasts; None where it is gone, since a character lives in the library."""
    try:
        return probe(path).duration
    except VideoFileError:
        return None


def film(content: bytes) -> Media:
    """The bytes of a film that browsers play."""
    return Media("video/webm" if content.startswith(_WEBM) else "video/mp4", content)
