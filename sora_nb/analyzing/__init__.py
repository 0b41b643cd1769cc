"""Looking at many files at once: each scanned, its best range suggested, and a row for each, failures included."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sora_nb.timerange import TUTORIAL, Limits

if TYPE_CHECKING:
    import pandas as pd


def analyze_many(
    paths: Iterable[str | Path],
    executor: Executor | None = None,
    *,
    limits: Limits | str = TUTORIAL,
    k: int = 3,
    faces: Literal["installed"] | None = "installed",
    samples: float = 4.0,
    library: str | Path | None = None,
    ahead: int | None = None,
    progress: Callable[[float], object] | None = None,
) -> pd.DataFrame:
    """Look at many video files, as `scan` and `suggest` do, and return one row for each, in their order.

    The columns are those of `tables.ANALYSIS_COLUMNS`. A file that cannot be read is a row with its reason. Whoever
    runs it, each file is opened by a process of its own, which may fail without taking anything along.

    *executor* is any of `concurrent.futures`, or one that behaves like it, such as Dask's `client.get_executor()`; its
    workers have to find the files under the same paths. Without one there is a thread for each core, with a process
    each. *ahead* files are handed out at a time, twice the cores if None. With *library*, a folder or an address,
    what was seen before is known at once, and what is seen now is kept there.

    *progress* is called here with the share that is done, 0 to 1; what it raises ends the work, and so does an
    interrupt, at once; what an executor of yours has begun it ends by itself. Raises `ConfigError` for what makes no
    sense, before anything is looked at.
    """
    from sora_nb.analyzing.many import analyze
    from sora_nb.library import Library

    opened = None if library is None else Library(library)
    try:
        tracks = None if opened is None else opened.tracks
        return analyze(
            paths, executor, limits, k=k, faces=faces, samples=samples, ahead=ahead, progress=progress, tracks=tracks
        )
    finally:
        if opened is not None:
            opened.close()
