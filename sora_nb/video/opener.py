"""The process that opens files from elsewhere: it takes requests on its input, one a line, until that ends.

`guarded` starts it. It never sees the notebook's environment, and what it answers is JSON and bytes, so
that a file that takes it over cannot make the notebook run anything.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np

from sora_nb.errors import ConfigError, RangeError, SoraError, VideoFileError
from sora_nb.video.box import Box
from sora_nb.video.cut import cut, preview
from sora_nb.video.follow import follow
from sora_nb.video.likeness import likeness
from sora_nb.video.measure import measure
from sora_nb.video.probe import probe
from sora_nb.video.scan import scan
from sora_nb.video.showcase import Sighting, alike_by_looks
from sora_nb.video.shrink import shrink
from sora_nb.video.stills import filmstrip, poster, still

Works = Mapping[str, Callable[..., Any]]


def _scan(source: str, **options: Any) -> bytes:
    return scan(source, **options).to_bytes()


def _follow(source: str, box: list[float], at: float, samples: float) -> bytes:
    return follow(source, Box(*box), at, samples=samples).to_bytes()


def _likeness(take: str, reference: str, box: list[float] | None, at: float, samples: float) -> bytes:
    known = None if box is None else follow(reference, Box(*box), at)
    return likeness(take, reference, box=known, samples=samples).to_bytes()


def _alike(source: str, sightings: list[Sighting]) -> bytes:
    file = BytesIO()
    np.save(file, alike_by_looks(source, sightings))
    return file.getvalue()


WORKS: Works = {work.__name__: work for work in (probe, measure, cut, preview, shrink, poster, still, filmstrip)} | {
    "scan": _scan,
    "follow": _follow,
    "alike": _alike,
    "likeness": _likeness,
}


def serve(memory: int, works: Works = WORKS) -> None:
    """Do what is asked until there is nobody to ask, with at most *memory* bytes of address space."""
    with os.fdopen(os.dup(0), "rb") as requests, os.fdopen(os.dup(1), "wb") as answers:
        # What a C library prints must not become part of an answer.
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        _limit(memory)
        for line in requests:
            request = json.loads(line)
            _limit_time(request["seconds"])
            options = request["options"]
            if request["listens"]:
                options["progress"] = lambda share: _send(answers, {"progress": share}, b"")
            facts, blob = _answer(works[request["work"]], request["arguments"], options)
            _send(answers, facts, blob)


def _answer(work: Callable[..., Any], arguments: list[Any], options: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        result = work(*arguments, **options)
    except RangeError as error:
        findings = [
            (each.level, each.code, each.message, (each.fix.start_ms, each.fix.end_ms) if each.fix else None)
            for each in error.findings
        ]
        return {"error": "RangeError", "message": str(error), "findings": findings}, b""
    except VideoFileError as error:
        return {"error": "VideoFileError", "message": str(error), "code": error.code}, b""
    except (ConfigError, SoraError) as error:
        return {"error": "ConfigError", "message": str(error)}, b""
    except MemoryError:
        return {"error": "MemoryError", "message": ""}, b""
    except Exception as error:  # the notebook is told what it was, and lives
        return {"error": type(error).__name__, "message": str(error)}, b""
    if isinstance(result, bytes):
        return {}, result
    return ({} if isinstance(result, os.PathLike) else {"facts": asdict(result)}), b""


def _send(answers: BinaryIO, facts: dict[str, Any], blob: bytes) -> None:
    answers.write(json.dumps({**facts, "bytes": len(blob)}, default=str).encode() + b"\n" + blob)
    answers.flush()


def _limit(memory: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the limit is refused, or counts what is only reserved
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _limit_time(seconds: float) -> None:
    """End this process after so many seconds of work, even where nobody is left to do it."""
    if sys.platform == "win32":
        return
    import resource

    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (round(used + seconds) + 1, most))
