"""A real LiteLLM proxy between a notebook and the simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import openai
import pytest
import requests

import sora_nb as sora
from tests.foreign import programs
from tests.simulator.serving import DEADLINE_S, serving

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The Sora API is scheduled to permanently shut down:DeprecationWarning"),
]

KEY = "sk-the-proxy-s-own"

SMALL: dict[str, Any] = {"model": "sim-1", "seconds": 2, "size": "320x180"}


class Between(NamedTuple):
    """The proxy, and the simulator behind it."""

    proxy: str
    simulator: str

    def made(self) -> list[str]:
        """The prompts that reached the simulator and were made into videos."""
        ledger = requests.get(f"{self.simulator}/ledger", timeout=DEADLINE_S).json()
        return [charge["job"] for charge in ledger["charges"]]


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    """LiteLLM from the package index, in a Python of its own, in front of `sora-nb serve`."""
    folder = tmp_path_factory.mktemp("litellm")
    with programs.home("litellm") as home, serving() as (simulator, _):
        python = programs.python(home)
        command = python.parent / "litellm"
        if not command.exists():
            programs.fetch([python, "-m", "pip", "install", "--quiet", "litellm[proxy]"], "LiteLLM")
        upstream = {"api_base": f"{simulator}/v1", "api_key": "any"}
        names = ("sora-2", "sim-1")
        models = [{"model_name": name, "litellm_params": {"model": f"openai/{name}", **upstream}} for name in names]
        config = folder / "config.yaml"  # JSON is YAML
        config.write_text(json.dumps({"model_list": models, "general_settings": {"master_key": KEY}}))
        port = programs.free_port()
        proxy = f"http://127.0.0.1:{port}"
        start = [command, "--config", config, "--host", "127.0.0.1", "--port", str(port)]
        quiet = {"LITELLM_TELEMETRY": "False", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        with programs.running(start, f"{proxy}/health/liveliness", folder / "log", quiet):
            yield Between(proxy, simulator)


def test_a_character_goes_through_the_proxy(between: Between, tmp_path: Path) -> None:
    """Generate, poll, download, make a character of it, cast it: what a notebook does."""
    mine = sora.Service.like("litellm", name="lab", base_url=f"{between.proxy}/v1", models=("sim-1", "sora-2"))
    studio = sora.Studio(mine, api_key=lambda: KEY, library=tmp_path / "library")
    try:
        before = len(between.made())
        park = studio.generate("A woman with curly red hair waves in a park", seconds=4, size="320x180").wait(
            DEADLINE_S
        )
        assert (park.status, park.record.request.model) == ("completed", "sim-1")
        assert park.path is not None and park.path.read_bytes()[4:8] == b"ftyp"
        ada = studio.create_character(park, "1,3", name="Ada").wait(DEADLINE_S)
        assert (ada.status, ada.mode) == ("completed", "native")
        cafe = studio.generate("@ada in a cafe", **SMALL).wait(DEADLINE_S)
        alone = studio.generate("Ada in a cafe", **SMALL).wait(DEADLINE_S)
        assert cafe.path is not None and alone.path is not None
        assert cafe.path.read_bytes() != alone.path.read_bytes(), "the character was lost on the way"
        assert len(between.made()) == before + 3
    finally:
        studio.close()


def test_a_refusal_of_the_upstream_is_heard(between: Between, tmp_path: Path) -> None:
    studio = sora.Studio("litellm", base_url=f"{between.proxy}/v1", api_key=lambda: KEY, library=tmp_path / "library")
    try:
        video = studio.generate("a fox", seconds=5, size="1280x720", model="sora-2")
        with pytest.raises(sora.SoraError, match="does not make 5 s"):
            video.wait(DEADLINE_S)
        assert video.status == "failed"
    finally:
        studio.close()


def test_the_official_client_gets_the_same_through_it(between: Between) -> None:
    with openai.OpenAI(api_key=KEY, base_url=f"{between.proxy}/v1", max_retries=0) as client:
        video = client.videos.create_and_poll(prompt="a fox", model="sim-1", seconds="1", size="160x90")  # type: ignore[arg-type]
        assert video.status == "completed"
        assert client.videos.download_content(video.id).read()[4:8] == b"ftyp"


FIELDS = "/as/litellm/v1/videos"


def test_the_simulator_plays_it_as_it_is(between: Between) -> None:
    """The same requests to the proxy and to the simulator's own LiteLLM are answered with the same fields."""
    body = {"model": "sim-1", "prompt": "a fox", "seconds": "1", "size": "160x90"}

    def answers(base: str) -> list[Any]:
        headers = {"authorization": f"Bearer {KEY}"}

        def ask(method: str, path: str, **sent: Any) -> tuple[int, Any]:
            reply = requests.request(method, f"{base}{path}", headers=headers, timeout=DEADLINE_S, **sent)
            return reply.status_code, reply.json()

        made = ask("POST", "", json=body)
        id_ = made[1]["id"]
        return [
            _shape(one)
            for one in (
                made,
                ask("GET", f"/{id_}"),
                ask("DELETE", f"/{id_}"),
                ask("GET", ""),
                ask("POST", "", json={**body, "model": "sora-9"}),
                ask("POST", "", json={**body, "model": "sim-1", "seconds": "0"}),
            )
        ]

    real, played = answers(f"{between.proxy}/v1/videos"), answers(f"{between.simulator}{FIELDS}")
    assert played == real


def _shape(answer: tuple[int, Any]) -> Any:
    """An answer without what is different each time: its status, its fields and their types, the way its id is made."""
    status, body = answer
    if isinstance(body.get("error"), dict):
        known = ("message", "type", "param", "code")
        return status, sorted(name for name in body["error"] if name in known), body["error"]["code"]
    kinds = {name: type(value).__name__ for name, value in body.items() if name not in ("progress", "status", "usage")}
    for name in ("completed_at", "expires_at"):
        kinds.pop(name, None)  # the two may be done at different looks
    return status, kinds, str(body.get("id", ""))[:30]
