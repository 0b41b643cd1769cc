"""Files that appear when they are whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from sora_nb.errors import ConfigError


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


@contextmanager
def into_folder(path: Path) -> Iterator[None]:
    """Make the folder that *path* is to be written into; a `ConfigError` where it cannot be written."""
    with or_refused(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        yield


@contextmanager
def or_refused(path: Path) -> Iterator[None]:
    """Say in a `ConfigError` why *path* cannot be written."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror or error}. Choose another name, or make room there."
        ) from error
