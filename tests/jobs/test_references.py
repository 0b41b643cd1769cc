"""Characters on a service that makes none: nothing is sent for them, and pictures, clips and words go along."""

from __future__ import annotations

import base64
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from sora_nb.dialects.base import Call, CharacterAsk, Inline, ReferenceWay, VideoAsk
from sora_nb.errors import ConfigError
from sora_nb.jobs import Engine
from sora_nb.library import CharacterRow, JobRow
from tests.clips import make_clip
from tests.jobs.bench import BenchDialect, BenchService, service, video_job

LOST = {"level": "warning", "code": "no_characters", "message": "The bench makes no characters."}


class Shown(BenchDialect):
    """Takes what it is given of a character, in a JSON body."""

    def create_video(self, ask: VideoAsk) -> Call:
        told = [
            {
                "name": one.name,
                "about": one.description,
                "image": None if one.image is None else Inline(one.image, "image/png"),
                "clip": None if one.clip is None else [Inline(one.clip, "video/mp4")],
            }
            for one in ask.cast
        ]
        return Call("POST", "/make", json={"prompt": ask.prompt, "cast": told}, paid=True)

    def create_character(self, ask: CharacterAsk) -> Call:
        raise AssertionError(f"{ask.name} was about to be sent")


def connect(engine: Engine, bench: BenchService, *ways: ReferenceWay) -> None:
    can = replace(BenchDialect.capabilities, character_ways=(), reference_ways=ways, max_references=8)
    engine.connect(replace(service(), dialect=Shown(), capabilities=can), None, bench.app())


def person(engine: Engine, source: Path, name: str = "Ada") -> JobRow:
    """A character of the library, and its job on the bench."""
    kept = engine.library.characters.add(
        CharacterRow(f"chr_{name}", name, name.lower(), "glasses", "file", str(source), 500, 1500, created_at=1.0)
    )
    row = video_job(f"prj_{name}", kind="character", character_id=kept.id, request={"character": kept.id})
    return engine.submit(replace(row, mode="reference", findings=(LOST,), est_cost_usd=0.0))


def film(engine: Engine, *cast: JobRow, size: str = "128x72", job_id: str = "vid_1") -> JobRow:
    request = {**video_job().request, "characters": [row.character_id for row in cast], "size": size}
    return engine.submit(video_job(job_id, request=request, mode="reference"))


def opened(address: str) -> tuple[str, bytes]:
    head, _, text = address.partition(",")
    return head, base64.b64decode(text)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "source.mp4")


def test_nothing_is_sent_to_make_one(engine: Engine, bench: BenchService, clip: Path) -> None:
    connect(engine, bench, "image", "words")
    row = person(engine, clip)
    assert engine.wait(row.id, 20)
    row = engine.row(row.id)
    assert (row.state, row.cost_usd, row.remote_id, row.mode) == ("STORED", 0.0, None, "reference")
    assert row.findings[0] == LOST, "what its pictures say comes behind"
    kept = engine.library.characters.get(row.character_id or "")
    assert kept.clip is not None and kept.poster is not None
    assert bench.posts == []


@pytest.mark.parametrize(
    ("ways", "image", "clip_too"),
    [
        (("first_frame", "words"), True, False),
        (("image",), True, False),
        (("clip",), False, True),
        (("first_frame", "clip"), True, False),
        (("clip", "first_frame"), False, True),
        (("words",), False, False),
    ],
)
def test_a_video_is_sent_with_what_the_service_takes(
    engine: Engine, bench: BenchService, clip: Path, ways: tuple[ReferenceWay, ...], image: bool, clip_too: bool
) -> None:
    connect(engine, bench, *ways)
    row = film(engine, person(engine, clip))
    assert engine.wait(row.id, 20) and engine.row(row.id).state == "STORED"
    ((told,),) = (post["cast"] for post in bench.posts)
    assert (told["name"], told["about"]) == ("Ada", "glasses")
    assert (told["image"] is not None, told["clip"] is not None) == (image, clip_too)
    if image:
        head, png = opened(told["image"])
        assert head == "data:image/png;base64" and Image.open(BytesIO(png)).size == (128, 72)
    if clip_too:
        head, mp4 = opened(told["clip"][0])
        kept = engine.library.characters.get("chr_Ada").clip
        assert head == "data:video/mp4;base64" and mp4 == engine.library.files.path(kept or "").read_bytes()


def test_the_picture_has_the_size_of_each_video(engine: Engine, bench: BenchService, clip: Path) -> None:
    connect(engine, bench, "first_frame")
    ada = person(engine, clip)
    sizes = ["128x72", "72x128", "100x100"]
    for number, size in enumerate(sizes):
        row = film(engine, ada, size=size, job_id=f"vid_{number}")
        assert engine.wait(row.id, 20)
    shown = [Image.open(BytesIO(opened(post["cast"][0]["image"])[1])).size for post in bench.posts]
    assert [f"{width}x{height}" for width, height in shown] == sizes


def test_a_source_that_is_gone_is_told_and_no_video_is_sent(
    engine: Engine, bench: BenchService, tmp_path: Path
) -> None:
    connect(engine, bench, "image")
    ada = person(engine, tmp_path / "nowhere.mp4")
    row = film(engine, ada)
    assert engine.wait(row.id, 20)
    assert (engine.row(ada.id).state, engine.row(row.id).state) == ("REJECTED", "REJECTED")
    assert "Nothing was sent" in (engine.row(row.id).error or "")
    assert bench.posts == []


def test_a_clip_too_large_for_a_body_is_refused_before_it_is_sent(
    engine: Engine, bench: BenchService, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sora_nb.jobs.inlining.MOST_INLINE", 100)
    connect(engine, bench, "clip")
    row = film(engine, person(engine, clip))
    assert engine.wait(row.id, 20)
    assert engine.row(row.id).state == "REJECTED" and "100 in all" in (engine.row(row.id).error or "")
    assert bench.posts == []


def test_a_file_that_vanished_is_told_and_nothing_is_sent(engine: Engine, bench: BenchService, clip: Path) -> None:
    connect(engine, bench, "clip")
    ada = person(engine, clip)
    assert engine.wait(ada.id, 20)
    engine.library.files.path(engine.library.characters.get("chr_Ada").clip or "").unlink()
    row = film(engine, ada)
    assert engine.wait(row.id, 20)
    assert engine.row(row.id).state == "REJECTED" and bench.posts == []


def test_the_request_is_shown_and_is_the_one_that_is_sent(engine: Engine, bench: BenchService, clip: Path) -> None:
    connect(engine, bench, "image")
    ada = person(engine, clip)
    row = film(engine, ada)
    assert engine.wait(row.id, 20)
    call, where = engine.request(row.id)
    assert (call.path, where.name) == ("/make", "bench")
    shown = call.json["cast"][0]["image"].path.read_bytes()  # type: ignore[index]
    assert shown == opened(bench.posts[0]["cast"][0]["image"])[1]
    with pytest.raises(ConfigError, match="makes no characters, so nothing was sent for @ada"):
        engine.request(ada.id)
    assert len(bench.posts) == 1
