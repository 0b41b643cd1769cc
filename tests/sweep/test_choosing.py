"""Takes are named everywhere in every way: one, its id, several, a sweep, a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sora_nb as sora


def test_every_way_to_name_takes_is_understood_everywhere(
    studio: sora.Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = studio.sweep("{animal}", animal=["a cat", "a dog"], seconds=1).run().wait(60)
    studio.generate("a fox", seconds=1).wait(60)
    one, both = sweep.videos[0], [video.id for video in sweep.videos]
    remote = str(one.record.remote_id)
    for given, ids in (
        (one, both[:1]),
        (one.id, both[:1]),
        (remote, both[:1]),
        ([one, both[1]], both),
        (sweep, both),
        (sweep.df, both),
        (studio.videos_df()["id"][:2], both),
        (iter(sweep.videos), both),
    ):
        assert list(studio.frame(given)["id"]) == ids
    judged: list[str] = []
    monkeypatch.setattr("sora_nb.studio.judge_all", lambda engine, ids: judged.extend(ids))
    monkeypatch.setattr("sora_nb.studio.compare_with", lambda engine, id_, who: judged.append(id_))
    for given in (one.id, sweep.df):
        judged.clear()
        ids = both[: 1 if isinstance(given, str) else 2]
        assert list(studio.judge(given)["id"]) == judged == ids
        assert [take["id"] for take in studio.compare(given).takes] == ids
        assert len(studio.report_plan(given)) == len(ids)
        assert studio.report(tmp_path / "page.html", videos=given).exists()
        assert studio.gallery(given).count("<img") == len(ids)
        assert len(studio.votes_df(given)) == 0
    assert [take["label"] for take in studio.compare(sweep.df, label="animal").takes] == ["a cat", "a dog"]
    judged.clear()
    studio.likeness(one.id)
    assert judged == [one.id] and studio.video(one).id == one.id


def test_what_names_no_take_is_said(studio: sora.Studio, ada: sora.Character) -> None:
    made = studio.generate("a cat", seconds=1).wait(60)
    wrong: list[tuple[Any, str]] = [
        (5, "5 is no video. Give a Video"),
        ([made, None], "None is no video"),
        (ada, "<Character @ada completed> is no video"),
        (ada.id, "The library has no video 'chr"),
        (["vid_gone"], "no video 'vid_gone'"),
        (pd.DataFrame({"prompt": ["a"]}), "no column id.*prompt"),
    ]
    for given, words in wrong:
        for ask in (studio.compare, studio.judge, studio.report_plan, studio.gallery, studio.frame, studio.votes_df):
            with pytest.raises(sora.ConfigError, match=words):
                ask(given)
    with pytest.raises(sora.ConfigError, match="One video is wanted here, and 2 are given"):
        studio.likeness([made, made])  # type: ignore[arg-type]
