"""The kernel's half of showing a video: it answers what `feed.js` asks for.

The bytes never become traits, since traits are saved into notebooks. The page first tries the Jupyter
server's own `files/` address, then asks for the file in pieces; a file that browsers cannot play is
turned into a preview first.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from sora_nb.errors import ConfigError, SoraError
from sora_nb.timerange import plain
from sora_nb.video import VideoInfo
from sora_nb.video.guarded import filmstrip, poster, preview, probe
from sora_nb.widgets.beside import beside

PIECE = 1 << 20
"""Bytes in one message; the websocket's limit is ten times that."""

MOST = 200 << 20
"""A larger file is not sent in pieces: it would fill the page's memory, so a preview is sent."""

LONGEST_PREVIEW = 300.0
"""Seconds of video of which a preview is made unasked; two hours would keep a machine busy for half an hour."""

PREVIEW_SPEED = 4.0
"""Seconds of a 1080p video that become a preview in one second, on two cores."""

POSTER_WIDTH = 960
"""Pixels across the picture that stands in until the video is there."""

STILL_WIDTH = 480
"""Pixels across a card's picture."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/mp4", ".webm": "video/webm"}

_preparing = threading.Lock()


class Send(Protocol):
    """`Widget.send`."""

    def __call__(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None: ...


class Feed:
    """Videos of one widget, by key.

    `find(key)` gives a path, an address, or None where there is nothing yet; `title(key)` what people call it.
    """

    def __init__(
        self,
        send: Send,
        find: Callable[[str], Path | str | None],
        title: Callable[[str], str | None] = lambda _key: None,
    ) -> None:
        self._send = send
        self._find = find
        self._title = title
        self._shown: dict[str, Path] = {}

    def answer(self, content: Any) -> bool:
        """Answer a message of the page; False where it was not for the feed.

        Pixels are slow, so all but the pieces of a file are answered from a thread of their own.
        """
        kind = content.get("kind", "") if isinstance(content, dict) else ""
        if kind == "feed:chunk":
            self._send_piece(content)
        elif kind == "feed:close":
            self._shown.pop(content["view"], None)
        elif kind in ("feed:open", "feed:still", "feed:strip", "feed:frame", "feed:smaller"):
            beside(self._work, kind, content)
        else:
            return False
        return True

    def _work(self, kind: str, content: dict[str, Any]) -> None:
        to = {"key": content["key"], "view": content["view"]}
        try:
            source = self._find(to["key"])
            if source is None:
                self._trouble(to, "empty", "No video yet")
            elif isinstance(source, str):
                self._open_address(kind, to, source)
            elif kind == "feed:open":
                self._open_file(to, probe(source))
            elif kind == "feed:still":
                self._send({"kind": "feed:poster", **to}, [still(source)])
            elif kind == "feed:strip":
                self._send_strip(to, source, content)
            elif kind == "feed:frame":
                at = max(0.0, float(content["at"]))
                self._send({"kind": "feed:frame", "at": at, **to}, [poster(source, at, width=POSTER_WIDTH)])
            else:
                self._offer_smaller(to, probe(source), insist=bool(content.get("insist")))
        except SoraError as error:
            self._trouble(to, "error", str(error))
        except Exception as error:  # a callback's error is shown nowhere else
            self._trouble(to, "error", f"The video could not be opened: {type(error).__name__}: {error}")

    def _open_address(self, kind: str, to: dict[str, str], address: str) -> None:
        if kind == "feed:open":
            parts = urlsplit(address)
            title = self._title(to["key"]) or source_name(address)
            self._send({"kind": "feed:facts", "title": title, "words": parts.netloc, "elsewhere": True, **to})
            self._send({"kind": "feed:ready", "url": address, **to})

    def _open_file(self, to: dict[str, str], info: VideoInfo) -> None:
        title = self._title(to["key"]) or source_name(Path(info.path))
        shape = round(info.width / info.height, 4)
        facts = {"title": title, "words": words(info), "shape": shape, "sound": info.has_audio, "elsewhere": False}
        self._send({"kind": "feed:facts", **facts, **to})
        self._send({"kind": "feed:poster", **to}, [poster(info.path, width=POSTER_WIDTH)])
        if info.playable:
            self._offer(to, info)
        else:
            self._offer_smaller(to, info)

    def _offer(self, to: dict[str, str], info: VideoInfo) -> None:
        path = Path(info.path).resolve()
        stat = path.stat()
        self._shown[to["view"]] = path
        self._send(
            {
                "kind": "feed:ready",
                "path": path.as_posix(),
                "home": Path.home().as_posix(),
                "notebook": os.environ.get("JPY_SESSION_NAME", ""),
                "bytes": stat.st_size,
                "version": stat.st_mtime_ns // 1_000_000,
                "most": MOST,
                "type": _TYPES.get(path.suffix.lower(), "video/mp4"),
                **to,
            }
        )

    def _send_strip(self, to: dict[str, str], source: Path, content: dict[str, Any]) -> None:
        count = max(1, min(int(content["count"]), 64))
        start, end = content.get("from"), content.get("to")
        span = (float(start), float(end)) if start is not None and end is not None else None
        told = {"kind": "feed:strip", "count": count, "from": start, "to": end, **to}
        self._send(told, [filmstrip(source, count, span=span)])

    def _offer_smaller(self, to: dict[str, str], info: VideoInfo, *, insist: bool = False) -> None:
        """A preview that plays here; of a long video only where a person *insists*, and single frames till then."""
        target = preview_path(Path(info.path))
        reason = (
            "it is too large to send as it is"
            if info.playable
            else f"browsers do not play {info.codec} in {info.container}"
        )
        if not target.exists():
            if info.duration > LONGEST_PREVIEW and not insist:
                return self._trouble(to, "frames", f"Shown frame by frame, since {reason}. {_way_out(info)}")
            self._trouble(to, "preparing", f"Preparing a preview: {reason}.")
        with _preparing:
            if not target.exists():
                preview(info.path, target)
        return self._offer(to, probe(target))

    def _send_piece(self, content: dict[str, Any]) -> None:
        to = {"key": content["key"], "view": content["view"]}
        path = self._shown.get(to["view"])
        if path is None:
            self._trouble(to, "error", "The kernel no longer knows this video. Run the cell again.")
            return
        try:
            with path.open("rb") as file:
                file.seek(int(content["offset"]))
                piece = file.read(PIECE)
        except OSError as error:
            self._trouble(to, "error", f"{path.name} can no longer be read: {error.strerror}.")
            return
        if piece:
            self._send({"kind": "feed:chunk", "offset": content["offset"], **to}, [piece])
        else:
            self._trouble(to, "error", f"{path.name} became shorter while it was read. Run the cell again.")

    def _trouble(self, to: dict[str, str], state: str, text: str) -> None:
        self._send({"kind": "feed:trouble", "state": state, "words": text, **to})


def source_name(source: Path | str) -> str:
    """A file's or an address's last part, without what may be secret in it; a library's long names are cut short."""
    if isinstance(source, Path):
        return f"{source.stem[:8]}{source.suffix}" if _DIGEST.fullmatch(source.stem) else source.name
    parts = urlsplit(source)
    return parts.path.rsplit("/", 1)[-1] or parts.netloc


def words(info: VideoInfo) -> str:
    """A file's facts in one line: `12 s · 24 fps · 1280x720`."""
    facts = [f"{plain(round(info.duration, 2))} s", f"{plain(round(info.fps, 2))} fps" if info.fps else ""]
    return " · ".join(filter(None, [*facts, f"{info.width}x{info.height}"]))


def _way_out(info: VideoInfo) -> str:
    minutes = max(1, round(info.duration / PREVIEW_SPEED / 60))
    made = f"A preview takes about {minutes} min."
    return f"To play it, keep it below the folder that Jupyter serves. {made}" if info.playable else made


def still(path: Path) -> bytes:
    """A picture for a file: itself where it is one, else a frame of the video."""
    return path.read_bytes() if path.suffix.lower() in _PICTURES else poster(path, width=STILL_WIDTH)


def preview_path(source: Path) -> Path:
    """Where a file's preview is kept: in this user's own temporary folder, named by the file's state.

    Raises `ConfigError` where that folder is somebody else's, who could put other films there.
    """
    stat = source.stat()
    state = f"{source.resolve()}\0{stat.st_mtime_ns}\0{stat.st_size}"
    folder = Path(tempfile.gettempdir()) / f"sora_nb-previews-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or (hasattr(os, "getuid") and folder.stat().st_uid != os.getuid()):
        raise ConfigError(f"{folder} is not this user's own. Take it away, or set TMPDIR to a folder of yours.")
    return folder / f"{hashlib.sha256(state.encode()).hexdigest()[:24]}.mp4"
