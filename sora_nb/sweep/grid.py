"""The sweep that a notebook holds: its grid, its plan, its run, and what came of it."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sora_nb.errors import ConfigError, WaitTimeout
from sora_nb.handles import Video
from sora_nb.jobs import crossing
from sora_nb.library import JobRow, Limit, Withheld
from sora_nb.models import VideoRecord
from sora_nb.showing import report_plan
from sora_nb.sweep.plan import Plan
from sora_nb.sweep.progress import Progress
from sora_nb.sweep.purse import Purse, look
from sora_nb.sweep.running import Order, Run, Waiting, in_order
from sora_nb.sweep.takes import Grid, Take, to_make

if TYPE_CHECKING:
    import pandas as pd

    from sora_nb.report import ReportPlan
    from sora_nb.studio import Studio
    from sora_nb.widgets import CompareGrid

MOST_REFUSALS = 3
"""So many reasons are told at once; the plan has all."""


class Sweep:
    """Every combination of the axes, put into a template: `"@{character} {scene}"`.

    `plan` tells what would be sent and what it would cost, `run()` sends what is not there yet, `df` has a row for
    each take, failures included. The same sweep, made again after a dead kernel, finds its takes and goes on.
    """

    def __init__(
        self, studio: Studio, template: str, rows: Any = None, axes: Mapping[str, Any] | None = None, repeats: int = 1
    ) -> None:
        self._grid = Grid(studio, template, rows, axes or {}, repeats)
        self._studio = studio
        self.template = template
        self.axes: dict[str, list[Any]] = {name: self._values(name) for name in self._grid.names}
        """The values of each axis, in the order they first come."""
        self._takes: dict[str, Take] = {}
        self._asked: dict[str, Take] = {}
        self._run: Run | None = None
        self._began: tuple[float, int] = (0.0, 0)

    @cached_property
    def id(self) -> str:
        """The same for the same template and axes at the same service."""
        grid = [self._grid.axes_of(place) for place in range(len(self._grid.points))]
        told = repr((self.template, grid, self._studio.service.base_url, self._studio.service.dialect.name))
        return f"swp_{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    @property
    def plan(self) -> Plan:
        """What `run()` would do now: rows, calls, seconds of video, cost, what is there, and what would be refused."""
        takes, refused = self._grid.look()
        known = self._studio._engine.library.jobs.those(takes)
        rows = self._grid.planned(takes.values(), known, refused)
        new = [take for take in takes.values() if take.id not in known]
        return Plan(self.template, rows, to_make(self._studio, new), tuple(self.axes))

    @property
    def est_cost_usd(self) -> float | None:
        """What all takes would cost by the price table, None where one has no price or would be refused."""
        takes, refused = self._grid.look()
        costs = [take.prepared.row.est_cost_usd for take in takes.values()]
        known = [cost for cost in costs if cost is not None]
        return round(sum(known), 6) if len(known) == len(costs) and not refused else None

    @property
    def videos(self) -> tuple[Video, ...]:
        """The takes that were asked for, in the order of the grid; those of `retry_failed` stand behind their point."""
        asked = sorted([*self._asked.values()], key=lambda take: (take.place, take.turn))
        return tuple(Video(self._studio._engine, take.id) for take in asked)

    @property
    def df(self) -> pd.DataFrame:
        """One row for each take that was asked for, with one column for each axis."""
        videos = self.videos
        table = self._studio.frame(videos, tuple(self.axes), [self._asked[video.id].axes for video in videos])
        table["sweep"] = table["sweep"].where(table["sweep"] == self.id, self.id)  # another sweep may have it as well
        return table

    @property
    def progress(self) -> Progress:
        """How far it is: takes, money and time."""
        states = Counter(video.status for video in self.videos)
        run, purse = self._run, self._purse()
        completed, unknown = states["completed"], states["unknown"]
        failed = sum(states[name] for name in ("failed", "lost", "expired", "cancelled"))
        running = states["queued"] + states["in_progress"]
        waiting = len(run.waiting) if run else len(self)
        paused, held = bool(run and run.paused and run.waiting), bool(run and run.held)
        began, before = self._began
        done = completed + failed + unknown - before
        coming = running + (0 if paused or held else waiting)
        pace = (time.monotonic() - began) / done if run and done > 0 else None
        return Progress(
            takes=len(self._asked) + waiting,
            completed=completed,
            failed=failed,
            unknown=unknown,
            running=running,
            waiting=waiting,
            spent_usd=purse.spent,
            at_risk_usd=purse.at_risk,
            budget_usd=run.budget if run else None,
            paused=paused,
            held=held,
            left_s=None if pace is None else round(pace * coming, 1),
        )

    def run(
        self,
        *,
        budget: float | None = None,
        parallel: int | None = None,
        order: Order = "round_robin",
        leave_refused: bool = False,
    ) -> Sweep:
        """Ask for every take that is not there yet, and return at once; `wait()` or `progress` tell the rest.

        *budget* is US dollars that the takes of this sweep may cost together, those that were asked for before and
        the characters they need included: what a service named its cost for counts with that, all else with its
        estimate, also where the answer was lost. It is never passed; `run` again with more, and it goes on.
        *parallel* is how many takes go on at a time, all by default. *order* is `round_robin`, `cheapest` or
        `given`. A take that ended, however, is not asked for again; see `retry_failed`.

        Raises `ConfigError` before anything is sent where a take would be refused, unless *leave_refused*, and
        where there is a *budget* and something has no price.
        """
        if self._run is not None:
            self._run.stop()
        self._takes, refused = self._grid.look()
        if refused and not leave_refused:
            raise ConfigError(self._refusal(refused))
        known = self._studio._engine.library.jobs.those(self._takes)
        new = [take for take in self._takes.values() if take.id not in known]
        waiting = in_order(self._waiting(new, budget), order)
        run = self._new_run(waiting, budget, parallel)
        retried = self._retried()
        self._takes.update({take.id: take for take in retried})
        self._asked = {id_: take for id_, take in self._takes.items() if id_ in known or take in retried}
        self._take_up(known)
        self._begin(run)
        return self

    def retry_failed(self) -> Sweep:
        """Ask again for what failed, as new takes, which are paid for anew; under the budget and number of the run.

        A take that was refused, so that nothing was made, is asked for again as it is. One whose answer was lost is
        left alone, since it may have been paid for: `resend()` or `adopt()` it. Raises `ConfigError` before `run`.
        """
        if self._run is None:
            raise ConfigError("Nothing of this sweep was asked for yet. Begin with run().")
        self._run.stop()
        again: list[Take] = []
        for group in self._by_place(self._asked.values()).values():
            rows = [self._studio._engine.row(take.id) for take in group]
            refused = [take for take, row in zip(group, rows, strict=True) if row.state == "REJECTED"]
            failed = [row for row in rows if row.state in ("FAILED", "LOST", "EXPIRED", "CANCELLED")]
            # Each retry stands for one take that failed, so as many failures as there are retries are done with.
            retries = sum(take.turn >= self._grid.repeats for take in group)
            new = list(itertools.islice(self._after(group[-1]), max(0, len(failed) - retries)))
            again += [*refused, *new]
        waiting = [*self._run.waiting, *self._waiting(again, self._run.budget)]
        self._takes.update({take.id: take for take in again})
        for take in again:
            self._asked.pop(take.id, None)
        self._begin(self._new_run(waiting, self._run.budget, self._run.parallel))
        return self

    def pause(self) -> None:
        """Ask for nothing more for now. What goes on at a service goes on there."""
        if self._run is not None:
            self._run.paused = True

    def go_on(self) -> None:
        """Ask for the rest after `pause()`. Where the budget held it back, `run` it with a greater one instead."""
        if self._run is not None:
            self._run.paused = False

    def wait(self, timeout: float | None = None) -> Sweep:
        """Block until nothing more happens by itself: every take is settled, or is held back by a pause or the budget.

        A failed take is a row, not an exception. Raises `WaitTimeout` after *timeout* s.
        """
        try:
            at_rest = crossing.until(self._at_rest, timeout)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note("The sweep goes on; pause() stops asking for more, wait() takes it up again.")
            raise
        if self._run is not None and self._run.trouble is not None:
            raise self._run.trouble
        if not at_rest:
            raise WaitTimeout(f"{self!r} is not at its end after {timeout} s; it goes on. wait() again.", self)
        return self

    def summary(self, votes: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
        """One row for each point: its repeats together, with success, cost, time, likeness and ratings.

        Wins are those of comparisons without names, as the library keeps them, and of *votes* besides. The columns
        are the axes, then those of `tables.SUMMARY_COLUMNS`; intervals are Wilson's.
        """
        from sora_nb.sweep.summary import summary_rows
        from sora_nb.tables import summary_df

        cast = self._studio._engine.library.opinions.votes(self._asked)
        names = [name for name in self.axes if name != "take"]
        records = self._records()
        rows = summary_rows(records, [record.axes for record in records], names, [*cast, *votes])
        return summary_df(rows, names)

    def compare(self, **options: Any) -> CompareGrid:
        """The finished takes side by side, on one clock; *options* are those of `Studio.compare`."""
        return self._studio.compare(self.videos, **options)

    def report(self, path: str | Path, *, progress: Callable[[float], object] | None = None, **options: Any) -> Path:
        """Write plan, results and takes as a report that needs nothing else: a page, or a sheet of pictures.

        *path* and *progress* are those of `Studio.report`, *options* those of `report_plan`.
        """
        return self.report_plan(**options).write(path, progress=progress)

    def report_plan(self, **options: Any) -> ReportPlan:
        """What a report would hold and weigh, as `Studio.report_plan` tells it. The template is its heading."""
        from sora_nb.sweep.experiment import told

        records = self._records()
        tried = told(
            records,
            {name: tuple(self._grid.shown(name, one) for one in values) for name, values in self.axes.items()},
            self._studio._engine.library.opinions.votes(self._asked),
            takes=len(self),
            repeats=self._grid.repeats,
            template=self.template,
            est_cost_usd=self.est_cost_usd,
        )
        return report_plan(self._studio.characters(), records, tried, **options)

    def __len__(self) -> int:
        return len(self._grid)

    def __repr__(self) -> str:
        states = Counter(video.status for video in self.videos)
        left = len(self._run.waiting) if self._run else 0
        told = [f"{count} {state}" for state, count in states.items()] + ([f"{left} not asked for"] if left else [])
        return f"<Sweep of {len(self)}: {', '.join(told) or 'not run'}>"

    def _repr_html_(self) -> str:
        return self.plan._repr_html_() if self._run is None else str(self.df._repr_html_())  # type: ignore[operator]

    def _values(self, name: str) -> list[Any]:
        values = {self._grid.shown(name, point[name]): point[name] for point in self._grid.points if name in point}
        return list(values.values())

    def _waiting(self, takes: Sequence[Take], budget: float | None) -> list[Waiting]:
        """The takes with their prices. Raises `ConfigError` where a budget has to do without one."""
        purse = look(self._studio._engine.library, [], [take.prepared for take in takes])
        waiting = [Waiting(take.id, take.turn, take.place, purse.price(take.prepared)) for take in takes]
        unknown = sum(take.price is None for take in waiting)
        if budget is not None and unknown:
            raise ConfigError(
                f"{unknown} of {len(waiting)} takes have no price, so a budget cannot be kept. Nothing was sent. Give "
                'the prices, such as Studio(..., prices={"model-1": 0.1}), or run without budget=.'
            )
        return waiting

    def _purse(self, more: Iterable[Take] = ()) -> Purse:
        takes = [take.prepared for take in list(self._takes.values())]
        return look(self._studio._engine.library, takes, [take.prepared for take in more], sweep=self.id)

    def _new_run(self, waiting: list[Waiting], budget: float | None, parallel: int | None) -> Run:
        def used_with(one: Waiting) -> float:
            take = self._takes[one.id]
            return self._purse([take]).with_(take.prepared)

        settled = self._studio._engine.settled
        return Run(waiting, ask=self._ask, used_with=used_with, settled=settled, budget=budget, parallel=parallel)

    def _begin(self, run: Run) -> None:
        self._run = run
        self._began = (time.monotonic(), sum(video.settled for video in self.videos))
        run.begin([take.id for take in self._asked.values()])

    def _ask(self, id_: str, fits: Callable[[], bool] | None) -> bool:
        take = self._takes[id_]
        try:
            take.prepared.submit(sweep=self.id, axes=take.axes, limit=Limit(self.id, fits) if fits else None)
        except Withheld:
            return False
        self._asked[id_] = take
        return True

    def _take_up(self, known: Mapping[str, JobRow]) -> None:
        """Go on with the takes that are there, wherever they stand; what ended is not begun again."""
        engine, sweep = self._studio._engine, self.id
        for id_, take in self._asked.items():
            row = known.get(id_) or engine.library.jobs.get(id_)
            if row.unfinished:
                engine.start(id_)
            if (row.sweep, dict(row.axes)) != (sweep, dict(take.axes)):
                engine.annotate(id_, sweep=sweep, axes=dict(take.axes))

    def _retried(self) -> list[Take]:
        """The takes that an earlier `retry_failed` asked for."""
        ours = {row.id for row in self._studio._engine.library.jobs.videos(sweep=self.id)}
        return [
            take
            for group in self._by_place(self._takes.values()).values()
            for take in itertools.takewhile(lambda take: take.id in ours, self._after(group[-1]))
        ]

    def _after(self, last: Take) -> Iterator[Take]:
        """The takes that may follow a point's last one, leaving out those that are rows of the grid themselves."""
        turns = itertools.count(last.turn + 1)
        for number in itertools.count(last.number + 1):
            prepared = last.prepared.as_take(number)
            if prepared.row.id not in self._takes:
                yield replace(last, prepared=prepared, turn=next(turns))

    def _by_place(self, takes: Iterable[Take]) -> dict[int, list[Take]]:
        groups: dict[int, list[Take]] = {}
        for take in sorted(takes, key=lambda take: (take.place, take.turn)):
            groups.setdefault(take.place, []).append(take)
        return groups

    def _records(self) -> list[VideoRecord]:
        return [replace(video.record, sweep=self.id, axes=self._asked[video.id].axes) for video in self.videos]

    def _at_rest(self) -> bool:
        run = self._run
        asking = run is not None and run.alive and not run.paused
        return not asking and all(self._studio._engine.settled(id_) for id_ in list(self._asked))

    def _refusal(self, refused: Mapping[int, str]) -> str:
        reasons = list(dict.fromkeys(refused.values()))
        more = (
            f" And {len(reasons) - MOST_REFUSALS} more reasons; plan has all." if len(reasons) > MOST_REFUSALS else ""
        )
        told = " ".join(reasons[:MOST_REFUSALS])
        count = len(refused) * self._grid.repeats
        return f"{count} of {len(self)} takes would be refused, so nothing was sent. {told}{more}"
