"""Takes side by side on one clock, and what people say of them: stars, and votes without names."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import anywidget
import traitlets

from sora_nb.errors import ConfigError, SoraError
from sora_nb.html import Html, join
from sora_nb.widgets import assets
from sora_nb.widgets.blind import Choice
from sora_nb.widgets.bundle import with_static
from sora_nb.widgets.columns import columns, filter_of, order_of, values
from sora_nb.widgets.feed import Feed
from sora_nb.widgets.player import job_facts, shown_file
from sora_nb.widgets.static import tally_table, video_card
from sora_nb.widgets.trials import Ballots, Trials, by_default

Made = TypeVar("Made")

MOST = 9
"""More pictures than these are too small to compare."""


class CompareGrid(anywidget.AnyWidget):
    """Two to nine finished `Video`s that play, pause and seek as one.

    *labels* are what stands below each, by default its prompt. *offsets* are how many seconds of each are left out
    at its start. *characters* can be laid over the pictures. *votes* of an earlier grid are counted along, and so are
    those in *ballots*, where new ones are kept; *by* is who votes here.

    Raises `ConfigError` where there is nothing to compare, or too much, or where the numbers do not agree.
    """

    _esm = assets.module("compare/compare.js")
    _css = assets.style()

    takes = traitlets.List(traitlets.Dict()).tag(sync=True)
    """What is shown, as `job_facts` and a label. Python to browser."""
    references = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The characters that can be laid over the pictures, each with id and name. Python to browser."""
    offsets = traitlets.List(traitlets.Float()).tag(sync=True)
    """How many seconds of each take are left out at its start; below zero it starts later. Both ways."""
    trial = traitlets.Dict().tag(sync=True)
    """The blind round that is shown: round, rounds, ids left and right; empty without one. Python to browser."""
    columns = traitlets.List(traitlets.Dict()).tag(sync=True)
    """In what the takes differ: name, words, kind, values. Python to browser."""
    order: Any = traitlets.List().tag(sync=True)
    """A column's name, and whether its highest comes first; empty for as they were given. Both ways."""
    only: Any = traitlets.List().tag(sync=True)
    """A column's name, and the value that is shown, or for a figure the least; empty for all. Both ways."""
    tally = traitlets.List(traitlets.Dict()).tag(sync=True)
    """What the votes add up to, one row for each take, the most liked first. Python to browser."""
    said = traitlets.Dict().tag(sync=True)
    """The status line: its level and its words. Python to browser."""

    _unwatch: Sequence[Callable[[], None]] = ()

    def __init__(
        self,
        videos: Iterable[Any],
        *,
        labels: Sequence[str] | None = None,
        offsets: Sequence[float] | None = None,
        characters: Iterable[Any] = (),
        votes: Iterable[Mapping[str, Any]] = (),
        by: str | None = None,
        ballots: Ballots | None = None,
    ) -> None:
        given = list(videos)
        labels = _one_each("labels", labels, str, len(given))
        offsets = _one_each("offsets", offsets, float, len(given))
        if not given:
            raise ConfigError("There are no takes to compare yet. Ask for some: generate(), or run() of a sweep.")
        # A take that is given twice, as two tables put together have it, stands where it came first.
        once = {video.id: place for place, video in reversed([*enumerate(given)])}
        shown = [place for place in sorted(once.values()) if shown_file(given[place].record) is not None]
        if not shown:
            raise ConfigError("None of these videos has a file. Wait for those that are under way, then compare.")
        if len(shown) > MOST:
            raise ConfigError(f"{len(shown)} videos are too many to see at once; choose up to {MOST}.")
        self._videos = {given[place].id: given[place] for place in shown}
        self._labels = {given[place].id: None if labels is None else labels[place] for place in shown}
        self._people = {one.id: one for one in characters}
        self._trials = Trials(list(self._videos), by_default() if by is None else by, votes, ballots)
        self._lock = threading.RLock()
        self._feed = Feed(self.send, self._find)
        super().__init__(
            takes=[self._facts(video) for video in self._videos.values()],
            references=[{"id": one.id, "name": one.record.name} for one in self._people.values()],
            offsets=[0.0 if offsets is None else offsets[place] for place in shown],
            columns=columns(video.record for video in self._videos.values()),
        )
        self._count()
        self.on_msg(self._hear)
        self._unwatch = [video.on_change(self._changed) for video in self._videos.values()]

    def rate(self, video: Any, stars: float | None) -> None:
        """Give a take 1 to 5 stars, or none; `videos_df` has them as `rating`. *video* is a `Video` or its id."""
        rated = self._video(video)
        try:
            rated.rate(stars, by=self.by)
        except ValueError as error:
            raise ConfigError(str(error)) from None
        self._changed(rated)
        self._say("ok", "")

    def blind(self, repeats: int | None = None, *, seed: int = 0) -> None:
        """Begin a comparison in pairs without names: each pair *repeats* times, in an order that *seed* fixes.

        Each take stands on the left as often as on the right, give or take one. Keys 1, 2 and 0 say left, right
        and no difference. Votes of earlier rounds stay, and rounds that were left in the middle, by a kernel
        that died perhaps, go on where they were.
        """
        with self._lock:
            taken_up = self._trials.begin(repeats, seed)
            self._show_round()
            self._say("ok", f"Going on after {taken_up} votes." if taken_up else "")

    def vote(self, choice: Choice) -> None:
        """Say which of the two is better: `left`, `right`, or `same` for no difference."""
        with self._lock:
            self._trials.vote(choice)
            self._show_round()

    def undo(self) -> None:
        """Take the last vote of this blind comparison back."""
        with self._lock:
            self._trials.undo()
            self._show_round()

    def stop(self) -> None:
        """End the blind comparison; the votes so far stay."""
        with self._lock:
            self._trials.stop()
            self.trial = {}
            self._count()

    def sort(self, by: str | None = None, *, descending: bool | None = None) -> None:
        """Put the takes in order by a column of `columns`, its best first; without one as they were given."""
        self.order = order_of(self.columns, by, descending)

    def filter(self, column: str | None = None, value: Any = None) -> None:
        """Show only the takes that have *value* in a column, or in one of figures at least so much; else all."""
        self.only = filter_of(self.columns, column, value)

    @property
    def by(self) -> str:
        """Who votes here."""
        return self._trials.person

    @property
    def votes(self) -> list[dict[str, Any]]:
        """Every vote: session, round, ids left and right, choice, winner, by whom, when."""
        return self._trials.votes

    def close(self) -> None:
        """Stop watching and leave the page."""
        for stop in self._unwatch:
            stop()
        self._unwatch = ()
        super().close()

    def _show_round(self) -> None:
        self.trial = self._trials.shown
        if not self.trial:
            done = len(self._trials.rounds)
            self.stop()
            self._say("ok", f"Done: {done} votes.")
        self._count()

    def _count(self) -> None:
        labels = {facts["id"]: facts["label"] or facts["title"] for facts in self.takes}
        # While names are hidden, the score is too: it would tell which take is which.
        self.tally = [] if self.trial else self._trials.tally(labels)

    def _facts(self, video: Any) -> dict[str, Any]:
        return job_facts(video) | {"label": self._labels[video.id], "values": values(video.record)}

    def _changed(self, video: Any) -> None:
        """One take has another rating. Called on a background thread too."""
        with self._lock:
            facts = self._facts(video)
            self.takes = [facts if row["id"] == facts["id"] else row for row in self.takes]
            self.columns = columns(each.record for each in self._videos.values())

    def _video(self, video: Any) -> Any:
        wanted = getattr(video, "id", video)
        if wanted not in self._videos:
            raise ConfigError(f"{wanted!r} is not among the takes that are compared here.")
        return self._videos[wanted]

    @traitlets.validate("offsets")
    def _check_offsets(self, proposal: Any) -> list[float]:
        offsets = list(proposal["value"])
        if len(offsets) != len(self._videos) or not all(map(math.isfinite, offsets)):
            raise ConfigError(f"Offsets are {len(self._videos)} numbers of seconds, one for each take, not {offsets}.")
        return offsets

    def _find(self, key: str) -> Path | None:
        kind, _, wanted = key.partition(":")
        if kind == "character":
            record = self._people[wanted].record if wanted in self._people else None
            picture: Path | None = getattr(record, "poster", None)
            return picture if picture is not None and picture.exists() else record and shown_file(record)
        video = self._videos.get(wanted)
        return None if video is None else shown_file(video.record)

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        if self._feed.answer(content) or not isinstance(content, dict):
            return
        try:
            self._do(content)
        except SoraError as error:
            self._say("error", str(error))
        except Exception as error:  # a callback's error is shown nowhere else
            self._say("error", f"That did not work: {type(error).__name__}: {error}")

    def _do(self, content: dict[str, Any]) -> None:
        kind = content.get("kind")
        if kind == "compare:rate":
            self.rate(content["id"], content["stars"])
        elif kind == "compare:blind":
            self.blind()
        elif kind == "compare:vote" and content["round"] == self.trial.get("round"):  # a key pressed twice is one vote
            self.vote(content["choice"])
        elif kind == "compare:undo":
            self.undo()
        elif kind == "compare:stop":
            self.stop()

    def _say(self, level: str, text: str) -> None:
        with self._lock:
            # The number makes two equal sayings differ, so that the page hears the second one too.
            self.said = {"level": level, "text": text, "number": self.said.get("number", 0) + 1}

    def __repr__(self) -> str:
        return f"<CompareGrid of {len(self._videos)}>"

    def _static(self) -> Html:
        counted = [] if self.trial else self.tally
        return join([[video_card(video.record) for video in self._videos.values()], tally_table(counted)])

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_static(super()._repr_mimebundle_(**kwargs), self._static)


def _one_each(name: str, given: Any, read: Callable[[Any], Made], count: int) -> list[Made] | None:
    """What was given for each of *count* videos; `ConfigError` where it is not one each of what *read* reads."""
    if given is None:
        return None
    try:
        found = [read(one) for one in given]
    except (TypeError, ValueError):
        raise ConfigError(f"{name}= is a list with one for each video, not {given!r}.") from None
    if len(found) != count:
        raise ConfigError(f"There are {len(found)} {name} for {count} videos; give one for each.")
    return found
