"""Portable characters at the front door: exported from one studio, imported into another, used there."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

import sora_nb as sora
from sora_nb.errors import BundleError
from sora_nb.widgets.static import character_card

pytestmark = pytest.mark.usefixtures("small_pictures")


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[sora.Studio]:
    studio = sora.Studio("simulator", library=tmp_path / "mine", speed=math.inf)
    yield studio
    studio.close()


@pytest.fixture
def yours(tmp_path: Path) -> Iterator[sora.Studio]:
    studio = sora.Studio("simulator", library=tmp_path / "yours", speed=math.inf)
    yield studio
    studio.close()


def sent(studio: sora.Studio) -> list[str]:
    """What reached the simulator."""
    world = studio.folder / "simulator" / "world.jsonl"
    events = [json.loads(line) for line in world.read_text().splitlines()] if world.exists() else []
    return [event["event"] for event in events if event["event"] in ("job", "character")]


def made(studio: sora.Studio, description: str = "") -> sora.Character:
    park = studio.generate("A young woman walks in a park", seconds=4).wait(60)
    return studio.create_character(park, "1,3", name="Ada", description=description).wait(60)


def test_from_one_library_to_another_and_into_a_video(mine: sora.Studio, yours: sora.Studio, tmp_path: Path) -> None:
    ada = made(mine, "curly hair")
    path = ada.export(tmp_path / "characters" / "ada")
    told = json.loads((path / "character.json").read_text())["lineage"]
    assert (told["kind"], told["range"], told["service"], told["simulated"]) == ("task", "1,3", "simulator", True)
    assert told["prompt"] == "A young woman walks in a park"

    came = yours.import_character(path).wait(1)
    assert sent(yours) == [] and yours.resume() == []
    assert (came.name, came.handle, came.record.description) == ("Ada", "ada", "curly hair")
    assert (came.status, came.record.service, came.mode, came.places) == ("completed", None, None, ())
    assert [one.id for one in yours.characters()] == [came.id] == [yours.import_character(path).id]
    assert yours.character("ada").id == came.id
    table = yours.characters_df()
    assert list(table["name"]) == ["Ada"] and table["service"].isna().all()
    assert list(table["source_kind"]) == ["bundle"]
    with pytest.raises(sora.ConfigError, match="not on simulator yet"):
        came.request()
    assert "Ada" in str(came._repr_mimebundle_())
    assert sent(yours) == [], "looking at it sends nothing"

    heard: list[str] = []
    came.on_change(lambda handle: heard.append(handle.status))
    take = yours.generate("@ada waves", seconds=1).wait(60)
    assert take.mode == "native" and sorted(sent(yours)) == ["character", "job"]
    assert (came.status, came.record.service, len(came.places)) == ("completed", "simulator", 1)
    assert came.remote_id is not None and heard != []
    assert list(yours.characters_df()["service"]) == ["simulator"]


def test_it_is_known_again_after_the_kernel_and_made_for_a_service_without_characters(
    mine: sora.Studio, tmp_path: Path
) -> None:
    path = made(mine).export(tmp_path / "ada.sora.zip")
    first = sora.Studio("simulator", library=tmp_path / "third", speed=math.inf)
    first.import_character(path)
    first.close()
    again = sora.Studio("simulator", profile="vllm-omni", library=tmp_path / "third", speed=math.inf)
    (came,) = again.characters()
    assert came.status == "completed" and came.wait(1).places == ()
    assert again.generate("@ada waves", seconds=1).wait(60).mode == "reference"
    assert [str(place) for place in came.places] == ["simulator as vllm-omni (by reference)"]
    again.close()


def test_the_address_in_a_bundle_is_never_asked_for(mine: sora.Studio, tmp_path: Path) -> None:
    """A service that takes addresses would be sent to wherever a stranger says, and be paid for it."""
    ada = mine.create_character("http://simulator/samples/hero.mp4", "1,3", name="Ada").wait(60)
    path = ada.export(tmp_path / "ada")
    assert json.loads((path / "character.json").read_text())["lineage"]["kind"] == "url"
    there = sora.Studio("simulator", dialect="apiyi", library=tmp_path / "there", speed=math.inf)
    there.import_character(path)
    with pytest.raises(sora.ConfigError, match="cannot be made there"):
        there.generate("@ada waves", seconds=4)
    assert sent(there) == []
    there.close()


def test_what_is_written_in_a_bundle_stays_text(mine: sora.Studio, yours: sora.Studio, tmp_path: Path) -> None:
    evil = '<img src=x onerror="alert(1)">'
    path = made(mine, evil).export(tmp_path / "ada")
    told = json.loads((path / "character.json").read_text())
    told["lineage"] |= {"kind": "file", "source": "<script>x<b>", "service": evil, "prompt": evil}
    told["name"] = evil
    (path / "character.json").write_text(json.dumps(told))
    came = yours.import_character(path)
    yours.generate(f"@{came.handle} waves", seconds=1).wait(60)
    page = yours.report(tmp_path / "report.html").read_text() + str(character_card(came.record))
    assert "<img src=x" not in page and "<script>x" not in page
    assert "&lt;img src=x" in page


def test_a_character_that_was_never_cut_says_so(mine: sora.Studio, tmp_path: Path) -> None:
    lost = mine.create_character("http://simulator/samples/nowhere.mp4", "1,3", name="Lost")
    lost.settle(60)
    with pytest.raises(BundleError, match=r"@lost was not exported .* There is no clip of it here"):
        lost.export(tmp_path / "lost")
