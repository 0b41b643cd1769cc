"""Which takes are meant: one, several, their ids, a sweep's, or those of the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from sora_nb.errors import ConfigError
from sora_nb.handles import Video
from sora_nb.jobs import Engine

if TYPE_CHECKING:
    import pandas as pd


class WithVideos(Protocol):
    """What has takes of its own, such as a sweep."""

    @property
    def videos(self) -> tuple[Video, ...]:
        """Its takes."""
        ...


Takes: TypeAlias = "Video | str | WithVideos | pd.DataFrame | Iterable[Video | str]"


def chosen(engine: Engine, takes: Takes | None) -> list[Video]:
    """The videos that *takes* names, in its order; all of the library if None.

    Raises `ConfigError` for what names no video, and for an id that the library does not have.
    """
    if takes is None:
        return [Video(engine, row.id) for row in engine.library.jobs.videos()]
    named = list(_named(takes))
    known = engine.library.jobs.those({one for one in named if isinstance(one, str)})
    ours = {id_: Video(engine, id_) for id_, row in known.items() if row.kind == "video"}
    return [ours.get(one) or _found(engine, one) if isinstance(one, str) else _video(one) for one in named]


def the_one(engine: Engine, take: object) -> Video:
    """The one video that *take* names; `ConfigError` as `chosen`, and where it names several or none."""
    videos = chosen(engine, take)  # type: ignore[arg-type]  # what it is not, it says
    if len(videos) != 1:
        raise ConfigError(f"One video is wanted here, and {len(videos)} are given. Name one of them, such as takes[0].")
    return videos[0]


def _named(takes: Any) -> Iterable[Any]:
    if isinstance(takes, (Video, str)):
        return [takes]
    if hasattr(takes, "columns") and hasattr(takes, "attrs"):
        if "id" not in takes:
            there = ", ".join(map(str, takes)) or "none"
            raise ConfigError(f"The table has no column id, which says the takes; its columns: {there}. Keep the id.")
        return list(takes["id"])
    videos = getattr(takes, "videos", None)
    if isinstance(videos, tuple):
        return videos
    if isinstance(takes, Iterable):
        return takes
    raise _no_video(takes)


def _found(engine: Engine, id_: str) -> Video:
    row = engine.library.jobs.find(id_)
    if row is None or row.kind != "video":
        raise ConfigError(f"The library has no video {id_!r}; videos_df() lists those it has.")
    return Video(engine, row.id)


def _video(one: object) -> Video:
    if not isinstance(one, Video):
        raise _no_video(one)
    return one


def _no_video(given: object) -> ConfigError:
    return ConfigError(
        f"{given!r} is no video. Give a Video, its id, several of them, a sweep, or a table with a column id."
    )
