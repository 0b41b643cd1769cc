"""One script on every service there is: only the line that names it differs, and the rows say what was lost."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sora_nb as sora
from sora_nb.dialects.services import PLAYED
from tests.clips import make_clip

pytestmark = pytest.mark.usefixtures("small_pictures")

NATIVE = [name for name, service in PLAYED.items() if service.capabilities.native]
REFERENCE = [name for name, service in PLAYED.items() if not service.capabilities.native]
SIZE = "1280x720"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", frames=8 * 24, size=(320, 180))


class Studios:
    """Studios over one library, each on the simulator in another temper."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, profile: str) -> sora.Studio:
        how = {"dialect": profile} if profile in ("openai", "tutorial", "apiyi") else {"profile": profile}
        self.last = sora.Studio("simulator", **how, library=self.folder, speed=math.inf)
        return self.last

    def sent(self) -> list[str]:
        """What reached the simulator."""
        world = self.folder / "simulator" / "world.jsonl"
        events = [json.loads(line) for line in world.read_text().splitlines()] if world.exists() else []
        return [event["event"] for event in events if event["event"] in ("job", "character")]


@pytest.fixture
def studios(tmp_path: Path) -> Iterator[Studios]:
    made = Studios(tmp_path / "library")
    yield made
    made.last.close()


def the_script(studio: sora.Studio, seconds: float) -> tuple[sora.Character, sora.Video]:
    """What a notebook does, the same everywhere."""
    walk = studio.generate("a young woman with curly brown hair, walking in a park", seconds=seconds, size=SIZE).wait(
        90
    )
    ada = studio.create_character(walk, "0.5,3", name="Ada", description="curly brown hair, glasses").wait(90)
    return ada, studio.generate("@ada waves in a kitchen", seconds=seconds, size=SIZE).wait(90)


@pytest.mark.parametrize("profile", sorted(PLAYED))
def test_the_same_script_runs_on_every_service(profile: str, studios: Studios) -> None:
    studio = studios(profile)
    ada, take = the_script(studio, 4)
    mode = "native" if profile in NATIVE else "reference"
    assert (ada.mode, take.mode, take.status) == (mode, mode, "completed")
    assert take.path is not None and sora.probe(take.path).duration > 1
    videos, people = studio.videos_df(), studio.characters_df()
    assert videos["mode"].fillna("").tolist() == ["", mode]
    assert people["mode"].tolist() == [mode]
    assert set(videos["service"]) == set(people["service"]) == {studio.service_name}
    lost = ["no_characters" in cell.split() for cell in (videos["findings"][1], people["findings"][0])]
    assert lost == [mode == "reference"] * 2
    assert studios.sent() == (["job", "character", "job"] if mode == "native" else ["job", "job"])


@pytest.mark.parametrize("profile", REFERENCE)
def test_what_is_lost_is_said_in_words_and_costs_nothing(profile: str, studios: Studios, clip: Path) -> None:
    studio = studios(profile)
    ada = studio.create_character(clip, "1,4", name="Ada").wait(60)
    assert (ada.record.cost_usd, ada.remote_id, ada.status) == (0.0, None, "completed")
    assert ada.clip is not None and ada.poster is not None
    (remark,) = [one for one in ada.remarks if one.code == "no_characters"]
    assert remark.level == "warning" and "makes no characters" in remark.message
    assert studios.sent() == []


@pytest.mark.parametrize(("profile", "most"), [("openrouter", 3), ("vllm-omni", 1)])
def test_who_gets_no_picture_is_who_the_remarks_name(profile: str, most: int, studios: Studios, clip: Path) -> None:
    studio = studios(profile)
    people = [studio.create_character(clip, f"{i},{i + 2}", name=f"P{i}").wait(60) for i in range(4)]
    take = studio.generate("in a park", characters=people, seconds=4, size=SIZE).wait(90)
    pictures = str(take.request("python")).count("inline('" if profile == "openrouter" else "open('")
    dropped = [one.message for one in take.remarks if one.code == "reference_dropped"]
    assert (take.status, pictures, len(dropped)) == ("completed", most, 4 - most)
    assert all(f"@p{i}" in message for i, message in enumerate(dropped, most))


def test_the_check_would_see_a_character_that_was_dropped(studios: Studios, clip: Path) -> None:
    studio = studios("vllm-omni")
    row = studio.prepare("a walk without anyone", seconds=4, size=SIZE).row
    assert (row.mode, row.findings) == (None, ())


def test_a_character_is_made_again_on_each_service_it_is_used_on(studios: Studios, clip: Path) -> None:
    ada = studios("openai").create_character(clip, "1,4", name="Ada", description="glasses").wait(60)
    assert [str(place) for place in ada.places] == ["simulator"]
    for profile in ("sglang", "litellm"):
        take = studios(profile).generate("@ada waves", seconds=4, size=SIZE).wait(90)
        assert take.mode == ("native" if profile in NATIVE else "reference")
        assert ("made_here" in take.findings) == (profile in NATIVE)
    assert [str(place) for place in ada.places] == [
        "simulator",
        "simulator as sglang (by reference)",
        "simulator as litellm",
    ]
    people = studios("litellm").characters_df()
    assert people["name"].tolist() == ["Ada"] * 3
    assert people["mode"].tolist() == ["native", "reference", "native"]
    assert studios.sent() == ["character", "job", "character", "job"]
    assert [one.record.service for one in studios("sglang").characters()] == ["simulator as sglang"]


def test_one_that_is_nowhere_near_is_still_in_the_list(studios: Studios, clip: Path) -> None:
    studios("openai").create_character(clip, "1,4", name="Ada").wait(60)
    (ada,) = studios("vllm-omni").characters()
    assert (ada.record.service, ada.mode) == ("simulator", "native")
    assert studios("vllm-omni").character("ada").record.service == "simulator"


def test_a_service_that_cannot_take_a_character_says_so_before_anything_is_sent(studios: Studios, clip: Path) -> None:
    studios("openai").create_character(clip, "1,4", name="Ada").wait(60)
    with pytest.raises(sora.ConfigError, match=r"@ada is not on simulator and cannot be made there.*public address"):
        studios("apiyi").generate("@ada waves", seconds=4)
    assert studios.sent() == ["character"]


@pytest.mark.parametrize(
    ("state", "words"),
    [("FAILED", "failed: Its face is not seen. Create it anew"), ("UNKNOWN", "unknown: .* resend\\(\\) asks again")],
)
def test_what_is_not_ready_is_told_before_a_video_is_paid_for(
    studios: Studios, clip: Path, state: str, words: str
) -> None:
    studio = studios("openai")
    ada = studio.create_character(clip, "1,4", name="Ada").wait(60)
    studio._engine.library.jobs.annotate(ada._job_id, state=state, error="Its face is not seen.")
    with pytest.raises(sora.ConfigError, match=f"@ada is not ready on simulator, where it ended as {words}"):
        studio.generate("@ada waves", seconds=4, size=SIZE)
    assert studios.sent() == ["character"]


def test_a_misspelt_name_has_a_suggestion_on_every_service(studios: Studios, clip: Path) -> None:
    for profile in ("openai", "vllm-omni"):
        studio = studios(profile)
        studio.create_character(clip, "1,4", name="Ada").wait(60)
        with pytest.raises(sora.ConfigError, match="Did you mean @ada"):
            studio.generate("@adda waves", seconds=4, size=SIZE)
    assert "job" not in studios.sent()


def test_another_shape_than_the_clip_is_remarked(studios: Studios, clip: Path) -> None:
    studio = studios("vllm-omni")
    studio.create_character(clip, "1,4", name="Ada").wait(60)
    upright = studio.prepare("@ada waves", seconds=4, size="720x1280")
    level = studio.prepare("@ada waves", seconds=4, size="1280x720")
    assert "aspect_mismatch" in [one.code for one in upright.remarks]
    assert "aspect_mismatch" not in [one.code for one in level.remarks]


def test_a_second_character_that_cannot_be_shown_is_named(studios: Studios, clip: Path) -> None:
    studio = studios("vllm-omni")
    for name, about in (("Ada", "glasses"), ("Bo", "a red hat")):
        studio.create_character(clip, "1,4", name=name, description=about).wait(60)
    take = studio.generate("@ada and @bo wave", seconds=4, size=SIZE).wait(90)
    assert "reference_dropped" in take.findings
    assert any("@bo" in one.message for one in take.remarks if one.code == "reference_dropped")
    assert "a red hat" in take.request("curl")


def test_the_users_own_prices_go_over_the_services(studios: Studios, tmp_path: Path) -> None:
    assert studios("vllm-omni").estimate(4) == 0.0, "a server of one's own charges nothing"
    mine = {"default": 0.5, "date": "2026-11-26"}
    how: dict[str, Any] = {"profile": "vllm-omni", "library": studios.folder, "speed": math.inf}
    assert sora.Studio("simulator", prices=mine, **how).estimate(4) == 2.0
    (studios.folder / "prices.json").write_text(json.dumps({"simulator": {"default": 0.25}}))
    assert sora.Studio("simulator", **how).estimate(4) == 1.0
    assert sora.Studio("simulator", prices={}, **how).estimate(4) == 0.0
    table = tmp_path / "prices.json"
    table.write_text(json.dumps({"openrouter": {"x": 9}}))
    assert sora.Studio("simulator", prices=table, **how).estimate(4) == 0.0
    for wrong in ("[1]", '{"simulator": 3}', "not json", '{"simulator": {"default": "cheap"}}'):
        table.write_text(wrong)
        with pytest.raises(sora.ConfigError):
            sora.Studio("simulator", prices=table, **how)


def test_what_a_service_says_it_took_is_the_cost(studios: Studios) -> None:
    take = studios("openrouter").generate("a walk", seconds=8, size=SIZE).wait(90)
    assert take.record.cost_usd is not None and take.record.cost_usd > 0
    silent = studios("sglang").generate("a walk", seconds=4, size=SIZE).wait(90)
    assert silent.record.est_cost_usd == 0.0
    assert silent.record.cost_usd is None


@pytest.mark.parametrize("profile", sorted(PLAYED))
def test_the_request_can_be_shown_on_every_service(profile: str, studios: Studios, clip: Path) -> None:
    studio = studios(profile)
    if profile in ("tutorial", "apiyi", "laozhang"):
        source: Any = studio.samples["hero"]
    else:
        source = clip
    ada = studio.create_character(source, "1,4", name="Ada", description='it\'s "her"').wait(60)
    take = studio.generate("@ada says $HOME `id` 'x'", seconds=4, size=SIZE)
    for shown in (take.request("curl"), take.request("python")):
        assert "SORA_API_KEY" in shown and "says $HOME" in shown and str(studio.folder) not in shown
        assert repr(shown) == str(shown)
    compile(take.request("python"), "shown", "exec")
    with pytest.raises(sora.ConfigError, match="not as 'ruby'"):
        take.request("ruby")  # type: ignore[arg-type]
    if ada.mode == "native":
        assert "characters" in ada.request("curl")
        compile(ada.request("python"), "shown", "exec")
    take.settle(60)
