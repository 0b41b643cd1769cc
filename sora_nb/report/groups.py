"""Which takes stand together on the page, and what each is called among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sora_nb.models import VideoRecord
from sora_nb.report.cells import listed

Key = tuple[str, ...]


def groups(videos: Sequence[VideoRecord], names: Mapping[str, str]) -> Iterator[tuple[str, list[int]]]:
    """Headings, each with the places of its takes: those with the same characters, and in a sweep the same scene.

    Of what varies in a sweep the last is what is compared: its repeats where there are any, else its last axis. All
    else is the same within a group. *names* tells what a character's library id is called.
    """
    axes = _same(videos)
    by_key: dict[tuple[Key, Key], list[int]] = {}
    for place, video in enumerate(videos):
        scene = tuple(str(video.axes[axis]) for axis in axes)
        by_key.setdefault((video.request.characters, scene), []).append(place)
    for (cast, scene), members in by_key.items():
        known = [names.get(id_, id_) for id_ in cast]
        people = f"With {listed(known)}" if known else "Without a character"
        # The cast is told already; a handle, as an axis has it, would say it twice.
        told = [value for axis, value in zip(axes, scene, strict=True) if axis != "character"]
        yield ": ".join([people, *([", ".join(told)] if told else [])]), members


def labels(videos: Sequence[VideoRecord]) -> list[str]:
    """What each of the takes is called: its place in the grid of its sweep, else its prompt; and which repeat."""
    axes = varying(videos)
    said = [" · ".join(str(video.axes[axis]) for axis in axes) or video.request.prompt for video in videos]
    count = Counter(said)
    return [
        words if count[words] == 1 else f"{words} · take {video.request.take}"
        for words, video in zip(said, videos, strict=True)
    ]


def varying(videos: Sequence[VideoRecord]) -> list[str]:
    """The axes that have more than one value, in their order; none where the takes are not all of one sweep."""
    if not one_sweep(videos):
        return []
    return [axis for axis in videos[0].axes if len({str(video.axes[axis]) for video in videos}) > 1]


def one_sweep(videos: Sequence[VideoRecord]) -> bool:
    """Whether all of the takes stand in the grid of one sweep."""
    grids = {(video.sweep, tuple(video.axes)) for video in videos}
    return len(grids) == 1 and all(sweep is not None and axes for sweep, axes in grids)


def _same(videos: Sequence[VideoRecord]) -> list[str]:
    """The axes whose value is the same within a group."""
    axes = varying(videos)
    return axes if repeated(videos) else axes[:-1]


def repeated(videos: Iterable[VideoRecord]) -> bool:
    """Whether any point of the grid was taken more than once."""
    points = Counter(tuple(str(value) for value in video.axes.values()) for video in videos)
    return any(count > 1 for count in points.values())
