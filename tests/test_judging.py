"""A finished take is compared with its character's clip when someone asks, once; no paid job or table waits for it."""

from __future__ import annotations

import math
import sys

import pytest

import sora_nb as sora
from sora_nb import judging

pytestmark = pytest.mark.usefixtures("small_pictures")


@pytest.fixture
def studio(tmp_path):
    studio = sora.Studio("simulator", library=tmp_path / "library", speed=math.inf)
    yield studio
    studio.close()


def test_the_table_says_how_like_its_character_a_take_is(studio, monkeypatch):
    compared = []
    compare = judging.compare

    def counted(library, row, character_id, **options):
        compared.append(row.id)
        return compare(library, row, character_id, **options)

    monkeypatch.setattr(judging, "compare", counted)
    park = studio.generate("A robot waving in a studio", seconds=3).wait()
    studio.create_character(park, "0,2", name="Ada").wait()
    take = studio.generate("@ada on a beach", seconds=1).wait()
    assert compared == []
    assert "likeness" not in take.record.measures
    assert studio.videos_df()["likeness"].isna().all() and compared == []
    likeness = studio.judge().set_index("id")["likeness"]
    assert 0 < likeness[take.id] <= 1
    assert math.isnan(likeness[park.id])
    assert compared == [take.id]
    studio.judge([take])
    again = studio.videos_df().set_index("id")["likeness"]
    assert again[take.id] == likeness[take.id] == take.record.measures["likeness"]
    assert compared == [take.id]
    assert take.record.measures["cuts"] == 0
    whole = studio.likeness(take)
    assert whole.take == take.path.name and len(whole.times) == 2
    assert studio.likeness(take, "ada").score == whole.score

    take.path.unlink()
    with pytest.raises(sora.VideoFileError):
        studio.likeness(take)
    with pytest.raises(sora.ConfigError, match="No character"):
        studio.likeness(park)


def test_a_take_whose_file_is_gone_is_not_known(studio):
    park = studio.generate("A robot waving in a studio", seconds=2).wait()
    studio.create_character(park, "0,1", name="Ada").wait()
    take = studio.generate("@ada on a beach", seconds=1).wait()
    take.path.unlink()
    with pytest.warns(UserWarning, match=f"1 take could not be compared.*{take.id}: .*{take.path.name}"):
        assert studio.judge()["likeness"].isna().all()


def test_one_take_that_cannot_be_compared_keeps_no_other_from_it(studio, monkeypatch):
    park = studio.generate("A robot waving in a studio", seconds=2).wait()
    studio.create_character(park, "0,1", name="Ada").wait()
    takes = [studio.generate(f"@ada {place}", seconds=1).wait() for place in ("on a beach", "in a park")]
    compare = judging.compare

    def refusing(library, row, character_id, **options):
        if row.id == takes[0].id:
            raise sora.ConfigError("A box shows nothing.")
        return compare(library, row, character_id, **options)

    monkeypatch.setattr(judging, "compare", refusing)
    with pytest.warns(UserWarning, match=f"{takes[0].id}: A box shows nothing"):
        likeness = studio.judge().set_index("id")["likeness"]
    assert math.isnan(likeness[takes[0].id]) and 0 < likeness[takes[1].id] <= 1


def test_of_many_that_cannot_be_compared_three_are_named(monkeypatch):
    monkeypatch.setattr(judging, "judge", lambda engine, id_: f"{id_} is gone.")
    with pytest.warns(UserWarning, match=r"^5 takes .* a: a is gone\. .* c: c is gone\. And 2 more\.$"):
        judging.judge_all(None, "abcde")


def test_files_are_read_by_another_process(studio, monkeypatch):
    park = studio.generate("A robot waving in a studio", seconds=2).wait()
    studio.create_character(park, "0,1", name="Ada").wait()
    take = studio.generate("@ada on a beach", seconds=1).wait()

    def here(*_, **__):
        raise AssertionError("A file was opened in the notebook's process.")

    for module in ("stills", "probe", "follow"):
        monkeypatch.setattr(sys.modules[f"sora_nb.video.{module}"], "opened", here)
    assert studio.likeness(take).coverage > 0
