"""A key and a signature that must not be seen, through everything there is: searched for in all that is left behind."""

from __future__ import annotations

import io
import json
import logging
import math
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import sora_nb as sora
from sora_nb.jobs import pacing, reconcile
from sora_nb.simulator import local
from sora_nb.simulator.app import create_app

KEY = "c4n4ry-0f-4-l4bs-0wn-k3y-wh1ch-l00ks-l1k3-n0n3"
SIGNATURE = "c4n4rys1gn4tur3"
CANARIES = (KEY, SIGNATURE)
SIZE = "320x180"


class Nasty:
    """A service that repeats the key in whatever it says, sends downloads to signed addresses, and breaks now and then.

    It stands in front of the simulator. *fails* are the numbers of the requests that it spoils.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.count = 0
        self.keys: set[str] = set()
        self.fails: dict[int, int] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.count += 1
        headers = dict(scope["headers"])
        key = (headers.get(b"authorization") or headers.get(b"api-key") or b"").decode().rpartition(" ")[2]
        self.keys.add(key)
        path, query = scope["path"], scope["query_string"].decode()
        if status := self.fails.pop(self.count, 0):
            words = f"Incorrect API key provided: {key}; see http://simulator{path}?X-Amz-Signature={SIGNATURE}"
            body = {"error": {"message": words, "code": "broken", "param": key, "type": key}}
            await _answer(send, status, body, {"x-request-id": f"req-{key}"})
        elif path.endswith("/content") and SIGNATURE not in query:
            place = f"http://simulator{path}?X-Amz-Signature={SIGNATURE}&{query}"
            await _answer(send, 302, {"moved": place}, {"location": place})
        else:
            await self.app(scope, receive, send)


async def _answer(send: Any, status: int, body: Any, headers: dict[str, str]) -> None:
    told = {"content-type": "application/json", **headers}
    pairs = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


class Trail:
    """All that was left behind: files, logs, texts of errors, what cells and pages show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts: dict[str, str] = {}
        self.log = io.StringIO()

    def see(self, name: str, text: object) -> None:
        self.texts[f"{name} {len(self.texts)}"] = str(text)

    def attempt(self, name: str, work: Callable[[], Any]) -> Any:
        """Do it, and look at what is shown where it fails, with the values of every frame of ours."""
        try:
            return work()
        except Exception as error:
            told = traceback.TracebackException.from_exception(error, capture_locals=True)
            # The values in the frames of this file hold the canaries themselves.
            told.stack = traceback.StackSummary.from_list([frame for frame in told.stack if frame.filename != __file__])
            self.see(f"{name}: traceback", "".join(told.format()))
            return None

    def found(self) -> list[str]:
        """Where a canary is seen."""
        seen = [name for name, text in {**self.texts, "log": self.log.getvalue()}.items() if _shows(text.encode())]
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        assert files or self.texts
        return seen + [str(path) for path in files if _shows(path.read_bytes()) or _shows(path.name.encode())]


def _shows(content: bytes) -> bool:
    return any(canary.encode() in content for canary in CANARIES)


@pytest.fixture(autouse=True)
def quick(small_pictures: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "retry_wait", lambda _attempt: 0.01)
    monkeypatch.setattr(pacing, "POLL_FIRST", 0.01)
    monkeypatch.setattr(reconcile, "LOOKS", (0.01, 0.02))
    monkeypatch.setattr(reconcile, "LATE_UNTIL", 0.0)


@pytest.fixture
def trail(tmp_path: Path) -> Iterator[Trail]:
    trail = Trail(tmp_path / "left")
    trail.folder.mkdir()
    handler = logging.StreamHandler(trail.log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield trail
    root.removeHandler(handler)
    root.setLevel(level)


def nasty_studio(trail: Trail, profile: str, monkeypatch: pytest.MonkeyPatch) -> tuple[sora.Studio, Nasty]:
    """A studio on a service of that kind which does its worst with the key."""
    nasty: list[Nasty] = []

    def app(folder: Path, speed: float | None) -> Nasty:
        local.local_app(folder, speed)
        nasty.append(Nasty(create_app(local._WORLDS[folder])))
        return nasty[0]

    monkeypatch.setattr("sora_nb.simulator.local_app", app)
    how = {"profile": profile} if profile != "openai" else {}
    studio = sora.Studio("simulator", **how, library=trail.folder / "library", api_key=lambda: KEY, speed=math.inf)
    return studio, nasty[0]


@pytest.mark.parametrize("profile", ["openai", "vllm-omni", "openrouter", "azure"])
def test_nothing_of_a_key_or_a_signature_is_left(profile: str, trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    studio, nasty = nasty_studio(trail, profile, monkeypatch)
    signed = f"http://simulator/samples/hero.mp4?X-Amz-Signature={SIGNATURE}"
    seconds = 8 if profile == "openrouter" else 4

    def generate(prompt: str) -> Any:
        size = "1280x720" if profile == "azure" else SIZE
        return trail.attempt("generate", lambda: studio.generate(prompt, seconds=seconds, size=size).wait(60))

    generate("a walk in a park")
    ada = trail.attempt("character", lambda: studio.create_character(signed, "1,4", name="Ada").wait(60))
    assert ada is not None and ada.status == "completed"
    generate("@ada waves")
    for number, status in enumerate([400, 401, 404, 429, 500, 410]):
        nasty.fails = {nasty.count + 1 + number % 3: status, nasty.count + 5: status}
        generate(f"@ada waves, number {number}")
        nasty.fails = {}
    nasty.fails = {nasty.count + 1: 401}
    trail.attempt("character", lambda: studio.create_character(signed, "2,5", name="Bo").wait(60))
    assert KEY in nasty.keys, "the key does travel"
    look_everywhere(trail, studio)
    studio.close()
    assert trail.found() == []


def look_everywhere(trail: Trail, studio: sora.Studio) -> None:
    """Everything that can be shown of a studio and what it made."""
    trail.see("repr", [repr(studio), vars(studio), vars(studio._engine), studio.service])
    for one in [*studio.videos(), *studio.characters()]:
        trail.see("handle", [repr(one), one.error, one.record, one.remarks, one._repr_mimebundle_(), vars(one)])
        for form in ("curl", "python"):
            with suppress(sora.ConfigError):
                trail.see("request", one.request(form))
    trail.see("tables", studio.videos_df().to_csv() + studio.characters_df().to_csv())
    trail.see("report", studio.report(trail.folder / "report.html").read_text())
    panel = studio.panel()
    trail.see("widgets", [panel.get_state(), panel._repr_mimebundle_()])
    panel.close()


@pytest.mark.parametrize(
    "plant",
    [
        lambda trail, studio, nasty: logging.getLogger("httpx").debug("key %s", next(iter(nasty.keys - {""}))),
        lambda trail, studio, nasty: (trail.folder / "library" / "notes.txt").write_text(f"?sig={SIGNATURE}"),
        lambda trail, studio, nasty: studio._engine.library.jobs.annotate(studio.videos()[0].id, error=f"bad {KEY}"),
        lambda trail, studio, nasty: setattr(studio, "key", KEY),
        lambda trail, studio, nasty: trail.attempt("x", lambda: studio.character(f"@{KEY}")),
        lambda trail, studio, nasty: studio.generate(f"a sign that says {KEY}", seconds=4, size=SIZE).settle(60),
    ],
    ids=["log", "file", "row", "attribute", "error", "prompt"],
)
def test_a_leak_that_is_planted_is_found(plant: Any, trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    studio, nasty = nasty_studio(trail, "openai", monkeypatch)
    studio.generate("a walk", seconds=4, size=SIZE).wait(60)
    assert trail.found() == []
    plant(trail, studio, nasty)
    look_everywhere(trail, studio)
    studio.close()
    assert trail.found() != []


def test_the_answers_are_not_veiled_for_nothing(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the veil the key that a service repeats would be in the library: the test above would see it."""
    monkeypatch.setattr("sora_nb.jobs.transport.SHORTEST_KEY", 10_000)
    studio, nasty = nasty_studio(trail, "openai", monkeypatch)
    nasty.fails = {1: 400}
    studio.generate("a walk", seconds=4, size=SIZE).settle(60)
    look_everywhere(trail, studio)
    studio.close()
    assert trail.found() != []


CELLS = [
    """
import logging, math, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, force=True)
import sora_nb as sora
box = sora.KeyBox("the simulator")
box""",
    """
box._handle_custom_msg({"kind": "key", "key": input_key()}, [])
studio = sora.Studio("simulator", profile="vllm-omni", api_key=box, speed=math.inf)
studio, box""",
    """
url = "http://simulator/samples/hero.mp4?X-Amz-Signature=" + signature()
ada = studio.create_character(url, "1,4", name="Ada").wait(60)
ada""",
    'take = studio.generate("@ada waves", seconds=4, size="320x180").wait(60)\ntake',
    "studio.panel()",
    'print(take.request("curl"))\ntake.request("python")',
    "studio.videos_df(), studio.characters_df()",
    "%xmode Verbose\nstudio.generate('@nobody waves')",
]
"""A notebook that does everything; the canaries come to it from outside, as a person's hands would bring them."""


@pytest.mark.parametrize("planted", [False, True])
def test_a_notebook_that_was_run_with_them_holds_neither(planted: bool, tmp_path: Path) -> None:
    folder = tmp_path / "left"
    folder.mkdir()
    hands = folder.parent / "hands.py"
    hands.write_text(f"def input_key():\n    return {KEY!r}\ndef signature():\n    return {SIGNATURE!r}\n")
    cells = [f"import sys; sys.path.insert(0, {str(hands.parent)!r}); from hands import input_key, signature", *CELLS]
    if planted:
        cells.append("import ipywidgets; kept = ipywidgets.Password(value=input_key())")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(book, timeout=240, allow_errors=True, store_widget_state=True)
    client.execute(env={**os.environ, "SORA_NB_HOME": str(folder / "home")})
    nbformat.write(book, folder / "run.ipynb")
    trail = Trail(folder)
    errors = [out["evalue"] for cell in book.cells for out in cell.outputs if out.output_type == "error"]
    assert errors == ["There is no character @nobody in this library. create_character() makes one."]
    assert book.metadata["widgets"], "the state of the widgets was saved"
    assert (trail.found() != []) == planted
