"""The two tutorials' shapes: `/v1/sora` and `/sora/v1`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from sora_nb.simulator import World
from tests.simulator.stand_in import Clock, Pictures

Finish = Callable[[str], None]


class Shape(NamedTuple):
    """Where a shape keeps what both have."""

    videos: str
    characters: str
    model: str
    longest: str
    """A range of the greatest length that it accepts."""


TUTORIAL = Shape("/v1/sora/generations", "/v1/sora/characters", "sora-2.0-turbo", "1,11")
APIYI = Shape("/sora/v1/videos", "/sora/v1/characters", "sora-2", "1,4")

both = pytest.mark.parametrize("shape", [TUTORIAL, APIYI], ids=["tutorial", "apiyi"])

SAMPLE = "http://127.0.0.1:8750/samples/hero.mp4"


def create(client: TestClient, shape: Shape, prompt: str = "a fox", **fields: Any) -> str:
    reply = client.post(shape.videos, json={"model": shape.model, "prompt": prompt, **fields})
    assert reply.status_code == 200, reply.text
    return reply.json()["id"]


def character(client: TestClient, shape: Shape, **fields: Any) -> str:
    body = {"model": "sora-2-character", "timestamps": "1,3", **(fields or {"url": SAMPLE})}
    reply = client.post(shape.characters, json=body)
    assert reply.status_code == 200, reply.text
    if shape is TUTORIAL:
        assert reply.json().keys() == {"character_id"}
        return reply.json()["character_id"]
    assert reply.json().keys() == {"task_id"}
    return reply.json()["task_id"]


def refusal(client: TestClient, path: str, body: dict[str, Any], status: int = 400) -> dict[str, Any]:
    reply = client.post(path, json=body)
    assert reply.status_code == status, reply.text
    assert reply.json().keys() == {"error"}
    return reply.json()["error"]


def test_a_generation_is_answered_and_followed(client: TestClient, finish: Finish, clock: Clock) -> None:
    reply = client.post(TUTORIAL.videos, json={"prompt": "a fox", "size": "1280x720", "duration": 5})
    assert reply.json().keys() == {"id"}
    path = f"{TUTORIAL.videos}/{reply.json()['id']}"
    assert client.get(path).json() == {**reply.json(), "status": "queued"}
    clock.now += 2
    assert client.get(path).json() == {**reply.json(), "status": "in_progress"}
    finish(reply.json()["id"])
    assert client.get(path).json() == {**reply.json(), "status": "completed"}


def test_a_video_is_answered_and_followed(client: TestClient, finish: Finish, clock: Clock) -> None:
    video = client.post(APIYI.videos, json={"prompt": "a fox", "duration": 5, "resolution": "1080p"}).json()
    assert (video["status"], video["progress"]) == ("submitted", 0)
    path = f"{APIYI.videos}/{video['id']}"
    assert client.get(path).json() == video
    clock.now += 2.5
    assert client.get(path).json() == {**video, "status": "in_progress", "progress": 50}
    finish(video["id"])
    assert client.get(path).json() == {**video, "status": "completed", "progress": 100}


@pytest.mark.parametrize(("resolution", "size"), [("720p", [1280, 720]), ("1080p", [1920, 1080])])
def test_a_resolution_is_a_size(
    client: TestClient, world: World, finish: Finish, resolution: str, size: list[int]
) -> None:
    id_ = create(client, APIYI, resolution=resolution)
    finish(id_)
    assert json.loads(world.gallery.video(id_).read_text())["size"] == size


@both
def test_a_failure_says_why(client: TestClient, finish: Finish, shape: Shape) -> None:
    id_ = create(client, shape, "a fox [moderation late]")
    finish(id_)
    told = client.get(f"{shape.videos}/{id_}").json()
    assert (told["status"], told["error"]["code"]) == ("failed", "moderation_blocked")


@both
def test_content_is_where_one_would_look(client: TestClient, finish: Finish, shape: Shape) -> None:
    id_ = create(client, shape)
    path = f"{shape.videos}/{id_}/content"
    assert client.get(path).status_code == 409
    finish(id_)
    assert client.get(path).headers["content-type"] == "video/mp4"
    assert client.get(path, headers={"range": "bytes=0-1"}).status_code == 206


@both
@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "@nobody waves"}, "prompt"),
        ({"prompt": "@char_1 waves"}, "prompt"),
        ({"model": "sora-9"}, "model"),
        ({"duration": "5"}, "duration"),
        ({"duration": 2.5}, "duration"),
        ({"duration": True}, "duration"),
        ({"duration": 0}, "duration"),
        ({"duration": 61}, "duration"),
        ({"seconds": "4"}, "seconds"),
    ],
    ids=str,
)
def test_odd_generations_are_refused(client: TestClient, shape: Shape, fields: dict[str, Any], param: str) -> None:
    assert refusal(client, shape.videos, {"prompt": "a fox", **fields})["param"] == param


@pytest.mark.parametrize("resolution", ["4k", 720, None, ["720p"]])
def test_odd_resolutions_are_refused(client: TestClient, resolution: object) -> None:
    assert refusal(client, APIYI.videos, {"prompt": "a fox", "resolution": resolution})["param"] == "resolution"


@both
@pytest.mark.parametrize(
    "timestamps",
    [
        *("5", "5,", ",8", "5, 8", " 5,8", "5,8,", "5,8,9", "5;8", "5-8", "[5,8]", "5s,8s", "0:05,0:08", "a,b", ""),
        *("nan,inf", "1e0,3e0", "+1,3", ".5,3", "1.,3"),
        *([5, 8], ["5", "8"], 5, 5.8, None, True, {"start": 5, "end": 8}),
        *("8,5", "5,5", "-1,2", "-3,-1", "11,13", "12,14", "1,1.999"),
    ],
    ids=repr,
)
def test_odd_timestamps_are_refused(client: TestClient, shape: Shape, timestamps: object) -> None:
    error = refusal(client, shape.characters, {"url": SAMPLE, "timestamps": timestamps})
    assert error["param"] == "timestamps"
    assert error["message"]


@both
def test_the_length_of_a_range_has_its_limits(client: TestClient, shape: Shape) -> None:
    for timestamps in ("1,2", "10.5,11.75", shape.longest, "10,12"):
        character(client, shape, url=SAMPLE, timestamps=timestamps)
    start, end = shape.longest.split(",")
    error = refusal(client, shape.characters, {"url": SAMPLE, "timestamps": f"{start},{end}.001"})
    assert (error["param"], error["code"]) == ("timestamps", "too_long")


@both
def test_a_missing_range_is_refused(client: TestClient, shape: Shape) -> None:
    assert refusal(client, shape.characters, {"url": SAMPLE})["param"] == "timestamps"


@both
@pytest.mark.parametrize(
    "url",
    [
        *("https://example.com/a.mp4", "http://192.168.0.1/a.mp4", "http://127.0.0.1.example.com/samples/hero.mp4"),
        *("http://127.0.0.1@example.com/samples/hero.mp4", "file:///etc/passwd", "/samples/hero.mp4", "hero.mp4"),
        *("http://127.0.0.1:8750/samples/none.mp4", "http://localhost/samples/../world.jsonl", "http://localhost/"),
        *("http://[::1/samples/hero.mp4", 7, ""),
    ],
    ids=str,
)
def test_addresses_that_are_not_fetched(client: TestClient, shape: Shape, url: object) -> None:
    assert refusal(client, shape.characters, {"url": url, "timestamps": "1,3"})["param"] == "url"


def test_a_foreign_address_is_told_why(client: TestClient) -> None:
    body = {"url": "https://example.com/a.mp4", "timestamps": "1,3"}
    assert "never reaches out" in refusal(client, TUTORIAL.characters, body)["message"]


@both
@pytest.mark.parametrize("host", ["127.0.0.1:8750", "localhost", "[::1]:1", "simulator"])
def test_own_addresses_are_fetched_without_a_network(client: TestClient, shape: Shape, host: str) -> None:
    character(client, shape, url=f"http://{host}/samples/hero.mp4", timestamps="1,3")


@both
def test_one_source_exactly(client: TestClient, shape: Shape) -> None:
    for body in ({}, {"url": SAMPLE, "from_task": "task_1"}):
        assert refusal(client, shape.characters, {**body, "timestamps": "1,3"})["code"] == "missing_required_parameter"
    body = {"url": SAMPLE, "timestamps": "1,3"}
    assert refusal(client, shape.characters, {**body, "model": "sora-2"})["param"] == "model"
    assert refusal(client, shape.characters, {**body, "name": "Ada"})["param"] == "name"


@both
def test_a_task_makes_a_character_once_it_is_completed(
    client: TestClient, world: World, finish: Finish, shape: Shape
) -> None:
    refusal(client, shape.characters, {"from_task": "task_1", "timestamps": "1,3"}, status=404)
    assert refusal(client, shape.characters, {"from_task": 7, "timestamps": "1,3"})["param"] == "from_task"
    task = create(client, shape, duration=5)
    assert refusal(client, shape.characters, {"from_task": task, "timestamps": "1,3"})["param"] == "from_task"
    finish(task)
    made = world.character(character(client, shape, from_task=task, timestamps="1,3"))
    same = world.character(character(client, shape, url=f"http://localhost{shape.videos}/{task}/content"))
    assert made.id != same.id
    error = refusal(client, shape.characters, {"from_task": task, "timestamps": "3,5.5"})
    assert (error["param"], error["code"]) == ("timestamps", "past_end")


@both
def test_a_mentioned_character_is_in_the_picture(
    client: TestClient, world: World, finish: Finish, shape: Shape, pictures: Pictures
) -> None:
    ada = world.character(character(client, shape))
    id_ = create(client, shape, f"@{ada.id} is walking in the park, then @{ada.id}.")
    finish(id_)
    (sprite,) = json.loads(world.gallery.video(id_).read_text())["characters"]
    assert sprite == {"clip": "sample hero.mp4", "start": 1.0, "end": 3.0}


def test_a_video_without_a_character_is_told_in_each_shapes_way(
    client: TestClient, world: World, finish: Finish, clock: Clock
) -> None:
    task = create(client, TUTORIAL, "an empty street [no character]")
    finish(task)
    assert refusal(client, TUTORIAL.characters, {"from_task": task, "timestamps": "1,3"})["code"] == "unusable_clip"
    path = f"{APIYI.characters}/{character(client, APIYI, from_task=task)}"
    assert client.get(path).json() == {"status": "in_progress"}
    clock.now += 1
    told = client.get(path).json()
    assert (told["status"], told["error"]["code"]) == ("failed", "unusable_clip")
    unmade = world.character(path.rpartition("/")[2]).id
    assert refusal(client, APIYI.videos, {"prompt": f"@{unmade} waves"})["code"] == "character_not_found"


def test_a_character_task_is_polled(client: TestClient, world: World, clock: Clock) -> None:
    task = character(client, APIYI)
    path = f"{APIYI.characters}/{task}"
    assert client.get(path).json() == {"status": "in_progress"}
    clock.now += 1
    assert client.get(path).json() == {"status": "completed", "character_id": world.character(task).id}
    assert client.get(f"{APIYI.characters}/task_1").status_code == 404


@both
def test_errors_of_a_shape(client: TestClient, shape: Shape) -> None:
    assert client.get(f"{shape.videos}/task_1").json()["error"]["code"] == "not_found"
    assert client.get(f"{shape.videos}/task_1", headers={"authorization": ""}).status_code == 401
    form = client.post(shape.videos, data={"prompt": "a fox"})
    assert form.status_code == 415
    assert refusal(client, shape.videos, {"prompt": "a fox [moderation]"})["code"] == "sentinel_block"
    assert refusal(client, shape.videos, {"prompt": "a fox [429]"}, status=429)["code"] == "rate_limit_exceeded"
    assert client.get(f"{shape.videos}/a/b/c").status_code == 404


@both
def test_videos_of_one_shape_are_unknown_in_the_other(client: TestClient, shape: Shape) -> None:
    other = APIYI if shape is TUTORIAL else TUTORIAL
    assert client.get(f"{other.videos}/{create(client, shape)}").status_code == 404
