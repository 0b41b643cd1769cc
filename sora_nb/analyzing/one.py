"""One of many files, wherever it is looked at: what goes there and what comes back is plain and small.

It imports the eyes alone, so that a worker elsewhere needs neither a library nor a studio.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

from sora_nb.errors import VideoFileError
from sora_nb.timerange import Limits
from sora_nb.video import Track, guarded, suggest
from sora_nb.video.guarded import Stop

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """A file to look at, and how."""

    path: str
    limits: Limits
    k: int
    faces: Literal["installed"] | None
    samples: float
    bring: bool = False
    """Is the track wanted, too?"""


def look_at(task: Task, stop: Stop | None = None) -> tuple[Row, bytes | None]:
    """The file's row, and its track where that is wanted. A file that cannot be read is a row that says why."""
    began = time.perf_counter()
    try:
        track = guarded.scan(task.path, faces=task.faces, samples=task.samples, stop=stop)
        row = seen(track, task)
    except VideoFileError as error:
        return failed(error.code, str(error)), None
    except OSError as error:
        return failed("unreadable", f"{task.path} cannot be read: {error.strerror}."), None
    return {**row, "elapsed_s": round(time.perf_counter() - began, 3)}, track.to_bytes() if task.bring else None


def seen(track: Track, task: Task) -> Row:
    """What is to be told of a file that was seen."""
    found = suggest(track, task.limits, task.k)
    row: Row = {
        "duration_s": track.duration,
        "width": track.size[0],
        "height": track.size[1],
        "fps": track.fps,
        "cuts": len(track.cuts),
        "fades": len(track.fades),
        "detector": track.detector,
        "ranges": " ".join(str(one.span) for one in found),
        "note": found.note,
    }
    if found:
        best = found[0]
        row |= {
            "start": best.span.start,
            "end": best.span.end,
            "seconds": best.span.seconds,
            "score": best.score,
            "reasons": "; ".join(best.reasons),
            "findings": " ".join(finding.code for finding in best.findings),
        }
    return row


def failed(code: str | None, words: str) -> Row:
    """A file that was not seen, and why."""
    return {"error_code": code or "unreadable", "error": words}
