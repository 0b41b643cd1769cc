"""The whole studio in one cell: choose a source and a range, make a character, put it into scenes, compare."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import traitlets

from sora_nb.errors import ConfigError, SoraError
from sora_nb.timerange import Limits, plain
from sora_nb.widgets import assets
from sora_nb.widgets.beside import beside
from sora_nb.widgets.picker import RangePicker
from sora_nb.widgets.player import Handle, job_facts, money, shown_file
from sora_nb.widgets.ranges import Span
from sora_nb.widgets.static import table

SHOWN = 24
"""So many of the newest videos are in the panel; `studio.videos_df()` has them all."""


SAMPLE = "sample"
"""As a source: a clip that the simulator draws, for those who have no video yet."""


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
    def create_character(self, source: Any, span: Any, *, name: str, description: str = "") -> Any: ...
    def generate(self, prompt: str, *, seconds: float | None = None, size: str | None = None, take: int = 1) -> Any: ...
    def characters(self) -> Sequence[Any]: ...
    def videos(self) -> Sequence[Any]: ...
    def characters_df(self) -> Any: ...
    def videos_df(self) -> Any: ...
    def estimate(self, seconds: float, model: str | None = None) -> float | None: ...
    def resolve(self, source: Any) -> Path | str | None: ...


class Panel(RangePicker):
    """A range picker with a studio around it.

    Every button has a method here, and the panel shows the line of Python that a button stands for.
    """

    _esm = assets.module("panel.js")
    _css = assets.style("picker.css", "player.css", "compare.css", "panel.css")

    service = traitlets.Dict().tag(sync=True)
    """The service's name and what it can do. Python to browser."""
    cast = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The characters, the newest first, as `job_facts`. Python to browser."""
    takes = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The videos, the newest first, as `job_facts`. Python to browser."""
    said = traitlets.Dict().tag(sync=True)
    """The status line: its level, its words, and the line of Python that was run. Python to browser."""
    plan = traitlets.Unicode("").tag(sync=True)
    """What Generate would make, and what it would cost. Python to browser."""
    draft = traitlets.Dict().tag(sync=True)
    """What stands in the fields. Browser to Python."""

    def __init__(self, studio: StudioLike, source: Any = None) -> None:
        self._studio = studio
        self._origin: Any = None
        self._lock = threading.RLock()
        self._watched: dict[str, Callable[[], None]] = {}
        super().__init__(limits=studio.limits)
        self.service = service_facts(studio)
        self._plan()
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
            raise ConfigError(f"{source_text(source)} has no picture yet. Wait until it is done, then load it.")
        made = next((video for video in self._studio.videos() if source is video or source == video.id), None)
        super().load(found, value=value, duration=duration, title=title or getattr(made or source, "prompt", None))
        self._origin = source
        if source is not None:
            self._say("ok", f"Loaded {source_text(source)}.", f"panel.load({source_text(source)})")

    def create(self, name: str, description: str = "") -> Any:
        """Make the chosen range into a character; returns the `Character` at once."""
        if self._origin is None:
            raise ConfigError("There is no source yet. Load a video and choose a range in it.")
        about = f", description={description!r}" if description else ""
        character = self._studio.create_character(self._origin, self.span, name=name, description=description)
        lost = warnings_of([character])
        self._say(
            "warning" if lost else "ok",
            f"Creating {character.name}. In a prompt it is @{character.handle}.{lost}",
            f"studio.create_character({source_text(self._origin)}, {str(self.span)!r}, name={name!r}{about})",
        )
        self.refresh()
        return character

    def generate(
        self,
        prompt: str,
        scenes: Iterable[str] = (),
        *,
        seconds: float | None = None,
        size: str | None = None,
        takes: int = 1,
    ) -> list[Any]:
        """Ask for one video for each scene and take; returns the `Video`s at once.

        A scene is put where the prompt says `{scene}`, or behind it. Characters are named as `@handle`.
        """
        prompts = scene_prompts(prompt, scenes)
        videos = []
        try:
            for text in prompts:
                for take in range(1, takes + 1):
                    videos.append(self._studio.generate(text, seconds=seconds, size=size, take=take))
        finally:
            self.refresh()
        many = "1 video" if len(videos) == 1 else f"{len(videos)} videos"
        lost = warnings_of(videos)
        self._say("warning" if lost else "ok", f"Asked for {many}.{lost}", generate_line(prompts, seconds, size, takes))
        return videos

    def refresh(self) -> None:
        """Read characters and videos from the library again."""
        with self._lock:
            people = list(reversed(self._studio.characters()))
            videos = list(reversed(self._studio.videos()))[:SHOWN]
            self.cast = [job_facts(handle) for handle in people]
            self.takes = [job_facts(handle) for handle in videos]
            for handle, facts in zip([*people, *videos], [*self.cast, *self.takes], strict=True):
                if not facts["ended"] and facts["id"] not in self._watched:
                    self._watched[facts["id"]] = handle.on_change(self._changed)

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
        super().close()

    def _changed(self, handle: Handle) -> None:
        """One job moved. Called on a background thread."""
        facts = job_facts(handle)
        with self._lock:
            name = "cast" if facts["kind"] == "character" else "takes"
            setattr(self, name, [facts if row["id"] == facts["id"] else row for row in getattr(self, name)])
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
        work = {
            "panel:load": self._on_load,
            "panel:create": self._on_create,
            "panel:generate": self._on_generate,
            "compare:rate": self._on_rate,
        }
        if isinstance(content, dict) and content.get("kind") in work:
            # Reading a video takes a while, and a callback that blocks would hold up every other message.
            beside(self._run, work[content["kind"]], content)
        else:
            super()._hear(widget, content, buffers)

    def _run(self, work: Callable[[dict[str, Any]], object], content: dict[str, Any]) -> None:
        try:
            work(content)
        except SoraError as error:
            self._say("error", str(error))
        except Exception as error:  # a callback's error is shown nowhere else
            self._say("error", f"That did not work: {type(error).__name__}: {error}")

    def _on_load(self, content: dict[str, Any]) -> None:
        source = content["source"].strip()
        if not source:
            raise ConfigError("Nothing to load. Give an address, a task id or a path, or take one of your videos.")
        self.load(source)

    def _on_create(self, content: dict[str, Any]) -> None:
        self.create(content["name"].strip(), content["description"].strip())

    def _on_generate(self, content: dict[str, Any]) -> None:
        self.generate(
            content["prompt"].strip(),
            [scene.strip() for scene in content["scenes"].splitlines() if scene.strip()],
            seconds=float(content["seconds"]) if content["seconds"] else None,
            size=content["size"] or None,
            takes=max(1, int(content["takes"] or 1)),
        )

    def _on_rate(self, content: dict[str, Any]) -> None:
        video = next(video for video in self._studio.videos() if video.id == content["id"])
        video.rating = content["stars"]
        self._changed(video)

    def _say(self, level: str, text: str, code: str = "") -> None:
        with self._lock:
            # The number makes two equal sayings differ, so that the page hears the second one too.
            self.said = {"level": level, "text": text, "code": code, "number": self.said.get("number", 0) + 1}

    @traitlets.observe("draft")
    def _plan(self, _change: object = None) -> None:
        scenes = [line for line in str(self.draft.get("scenes", "")).splitlines() if line.strip()]
        try:
            count = max(1, len(scenes)) * max(1, int(self.draft.get("takes") or 1))
            seconds = float(self.draft.get("seconds") or self._studio.capabilities.default_seconds)
            self.plan = plan_text(self._studio, count, seconds)
        except ValueError:
            self.plan = "Seconds and takes are numbers."

    def __repr__(self) -> str:
        return f"Panel({self._studio!r})"

    def _static(self) -> str:
        rows = [{"prompt": facts["title"], "status": facts["word"], "error": facts["error"]} for facts in self.takes]
        made = table(("prompt", "status", "error"), rows) if rows else ""
        return f"{super()._static()}{made}"


def warnings_of(handles: Iterable[Any]) -> str:
    """What is lost or at risk with what was asked for, each said once, behind another sentence."""
    told = dict.fromkeys(
        remark.message for handle in handles for remark in handle.record.remarks if remark.level == "warning"
    )
    return "".join(f" {message}" for message in told)


def service_facts(studio: StudioLike) -> dict[str, Any]:
    """The service as the page draws it."""
    able = studio.capabilities
    return {
        "name": studio.service_name,
        "simulated": studio.simulated,
        "by_reference": not able.native,
        "key": "key set" if able.needs_key else "no key needed",
        "seconds": [plain(seconds) for seconds in able.seconds],
        "seconds_range": [plain(seconds) for seconds in able.seconds_range],
        "default_seconds": plain(able.default_seconds),
        "sizes": list(able.sizes),
        "default_size": able.default_size,
        "sample": SAMPLE if studio.simulated else None,
    }


def sample_clip(folder: Path) -> Path:
    """A drawn clip of one person who is clearly seen, made on first use."""
    from sora_nb.simulator.pictures import sample

    return sample(folder, "hero")


def scene_prompts(prompt: str, scenes: Iterable[str]) -> list[str]:
    """One prompt for each scene, or the prompt itself where there are none."""
    if not prompt.strip():
        raise ConfigError("The prompt is empty. Say what is to be seen, such as: @ada walks on a beach.")
    places = list(scenes)
    if not places:
        return [prompt]
    return [prompt.replace("{scene}", place) if "{scene}" in prompt else f"{prompt} {place}" for place in places]


def generate_line(prompts: Sequence[str], seconds: float | None, size: str | None, takes: int) -> str:
    """The Python that asks for the same videos."""
    given = f", seconds={plain(seconds)}" if seconds is not None else ""
    given += f", size={size!r}" if size is not None else ""
    if len(prompts) == 1 and takes == 1:
        return f"studio.generate({prompts[0]!r}{given})"
    head = f"[studio.generate(prompt{given}" + (", take=take)" if takes > 1 else ")")
    loop = f" for take in range(1, {takes + 1})" if takes > 1 else ""
    return f"{head} for prompt in {list(prompts)!r}{loop}]"


def plan_text(studio: StudioLike, count: int, seconds: float) -> str:
    """What a click on Generate would make and cost: `3 videos of 4 s, about $1.20`."""
    many = f"{count} videos of {plain(seconds)} s" if count > 1 else f"1 video of {plain(seconds)} s"
    if studio.simulated:
        return f"{many}, free: drawn by the simulator"
    each = studio.estimate(seconds)
    return f"{many}, price unknown" if each is None else f"{many}, about {money(each * count)}"


def source_text(source: Any) -> str:
    """A source as it would be written in Python, without what may be secret in an address."""
    if isinstance(source, str) and source.lower().startswith(("http://", "https://")):
        return repr(source) if "?" not in source else "url"
    return repr(str(getattr(source, "id", source)))
