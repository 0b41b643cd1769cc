"""The front door: one object per notebook, which knows a service and a library."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin

from sora_nb import showing
from sora_nb.bundles import import_character
from sora_nb.casting import CharacterLike, find_character
from sora_nb.choosing import Takes, chosen, the_one
from sora_nb.connecting import ApiKey, Prices, choose, connect, in_process, priced, require_kinds, service_of
from sora_nb.dialects import Capabilities, Service, estimate
from sora_nb.dialects.prices import require_length
from sora_nb.errors import ConfigError
from sora_nb.handles import Character, Video
from sora_nb.html import Html
from sora_nb.jobs import engine_for
from sora_nb.judging import compare_with, judge_all
from sora_nb.keeping import SpanLike, Who, keep, with_span
from sora_nb.library import CharacterRow, JobRow
from sora_nb.library.incoming import Incoming
from sora_nb.opened import STUDIOS
from sora_nb.preparing import Prepared, prepare, submit
from sora_nb.projecting import character_of, everyone, project, whereabouts
from sora_nb.sources import SourceLike, read_source, shown_as
from sora_nb.timerange import Limits, limits_of

if TYPE_CHECKING:
    import pandas as pd

    from sora_nb.report import ReportPlan
    from sora_nb.sweep import Sweep
    from sora_nb.video import Likeness, Suggestions, Track
    from sora_nb.video.box import BoxLike
    from sora_nb.video.faces import Detector
    from sora_nb.widgets import CompareGrid, Panel, RangePicker


class Studio:
    """Makes characters and videos on one service, and keeps them in one library.

    *service* is a name such as `simulator`, `vllm-omni` or `openrouter`, the address of a server, or a
    `Service` of your own. *dialect* says which shape is spoken there, where that is not plain, and *profile*
    which server the simulator plays. *api_key* is best a function, such as `getpass.getpass`, or a `KeyBox`;
    without it Colab's secrets, the environment, the system's keyring and the person in front are asked.
    *library* is a folder, or the address of a database to share, `postgresql+psycopg://user@server/database`, whose
    files are in *folder* then, by default in the user's own. *prices* is your own table, US dollars a
    second by model, such as `{"wan": 0.02, "character": 0, "date": "2026-11-26"}`, and goes over the
    service's; a path names a JSON file of such tables by service, which without it is `prices.json` in the
    library's folder. *speed* hurries the simulator's clock; `math.inf` waits only for the drawing.

    Raises `ConfigError` where no service is named or it is not known.
    """

    def __init__(
        self,
        service: str | Service | None = None,
        *,
        dialect: str | None = None,
        base_url: str | None = None,
        profile: str | None = None,
        api_key: ApiKey = None,
        library: str | Path | None = None,
        folder: str | Path | None = None,
        prices: Prices = None,
        speed: float | None = None,
    ) -> None:
        require_kinds(service=service, dialect=dialect, base_url=base_url, profile=profile, api_key=api_key)
        require_kinds(library=library, folder=folder, prices=prices, speed=speed)
        named = choose(service, dialect, base_url, profile)
        if speed is not None and not in_process(named):
            raise ConfigError(f"speed= is for the simulator in this process; {named.name} keeps its own time.")
        self._engine = engine_for(library, folder)
        # An address may hold a password, and what is in a function is not shown with the object.
        self._another: Callable[[str | Service], Studio] = lambda one: Studio(one, library=library, folder=folder)
        self.service = priced(named, prices, self._engine.library)
        connect(self._engine, self.service, api_key, speed=speed)
        STUDIOS.add(self)
        if "pandas" in sys.modules:
            import sora_nb.tables  # noqa: F401  # so that a table from a file has its .sora

    @property
    def service_name(self) -> str:
        """What the service is called; where the simulator plays another, it says so."""
        return self.service.title

    @property
    def simulated(self) -> bool:
        """Are the videos drawn rather than generated?"""
        return self.service.capabilities.simulated

    @property
    def capabilities(self) -> Capabilities:
        """What the service can do, as data."""
        return self.service.capabilities

    @property
    def limits(self) -> Limits:
        """What the service allows a character's range to be."""
        return self.service.capabilities.limits

    @property
    def samples(self) -> dict[str, str]:
        """Addresses of clips the service offers to be tried, by name; only the simulator does."""
        base = "http://simulator" if in_process(self.service) else self.service.base_url or ""
        return {path.split("/")[-1].removesuffix(".mp4"): urljoin(base, path) for path in self.service.samples}

    @property
    def folder(self) -> Path:
        """Where the library lies."""
        return self._engine.library.folder

    def generate(
        self,
        prompt: str,
        *,
        characters: Iterable[CharacterLike] = (),
        seconds: float | None = None,
        size: str | None = None,
        model: str | None = None,
        take: int = 1,
    ) -> Video:
        """Ask for a video, and return it at once; `wait()` or `await` it.

        A character is named in the prompt as `@handle`, or given in *characters*. *seconds* and *size*
        default to what the service does. An equal request with the same *take* is the same video: it is
        not sent, or paid for, again.

        Where the service makes no characters, their picture, clip or description goes with the request
        instead: the video's `mode` is `reference` then, and its `remarks` say what is lost.

        Raises `ConfigError` before anything is sent where the service would refuse.
        """
        return self.prepare(prompt, characters=characters, seconds=seconds, size=size, model=model, take=take).submit()

    def prepare(
        self,
        prompt: str,
        *,
        characters: Iterable[CharacterLike] = (),
        seconds: float | None = None,
        size: str | None = None,
        model: str | None = None,
        take: int = 1,
    ) -> Prepared:
        """All of `generate` but the sending: the request checked, priced, and not yet made."""
        return prepare(self._engine, self.service, prompt, characters, seconds, size, model, take)

    def create_character(
        self,
        source: SourceLike,
        span: SpanLike,
        *,
        name: str,
        description: str = "",
        box: BoxLike | None = None,
        box_at: float | None = None,
    ) -> Character:
        """Make the one who is seen in a stretch of a video into a character, and return it at once.

        *source* is a URL, a `Video`, a task id, a path or bytes; *span* is `"5,8"`, a `TimeRange`, or a
        picker's `value`. Where the service takes no timestamps the clip is cut here. Where it makes no
        characters nothing is sent: clip and picture are kept here, `mode` is `reference`, and `remarks`
        say what is lost. What the pictures say against the range is among `remarks` as well, at once where the
        source was looked at before, else once it is cut; none of that stops it.

        *box* says who is meant: left, top, width and height in shares of the picture at *box_at* seconds of the
        source, the range's first if None. It stays in the library, where likeness, findings and exports know it;
        given for a character that exists, it takes the place of what was there.

        Raises `RangeError` or `ConfigError` before anything is sent where it would not work.
        """
        origin = read_source(source, self._engine.library)
        who = Who(name, description, box=box, box_at=box_at)
        character, seen = keep(self._engine, self.service, origin, span, who)
        return project(self._engine, self.service, character, seen)

    def with_span(self, character: CharacterLike, span: SpanLike) -> CharacterRow:
        """A character of the library, cut from another range of its source. It is kept here, and made nowhere yet.

        Its handle says the range: `ada_2_5`. Who is meant is carried over where the range holds the moment of the box,
        or following it leads there, else it is found `box_lost`. Raises as `create_character` does, and `ConfigError`
        for one that came in a bundle, whose source is not here.
        """
        return with_span(self._engine, self.service, character, span)

    def import_character(self, path: str | Path) -> Character:
        """Take a character that was exported, here or elsewhere, into the library.

        *path* is the folder or the `.zip` that `Character.export` wrote. Nothing is sent: the character is made on
        a service where it is first used there. The same bundle gives the same character again; where its handle
        is another's here, it gets one of its own.

        Raises `BundleError` before anything is kept where the bundle is damaged, or is more or other than that.
        """
        return whereabouts(self._engine, self.service, import_character(self._engine.library, path))

    def resume(self) -> list[Video | Character]:
        """Take up everything that is unfinished, each at the service it was sent to, and return it.

        A job whose service cannot be reached from here, for want of a key perhaps, says so in its `error`.
        """
        found: list[Video | Character] = []
        for row in self._engine.library.jobs.unfinished():
            try:
                if not self._engine.knows(row):
                    connect(self._engine, service_of(row), None, may_ask=False)
                self._engine.start(row.id)
            except ConfigError as error:
                self._engine.fail(row.id, error)
            found.append(self._handle(row))
        return found

    def video(self, video_id: str | Video) -> Video:
        """A video of the library, by its id here or at its service."""
        return the_one(self._engine, video_id)

    def find_videos(self, ids: Sequence[str]) -> list[Video] | None:
        """The videos of the library with these ids, in their order; None where it is closed or has not all of them."""
        if self._engine.closed:
            return None
        there = self._engine.library.jobs.those(set(ids))
        return [Video(self._engine, id_) for id_ in ids] if there.keys() >= set(ids) else None

    def character(self, name: CharacterLike) -> Character:
        """A character of the library, by its name, handle or id."""
        return whereabouts(self._engine, self.service, find_character(name, self._engine.library))

    def videos(self) -> list[Video]:
        """Every video of the library, the oldest first."""
        return chosen(self._engine, None)

    def characters(self) -> list[Character]:
        """Every character of the library, the oldest first: as it is on this service, or else where it was made last.

        One that is elsewhere is made here when it is first used.
        """
        return everyone(self._engine, self.service)

    def videos_df(self) -> pd.DataFrame:
        """One row for each take; the columns are those of `tables.VIDEO_COLUMNS`."""
        return self.frame()

    def votes_df(self, videos: Takes | None = None) -> pd.DataFrame:
        """One row for each vote of blind comparisons, of all or between these; the columns are `tables.VOTE_COLUMNS`.

        Stars are in `videos_df`.
        """
        return showing.votes(self._engine, videos)

    def frame(
        self,
        videos: Takes | None = None,
        axes: tuple[str, ...] = (),
        points: Sequence[Mapping[str, str]] | None = None,
    ) -> pd.DataFrame:
        """The given videos as a table, with one more column for each of *axes*; all of the library by default.

        *points* are the values of the axes for each video, by default those it was asked for with.
        """
        return showing.frame(self._engine, videos, axes, points)

    def judge(self, videos: Takes | None = None) -> pd.DataFrame:
        """Compare finished takes, all of them by default, with their characters' clips, and return their table.

        *videos* is one or several, ids of them, a sweep or a table, as everywhere. A second or so for each take that
        was not compared before; its `likeness` is kept. One that cannot be compared has none, and a warning says why.
        """
        judged = chosen(self._engine, videos)
        judge_all(self._engine, [video.id for video in judged])
        return self.frame(judged)

    def likeness(self, video: Video | str, character: CharacterLike | None = None) -> Likeness:
        """How like its own clip a character stays in a finished video, picture by picture; the first one by default."""
        one = None if character is None else find_character(character, self._engine.library).id
        return compare_with(self._engine, the_one(self._engine, video).id, one)

    def characters_df(self) -> pd.DataFrame:
        """One row for each character and service it is on; the columns are those of `tables.CHARACTER_COLUMNS`.

        An imported one that is on none yet has a row without a service.
        """
        return showing.characters(self._engine)

    def estimate(self, seconds: float, model: str | None = None, size: str | None = None) -> float | None:
        """What a video would cost in US dollars by the price table, None where it has no price."""
        require_length(seconds)
        allowed = self.capabilities
        return estimate(allowed, model or allowed.models[0], seconds, size or allowed.default_size)

    def receive(self, name: str, size: int) -> Incoming:
        """A place in the library for a file of *size* bytes that is to come in pieces; *name* tells its ending.

        `write` what comes, then `close` and `keep` it: that gives the path, which is a source.
        """
        return Incoming(self._engine.library.files, name, size)

    def resolve(self, source: SourceLike) -> Path | str | None:
        """What to show for a source: a file, an address, or None while there is nothing to see."""
        return shown_as(self._engine, read_source(source, self._engine.library))

    def scan(
        self,
        source: SourceLike,
        *,
        faces: Detector | Literal["installed"] | None = "installed",
        samples: float = 4.0,
        progress: Callable[[float], object] | None = None,
    ) -> Track:
        """Look at a source, frame by frame, as `sora.scan` does; what is seen is kept in the library.

        *source* is what `create_character` takes. An address is fetched for that, and the file is read by a process
        of its own that may fail; with a detector of your own it is read in this one, and not kept. The same file is
        looked at once, whatever it is called. It blocks, an interrupt ends it, and the jobs go on meanwhile.

        An address is fetched once in a session, and not asked whether it still holds the same film. To look anew,
        give it another fragment, which no server is told: `scan(url + "#2")`.

        Raises `VideoFileError` for what is no video or not finished, `ServiceError` where it cannot be fetched.
        """
        from sora_nb.scanning import scan_source

        origin = read_source(source, self._engine.library)
        return scan_source(self._engine, self.service, origin, faces, samples, progress)

    def suggest(
        self,
        source: SourceLike,
        limits: Limits | str | None = None,
        k: int = 3,
        *,
        box: BoxLike | None = None,
        at: float = 0.0,
        each: bool = False,
        progress: Callable[[float], object] | None = None,
    ) -> Suggestions:
        """The best ranges of a source with reasons, as `sora.suggest` has them; *limits* are the service's if None.

        *box*, drawn on the picture at *at* seconds, says who is meant; *each* gives the best range
        of each character that can be told apart by looks.
        Raises as `scan` does.
        """
        from sora_nb.scanning import suggest_from

        rules = self.limits if limits is None else limits_of(limits)
        origin = read_source(source, self._engine.library)
        return suggest_from(self._engine, self.service, origin, rules, k, box, at, each, progress)

    def analyze_many(
        self,
        paths: Iterable[str | Path],
        executor: Executor | None = None,
        limits: Limits | str | None = None,
        **how: Any,
    ) -> pd.DataFrame:
        """Look at many files, as `sora.analyze_many` does; what is seen is kept in the library, and known again.

        *limits* are the service's if None; *how* are the other options of it. Raises as it does.
        """
        from sora_nb.analyzing.many import analyze

        rules = self.limits if limits is None else limits_of(limits)
        return analyze(paths, executor, rules, tracks=self._engine.library.tracks, **how)

    def sweep(self, template: str, rows: Any = None, /, *, repeats: int = 1, **axes: Any) -> Sweep:
        """Plan a grid of takes: every combination of the *axes* put into *template*, each *repeats* times.

        Each of *axes* is a value or several. `seconds`, `size`, `model`, `take`, `service` (names, or studios on this
        library) and `span` (ranges of the `character`'s source) are settings; all others are words that the template
        names. *rows* is a `DataFrame`, the path of a CSV file, or a list of dicts: its columns are axes that are not
        crossed with each other. Look at `plan`, then `run()`.

        Raises `ConfigError` where the template and the axes do not agree.
        """
        from sora_nb.sweep import Sweep

        return Sweep(self, template, rows, axes, repeats)

    def beside(self, service: str | Service | Studio) -> Studio:
        """A studio for another *service* on the same library. Raises `ConfigError` for one on another library."""
        if isinstance(service, Studio):
            if service._engine is not self._engine:
                raise ConfigError(f"{service!r} keeps another library. Make it with the same library= as this one.")
            return service
        return self if service in (self.service_name, self.service) else self._another(service)

    def pick(self, source: SourceLike, *, limits: Limits | str | None = None, **options: Any) -> RangePicker:
        """A picker on a source; what is seen in it is shown there once it is known.

        *limits* are the service's if None; *options* are those of `RangePicker`.
        """
        from sora_nb.widgets import RangePicker

        options.setdefault("title", getattr(source, "prompt", None))
        rules = self.limits if limits is None else limits_of(limits)
        picker = RangePicker(self.resolve(source), limits=rules, **options)
        self.show_seen(source, picker, rules)
        return picker

    def show_seen(self, source: SourceLike, picker: RangePicker, limits: Limits | None = None) -> None:
        """Begin to look at a source, and hand what is seen, or why nothing is, to a picker that still shows it then.

        Nothing is begun where there is nothing to see yet. *limits* are the service's if None.
        """
        from sora_nb.scanning import scan_for

        if picker.source is not None:
            scan_for(
                self._engine, self.service, read_source(source, self._engine.library), limits or self.limits, picker
            )

    def compare(self, videos: Takes, *, label: str | Sequence[str] | None = None, **options: Any) -> CompareGrid:
        """Finished videos side by side, on one clock, with stars, a wipe, and votes without names.

        *label* is the column of `videos_df`, or an axis of their sweep, that tells them apart; or several of them.
        *options* are those of `CompareGrid`.
        """
        return showing.compare(self._engine, self.characters(), videos, label, options)

    def report(self, path: str | Path, *, progress: Callable[[float], object] | None = None, **options: Any) -> Path:
        """Write videos, all of them by default, and their characters as a report that needs nothing else.

        A *path* that ends in `.html` gets one page, whose takes play side by side; `.png` or `.pdf` get a sheet of
        their pictures. *options* are those of `report_plan`. Films that have to be smaller are encoded before this
        returns; *progress* hears how far that is, 0 to 1.
        """
        return self.report_plan(**options).write(path, progress=progress)

    def report_plan(self, videos: Takes | None = None, **options: Any) -> ReportPlan:
        """What a report of *videos*, all of them by default, would hold and weigh. `plan.write(path)` writes it.

        *title* is its heading, and *question* what was to be found out: `"Does Ada keep her coat at night?"`. *max_mb*
        is how many megabytes films and pictures may take together, 60 by default; films are made smaller to fit, and
        left out where that is not enough. Takes of one sweep tell what it tried and what came of it as well.
        """
        from sora_nb.sweep.experiment import experiment_of

        records = [video.record for video in chosen(self._engine, videos)]
        votes = self._engine.library.opinions.votes([one.id for one in records])
        return showing.report_plan(self.characters(), records, experiment_of(records, votes), **options)

    def gallery(self, videos: Takes | None = None, *, most: int = 24) -> Html:
        """A card for each of the first *most* videos, all by default: picture, prompt, how it stands.

        It needs no kernel to be seen, and does not move; `compare` plays them.
        """
        return showing.gallery(chosen(self._engine, videos), most)

    def panel(self, source: SourceLike | None = None) -> Panel:
        """The whole studio in one cell."""
        from sora_nb.widgets import Panel

        return Panel(self, source)

    def close(self) -> None:
        """Stop the work of this process on the library, whichever studio asked for it.

        What is under way at a service goes on there, and `resume` finds it.
        """
        self._engine.close()

    def __repr__(self) -> str:
        return f"<Studio {self.service.name}{' (simulated)' if self.simulated else ''}>"

    def project(self, character: CharacterRow) -> Character:
        """The character on this service: where it already is, or made there again from what the library holds."""
        return project(self._engine, self.service, character)

    def submit(self, row: JobRow) -> Video:
        """Hand a prepared job to the background thread."""
        return submit(self._engine, row)

    def _handle(self, row: JobRow) -> Video | Character:
        return Video(self._engine, row.id) if row.kind == "video" else character_of(self._engine, row)
