"""Pictures and clips that a request carries: how each server takes them, and that they are seen in the video."""

from __future__ import annotations

import base64
import io
import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from sora_nb.errors import VideoFileError
from sora_nb.simulator import World, create_app, pictures
from sora_nb.simulator.pictures.references import PIXELS_MAX
from tests.simulator.conftest import Open
from tests.simulator.stand_in import Clock, until

Finish = Callable[[str], None]

FRAME, CLIP = b"1280x720 of Ada", b"film of Ada"
"""A picture and a clip, as the stand-in for the drawing reads them."""

VLLM, SGLANG, TENSORRT = "/as/vllm-omni/v1/videos", "/as/sglang/v1/videos", "/as/tensorrt-llm/v1/videos"
AZURE, ROUTER = "/as/azure/openai/v1/videos", "/as/openrouter/api/v1/videos"


def data(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def file(content: bytes) -> tuple[str, bytes, str]:
    return ("reference", content, "application/octet-stream")


def part(content: bytes, kind: str = "image_url", **more: str) -> dict[str, Any]:
    return {"type": kind, kind: {"url": data(content)}, **more}


def posted(client: TestClient, videos: str, fields: dict[str, Any], files: dict[str, Any] | None = None) -> Any:
    if files is not None or videos == VLLM:
        return client.post(videos, data={"prompt": "a fox", **fields}, files=files)
    return client.post(videos, json={"prompt": "a fox", **fields})


TAKEN: dict[str, tuple[str, dict[str, Any], dict[str, Any] | None, list[str]]] = {
    "openai file": ("/v1/videos", {"size": "1280x720"}, {"input_reference": file(FRAME)}, ["first_frame"]),
    "openai json": (
        "/v1/videos",
        {"size": "1280x720", "input_reference": {"image_url": data(FRAME)}},
        None,
        ["first_frame"],
    ),
    "azure file": (AZURE, {"size": "1280x720"}, {"input_reference": file(FRAME)}, ["first_frame"]),
    "vllm-omni picture": (VLLM, {}, {"input_reference": file(FRAME)}, ["first_frame"]),
    "vllm-omni film": (VLLM, {}, {"input_reference": file(CLIP)}, ["clip"]),
    "vllm-omni address": (VLLM, {"image_reference": json.dumps({"image_url": data(FRAME)})}, None, ["first_frame"]),
    "vllm-omni film's address": (VLLM, {"video_reference": json.dumps({"video_url": data(CLIP)})}, None, ["clip"]),
    "sglang file": (SGLANG, {}, {"input_reference": file(FRAME)}, ["first_frame"]),
    "sglang address": (SGLANG, {"reference_url": data(FRAME)}, None, ["first_frame"]),
    "sglang addresses": (SGLANG, {"reference_url": [data(FRAME)]}, None, ["first_frame"]),
    "sglang film": (SGLANG, {"video_url": data(CLIP)}, None, ["clip"]),
    "tensorrt-llm address": (TENSORRT, {"image_reference": data(FRAME)}, None, ["first_frame"]),
    "tensorrt-llm base64": (
        TENSORRT,
        {"image_reference": base64.b64encode(FRAME).decode()},
        None,
        ["first_frame"],
    ),
    "tensorrt-llm roles": (
        TENSORRT,
        {
            "image_reference": [
                {"content": data(FRAME), "role": "first_frame"},
                {"content": base64.b64encode(FRAME).decode(), "role": "reference"},
            ]
        },
        None,
        ["first_frame", "image"],
    ),
    "tensorrt-llm film": (TENSORRT, {"video_reference": {"content": data(CLIP)}}, None, ["clip"]),
    "tensorrt-llm either": (TENSORRT, {"input_reference": data(CLIP)}, None, ["clip"]),
    "tensorrt-llm file": (TENSORRT, {}, {"image_reference": file(FRAME)}, ["first_frame"]),
    "openrouter frame": (
        ROUTER,
        {"frame_images": [part(FRAME, frame_type="first_frame")]},
        None,
        ["first_frame"],
    ),
    "openrouter references": (
        ROUTER,
        {"input_references": [part(FRAME), part(CLIP, "video_url")]},
        None,
        ["image", "clip"],
    ),
    "openrouter both": (
        ROUTER,
        {"frame_images": [part(FRAME, frame_type="first_frame")], "input_references": [part(FRAME)]},
        None,
        ["first_frame"],
    ),
    "one of the simulator's own films": (
        SGLANG,
        {"video_url": "http://127.0.0.1:8750/samples/hero.mp4"},
        None,
        ["clip"],
    ),
}


@pytest.mark.parametrize("case", TAKEN)
def test_this_is_taken_and_drawn(client: TestClient, world: World, finish: Finish, case: str) -> None:
    videos, fields, files, kinds = TAKEN[case]
    reply = posted(client, videos, fields, files)
    assert reply.status_code in (200, 202), reply.text
    family = "openai" if videos == "/v1/videos" else videos.split("/")[2]
    (job,) = world.jobs(family)
    assert [reference.kind for reference in job.ask.references] == kinds
    finish(job.id)
    path = world.content(job)
    assert path is not None
    drawn = json.loads(path.read_text())
    assert drawn["opening"] == [FRAME.decode()] * kinds.count("first_frame")
    assert len(drawn["characters"]) == len(kinds) - kinds.count("first_frame")


REFUSED: dict[str, tuple[str, dict[str, Any], dict[str, Any] | None, str]] = {
    "another size": ("/v1/videos", {"size": "720x1280"}, {"input_reference": file(FRAME)}, "must be the same"),
    "no picture": ("/v1/videos", {"size": "1280x720"}, {"input_reference": file(CLIP)}, "no PNG"),
    "an address in azure": (AZURE, {"input_reference": {"image_url": data(FRAME)}}, None, "cannot be"),
    "no clip": (TENSORRT, {"video_reference": data(b"text")}, None, "This is text"),
    "a foreign address": (SGLANG, {"video_url": "https://example.com/a.mp4"}, None, "never reaches out"),
    "a file of the server": (TENSORRT, {"image_reference": "file:///etc/passwd"}, None, "disk"),
    "no base64": (TENSORRT, {"image_reference": "?"}, None, "not base64"),
    "a last frame": (ROUTER, {"frame_images": [part(FRAME, frame_type="last_frame")]}, None, "last_frame"),
    "a sound": (ROUTER, {"input_references": [part(FRAME, "audio_url")]}, None, "exactly one of"),
    "a part that is none": (ROUTER, {"input_references": ["https://example.com"]}, None, "cannot be"),
    "a number for an address": (ROUTER, {"input_references": [{"image_url": {"url": 5}}]}, None, "an address"),
    "a file id": (VLLM, {"image_reference": '{"file_id": "file_1"}'}, None, "no uploaded files"),
    "broken JSON": (VLLM, {"image_reference": "{"}, None, "JSON text"),
    "a text for a file": (VLLM, {"input_reference": "a.png"}, None, "cannot be"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_this_is_refused_in_words(client: TestClient, world: World, case: str) -> None:
    videos, fields, files, complaint = REFUSED[case]
    reply = posted(client, videos, fields, files)
    assert reply.status_code == 400, reply.text
    assert complaint in reply.text
    assert not list(world.gallery.folder.glob("*.png"))


def test_equal_requests_with_other_pictures_are_others(client: TestClient) -> None:
    frames = [b"1280x720 of Ada", b"1280x720 of Bob", b"1280x720 of Ada"]
    ids = [posted(client, VLLM, {}, {"input_reference": file(frame)}).json()["id"] for frame in frames]
    assert len(set(ids)) == 3


def test_a_reference_outlives_the_process_and_goes_with_its_last_job(
    open_world: Open, clock: Clock, pictures: Any
) -> None:
    pictures.allowed.clear()
    world = open_world()
    with TestClient(create_app(world), base_url="http://simulator") as client:
        ids = [posted(client, VLLM, {}, {"input_reference": file(FRAME)}).json()["id"] for _ in range(2)]
    pictures.allowed.set()
    world.close()
    world = open_world()
    clock.now += 1000
    until(lambda: all(world.standing(world.job(id_)).status == "completed" for id_ in ids))
    kept = lambda: len(list(world.gallery.folder.glob("*.png")))  # noqa: E731  three moments, one question
    assert kept() == 1
    world.delete(world.job(ids[0]))
    assert kept() == 1
    world.delete(world.job(ids[1]))
    assert kept() == 0


def test_what_is_deleted_while_it_is_drawn_leaves_nothing(client: TestClient, world: World, pictures: Any) -> None:
    pictures.allowed.clear()
    id_ = posted(client, VLLM, {}).json()["id"]
    until(lambda: pictures.renders == 1)
    assert client.delete(f"{VLLM}/{id_}").status_code == 200
    pictures.allowed.set()
    until(lambda: not world.gallery.video(id_).exists() and not list(world.gallery.folder.glob("*.part")))
    assert client.get(f"{VLLM}/{id_}").status_code == 404


@pytest.fixture(scope="module")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world with the real drawing."""
    with World(tmp_path_factory.mktemp("world"), speed=math.inf) as world:
        yield world


@pytest.fixture(scope="module")
def real(drawing: World) -> Iterator[TestClient]:
    with TestClient(create_app(drawing), base_url="http://simulator") as client:
        yield client


class TestPixels:
    """With the real drawing."""

    def film(self, client: TestClient, videos: str, reply: Any) -> list[np.ndarray]:
        id_ = reply.json()["id"]
        deadline = time.monotonic() + 60
        while client.get(f"{videos}/{id_}").json()["status"] not in ("completed", "failed"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        content = client.get(f"{videos}/{id_}/content")
        assert content.status_code == 200, content.text
        with av.open(io.BytesIO(content.content)) as container:
            return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]

    def test_a_video_begins_with_its_first_frame(self, real: TestClient) -> None:
        red = Image.new("RGB", (320, 180), (200, 30, 30))
        buffer = io.BytesIO()
        red.save(buffer, "JPEG")
        fields = {"size": "320x180", "seconds": "4"}
        frames = self.film(real, VLLM, posted(real, VLLM, fields, {"input_reference": file(buffer.getvalue())}))
        plain = self.film(real, VLLM, posted(real, VLLM, fields))
        middle = (slice(20, 140), slice(20, 240))
        assert np.abs(frames[0][middle].astype(int) - (200, 30, 30)).max() < 25
        assert np.abs(frames[20][middle].astype(int) - (200, 30, 30)).max() < 25
        assert np.abs(frames[60][middle].astype(int) - (200, 30, 30)).mean() > 40
        assert np.abs(plain[0][middle].astype(int) - (200, 30, 30)).mean() > 40
        corner = (slice(150, 178), slice(230, 318))
        assert np.abs(frames[0][corner].astype(int) - (200, 30, 30)).max() > 60, "it no longer says what it is"

    @pytest.mark.parametrize("kind", ["clip", "image"])
    def test_who_is_shown_by_a_reference_is_in_the_video(self, real: TestClient, drawing: World, kind: str) -> None:
        """The man of a clip has a red sweater; nobody in the prompt has."""
        clip = drawing.gallery.folder / "red.mp4"
        pictures.render(clip, "a man in a red sweater waves in a studio", seconds=2, size=(320, 180))
        if kind == "image":
            with av.open(str(clip)) as container:
                buffer = io.BytesIO()
                next(container.decode(video=0)).to_image().save(buffer, "PNG")
            given = {"image_reference": [{"content": data(buffer.getvalue()), "role": "reference"}]}
        else:
            given = {"video_reference": data(clip.read_bytes(), "video/mp4")}
        fields = {"size": "320x180", "seconds": 1, "prompt": "on a beach"}
        shown = self.film(real, TENSORRT, posted(real, TENSORRT, {**fields, **given}))[12]
        empty = self.film(real, TENSORRT, posted(real, TENSORRT, fields))[12]

        def reds(frame: np.ndarray) -> int:
            red, green, blue = (frame[:, 60:200, channel].astype(int) for channel in range(3))
            return int(((red > 140) & (green < 90) & (blue < 100)).sum())

        assert reds(shown) > 4 * max(20, reds(empty))

    def test_an_avi_is_a_film(self, real: TestClient) -> None:
        reply = posted(real, TENSORRT, {"size": "320x180", "seconds": 1, "format": "avi"})
        assert len(self.film(real, TENSORRT, reply)) == 24


class TestStill:
    """What is believed to be a picture."""

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_three_kinds_are_read(self, kind: str) -> None:
        buffer = io.BytesIO()
        Image.new("RGB", (40, 20), "red").save(buffer, kind)
        found = pictures.still(buffer.getvalue())
        assert found is not None
        assert (found[0][1:4], found[1]) == (b"PNG", (40, 20))

    @pytest.mark.parametrize("content", [b"", b"film", b"GIF89a"])
    def test_others_are_none(self, content: bytes) -> None:
        assert pictures.still(content) is None

    def test_half_a_picture_is_refused(self) -> None:
        buffer = io.BytesIO()
        Image.effect_noise((64, 64), 50).save(buffer, "PNG")
        with pytest.raises(VideoFileError, match="broken"):
            pictures.still(buffer.getvalue()[:200])

    def test_a_picture_that_unfolds_is_refused_before_it_does(self) -> None:
        buffer = io.BytesIO()
        Image.new("1", (10_000, PIXELS_MAX // 10_000 + 1)).save(buffer, "PNG")
        with pytest.raises(VideoFileError, match="smaller"):
            pictures.still(buffer.getvalue())

    def test_a_clip_is_looked_at(self, tmp_path: Path) -> None:
        with pytest.raises(VideoFileError):
            pictures.check_clip(b"no film")
