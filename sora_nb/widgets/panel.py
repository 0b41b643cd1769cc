"""The whole studio in one cell: choose a source and a range, make a character, put it into scenes, compare."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import traitlets

from sora_nb.errors import ConfigError, SoraError
from sora_nb.html import Html, join
from sora_nb.timerange import Limits, plain
from sora_nb.widgets import assets
from sora_nb.widgets.beside import beside
from sora_nb.widgets.facts import person_facts, service_facts, take_facts, warnings_of
from sora_nb.widgets.lines import generate_line, source_text
from sora_nb.widgets.picker import RangePicker
from sora_nb.widgets.planning import Form, agreed, plan, read_form
from sora_nb.widgets.player import Handle, job_facts, shown_file
from sora_nb.widgets.ranges import Span
from sora_nb.widgets.sample import SAMPLE, sample_clip
from sora_nb.widgets.static import character_card, take_table, video_card
from sora_nb.widgets.upload import Uploads

SHOWN = 24
"""So many of the newest videos are in the panel; `studio.videos_df()` has them all."""

SHOWN_STILL = 4
"""So many of them have their picture in the form without a script, since each is saved with the notebook."""

LINES = 50
"""So many of the newest lines of Python are kept."""


class StudioLike(Protocol):
    """What the panel asks of a `Studio`."""

    @property
    def service_name(self) -> str: ...
    @property
    def simulated(self) -> bool: ...
    @property
    def folder(self) -> Path: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def capabilities(self) -> Any: ...
    @property
    def create_character(self) -> Callable[..., Any]: ...
    @property
    def generate(self) -> Callable[..., Any]: ...
    @property
    def prepare(self) -> Callable[..., Any]: ...
    @property
    def sweep(self) -> Callable[..., Any]: ...
    @property
    def compare(self) -> Callable[..., Any]: ...
    def characters(self) -> Sequence[Any]: ...
    def videos(self) -> Sequence[Any]: ...
    def characters_df(self) -> Any: ...
    def videos_df(self) -> Any: ...
    def receive(self, name: str, size: int) -> Any: ...
    def resolve(self, source: Any) -> Path | str | None: ...
    def show_seen(self, source: Any, picker: RangePicker) -> None: ...


class Panel(RangePicker):
    """A range picker with a studio around it.

    Every button has a method here, and the panel shows the line of Python that a button stands for.
    """

    _esm = assets.module("panel/panel.js")
    _css = assets.style()

    service = traitlets.Dict().tag(sync=True)
    """The service's name and what it can do. Python to browser."""
    cast = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The characters, the newest first, as `person_facts`. Python to browser."""
    takes = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The videos, the newest first, as `take_facts`. Python to browser."""
    said = traitlets.Dict().tag(sync=True)
    """What was said last: its level, its words, and at which step. Python to browser."""
    lines: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The lines of Python that the buttons stood for, the newest last. Python to browser."""
    plan = traitlets.Dict().tag(sync=True)
    """What Generate would make and cost, take by take, as `planning.plan` tells it. Python to browser."""
    draft = traitlets.Dict().tag(sync=True)
    """What stands in the fields. Browser to Python."""

    def __init__(self, studio: StudioLike, source: Any = None) -> None:
        self._studio = studio
        self._origin: Any = None
        self._lock = threading.RLock()
        self._planning = threading.Lock()
        self._watched: dict[str, Callable[[], None]] = {}
        self._known: dict[str, Any] = {}
        super().__init__(limits=studio.limits)
        self._uploads = Uploads(self.send, studio.receive, self._on_upload)
        self.service = service_facts(studio)
        self.refresh()
        if source is not None:
            self.load(source)

    def load(
        self, source: Any, *, value: Span | None = None, duration: float | None = None, title: str | None = None
    ) -> None:
        """Show a source: an address, a path, a `Video`, a task id, or `"sample"` on the simulator."""
        if source == SAMPLE and self._studio.simulated:
            source = sample_clip(self._studio.folder / "samples")
        found = self._studio.resolve(source) if source is not None else None
        if source is not None and found is None:
            raise ConfigError(
                f"{source_text(source)} has no picture: it is not done, or nothing is called so. Check its row."
            )
        made = next((video for video in self._studio.videos() if source is video or source == video.id), None)
        super().load(found, value=value, duration=duration, title=title or getattr(made or source, "prompt", None))
        self._origin = source
        if source is not None:
            self._say("ok", f"Loaded {self.title}.", "source", f"panel.load({source_text(source)})")
            self._studio.show_seen(source, self)

    def create(self, name: str, description: str = "") -> Any:
        """Make the chosen range, and whoever is boxed there, into a character; returns the `Character` at once."""
        if self._origin is None:
            raise ConfigError("There is no source yet. Load a video and choose a range in it.")
        more: dict[str, Any] = {"description": description} if description else {}
        if self.box is not None:
            more |= {"box": self.box, "box_at": self.box_at}
        character = self._studio.create_character(self._origin, self.span, name=name, **more)
        about = "".join(f", {key}={value!r}" for key, value in more.items())
        lost = warnings_of([character])
        self._say(
            "warning" if lost else "ok",
            f"Creating {character.name}. In a prompt it is @{character.handle}.{lost}",
            "character",
            f"studio.create_character({source_text(self._origin)}, {str(self.span)!r}, name={name!r}{about})",
        )
        self.refresh()
        return character

    def generate(
        self,
        prompt: str,
        scenes: str | Iterable[str] = (),
        *,
        seconds: float | Iterable[float] | None = None,
        size: str | Iterable[str] | None = None,
        model: str | Iterable[str] | None = None,
        takes: int = 1,
        **words: str | Iterable[str],
    ) -> list[Any]:
        """Ask for one video for each scene, setting and take; returns the `Video`s at once.

        A scene is put where the prompt says `{scene}`, or behind it, and *words* where it says `{their name}`.
        Characters are named as `@handle`. *seconds*, *size* and *model* may be several.

        Raises `ConfigError` before anything is sent where one of them would be refused.
        """
        fields = {name: several(values) for name, values in {"scene": scenes, **words}.items()}
        settings = {"seconds": several(seconds), "sizes": several(size), "models": several(model)}
        return self._generate(Form(prompt, {k: v for k, v in fields.items() if v}, takes=takes, **settings))

    def stop(self) -> int:
        """Take back what was asked for and not sent yet; returns how many takes that were."""
        running = [video for video in self._studio.videos() if not job_facts(video)["ended"]]
        stopped = sum(bool(video.stop()) for video in running)
        gone = len(running) - stopped
        words = [f"{stopped} taken back before {'it was' if stopped == 1 else 'they were'} sent." if stopped else ""]
        words += [f"{gone} sent already: {'it goes' if gone == 1 else 'they go'} on at the service." if gone else ""]
        text = " ".join(filter(None, words)) or "Nothing is in progress."
        self._say("warning" if gone else "ok", text, "takes", "panel.stop()")
        self.refresh()
        return stopped

    def resend(self, video: Any) -> None:
        """Send a take whose answer was lost once more; it may have been made and paid for. *video* is one or its id."""
        lost = self._video(getattr(video, "id", video))
        lost.resend()
        words = "Sent once more. If the first one was made after all, both are paid for."
        self._say("warning", words, "takes", f"panel.resend({lost.id!r})")
        self.refresh()

    def rate(self, video: Any, stars: float | None) -> None:
        """Give a take 1 to 5 stars, or none; `videos_df` has them as `rating`. *video* is a `Video` or its id."""
        rated = self._video(getattr(video, "id", video))
        try:
            rated.rating = stars
        except ValueError as error:
            raise ConfigError(str(error)) from None
        self._changed(rated)

    def compare(self, videos: Iterable[Any]) -> Any:
        """These takes side by side, as a `CompareGrid`. They are `Video`s or ids."""
        return self._studio.compare([self._video(getattr(video, "id", video)) for video in videos])

    def refresh(self) -> None:
        """Read characters and videos from the library again."""
        with self._lock:
            people = list(reversed(self._studio.characters()))
            videos = list(reversed(self._studio.videos()))[:SHOWN]
            self.cast = [person_facts(handle) for handle in people]
            self._known = {handle.id: handle.record for handle in videos}
            self.takes = [take_facts(handle, self._known.values()) for handle in videos]
            for handle, facts in zip([*people, *videos], [*self.cast, *self.takes], strict=True):
                if not facts["ended"] and facts["id"] not in self._watched:
                    self._watched[facts["id"]] = handle.on_change(self._changed)
        self._make_plan()

    @property
    def characters(self) -> Any:
        """The characters of this service, as a DataFrame."""
        table = self._studio.characters_df()
        return table[table["service"] == self._studio.service_name].reset_index(drop=True)

    @property
    def results(self) -> Any:
        """The videos that the panel shows, the newest first, as a DataFrame."""
        table = self._studio.videos_df()
        order = {facts["id"]: place for place, facts in enumerate(self.takes)}
        shown = table[table["id"].isin(list(order))]
        return shown.sort_values("id", key=lambda ids: ids.map(order)).reset_index(drop=True)

    def close(self) -> None:
        """Stop watching and leave the page; the jobs go on."""
        with self._lock:
            for stop in self._watched.values():
                stop()
            self._watched.clear()
        self._uploads.close()
        super().close()

    def _generate(self, form: Form) -> list[Any]:
        points = list(form.points())
        try:
            if len(points) == 1:
                prompt, options, _ = points[0]
                videos = [self._studio.generate(prompt, **options)]
            else:
                videos = list(self._studio.sweep(form.template, **form.axes).run().videos)
        finally:
            self.refresh()
        many = "1 video" if len(videos) == 1 else f"{len(videos)} videos"
        lost = warnings_of(videos)
        self._say("warning" if lost else "ok", f"Asked for {many}.{lost}", "scenes", generate_line(form))
        return videos

    def _video(self, video_id: str) -> Any:
        found = next((video for video in self._studio.videos() if video.id == video_id), None)
        if found is None:
            raise ConfigError(f"The library has no video {video_id!r}.")
        return found

    def _changed(self, handle: Handle) -> None:
        """One job moved. Called on a background thread."""
        with self._lock:
            facts = job_facts(handle)
            if facts["kind"] == "character":
                facts = person_facts(handle)
                self.cast = [facts if row["id"] == facts["id"] else row for row in self.cast]
            else:
                self._known[facts["id"]] = handle.record
                facts = take_facts(handle, self._known.values())
                self.takes = [facts if row["id"] == facts["id"] else row for row in self.takes]
            if facts["ended"] and (stop := self._watched.pop(facts["id"], None)):
                stop()

    def _find(self, key: str) -> Path | str | None:
        if key == "source":
            return super()._find(key)
        kind, _, wanted = key.partition(":")
        handles = self._studio.characters() if kind == "character" else self._studio.videos()
        record = next((handle.record for handle in handles if handle.id == wanted), None)
        if record is None:
            return None
        picture: Path | None = getattr(record, "poster", None)
        return picture if picture is not None and picture.exists() else shown_file(record)

    def _hear(self, widget: object, content: Any, buffers: object) -> None:
        work: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
            "panel:load": ("source", self._on_load),
            "panel:create": ("character", self._on_create),
            "panel:generate": ("scenes", self._on_generate),
            "panel:decline": ("scenes", lambda _content: self._decline()),
            "panel:stop": ("takes", lambda _content: self.stop()),
            "panel:resend": ("takes", lambda content: self.resend(content["id"])),
            "compare:rate": ("takes", lambda content: self.rate(content["id"], content["stars"])),
        }
        if self._uploads.answer(content, buffers):
            return
        if isinstance(content, dict) and content.get("kind") in work:
            self.send({"kind": "panel:heard"})
            # Reading a video takes a while, and a callback that blocks would hold up every other message.
            beside(self._run, *work[content["kind"]], content)
        else:
            super()._hear(widget, content, buffers)

    def _run(self, at: str, work: Callable[[dict[str, Any]], object], content: dict[str, Any]) -> None:
        try:
            work(content)
        except SoraError as error:
            self._say("error", str(error), at)
        except Exception as error:  # a callback's error is shown nowhere else
            self._say("error", f"That did not work: {type(error).__name__}: {error}", at)

    def _on_load(self, content: dict[str, Any]) -> None:
        source = content["source"].strip()
        if not source:
            raise ConfigError("Nothing to load. Give an address, a task id or a path, or take one of your videos.")
        self.load(source)

    def _on_upload(self, path: Path, name: str) -> None:
        self._run("source", lambda content: self.load(str(path), title=content["name"]), {"name": name})

    def _on_create(self, content: dict[str, Any]) -> None:
        self.create(content["name"].strip(), content["description"].strip())

    def _on_generate(self, content: dict[str, Any]) -> None:
        form = read_form(self._settled(content["draft"]))
        now = plan(self._studio, form)
        if now["state"] == "refused":
            self.plan = now
            raise ConfigError(" ".join([now["words"], *(one["message"] for one in now["findings"])]))
        # What is sent is what the person saw the price of, and nothing else.
        if now.get("agree") and content.get("agreed") != agreed(now):
            self.plan = {**now, "asked": agreed(now)}
            self._say("ok", "", "scenes")
            return
        self._generate(form)

    def _decline(self) -> None:
        self.plan = {name: value for name, value in self.plan.items() if name != "asked"}
        self._say("ok", "", "scenes")

    def _say(self, level: str, text: str, at: str = "", line: str = "") -> None:
        with self._lock:
            if line:
                self.lines = [*self.lines, line][-LINES:]
            # The number makes two equal sayings differ, so that the page hears the second one too.
            number = self.said.get("number", 0) + 1
            self.said = {"level": level, "text": text, "at": at, "line": line, "number": number}

    @traitlets.observe("draft")
    def _drafted(self, _change: object = None) -> None:
        # Not beside: a trait that another thread sets while a message is taken in may reach no page.
        self._make_plan()

    def _make_plan(self) -> None:
        with self._planning:
            try:
                made = plan(self._studio, read_form(self._settled(self.draft)))
            except SoraError as error:
                made = {"state": "refused", "words": str(error), "rows": [], "findings": []}
            except Exception as error:  # a thread's error is shown nowhere else
                words = f"This could not be planned: {type(error).__name__}: {error}"
                made = {"state": "refused", "words": words, "rows": [], "findings": []}
            if made != self.plan:
                self.plan = made

    def _settled(self, draft: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fields without what is the service's own choice anyway, so that the line of Python stays short."""
        able = self._studio.capabilities
        usual = {
            "seconds": plain(able.default_seconds),
            "sizes": able.default_size,
            "models": able.models[0],
        }
        return {name: value for name, value in draft.items() if value != [usual.get(name)]}

    def __repr__(self) -> str:
        return f"Panel({self._studio!r})"

    def _static(self) -> Html:
        people = [character_card(one.record) for one in reversed(self._studio.characters())][:SHOWN_STILL]
        videos = [video.record for video in reversed(self._studio.videos())][:SHOWN]
        shown = [video_card(record) for record in videos[:SHOWN_STILL]]
        return join([super()._static(), people, shown, take_table(videos[SHOWN_STILL:])])


def several(value: Any) -> tuple[Any, ...]:
    """One value, several, or none."""
    if value is None:
        return ()
    return (value,) if isinstance(value, (str, int, float)) else tuple(value)
