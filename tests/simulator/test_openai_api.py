"""The shape `/v1/videos`: what it takes, what it answers, what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from sora_nb.simulator import World
from tests.simulator.stand_in import Clock, Pictures

Finish = Callable[[str], None]

FIELDS = {
    *("id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at"),
    *("prompt", "size", "seconds", "remixed_from_video_id", "error"),
}
"""Those of OpenAI's published description, all required and no others."""

CLIP = {"video": ("clip.mp4", b"film", "video/mp4")}


def create(client: TestClient, prompt: str = "a fox", **fields: Any) -> dict[str, Any]:
    reply = client.post("/v1/videos", json={"prompt": prompt, **fields})
    assert reply.status_code == 200, reply.text
    return reply.json()


def character(client: TestClient, name: str = "Ada") -> str:
    reply = client.post("/v1/videos/characters", data={"name": name}, files=CLIP)
    assert reply.status_code == 200, reply.text
    return reply.json()["id"]


def test_a_new_video_has_the_documented_fields_and_defaults(client: TestClient, clock: Clock) -> None:
    video = create(client)
    assert video.keys() == FIELDS
    assert video.pop("id").startswith("video_")
    assert video == {
        "object": "video",
        "model": "sora-2",
        "status": "queued",
        "progress": 0,
        "created_at": int(clock.now),
        "completed_at": None,
        "expires_at": None,
        "prompt": "a fox",
        "size": "720x1280",
        "seconds": "4",
        "remixed_from_video_id": None,
        "error": None,
    }


def test_a_video_is_followed_to_its_end(client: TestClient, clock: Clock, finish: Finish) -> None:
    id_ = create(client, seconds="8")["id"]
    clock.now += 3.4
    reply = client.get(f"/v1/videos/{id_}")
    assert (reply.json()["status"], reply.json()["progress"]) == ("in_progress", 50)
    assert reply.headers["openai-poll-after-ms"] == "1000"
    finish(id_)
    video = client.get(f"/v1/videos/{id_}").json()
    assert video.keys() == FIELDS
    assert (video["status"], video["progress"], video["seconds"]) == ("completed", 100, "8")
    assert video["expires_at"] == video["completed_at"] + 3600


def test_a_failed_video_says_why(client: TestClient, finish: Finish) -> None:
    id_ = create(client, "a fox [moderation late]")["id"]
    finish(id_)
    video = client.get(f"/v1/videos/{id_}").json()
    assert (video["status"], video["completed_at"], video["expires_at"]) == ("failed", None, None)
    assert video["error"].keys() == {"code", "message"}
    assert video["error"]["code"] == "moderation_blocked"


def test_forms_and_json_ask_for_the_same(client: TestClient, pictures: Pictures) -> None:
    ada, bob = character(client), character(client, "Bob")
    json_body = {"prompt": "Ada and Bob", "model": "sora-2", "characters": [{"id": ada}, {"id": bob}]}
    asked = create(client, **json_body)
    forms = [
        {**json_body, "characters": json.dumps(json_body["characters"])},
        {**json_body, "characters": None, "characters[][id]": [ada, bob]},
        {**json_body, "characters": None, "characters[0][id]": ada, "characters[1][id]": bob},
    ]
    for form in forms:
        fields = {name: value for name, value in form.items() if value is not None}
        reply = client.post("/v1/videos", data=fields)
        assert reply.status_code == 200, reply.text
        assert {**reply.json(), "id": asked["id"]} == asked


ACCEPTED: list[dict[str, Any]] = [
    *({"seconds": seconds} for seconds in ("4", "8", "12", "16", "20")),
    {"size": "1280x720"},
    {"model": "sora-2-2025-12-08"},
    {"model": "sora-2-pro", "size": "1792x1024"},
    {"model": "sora-2-pro", "size": "1080x1920"},
    {"model": "sim-1", "seconds": "1"},
    {"model": "sim-1", "seconds": "60", "size": "1920x1920"},
    {"model": "sim-1", "seconds": "2.5", "size": "64x36"},
    {"prompt": "f" * 32_000},
    {"characters": []},
]


@pytest.mark.parametrize("fields", ACCEPTED, ids=str)
def test_these_are_accepted(client: TestClient, pictures: Pictures, fields: dict[str, Any]) -> None:
    pictures.allowed.clear()
    video = create(client, **{"prompt": "a fox", **fields})
    asked = {name: value for name, value in fields.items() if name != "characters"}
    assert {name: video[name] for name in asked} == asked


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"prompt": None}, "prompt", "missing_required_parameter"),
    ({"prompt": ""}, "prompt", "invalid_value"),
    ({"prompt": "  \n"}, "prompt", "invalid_value"),
    ({"prompt": "f" * 32_001}, "prompt", "invalid_value"),
    ({"prompt": ["a fox"]}, "prompt", "invalid_type"),
    ({"prompt": "half \ud800"}, "prompt", "invalid_value"),
    ({"model": "sora-9"}, "model", "invalid_value"),
    ({"model": 2}, "model", "invalid_value"),
    ({"model": "sora-2.0-turbo"}, "model", "invalid_value"),
    ({"seconds": 4}, "seconds", "invalid_type"),
    ({"seconds": "5"}, "seconds", "invalid_value"),
    ({"seconds": "24"}, "seconds", "invalid_value"),
    ({"seconds": "four"}, "seconds", "invalid_value"),
    ({"seconds": "-4"}, "seconds", "invalid_value"),
    ({"model": "sim-1", "seconds": "0"}, "seconds", "invalid_value"),
    ({"model": "sim-1", "seconds": "61"}, "seconds", "invalid_value"),
    ({"model": "sim-1", "seconds": "1e1"}, "seconds", "invalid_value"),
    ({"model": "sim-1", "seconds": "٤"}, "seconds", "invalid_value"),
    ({"size": "1792x1024"}, "size", "invalid_value"),
    ({"size": "1280*720"}, "size", "invalid_value"),
    ({"size": 720}, "size", "invalid_value"),
    ({"model": "sora-2-pro", "size": "640x360"}, "size", "invalid_value"),
    ({"model": "sim-1", "size": "641x360"}, "size", "invalid_value"),
    ({"model": "sim-1", "size": "1922x1080"}, "size", "invalid_value"),
    ({"model": "sim-1", "size": "16x16"}, "size", "invalid_value"),
    ({"duration": 4}, "duration", "unknown_parameter"),
    ({"input_reference": {"image_url": "https://example.com/a.png"}}, "input_reference", "url_not_reachable"),
    ({"input_reference": {"image_url": "data:image/png,abc"}}, "input_reference", "invalid_reference"),
    ({"input_reference": {"image_url": "data:image/png;base64,*"}}, "input_reference", "invalid_reference"),
    ({"input_reference": {"file_id": "file_1"}}, "input_reference", "invalid_reference"),
    ({"input_reference": {"file_id": "file_1", "image_url": "data:"}}, "input_reference", "invalid_reference"),
    ({"input_reference": "a.png"}, "input_reference", "invalid_reference"),
    ({"characters": "char_1"}, "characters", "invalid_value"),
    ({"characters": ["char_1"]}, "characters", "invalid_type"),
    ({"characters": [{"id": 1}]}, "characters", "invalid_type"),
    ({"characters": [{"id": "char_1"}]}, "characters", "character_not_found"),
    ({"prompt": "@char_1 waves"}, "prompt", "character_not_found"),
]


@pytest.mark.parametrize(("fields", "param", "code"), REFUSED, ids=str)
def test_these_are_refused(client: TestClient, fields: dict[str, Any], param: str, code: str) -> None:
    body = {name: value for name, value in {"prompt": "a fox", **fields}.items() if value is not None}
    reply = client.post("/v1/videos", content=json.dumps(body), headers={"content-type": "application/json"})
    assert reply.status_code == 400, reply.text
    error = reply.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)
    assert len(error["message"]) < 400


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"a fox"', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"--x", "multipart/form-data", 400),
        (b'{"prompt": "a fox"}', "text/plain", 415),
        (b"", "", 415),
    ],
)
def test_bodies_that_cannot_be_read_are_refused(client: TestClient, content: bytes, kind: str, status: int) -> None:
    reply = client.post("/v1/videos", content=content, headers={"content-type": kind})
    assert reply.status_code == status, reply.text
    assert reply.json()["error"]["message"]


def test_moderation_and_too_many_requests(client: TestClient) -> None:
    reply = client.post("/v1/videos", json={"prompt": "a fox [moderation]"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "sentinel_block")
    assert reply.json()["error"]["param"] is None
    busy = [client.post("/v1/videos", json={"prompt": "a fox [429]"}) for _ in range(2)]
    assert [reply.status_code for reply in busy] == [429, 200]
    assert busy[0].headers["retry-after"] == "1"


def test_a_list_is_paged_both_ways(client: TestClient) -> None:
    ids = [create(client, f"fox {number}")["id"] for number in range(5)]
    newest = client.get("/v1/videos").json()
    assert newest.keys() == {"object", "data", "first_id", "last_id", "has_more"}
    assert [video["id"] for video in newest["data"]] == ids[::-1]
    assert (newest["first_id"], newest["last_id"], newest["has_more"]) == (ids[4], ids[0], False)
    assert all(video.keys() == FIELDS for video in newest["data"])
    page = client.get("/v1/videos", params={"order": "asc", "limit": 2, "after": ids[1]}).json()
    assert ([video["id"] for video in page["data"]], page["has_more"]) == (ids[2:4], True)
    last = client.get("/v1/videos", params={"order": "asc", "limit": 2, "after": ids[4]}).json()
    assert (last["data"], last["first_id"], last["last_id"], last["has_more"]) == ([], None, None, False)


@pytest.mark.parametrize("query", ["limit=101", "limit=-1", "limit=ten", "order=up", "after=video_1"])
def test_odd_pages_are_refused(client: TestClient, query: str) -> None:
    reply = client.get(f"/v1/videos?{query}")
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, query.partition("=")[0])


def test_videos_of_other_shapes_are_not_listed(client: TestClient) -> None:
    other = client.post("/v1/sora/generations", json={"prompt": "a fox"}).json()["id"]
    assert client.get("/v1/videos").json()["data"] == []
    assert client.get(f"/v1/videos/{other}").status_code == 404


def test_content_comes_whole_and_in_parts(client: TestClient, finish: Finish, world: World) -> None:
    id_ = create(client)["id"]
    finish(id_)
    path = f"/v1/videos/{id_}/content"
    whole = client.get(path)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert whole.content == world.gallery.video(id_).read_bytes()
    part = client.get(path, headers={"range": "bytes=5-9", "if-range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, whole.content[5:10])
    assert part.headers["content-range"] == f"bytes 5-9/{len(whole.content)}"
    assert client.get(path, headers={"range": "bytes=-3"}).content == whole.content[-3:]
    assert client.get(path, headers={"range": "bytes=5-9", "if-range": '"other"'}).status_code == 200
    beyond = client.get(path, headers={"range": f"bytes={len(whole.content)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.content)}")
    assert client.head(path).headers["content-length"] == str(len(whole.content))


def test_the_etag_stands_for_the_bytes(client: TestClient, finish: Finish) -> None:
    one, two = create(client)["id"], create(client, "a cat")["id"]
    finish(one)
    finish(two)
    etags = [client.get(f"/v1/videos/{id_}/content").headers["etag"] for id_ in (one, one, two)]
    assert etags[0] == etags[1] != etags[2]


@pytest.mark.parametrize(
    ("variant", "kind", "starts"),
    [("thumbnail", "image/webp", b"thumbnail of"), ("spritesheet", "image/jpeg", b"sheet of")],
)
def test_variants(client: TestClient, finish: Finish, variant: str, kind: str, starts: bytes) -> None:
    id_ = create(client)["id"]
    finish(id_)
    reply = client.get(f"/v1/videos/{id_}/content", params={"variant": variant})
    assert (reply.status_code, reply.headers["content-type"]) == (200, kind)
    assert reply.content.startswith(starts)


def test_content_that_is_not_there(client: TestClient, clock: Clock, finish: Finish) -> None:
    id_, failing = create(client)["id"], create(client, "a fox [fail]")["id"]
    early = client.get(f"/v1/videos/{id_}/content")
    assert (early.status_code, early.json()["error"]["code"]) == (404, "video_not_ready")
    finish(id_)
    finish(failing)
    assert client.get(f"/v1/videos/{failing}/content").status_code == 404
    assert client.get(f"/v1/videos/{id_}/content?variant=poster").json()["error"]["param"] == "variant"
    clock.now += 3600
    assert client.get(f"/v1/videos/{id_}/content").status_code == 410
    assert client.get("/v1/videos/video_1/content").status_code == 404


def test_a_remix_keeps_all_but_the_prompt(client: TestClient, finish: Finish) -> None:
    source = create(client, seconds="8", size="1280x720")["id"]
    early = client.post(f"/v1/videos/{source}/remix", json={"prompt": "a cat"})
    assert early.status_code == 400
    finish(source)
    remix = client.post(f"/v1/videos/{source}/remix", json={"prompt": "a cat"}).json()
    assert remix.keys() == FIELDS
    assert (remix["prompt"], remix["remixed_from_video_id"]) == ("a cat", source)
    assert (remix["seconds"], remix["size"], remix["status"]) == ("8", "1280x720", "queued")
    assert client.post("/v1/videos/video_1/remix", json={"prompt": "a cat"}).status_code == 404
    assert client.post(f"/v1/videos/{source}/remix", json={"prompt": ""}).status_code == 400


def test_delete(client: TestClient, finish: Finish) -> None:
    id_ = create(client)["id"]
    assert client.delete(f"/v1/videos/{id_}").status_code == 409
    finish(id_)
    reply = client.delete(f"/v1/videos/{id_}")
    assert reply.json() == {"id": id_, "object": "video.deleted", "deleted": True}
    assert client.get(f"/v1/videos/{id_}").status_code == 404
    assert client.delete(f"/v1/videos/{id_}").status_code == 404


def test_a_character_is_made_and_found(client: TestClient, clock: Clock) -> None:
    made = client.post("/v1/videos/characters", data={"name": "Ada"}, files=CLIP).json()
    assert made == {"id": made["id"], "name": "Ada", "created_at": int(clock.now)}
    assert made["id"].startswith("char_")
    assert client.get(f"/v1/videos/characters/{made['id']}").json() == made
    assert client.get("/v1/videos/characters/char_1").status_code == 404


@pytest.mark.parametrize(
    ("data", "files", "param"),
    [
        ({}, CLIP, "name"),
        ({"name": ""}, CLIP, "name"),
        ({"name": "x" * 81}, CLIP, "name"),
        ({"name": "Ada"}, {"other": ("clip.mp4", b"film")}, "other"),
        ({"name": "Ada", "timestamps": "1,3"}, CLIP, "timestamps"),
        ({"name": "Ada", "video": "clip.mp4"}, None, "video"),
        ({"name": "Ada"}, {"video": ("clip.mp4", b"text")}, "video"),
    ],
)
def test_odd_characters_are_refused(client: TestClient, data: Any, files: Any, param: str) -> None:
    reply = client.post("/v1/videos/characters", data=data, files=files)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize("way", ["listed", "mentioned", "both"])
def test_a_character_is_in_the_picture(client: TestClient, world: World, finish: Finish, way: str) -> None:
    ada = character(client)
    prompt = "Ada waves" if way == "listed" else f"@{ada}, waving."
    fields = {} if way == "mentioned" else {"characters": [{"id": ada}]}
    id_ = create(client, prompt, **fields)["id"]
    finish(id_)
    drawn = json.loads(world.gallery.video(id_).read_text())
    assert [sprite["clip"] for sprite in drawn["characters"]] == ["film"]


@pytest.mark.parametrize(("model", "most"), [("sora-2", 2), ("sim-1", 3)])
def test_a_video_takes_so_many_characters(client: TestClient, model: str, most: int) -> None:
    ids = [{"id": character(client, f"Ada {number}")} for number in range(4)]
    create(client, model=model, characters=ids[:most])
    reply = client.post("/v1/videos", json={"prompt": "a fox", "model": model, "characters": ids[: most + 1]})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "characters")


def test_at_signs_are_words_here(client: TestClient) -> None:
    create(client, "write to someone@example.com or to @friend")
