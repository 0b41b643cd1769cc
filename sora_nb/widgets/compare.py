"""Takes side by side on one clock."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from sora_nb.errors import ConfigError
from sora_nb.html import join
from sora_nb.widgets import assets
from sora_nb.widgets.bundle import with_static
from sora_nb.widgets.feed import Feed
from sora_nb.widgets.player import job_facts, shown_file
from sora_nb.widgets.static import video_card

MOST = 9
"""More pictures than these are too small to compare."""


class CompareGrid(anywidget.AnyWidget):
    """Two to nine finished `Video`s that play, pause and seek as one. The longest leads.

    Raises `ConfigError` where there is nothing to compare, or too much.
    """

    _esm = assets.module("compare.js")
    _css = assets.style("player.css", "panel.css")

    takes = traitlets.List(traitlets.Dict()).tag(sync=True)
    """What is shown, as `job_facts`. Python to browser."""

    def __init__(self, videos: Iterable[Any]) -> None:
        self._videos = [video for video in videos if shown_file(video.record) is not None]
        if not self._videos:
            raise ConfigError("None of these videos has a file yet. Wait for them, then compare.")
        if len(self._videos) > MOST:
            raise ConfigError(f"{len(self._videos)} videos are too many to see at once; choose up to {MOST}.")
        self._feed = Feed(self.send, self._find)
        super().__init__(takes=[job_facts(video) for video in self._videos])
        self.on_msg(lambda _widget, content, _buffers: self._feed.answer(content))

    def _find(self, key: str) -> Path | None:
        wanted = key.partition(":")[2]
        return next((shown_file(video.record) for video in self._videos if video.id == wanted), None)

    def __repr__(self) -> str:
        return f"<CompareGrid of {len(self._videos)}>"

    def _static(self) -> str:
        return join(video_card(video.record) for video in self._videos)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_static(super()._repr_mimebundle_(**kwargs), self._static)
