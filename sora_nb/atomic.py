"""Files that appear when they are whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex


@contextmanager
def atomically(path: Path) -> Iterator[Path]:
    """A place beside *path* to write to, which replaces *path* when the block ends, and is gone where it raised.

    Its name repeats nothing of *path*'s, which may be as long as a file system allows.
    """
    part = path.with_name(f".sora_nb-{token_hex(6)}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
