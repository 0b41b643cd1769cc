"""The DataFrames: every column in its type, however few rows there are, and nothing in a cell but a plain value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

from sora_nb.errors import LibraryError
from sora_nb.jobs.records import video_columns, video_record
from sora_nb.library import JobRow, Library
from sora_nb.models import CharacterRecord, VideoRecord, VideoRequest
from sora_nb.tables import CHARACTER_COLUMNS, SCHEMA, VIDEO_COLUMNS, characters_df, videos_df, videos_frame
from sora_nb.timerange import Finding, TimeRange

BEGAN = datetime(2026, 11, 23, 7, 2, 11, 250_000, tzinfo=UTC)

QUEUED = VideoRecord("vid_1", "simulator", VideoRequest("@ada waves", 4, "1280x720", "sora-2", ("chr_1",)))
DONE = VideoRecord(
    id="vid_2",
    service="openrouter",
    request=VideoRequest("@ada and a cat", 8, "720x1280", "sora-2-pro", ("chr_1", "chr_9"), take=2),
    status="completed",
    progress=1.0,
    remote_id="task_7",
    submitted_at=BEGAN,
    completed_at=BEGAN + timedelta(seconds=41.5),
    est_cost_usd=0.8,
    cost_usd=0.75,
    path=Path("films/vid_2.mp4"),
    width=720,
    height=1280,
    fps=23.976,
    duration_s=8.0,
    measures={"sharpness": 0.5, "motion": 1.25, "cuts": 2.0},
    sweep="swp_1",
    axes={"scene": "in a park", "seconds": "8"},
    rating=4,
    rated_by="ann",
    rated_at=BEGAN,
    simulated=True,
    mode="reference",
    remarks=(Finding("warning", "no_characters", "It makes none."), Finding("hint", "odd_size", "Odd.")),
)
REFUSED = replace(QUEUED, id="vid_3", status="failed", error_code="moderation_blocked", error="Refused.", cost_usd=0.0)
ADA = CharacterRecord(
    id="chr_1",
    name="Ada",
    handle="ada",
    description="Curly brown hair.",
    source_kind="file",
    source="park.mp4",
    span=TimeRange(1.4, 4.4),
    findings=("too_long", "blurry"),
    service="simulator",
    mode="native",
    status="completed",
    created_at=BEGAN,
    cost_usd=0.1,
    clip=Path("clips/ada.mp4"),
)


def dtypes(table: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in table.dtypes.items()}


@pytest.mark.parametrize("records", [[], [QUEUED], [QUEUED, DONE, REFUSED]], ids=len)
def test_takes_have_all_columns_in_their_types_however_many_rows(records):
    table = videos_df(records, {"chr_1": "ada"})
    assert dtypes(table) == dict(VIDEO_COLUMNS)
    assert list(table["id"]) == [record.id for record in records]


@pytest.mark.parametrize("records", [[], [ADA], [ADA, replace(ADA, created_at=None, cost_usd=None)]], ids=len)
def test_characters_have_all_columns_in_their_types_however_many_rows(records):
    table = characters_df(records)
    assert dtypes(table) == dict(CHARACTER_COLUMNS)
    assert len(table) == len(records)


def test_a_finished_take_is_told_in_full():
    row = videos_df([DONE], {"chr_1": "ada"}).iloc[0]
    told = {name: value for name, value in row.items() if name not in ("likeness", "error", "error_code")}
    assert told == {
        "id": "vid_2",
        "remote_id": "task_7",
        "sweep": "swp_1",
        "take": 2,
        "service": "openrouter",
        "model": "sora-2-pro",
        "prompt": "@ada and a cat",
        "characters": "ada chr_9",
        "mode": "reference",
        "seconds": 8.0,
        "size": "720x1280",
        "status": "completed",
        "findings": "no_characters odd_size",
        "submitted_at": pd.Timestamp(BEGAN),
        "completed_at": pd.Timestamp(BEGAN + timedelta(seconds=41.5)),
        "elapsed_s": 41.5,
        "est_cost_usd": 0.8,
        "cost_usd": 0.75,
        "path": str(Path("films/vid_2.mp4")),
        "width": 720,
        "height": 1280,
        "fps": 23.976,
        "duration_s": 8.0,
        "sharpness": 0.5,
        "motion": 1.25,
        "cuts": 2,
        "rating": 4.0,
        "rated_by": "ann",
        "rated_at": pd.Timestamp(BEGAN),
        "simulated": True,
    }
    assert row[["likeness", "error", "error_code"]].isna().all()


def test_a_refused_take_is_a_row_with_its_reason_and_its_cost():
    row = videos_df([REFUSED], {}).iloc[0]
    assert (row["status"], row["error_code"], row["error"]) == ("failed", "moderation_blocked", "Refused.")
    assert row["cost_usd"] == 0
    assert pd.isna(row["elapsed_s"])


def test_a_cost_that_is_not_known_is_not_nothing():
    table = videos_df([QUEUED, REFUSED], {})
    assert table["cost_usd"].isna().tolist() == [True, False]


def test_a_character_is_told_in_full():
    row = characters_df([ADA]).iloc[0]
    assert (row["start"], row["end"], row["seconds"]) == (1.4, 4.4, 3.0)
    assert row["findings"] == "too_long blurry"
    assert row["clip"] == str(Path("clips/ada.mp4"))
    assert pd.isna(row["poster"])


def test_a_sweep_adds_a_column_for_each_axis_and_takes_none_away():
    table = videos_df([DONE, QUEUED], {}, ["scene", "seconds"])
    assert list(table.columns) == [*VIDEO_COLUMNS, "scene", "axis_seconds"]
    assert table["scene"].iloc[0] == "in a park"
    assert table["axis_seconds"].iloc[0] == "8"
    assert pd.isna(table["scene"].iloc[1])
    assert table["seconds"].tolist() == [8.0, 4.0]


@pytest.mark.parametrize("records", [[], [QUEUED], [DONE, QUEUED]], ids=len)
def test_an_axis_is_text_however_many_rows(records):
    table = videos_df(records, {}, ["scene", "seconds"])
    assert dtypes(table) == {**VIDEO_COLUMNS, "scene": "string", "axis_seconds": "string"}


def test_a_table_says_what_it_is():
    assert videos_df([], {}, ["scene", "take"]).attrs == {
        "sora_nb": {"table": "videos", "schema": SCHEMA, "axes": ["scene", "axis_take"]}
    }
    assert characters_df([]).attrs["sora_nb"]["table"] == "characters"


def test_a_time_is_in_utc_wherever_it_was_taken():
    there = DONE.submitted_at.astimezone(timezone(timedelta(hours=9)))
    table = videos_df([replace(DONE, submitted_at=there)], {})
    assert table["submitted_at"].iloc[0] == pd.Timestamp(BEGAN)
    assert str(table["submitted_at"].dt.tz) == "UTC"


def test_no_cell_holds_an_object():
    plain_kinds = (str, int, float, bool, pd.Timestamp, type(pd.NA), type(pd.NaT))
    for table in (videos_df([QUEUED, DONE, REFUSED], {}, ["scene"]), characters_df([ADA])):
        for value in table.astype(object).to_numpy().ravel():
            assert isinstance(value, plain_kinds), f"{value!r} is a {type(value)}"


def test_columns_tell_the_same_as_records(tmp_path):
    library = Library(tmp_path)
    given = {"kind": "video", "service": "s", "dialect": "openai", "base_url": "b", "simulated": True}
    asked = {"prompt": "@ada", "seconds": 4, "size": "1x1", "model": "m", "characters": ["chr_1", "chr_2"], "take": 2}
    told = {
        "vid_2": {"state": "STORED", "sent_at": 1.8e9 + 0.123456, "completed_at": 1.8e9 + 41.5, "file": "f.mp4"},
        "vid_1": {"state": "FAILED", "error": "no", "error_code": "x", "file": "f.mp4", "completed_at": 1.8e9},
        "vid_3": {"axes": {"scene": "a park", "seconds": "8"}, "sweep": "swp_1", "measures": {"cuts": 2}, "rating": 3},
    }
    for place, (id_, facts) in enumerate(told.items()):
        remark = {"level": "hint", "code": "odd", "message": "Odd."}
        library.jobs.intend(
            JobRow(id=id_, request=asked, key=id_, created_at=place, findings=(remark,) * place, **given, **facts)
        )
    rows, handles = library.jobs.videos(), {"chr_1": "ada"}
    slow = videos_df([video_record(library, row) for row in rows], handles, ["scene", "seconds"])
    quick = videos_frame(video_columns(library, handles), ["scene", "seconds"])
    pd.testing.assert_frame_equal(quick, slow)
    assert quick.attrs == slow.attrs and list(quick["id"]) == list(told)
    some = videos_frame(video_columns(library, handles, ["vid_3", "vid_1", "vid_3"]))
    assert list(some["id"]) == ["vid_3", "vid_1", "vid_3"]
    with pytest.raises(LibraryError, match="no job vid_9"):
        video_columns(library, handles, ["vid_9"])
    empty = Library(tmp_path / "empty")
    pd.testing.assert_frame_equal(videos_frame(video_columns(empty, {}), ["scene"]), videos_df([], {}, ["scene"]))
