"""Every place of ours that shows a text which somebody else wrote, filled with such texts. Runs in a notebook's kernel.

A live sink is a widget that takes texts again and again: `live("panel")` shows it, `feed("panel", texts)` fills it. A
still one is shown once for all texts: `still("cards", texts)`. `BAD` are places that are known to run what they are
given; whoever looks for executions must see every one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd
from IPython import get_ipython
from IPython.display import HTML, Markdown, display

from sora_nb.errors import ConfigError, SoraError
from sora_nb.html import Html, element, join
from sora_nb.models import CharacterRecord, Place, VideoRecord, VideoRequest, handle_of
from sora_nb.report import write_report
from sora_nb.tables import characters_df, videos_df
from sora_nb.timerange import TUTORIAL, Finding, TimeRange, limits_of
from sora_nb.video import poster
from sora_nb.video.suggest import Suggestion
from sora_nb.widgets import (
    CompareGrid,
    JobView,
    KeyBox,
    Panel,
    RangePicker,
    character_card,
    pick,
    picker_card,
    video_card,
)
from sora_nb.widgets.ranges import MOST_NAME, NamedRange
from tests.widgets.fakes import FakeCharacter, FakeStudio, FakeVideo

BATCH = 8
"""So many texts are in a widget at a time: a comparison has room for nine."""

SPAN = TimeRange(0, 1)


def video(text: str, number: int = 0, path: Path | None = None) -> VideoRecord:
    """A take that says the text wherever one can."""
    request = VideoRequest(text, 4, text, text, (f"chr_{number}",))
    return VideoRecord(
        f"vid_{number}",
        text,
        request,
        status="completed" if path else "failed",
        error_code=text,
        error=text,
        path=path,
        axes={"scene": text},
        sweep=text,
        remote_id=text,
        remarks=(Finding("warning", "no_characters", text),),
    )


def character(text: str, number: int = 0, path: Path | None = None) -> CharacterRecord:
    """A character that says the text wherever one can."""
    return CharacterRecord(
        f"chr_{number}",
        text,
        handle_of(text),
        text,
        "url",
        f"https://films.example/{text}",
        SPAN,
        service=text,
        status="completed" if path else "failed",
        error_code=text,
        error=text,
        clip=path,
        remarks=(Finding("warning", "no_characters", text),),
        places=(Place(text, "native", "completed"), Place(text, "reference", "completed")),
    )


class PickerSink:
    """Titles, names of ranges, findings and suggestions."""

    def __init__(self, clip: Path) -> None:
        self.widget = RangePicker(clip, value="0,1")
        self._clip = clip

    def feed(self, texts: Sequence[str]) -> None:
        for text in texts:
            self.widget.load(self._clip, value="0,1", title=text)
        self.widget.ranges = [NamedRange(text[:MOST_NAME].strip(), SPAN).row() for text in texts]
        self.widget.findings = [
            {"level": "warning", "code": "cut", "message": text, "fix": [0, 1], "fix_text": text} for text in texts
        ]
        self.widget.suggestions = [
            {"start": 0, "end": 1, "place": text, "words": text, "reasons": text, "box": None} for text in texts
        ]
        self.widget.limits = self.widget.limits | {"words": texts[-1], "passes": texts[-1]}


class CompareSink:
    """Prompts, labels, names laid over the picture, what was said and the score."""

    def __init__(self, clip: Path) -> None:
        self._clip = clip
        self._videos = [FakeVideo(video("a", number, clip)) for number in range(BATCH)]
        self._people = [FakeCharacter(character("a", number)) for number in range(BATCH)]
        self.widget = CompareGrid(self._videos, labels=["a"] * BATCH, characters=self._people)

    def feed(self, texts: Sequence[str]) -> None:
        grid = self.widget
        for number, (one, text) in enumerate(zip(self._videos, texts, strict=False)):
            grid._labels[one.id] = text if number % 2 else None
            now = video(text, number, self._clip)
            one.move(request=now.request, error=now.error, remarks=now.remarks)
        grid.references = [{"id": f"chr_{number}", "name": text} for number, text in enumerate(texts)]
        grid.tally = [row | {"label": text} for row, text in zip(scored(BATCH), texts, strict=False)]
        for text in texts:
            grid._say("error", text)


def scored(count: int) -> list[dict[str, Any]]:
    """A score as `tally` has it."""
    row = {"wins": 1, "losses": 1, "same": 0, "share": 0.5, "low": 0.1, "high": 0.9}
    return [{"id": f"vid_{number}", "label": "", **row} for number in range(count)]


class PanelSink:
    """Prompts, names, descriptions, errors, the service, and the line of Python."""

    def __init__(self, clip: Path) -> None:
        self._studio = FakeStudio(TUTORIAL, folder=str(clip.parent / "library"))
        self.widget = Panel(self._studio)

    def feed(self, texts: Sequence[str]) -> None:
        panel = self.widget
        self._studio.people = [FakeCharacter(character(text, number)) for number, text in enumerate(texts)]
        self._studio.made = [FakeVideo(video(text, number)) for number, text in enumerate(texts)]
        panel.refresh()
        for text in texts:
            panel.service = panel.service | {"name": text, "key": text, "sizes": [text], "default_size": text}
            panel._say("error", text, "takes", text)


class KeySink:
    """What a key is for, and what was wrong with it."""

    def __init__(self, _clip: Path) -> None:
        self.widget = ipywidgets.VBox()

    def feed(self, texts: Sequence[str]) -> None:
        boxes = [KeyBox(text) for text in texts]
        for box, text in zip(boxes, texts, strict=True):
            box.said = text
        old, self.widget.children = self.widget.children, boxes
        for box in old:
            box.close()


class JobSink:
    """A `Video` and a `Character` as they stand in a cell."""

    def __init__(self, _clip: Path) -> None:
        kinds = ((FakeVideo, video), (FakeCharacter, character))
        self._make = [lambda text, kind=kind, of=of: kind(of(text)) for kind, of in kinds]
        self._views = [[JobView(make("a")) for make in self._make] for _ in range(BATCH)]
        self.widget = ipywidgets.VBox([view for pair in self._views for view in pair])

    def feed(self, texts: Sequence[str]) -> None:
        for pair, text in zip(self._views, texts, strict=False):
            for view, make in zip(pair, self._make, strict=True):
                view._changed(make(text))


LIVE: dict[str, Callable[[Path], Any]] = {
    "picker": PickerSink,
    "compare": CompareSink,
    "panel": PanelSink,
    "keybox": KeySink,
    "job": JobSink,
}
_shown: dict[str, Any] = {}
DONE: list[str] = []
"""The still sinks that were filled to their end, once for each cell."""


def live(name: str, clip: str) -> Any:
    """The widget of a live sink, to be shown."""
    _shown[name] = LIVE[name](Path(clip))
    return _shown[name].widget


def feed(name: str, texts: Sequence[str]) -> None:
    """Give a live sink the next texts."""
    _shown[name].feed(texts)


def cards(texts: Sequence[str], _clip: Path) -> None:
    """The forms without a kernel."""
    findings = [Finding("error", "too_long", text) for text in texts]
    ranges = [NamedRange(text[:MOST_NAME], SPAN) for text in texts]
    display(
        Html(
            join(
                [
                    [video_card(video(text, number)) for number, text in enumerate(texts)],
                    [character_card(character(text, number)) for number, text in enumerate(texts)],
                    picker_card(f"https://{texts[0]}", SPAN, findings, 9, title=texts[0], named=ranges),
                    [picker_card(f"https://{text}", SPAN, [], 9) for text in texts],
                ]
            )
        )
    )


def views(texts: Sequence[str], _clip: Path) -> None:
    """Widgets, as their bundles are saved: the live form with its state, and the still one."""
    for number, text in enumerate(texts):
        display(JobView(FakeVideo(video(text, number))), KeyBox(text))


def tables(texts: Sequence[str], _clip: Path) -> None:
    """DataFrames."""
    with pd.option_context("display.max_rows", None, "display.max_columns", None, "display.max_colwidth", None):
        videos = [video(text, number) for number, text in enumerate(texts)]
        handles = {f"chr_{number}": text for number, text in enumerate(texts)}
        display(videos_df(videos, handles, ["scene", texts[0]]))
        display(characters_df([character(text, number) for number, text in enumerate(texts)]))


def errors(texts: Sequence[str], _clip: Path) -> None:
    """Tracebacks: the texts themselves, and what the checks say of them."""
    shell: Any = get_ipython()

    def refused(text: str) -> None:
        raise ConfigError(text)

    def read_suggestion(text: str) -> None:
        raise ConfigError(str(Suggestion(SPAN, 0.5, (text,), {})))

    for check in (refused, read_suggestion, pick, TimeRange.of, limits_of):
        for text in texts[:: 1 if check is refused else 4]:
            try:
                check(text.replace("\0", ""))
            except (SoraError, ValueError, OSError):
                shell.showtraceback()


def words(texts: Sequence[str], _clip: Path) -> None:
    """What is printed, and what has no form but its repr."""
    for text in texts:
        print(text)
        print(repr(video(text)), repr(Finding("error", "a", text)))


def names(texts: Sequence[str], clip: Path) -> None:
    """Files that are called so, as far as a file can be."""
    folder = clip.parent / "names"
    folder.mkdir(exist_ok=True)
    made = []
    for number, text in enumerate(texts):
        name = text.replace("/", "\N{DIVISION SLASH}").replace("\0", "")
        while len(name.encode()) > 200:
            name = name[:-1]
        path = folder / f"{name} {number}.mp4"
        path.hardlink_to(clip) if not path.exists() else None
        made.append(path)
    display(Html(join([picker_card(path, SPAN, [], 2) for path in made[:: max(1, len(made) // 8)]])))
    display(Html(join([character_card(replace(character("a"), source=str(path))) for path in made])))


STILL: dict[str, Callable[[Sequence[str], Path], None]] = {
    each.__name__: each for each in (cards, views, tables, errors, words, names)
}


PER_CELL = {"views": BATCH, "errors": 25}
"""How many texts a cell gets where each makes an output of its own: JupyterLab shows fifty outputs of a cell."""


def still(name: str, texts: Sequence[str], clip: str) -> None:
    """Fill a still sink with these texts."""
    STILL[name](texts, Path(clip))
    DONE.append(name)


def report(texts: Sequence[str], clip: Path, path: Path) -> Path:
    """A report that says them all."""
    face = clip.with_suffix(".jpg")
    face.write_bytes(poster(clip, width=160))
    videos = [video(text, number) for number, text in enumerate(texts)]
    people = [replace(character(text, number), poster=face) for number, text in enumerate(texts)]
    return write_report(path, videos, people, title=texts[1])


EVIL = "<img src=stray-{n} onerror=hit({n})>"


class _Drawn:
    """What any class may do to a cell."""

    def __init__(self, text: str) -> None:
        self._text = text

    def _repr_html_(self) -> str:
        return self._text


def _output(text: str) -> Any:
    output = ipywidgets.Output()
    output.append_display_data(HTML(text))
    return output


def _bar(text: str) -> None:
    from tqdm.notebook import tqdm

    tqdm(range(1), desc=text).close()


def _unescaped(text: str) -> Any:
    """Our own builder, had it forgotten to escape."""
    return Html(str(element("p", Html(text))))


def _page(text: str) -> Any:
    """Our own page, had it written markup."""
    safe, evil = "node.textContent = text", "node.innerHTML = text"
    assert safe in str(KeyBox._esm)
    box = type("EvilBox", (KeyBox,), {"_esm": str(KeyBox._esm).replace(safe, evil)})("a")
    box.said = text
    return box


BAD: dict[str, Callable[[str], Any]] = {
    "HTML": HTML,
    "Markdown": Markdown,
    "_repr_html_": _Drawn,
    "widgets.HTML": ipywidgets.HTML,
    "widgets.HTMLMath": ipywidgets.HTMLMath,
    "Output": _output,
    "to_html(escape=False)": lambda text: HTML(pd.DataFrame({"a": [text]}).to_html(escape=False)),
    "to_html(render_links=True)": lambda text: HTML(
        pd.DataFrame({"a": [f'https://a.example/">{text}']}).to_html(render_links=True)
    ),
    "Styler": lambda text: pd.DataFrame({"a": [text]}).style,
    "Styler's index": lambda text: pd.DataFrame({"a": [1]}, index=[text]).style.format(escape="html"),
    "Styler's caption": lambda text: pd.DataFrame({"a": [1]}).style.set_caption(text),
    "tqdm": _bar,
    "our builder without escape": _unescaped,
    "our page with innerHTML": _page,
}


def bad(name: str, number: int) -> None:
    """Show what is known to run, with a text of that number."""
    shown = BAD[name](EVIL.format(n=number))
    if shown is not None:
        display(shown)
