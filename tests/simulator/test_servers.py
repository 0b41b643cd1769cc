"""The quirks of the servers that are played, one by one, beyond what the golden exchanges show."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from sora_nb.errors import ConfigError
from sora_nb.simulator import World, create_app
from sora_nb.simulator.app import PLAYED
from sora_nb.simulator.faulty import kind_of
from tests.simulator.conftest import Open
from tests.simulator.stand_in import Clock

Finish = Callable[[str], None]

VLLM, SGLANG, TENSORRT, LITELLM, AZURE, ROUTER = (
    "/as/vllm-omni/v1/videos",
    "/as/sglang/v1/videos",
    "/as/tensorrt-llm/v1/videos",
    "/as/litellm/v1/videos",
    "/as/azure/openai/v1/videos",
    "/as/openrouter/api/v1/videos",
)
ALL = (VLLM, SGLANG, TENSORRT, LITELLM, AZURE, ROUTER)

CLIP = {"video": ("clip.mp4", b"film", "video/mp4")}


def create(client: TestClient, videos: str, prompt: str = "a fox", **fields: Any) -> dict[str, Any]:
    body = {"prompt": prompt, **fields}
    sent: Any = {"data": body} if videos == VLLM else {"json": body}
    reply = client.post(videos, **sent)
    assert reply.status_code in (200, 202), reply.text
    answer: dict[str, Any] = reply.json()
    return answer


class TestEverywhere:
    """What holds for each of them."""

    @pytest.mark.parametrize("videos", ALL)
    def test_a_video_is_made_and_fetched(self, client: TestClient, world: World, finish: Finish, videos: str) -> None:
        id_ = create(client, videos)["id"]
        finish(world.jobs(videos.split("/")[2])[-1].id)
        assert client.get(f"{videos}/{quote(id_)}").json()["status"] == "completed"
        reply = client.get(f"{videos}/{quote(id_)}/content")
        assert (reply.headers["content-type"], json.loads(reply.content)["prompt"]) == ("video/mp4", "a fox")

    def test_each_has_videos_of_its_own(self, client: TestClient) -> None:
        ids = {videos: create(client, videos)["id"] for videos in ALL}
        for videos in ALL:
            found = [client.get(f"{videos}/{quote(id_)}").status_code for id_ in ids.values()]
            assert sorted(found) == [200, *[404] * 5]

    @pytest.mark.parametrize("videos", [LITELLM, AZURE, ROUTER])
    def test_hosted_ones_want_a_key(self, client: TestClient, videos: str) -> None:
        assert client.post(videos, json={"prompt": "a fox"}, headers={"authorization": ""}).status_code == 401

    @pytest.mark.parametrize("videos", [VLLM, SGLANG, TENSORRT])
    def test_ones_own_want_none(self, client: TestClient, videos: str) -> None:
        del client.headers["authorization"]
        assert create(client, videos)["id"]

    @pytest.mark.parametrize("name", PLAYED)
    def test_each_can_stand_at_the_root(self, world: World, name: str) -> None:
        key = {"authorization": "Bearer any"}
        with TestClient(create_app(world, played=name), base_url="http://simulator", headers=key) as client:
            paths = client.get("/openapi.json").json()["paths"]
            assert client.get("/openapi.json").json()["info"]["title"].endswith(", simulated")
            there = {path for path in paths if path.endswith("/videos")}
            assert len(there) == 1
            assert client.get(f"{there.pop()}/none").status_code == 404
            assert client.get("/v1/sora/generations/none").json() != {}
            assert name in client.get("/").json()["servers"]

    def test_another_is_not_played(self, world: World) -> None:
        with pytest.raises(ConfigError, match=r"does not play 'dynamo'\. Choose one of vllm-omni"):
            create_app(world, played="dynamo")

    @pytest.mark.parametrize("videos", ALL)
    def test_faults_befall_them_as_well(self, videos: str) -> None:
        assert kind_of("POST", videos) == "create"
        assert kind_of("GET", videos) == "list"
        assert kind_of("GET", f"{videos}/video_1") == "poll"
        assert kind_of("GET", f"{videos}/video_1/content") == "content"


class TestVllmOmni:
    """Forms alone; what it does not know is dropped."""

    def test_json_is_no_form(self, client: TestClient) -> None:
        reply = client.post(VLLM, json={"prompt": "a fox"})
        assert reply.status_code == 422

    def test_characters_are_dropped_without_a_word(self, client: TestClient, world: World) -> None:
        told = create(client, VLLM, characters='[{"id": "char_1"}]', more="more")
        assert "characters" not in told
        assert world.jobs("vllm-omni")[-1].ask.characters == ()

    def test_any_model_is_told_back_as_if_it_had_run(self, client: TestClient) -> None:
        assert create(client, VLLM)["model"] == "sim-1"
        assert create(client, VLLM, model="Wan-AI/Wan2.2")["model"] == "Wan-AI/Wan2.2"

    def test_what_was_not_asked_for_is_not_told(self, client: TestClient) -> None:
        told = create(client, VLLM)
        assert (told["size"], told["seconds"], told["expires_at"]) == (None, "4", None)
        told = create(client, VLLM, size="640x360", seconds="2")
        assert (told["size"], told["seconds"]) == ("640x360", "2")
        assert re.fullmatch("video_gen_[0-9a-f]{32}", told["id"])

    def test_frames_are_another_way_to_say_how_long(self, client: TestClient, world: World) -> None:
        create(client, VLLM, num_frames="48", fps="16", width="320", height="180")
        ask = world.jobs("vllm-omni")[-1].ask
        assert (ask.seconds, ask.size) == (3.0, "320x180")

    def test_progress_is_none_or_all(self, client: TestClient, clock: Clock, finish: Finish) -> None:
        id_ = create(client, VLLM, seconds="10")["id"]
        clock.now += 4
        told = client.get(f"{VLLM}/{id_}").json()
        assert (told["status"], told["progress"], told["file_name"]) == ("in_progress", 0, None)
        finish(id_)
        told = client.get(f"{VLLM}/{id_}").json()
        assert (told["progress"], told["file_name"]) == (100, f"{id_}.mp4")

    def test_an_error_is_named_by_its_exception(self, client: TestClient, finish: Finish) -> None:
        id_ = create(client, VLLM, "a fox [fail]")["id"]
        finish(id_)
        told = client.get(f"{VLLM}/{id_}").json()
        assert told["error"]["code"] == "RuntimeError"
        assert told["completed_at"] is not None
        assert client.get(f"{VLLM}/{id_}/content").status_code == 422

    def test_delete_stops_a_job_sooner_or_later(self, client: TestClient, clock: Clock) -> None:
        quick, slow = create(client, VLLM)["id"], create(client, VLLM, "a fox [slow]")["id"]
        clock.now += 12
        assert client.delete(f"{VLLM}/{slow}").status_code == 409
        assert client.delete(f"{VLLM}/{quick}").json()["deleted"] is True
        assert [client.get(f"{VLLM}/{id_}").status_code for id_ in (quick, slow)] == [404, 404]

    def test_nothing_comes_after_an_unknown_video(self, client: TestClient) -> None:
        create(client, VLLM)
        assert client.get(VLLM, params={"after": "none"}).json()["data"] == []
        reply = client.get(VLLM, params={"limit": "101"})
        assert (reply.status_code, reply.json()["detail"][0]["loc"]) == (422, ["query", "limit"])


class TestSglang:
    """Never in progress; fields nobody knows are dropped."""

    def test_it_is_queued_until_it_is_done(self, client: TestClient, clock: Clock) -> None:
        told = create(client, SGLANG, seconds=10, characters=[{"id": "char_1"}])
        clock.now += 4
        told = client.get(f"{SGLANG}/{told['id']}").json()
        assert (told["status"], told["progress"], told["seconds"]) == ("queued", 0, "10")
        assert told["file_path"].endswith(".mp4")
        assert UUID(told["id"])

    def test_an_error_has_no_code(self, client: TestClient, finish: Finish) -> None:
        id_ = create(client, SGLANG, "a fox [fail]")["id"]
        finish(id_)
        assert client.get(f"{SGLANG}/{id_}").json()["error"].keys() == {"message"}
        reply = client.get(f"{SGLANG}/{id_}/content")
        assert (reply.status_code, reply.json()) == (404, {"detail": "Generation is still in-progress"})

    def test_delete_answers_with_the_video(self, client: TestClient) -> None:
        id_ = create(client, SGLANG)["id"]
        assert client.delete(f"{SGLANG}/{id_}").json()["status"] == "deleted"
        assert client.get(f"{SGLANG}/{id_}").status_code == 404

    def test_a_reference_in_json_is_a_file_on_the_server(self, client: TestClient) -> None:
        reply = client.post(SGLANG, json={"prompt": "a fox", "input_reference": "/etc/passwd"})
        assert (reply.status_code, "disk" in reply.json()["detail"]) == (400, True)

    def test_a_film_may_be_in_a_store_under_a_signed_address(self, client: TestClient, finish: Finish) -> None:
        id_ = create(client, SGLANG, "a fox [cloud]")["id"]
        assert client.get(f"{SGLANG}/{id_}").json()["url"] is None
        assert client.get(f"{SGLANG}/{id_}/content").status_code == 404
        finish(id_)
        told = client.get(f"{SGLANG}/{id_}").json()
        assert (told["file_path"], client.get(f"{SGLANG}/{id_}/content").status_code) == (None, 400)
        del client.headers["authorization"]
        assert json.loads(client.get(told["url"]).content)["prompt"] == "a fox"
        for wrong in (told["url"].partition("?")[0], f"{told['url']}0"):
            assert client.get(wrong).status_code == 403

    def test_seconds_are_whole(self, client: TestClient) -> None:
        assert client.post(SGLANG, json={"prompt": "a fox", "seconds": 2.5}).status_code == 400
        assert client.post(SGLANG, data={"prompt": "a fox", "seconds": "2"}).json()["seconds"] == "2"


class TestTensorrt:
    """Strict with JSON, states of its own, and files of two kinds."""

    def test_unknown_fields_are_refused_in_json_and_dropped_in_forms(self, client: TestClient) -> None:
        reply = client.post(TENSORRT, json={"prompt": "a fox", "characters": []})
        assert (reply.status_code, reply.json()["object"], reply.json()["code"]) == (422, "error", 422)
        assert client.post(TENSORRT, data={"prompt": "a fox", "characters": "[]"}).status_code == 202

    def test_the_states_have_other_names(self, client: TestClient, clock: Clock) -> None:
        id_ = create(client, TENSORRT, seconds=10)["id"]
        seen = []
        for later in (0, 3, 3.5):
            clock.now += later
            seen.append(client.get(f"{TENSORRT}/{id_}").json()["status"])
        assert seen == ["queued", "generating", "postprocessing"]
        assert client.get(f"{TENSORRT}/{id_}").json()["progress"] is None
        assert client.get(f"{TENSORRT}/{id_}/content").status_code == 400

    def test_seconds_are_a_duration(self, client: TestClient) -> None:
        told = create(client, TENSORRT, seconds=2.5, fps=30)
        assert (told["duration"], told["fps"], "seconds" in told) == (2.5, 30.0, False)
        assert create(client, TENSORRT)["duration"] is None

    def test_an_error_is_text(self, client: TestClient, finish: Finish) -> None:
        id_ = create(client, TENSORRT, "a fox [fail]")["id"]
        finish(id_)
        assert isinstance(client.get(f"{TENSORRT}/{id_}").json()["error"], str)

    @pytest.mark.parametrize(("prompt", "fields"), [("a fox [avi]", {}), ("a fox", {"format": "avi"})])
    def test_the_file_may_be_an_avi(
        self, client: TestClient, finish: Finish, prompt: str, fields: dict[str, Any]
    ) -> None:
        id_ = create(client, TENSORRT, prompt, **fields)["id"]
        finish(id_)
        reply = client.get(f"{TENSORRT}/{id_}/content")
        assert (reply.headers["content-type"], reply.content[:6]) == ("video/x-msvideo", b"avi of")

    def test_the_content_may_be_a_path_on_the_server(self, client: TestClient, finish: Finish) -> None:
        id_ = create(client, TENSORRT, response_format="path")["id"]
        finish(id_)
        assert client.get(f"{TENSORRT}/{id_}/content").json().keys() == {"id", "output_path"}

    def test_delete_says_no_more_than_that(self, client: TestClient) -> None:
        assert client.delete(f"{TENSORRT}/{create(client, TENSORRT)['id']}").json() == {"deleted": True}


class TestLitellm:
    """Ids that hold the way to the upstream."""

    def test_ids_are_packed(self, client: TestClient, world: World) -> None:
        id_ = create(client, LITELLM, model="sora-2")["id"]
        text = base64.b64decode(id_.removeprefix("video_")).decode()
        upstream = world.jobs("litellm")[-1].id
        assert text == f"litellm:custom_llm_provider:openai;model_id:sora-2;video_id:{upstream}"
        assert client.get(f"{LITELLM}/{upstream}").json()["id"] == id_
        whose = {"custom_llm_provider": "openai"}
        assert client.get(LITELLM, params={"after": id_, **whose}).json()["data"] == []
        for broken in ("video_%3F", "video_bGl0", "none"):
            assert client.get(f"{LITELLM}/{broken}").status_code == 404

    def test_a_character_is_cast_by_its_packed_id(self, client: TestClient, world: World) -> None:
        made = client.post(f"{LITELLM}/characters", data={"name": "Ada"}, files=CLIP).json()
        assert made["id"].startswith("character_")
        assert made["object"] == "character"
        assert client.get(f"{LITELLM}/characters/{quote(made['id'])}").json() == made
        create(client, LITELLM, "Ada waves", characters=[{"id": made["id"]}])
        assert len(world.jobs("litellm")[-1].ask.characters) == 1

    def test_there_is_no_way_to_delete(self, client: TestClient) -> None:
        reply = client.delete(f"{LITELLM}/{quote(create(client, LITELLM)['id'])}")
        assert (reply.status_code, reply.json()) == (405, {"detail": "Method Not Allowed"})

    def test_it_lists_videos_of_a_provider_alone(self, client: TestClient) -> None:
        id_ = create(client, LITELLM)["id"]
        assert client.get(LITELLM).json()["error"]["code"] == "400"
        told = client.get(LITELLM, params={"custom_llm_provider": "openai"}).json()
        assert [one["id"] for one in told["data"]] == [id_]

    def test_only_the_film_itself_is_to_be_had(self, client: TestClient, world: World, finish: Finish) -> None:
        id_ = create(client, LITELLM)["id"]
        finish(world.jobs("litellm")[-1].id)
        reply = client.get(f"{LITELLM}/{quote(id_)}/content", params={"variant": "thumbnail"})
        assert reply.headers["content-type"] == "video/mp4"

    def test_usage_is_reckoned_at_first_and_then_the_upstreams(
        self, client: TestClient, world: World, finish: Finish
    ) -> None:
        told = create(client, LITELLM, model="sim-1", seconds="2")
        assert told["usage"] == {"duration_seconds": 2.0}
        assert client.get(f"{LITELLM}/{quote(told['id'])}").json()["usage"] is None
        finish(world.jobs("litellm")[-1].id)
        assert client.get(f"{LITELLM}/{quote(told['id'])}").json()["usage"] == {"cost": 0.02}


class TestAzure:
    """A header of its own, and a day to fetch what was made."""

    def test_either_header_holds_the_key(self, client: TestClient) -> None:
        del client.headers["authorization"]
        for headers in ({"api-key": "any"}, {"authorization": "Bearer any"}):
            assert client.post(AZURE, json={"prompt": "a fox"}, headers=headers).status_code == 200

    def test_the_key_header_is_azures_alone(self, client: TestClient) -> None:
        headers = {"authorization": "", "api-key": "any"}
        assert client.get("/v1/videos", headers=headers).status_code == 401
        assert client.get(ROUTER + "/none", headers=headers).status_code == 401

    def test_any_deployment_runs_and_is_told_back(self, client: TestClient) -> None:
        assert create(client, AZURE, model="my-sora")["model"] == "my-sora"
        assert client.post(AZURE, json={"prompt": "a fox", "model": "my-sora", "seconds": "16"}).status_code == 400

    def test_a_video_is_kept_for_a_day(self, client: TestClient, clock: Clock, finish: Finish) -> None:
        told = create(client, AZURE)
        assert told["expires_at"] == told["created_at"] + 86_400
        finish(told["id"])
        assert client.get(f"{AZURE}/{told['id']}/content").status_code == 200
        clock.now += 86_400
        assert client.get(f"{AZURE}/{told['id']}/content").status_code == 410


class TestOpenrouter:
    """A shape of its own."""

    def test_it_says_where_to_ask_and_what_it_cost(self, client: TestClient, finish: Finish) -> None:
        told = create(client, ROUTER, model="google/veo-3.1", duration=4, size="1280x720")
        assert told.keys() == {"id", "polling_url", "status"}
        finish(told["id"])
        done = client.get(told["polling_url"]).json()
        assert done["usage"] == {"cost": 1.6, "is_byok": False}
        assert client.get(done["unsigned_urls"][0]).headers["content-type"] == "video/mp4"

    @pytest.mark.parametrize(
        ("fields", "size"),
        [
            ({"resolution": "720p"}, "1280x720"),
            ({"resolution": "480p", "aspect_ratio": "9:16"}, "480x854"),
            ({"aspect_ratio": "1:1"}, "720x720"),
            ({}, "1280x720"),
        ],
    )
    def test_a_size_may_be_lines_and_a_ratio(
        self, client: TestClient, world: World, fields: dict[str, str], size: str
    ) -> None:
        create(client, ROUTER, model="google/veo-3.1", **fields)
        assert world.jobs("openrouter")[-1].ask.size == size

    @pytest.mark.parametrize("fields", [{"resolution": "720"}, {"aspect_ratio": "wide"}, {"duration": "4"}])
    def test_what_is_none_is_refused(self, client: TestClient, fields: dict[str, str]) -> None:
        reply = client.post(ROUTER, json={"prompt": "a fox", **fields})
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, 400)

    def test_a_failure_is_a_sentence(self, client: TestClient, finish: Finish) -> None:
        id_ = create(client, ROUTER, "a fox [fail]")["id"]
        finish(id_)
        told = client.get(f"{ROUTER}/{id_}").json()
        assert (told["status"], isinstance(told["error"], str), "usage" in told) == ("failed", True, False)

    def test_it_lists_models_and_no_videos(self, client: TestClient) -> None:
        models = client.get(f"{ROUTER}/models").json()["data"]
        assert "google/veo-3.1" in [model["id"] for model in models]
        assert client.get(ROUTER).status_code == 405


class TestLaozhang:
    """Characters at once, by a username that nobody chose."""

    def test_a_username_is_cast(self, client: TestClient, world: World) -> None:
        source = {"url": "http://127.0.0.1/samples/hero.mp4", "timestamps": "1,3"}
        made = client.post("/as/laozhang/sora/v1/characters", json=source).json()
        assert made["id"].startswith("ch_")
        assert re.fullmatch(r"[a-z]{10}\.[a-z]{10}", made["username"])
        prompt = f"@{made['username']} waves"
        assert client.post("/as/laozhang/sora/v1/videos", json={"prompt": prompt}).status_code == 200
        (character,) = world.jobs("laozhang")[-1].ask.characters
        assert character == f"char_{made['id'].removeprefix('ch_')}"
        assert client.post("/as/laozhang/sora/v1/videos", json={"prompt": "@nobody waves"}).status_code == 400

    def test_nothing_is_polled_for(self, client: TestClient) -> None:
        assert client.get("/as/laozhang/sora/v1/characters/task_1").status_code == 404

    def test_a_clip_with_nobody_in_it_is_refused_at_once(self, client: TestClient, finish: Finish) -> None:
        id_ = client.post("/as/laozhang/sora/v1/videos", json={"prompt": "a street [no character]"}).json()["id"]
        finish(id_)
        source = {"from_task": id_, "timestamps": "1,3"}
        reply = client.post("/as/laozhang/sora/v1/characters", json=source)
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "unusable_clip")


def test_a_temper_is_no_server(open_world: Open) -> None:
    with pytest.raises(ConfigError, match="no profile 'vllm-omni'"):
        open_world(profile="vllm-omni")
