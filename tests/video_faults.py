"""Faults planted into the process that opens files, so that a test sees each of them caught."""

from __future__ import annotations

import os
from dataclasses import replace

import av

from sora_nb.video import VideoInfo, opener, probe


def crashing(path: str) -> VideoInfo:
    os.abort()


def crashing_on_some(path: str) -> VideoInfo:
    if "crash" in os.path.basename(path):
        os.abort()
    return probe(path)


def hanging(path: str) -> VideoInfo:
    while True:
        pass


def greedy(path: str) -> VideoInfo:
    held = bytearray(os.urandom(1 << 20) * 600)
    return replace(probe(path), width=64 + len(held) % 2)


def bottomless(path: str) -> VideoInfo:
    return replace(probe(path), width=len(bytearray(1 << 40)))


def untyped(path: str) -> VideoInfo:
    raise IndexError("list index out of range")


def believing(path: str) -> VideoInfo:
    return replace(probe(path), duration=1e12)


def guessing(path: str) -> VideoInfo:
    """What opening a file without looking at its first bytes does."""
    try:
        with av.open(path) as container:
            next(container.decode(video=0))
    except (av.FFmpegError, OSError, IndexError, StopIteration):
        pass
    return probe(path)


def serve(memory: int, fault: str) -> None:
    """Serve with *fault* in the place of `probe`."""
    opener.serve(memory, {**opener.WORKS, "probe": globals()[fault]})
