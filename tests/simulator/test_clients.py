"""Real clients over a real socket: the official `openai` package, and both tutorials' way of working."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
import requests

from tests.simulator.serving import DEADLINE_S, serving

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled to permanently shut down:DeprecationWarning")

SMALL: dict[str, Any] = {"model": "sim-1", "seconds": "1", "size": "160x90"}


def connected(address: str) -> openai.OpenAI:
    """The official client, which tries nothing twice."""
    return openai.OpenAI(api_key="any", base_url=f"{address}/v1", max_retries=0)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as (address, _):
        yield address


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with connected(address) as client:
        yield client


@pytest.fixture(scope="module")
def source(address: str) -> str:
    """The id of a finished video with someone in it."""
    with connected(address) as client:
        prompt = "A woman with curly red hair and a blue sweater waves in a studio"
        return client.videos.create_and_poll(prompt=prompt, **{**SMALL, "seconds": "4"}).id


class TestOpenAI:
    """What its own client does, unchanged."""

    def test_create_and_poll_with_the_defaults(self, client: openai.OpenAI) -> None:
        video = client.videos.create_and_poll(prompt="a red fox walking in the park")
        assert (video.status, video.progress, video.model, video.seconds) == ("completed", 100, "sora-2", "4")
        assert client.videos.retrieve(video.id) == video

    def test_download_every_variant(self, client: openai.OpenAI, tmp_path: Path) -> None:
        video = client.videos.create_and_poll(prompt="a cat in a kitchen", **SMALL)
        for variant, start in (("video", b"ftyp"), ("thumbnail", b"WEBP"), ("spritesheet", b"\xff\xd8")):
            path = tmp_path / variant
            client.videos.download_content(video.id, variant=variant).write_to_file(path)  # type: ignore[arg-type]
            assert start in path.read_bytes()[:16]

    def test_a_character_is_created_found_and_cast(self, client: openai.OpenAI, source: str, tmp_path: Path) -> None:
        clip = tmp_path / "clip.mp4"
        client.videos.download_content(source).write_to_file(clip)
        made = client.videos.create_character(name="Ada", video=clip)
        assert made.id is not None
        found = client.videos.get_character(made.id)
        assert (found.id, found.name, found.created_at) == (made.id, "Ada", made.created_at)
        cast = {"characters": [{"id": made.id}]}
        alone = client.videos.create_and_poll(prompt="Ada in a cafe", **SMALL)
        together = client.videos.create_and_poll(prompt="Ada in a cafe", extra_body=cast, **SMALL)
        pictures = [client.videos.download_content(video.id).read() for video in (alone, together)]
        assert pictures[0] != pictures[1]

    def test_a_list_is_walked_page_by_page(self, client: openai.OpenAI) -> None:
        made = [client.videos.create(prompt=f"a bird, number {number}", **SMALL).id for number in range(3)]
        page = client.videos.list(limit=2)
        assert page.has_next_page()
        assert [video.id for video in page.data] == [made[2], made[1]]
        walked = [video.id for video in client.videos.list(limit=2)]
        assert walked[:3] == made[::-1]
        assert len(set(walked)) == len(walked)

    def test_remix_and_delete(self, client: openai.OpenAI) -> None:
        source = client.videos.create_and_poll(prompt="a robot dancing", **SMALL)
        remix = client.videos.remix(source.id, prompt="a robot dancing in the rain")
        assert remix.remixed_from_video_id == source.id
        assert client.videos.poll(remix.id).status == "completed"
        assert client.videos.delete(source.id).deleted
        with pytest.raises(openai.NotFoundError):
            client.videos.retrieve(source.id)

    def test_a_failed_video_is_returned_with_its_reason(self, client: openai.OpenAI) -> None:
        video = client.videos.create_and_poll(prompt="a fox [moderation late]", **SMALL)
        assert video.status == "failed"
        assert video.error is not None
        assert video.error.code == "moderation_blocked"

    def test_each_error_has_its_class(self, client: openai.OpenAI) -> None:
        with pytest.raises(openai.BadRequestError) as bad:
            client.videos.create(prompt="a fox", seconds="5")  # type: ignore[arg-type]
        assert (bad.value.param, bad.value.code) == ("seconds", "invalid_value")
        with pytest.raises(openai.BadRequestError) as blocked:
            client.videos.create(prompt="a fox [moderation]")
        assert blocked.value.code == "sentinel_block"
        with pytest.raises(openai.NotFoundError) as lost:
            client.videos.retrieve("video_0")
        assert lost.value.request_id
        with pytest.raises(openai.AuthenticationError):
            client.videos.list(extra_headers={"Authorization": "Basic any"})

    def test_deleting_a_video_that_goes_on_is_a_conflict(self) -> None:
        with serving("--speed", "0.001") as (address, _), connected(address) as client:
            video = client.videos.create(prompt="a fox", **SMALL)
            assert client.videos.retrieve(video.id).status == "queued"
            with pytest.raises(openai.ConflictError):
                client.videos.delete(video.id)

    def test_a_retrying_client_passes_the_rate_limit(self, client: openai.OpenAI) -> None:
        with pytest.raises(openai.RateLimitError):
            client.videos.create(prompt="a fox [429]", **SMALL)
        patient = client.with_options(max_retries=1)
        assert patient.videos.create(prompt="another fox [429]", **SMALL).status == "queued"


class TestOpenAIElsewhere:
    """The same client with servers that speak nearly the same."""

    def test_litellms_ids_go_round(self, address: str, source: str, tmp_path: Path) -> None:
        with connected(f"{address}/as/litellm") as client, connected(address) as openai_:
            clip = tmp_path / "clip.mp4"
            openai_.videos.download_content(source).write_to_file(clip)
            ada = client.videos.create_character(name="Ada", video=clip)
            assert client.videos.get_character(ada.id or "").id == ada.id
            cast = {"characters": [{"id": ada.id}]}
            video = client.videos.create_and_poll(prompt="Ada in a cafe", extra_body=cast, **SMALL)
            assert video.status == "completed"
            whose = {"custom_llm_provider": "openai"}
            assert video.id in [one.id for one in client.videos.list(extra_query=whose)]
            assert b"ftyp" in client.videos.download_content(video.id).read()[:16]
            with pytest.raises(openai.APIStatusError) as refused:
                client.videos.delete(video.id)
            assert refused.value.status_code == 405

    def test_azure_takes_its_own_header(self, address: str) -> None:
        base = f"{address}/as/azure/openai/v1"
        with openai.AzureOpenAI(api_key="any", base_url=base, api_version="preview", max_retries=0) as client:
            video = client.videos.create_and_poll(prompt="a fox", model="sim-1", seconds="1", size="160x90")  # type: ignore[arg-type]
            assert (video.status, video.model) == ("completed", "sim-1")
            assert b"ftyp" in client.videos.download_content(video.id).read()[:16]
            with pytest.raises(openai.BadRequestError) as refused:
                client.videos.create(prompt="a fox", seconds="16")  # type: ignore[arg-type]
            assert refused.value.param == "seconds"

    def test_it_polls_what_is_never_in_progress(self, address: str) -> None:
        with connected(f"{address}/as/sglang") as client:
            video = client.videos.create_and_poll(prompt="a fox", seconds=1, size="160x90")  # type: ignore[arg-type]
            assert (video.status, video.model) == ("completed", "sora-2")

    def test_a_server_at_the_root_is_that_server(self) -> None:
        with serving("--profile", "vllm-omni") as (address, _), connected(address) as client:
            video = client.videos.create_and_poll(prompt="a fox", **SMALL)
            assert (video.status, video.id.startswith("video_gen_")) == ("completed", True)
            assert b"ftyp" in client.videos.download_content(video.id).read()[:16]
            assert client.videos.delete(video.id).deleted
            refused = requests.post(f"{address}/v1/videos", json={"prompt": "a fox"}, timeout=DEADLINE_S)
            assert refused.status_code == 422


class Tutorial:
    """Both tutorials' way: JSON, a key in the header, and asking again until it is done."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Bearer any"

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self._read(self.session.post(f"{self.base}{path}", json=body, timeout=DEADLINE_S))

    def get(self, path: str) -> dict[str, Any]:
        return self._read(self.session.get(f"{self.base}{path}", timeout=DEADLINE_S))

    def wait(self, path: str, every: float = 0.05) -> dict[str, Any]:
        """Ask until it is completed or failed."""
        deadline = time.monotonic() + DEADLINE_S
        while (reply := self.get(path))["status"] not in ("completed", "failed"):
            assert time.monotonic() < deadline, reply
            time.sleep(every)
        return reply

    def _read(self, reply: requests.Response) -> dict[str, Any]:
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
        return answer

    def __enter__(self) -> Tutorial:
        return self

    def __exit__(self, *exc: object) -> None:
        self.session.close()


def test_the_first_tutorial(address: str, source: str) -> None:
    """Generate, make characters of the result and of an address, put both into a new scene."""
    with Tutorial(f"{address}/v1/sora") as api:

        def generate(prompt: str, seconds: int) -> str:
            body = {"model": "sora-2.0-turbo", "prompt": prompt, "size": "320x180", "duration": seconds}
            task: str = api.post("/generations", **body)["id"]
            assert api.wait(f"/generations/{task}")["status"] == "completed"
            return task

        def character(**source: str) -> str:
            made: str = api.post("/characters", model="sora-2-character", **source)["character_id"]
            return made

        task = generate("An orange cat sitting at home", 3)
        cat = character(from_task=task, timestamps="0,2.5")
        ada = character(url=f"{address}/v1/videos/{source}/content", timestamps="1,4")
        together = generate(f"@{ada} and @{cat} are playing on the beach", 1)
        reply = api.session.get(f"{api.base}/generations/{together}/content", timeout=DEADLINE_S)
        assert reply.content[4:8] == b"ftyp"
        with pytest.raises(requests.HTTPError, match="400"):
            character(from_task=task, timestamps="3,1")
        with pytest.raises(requests.HTTPError, match="404"):
            character(from_task="task_0", timestamps="1,4")


def test_the_second_tutorial(address: str, source: str) -> None:
    """Make a character by a task that is polled, then a video at 1080p."""
    with Tutorial(f"{address}/sora/v1") as api:
        clip = f"{address}/v1/videos/{source}/content"
        body = {"model": "sora-2-character", "url": clip, "timestamps": "1,3"}
        made = api.wait(f"/characters/{api.post('/characters', **body)['task_id']}")
        assert made["status"] == "completed"
        prompt = f"@{made['character_id']} is cooking in a modern kitchen"
        video = api.post("/videos", model="sora-2", prompt=prompt, duration=1, resolution="1080p")
        assert api.wait(f"/videos/{video['id']}")["status"] == "completed"
        with pytest.raises(requests.HTTPError, match="400"):
            api.post("/characters", **{**body, "timestamps": "0,4"})


def test_a_job_goes_on_where_a_killed_server_left_it(tmp_path: Path) -> None:
    with serving("--folder", str(tmp_path)) as (address, process), connected(address) as client:
        id_ = client.videos.create(prompt="a bear in the snow", **SMALL).id
        process.kill()
    with serving("--folder", str(tmp_path)) as (address, _), connected(address) as client:
        assert client.videos.poll(id_).status == "completed"
        ledger = requests.get(f"{address}/ledger", timeout=DEADLINE_S).json()
        assert [charge["job"] for charge in ledger["charges"]] == [id_]
