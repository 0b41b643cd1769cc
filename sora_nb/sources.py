"""What a person gives as a source, understood: a URL, a video, a task id, a file, or bytes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.handles import Video
from sora_nb.jobs import Engine
from sora_nb.library import JobRow, Library
from sora_nb.models import FromFile, FromTask, FromURL, Source, web_address
from sora_nb.timerange import TimeRange

if TYPE_CHECKING:
    from sora_nb.video.box import BoxLike

SourceLike = Source | Video | Path | bytes | str

_TASK_ID = re.compile(r"[A-Za-z0-9][\w.:+=\-]{3,511}")
_VIDEO_NAME = re.compile(r".*\.(mp4|mov|m4v|webm|mkv|avi|gif)", re.IGNORECASE)


def read_source(value: SourceLike, library: Library) -> Source:
    """The source that *value* means; `ConfigError` where it means none.

    A `str` is a URL where it begins with http, else a video of the library by its id here or at its
    service, else a file that exists, else a task id of the service.
    """
    source = _understood(value, library)
    if isinstance(source, FromURL):
        return FromURL(web_address(source.url))
    if isinstance(source, FromFile):
        return FromFile(_file(source.path))
    row = library.jobs.find(_writable(source.task_id))
    if row is not None and row.kind != "video":
        raise ConfigError(
            f"{source.task_id!r} is a character, and a source is a video. Give the video or the file it was cut from, "
            "or name the character in a prompt."
        )
    return source


def _understood(value: SourceLike, library: Library) -> Source:
    if isinstance(value, (FromURL, FromTask, FromFile)):
        return value
    if isinstance(value, Video):
        return FromTask(value.id)
    if isinstance(value, bytes):
        return FromFile(library.files.path(library.files.add(value, ".mp4")))
    if isinstance(value, Path):
        return FromFile(value)
    if not isinstance(value, str):
        raise ConfigError(f"A source is a URL, a Video, a task id, a path or bytes, not {type(value).__name__}.")
    text = _writable(value.strip())
    if text.lower().startswith(("http://", "https://")):
        return FromURL(text)
    if library.jobs.find(text) is not None:
        return FromTask(text)
    if _is_file(text):
        return FromFile(Path(text))
    if _TASK_ID.fullmatch(text) and not _VIDEO_NAME.fullmatch(text):
        return FromTask(text)
    raise ConfigError(f"{text[:80]!r} is no address, no task id, and no file that is there. Check its spelling.")


def _is_file(text: str) -> bool:
    try:
        return Path(text).expanduser().is_file()
    except (OSError, RuntimeError):  # a name too long for any file, a home that nobody has
        return False


def _file(path: Path | str) -> Path:
    """The whole path of a file; `ConfigError` for what no file system or no database could take."""
    try:
        whole = Path(path).expanduser().resolve()
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(f"{str(path)[:80]!a} is no path of a file: {error}. Check its spelling.") from error
    _writable(str(whole))
    return whole


def _writable(text: str) -> str:
    """Text that can be written down; `ConfigError` for a file's name that is not UTF-8, as old archives have them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigError(
            f"The name {text[-80:]!a} is not in UTF-8, so it cannot be written down. Rename the file or its folder."
        ) from None
    return text


def shown_as(engine: Engine, source: Source) -> Path | str | None:
    """What to show for a source: a file, an address, or None while there is nothing to see."""
    if isinstance(source, FromURL):
        return source.url
    if isinstance(source, FromFile):
        return source.path
    row = engine.library.jobs.find(source.task_id)
    return None if row is None else Video(engine, row.id).path


def identity(source: Source, library: Library) -> tuple[str, str, str]:
    """What kind of source it is, how it is written down, and what tells it from every other.

    A URL is written down without its query, which may be a signature. A file is told by its path,
    size and time, because hashing a film would take a while.
    """
    if isinstance(source, FromURL):
        parts = urlsplit(source.url)
        return "url", f"{parts.scheme}://{parts.netloc}{parts.path}", hashlib.sha256(source.url.encode()).hexdigest()
    if isinstance(source, FromTask):
        known = library.jobs.find(source.task_id)
        task_id = known.id if known else source.task_id
        return "task", task_id, task_id
    try:
        facts = source.path.stat()
    except OSError as error:
        raise VideoFileError.unread(source.path, error) from error
    return "file", str(source.path), f"{source.path}|{facts.st_size}|{facts.st_mtime_ns}"


def drawn_box(box: BoxLike | None, at: float | None, span: TimeRange) -> tuple[float, ...] | None:
    """A box as the library keeps it: four shares of the picture, and the second of the range at which it was drawn.

    Raises `ConfigError` where it is no box, or was drawn outside of the range.
    """
    from sora_nb.video import Box
    from sora_nb.video.numbers import require_moment

    if box is None:
        return None
    one, at = Box.of(box), span.start if at is None else at
    require_moment(at)
    if not span.start <= at < span.end:
        raise ConfigError(f"The box was drawn at {at:g} s, outside of {span}. Draw it on a picture of the range.")
    told = tuple(round(float(value), 4) for value in (one.x, one.y, one.w, one.h, at - span.start))
    Box(*told[:4])  # one that is too small to be kept is refused as well
    return told


def known_duration(source: Source, library: Library) -> float | None:
    """Seconds the source lasts, as far as that is known without fetching it."""
    if isinstance(source, FromFile):
        from sora_nb.video import guarded as video

        return video.probe(source.path).duration
    if isinstance(source, FromTask):
        job: JobRow | None = library.jobs.find(source.task_id)
        if job is not None:
            return job.duration_s or float(job.request["seconds"])
    return None
