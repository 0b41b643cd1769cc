"""Many files at once: a row for each in their order, whoever looks at them, and whatever befalls one."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sora_nb as sora
from sora_nb.analyzing import many, one
from sora_nb.tables import ANALYSIS_COLUMNS
from sora_nb.video import guarded
from tests.clips import make_clip
from tests.test_video_damaged import broken


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three films of different lengths."""
    folder = tmp_path_factory.mktemp("films")
    return [make_clip(folder / f"{seconds}s.mp4", frames=24 * seconds, size=(96, 54)) for seconds in (3, 1, 2)]


@pytest.fixture
def mixed(films: list[Path], tmp_path: Path) -> list[Path]:
    """And two that are none."""
    (tmp_path / "no.mp4").write_bytes(b"this is no video")
    return [films[0], tmp_path / "no.mp4", films[1], tmp_path / "gone.mp4", films[2]]


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    scan = guarded.scan

    def counted(path: str, **options: Any) -> sora.Track:
        seen.append(Path(path).name)
        return scan(path, **options)

    monkeypatch.setattr(guarded, "scan", counted)
    return seen


def processes() -> Executor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


@pytest.mark.parametrize("make", [None, lambda: ThreadPoolExecutor(2), processes], ids=["own", "threads", "processes"])
def test_a_row_for_each_file_in_their_order_whoever_looks(
    mixed: list[Path], make: Callable[[], Executor] | None
) -> None:
    shares: list[float] = []
    executor = make() if make else None
    table = sora.analyze_many(mixed, executor, faces=None, limits="apiyi", progress=shares.append)
    if executor is not None:
        executor.shutdown()
    assert {str(name): str(kind) for name, kind in table.dtypes.items()} == dict(ANALYSIS_COLUMNS)
    assert list(table["file"]) == [str(path) for path in mixed]
    assert table["error_code"].isna().tolist() == [True, False, True, False, True]
    assert list(table["error_code"].dropna()) == ["unknown_format", "missing"]
    assert table["error"].str.contains(r"no\.mp4|gone\.mp4").tolist()[1::2] == [True, True]
    assert table["duration_s"].dropna().round().tolist() == [3, 1, 2]
    assert table["note"].notna().tolist() == [True, False, True, False, True]
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert table.attrs["sora_nb"]["table"] == "analysis"


def test_it_says_what_scan_and_suggest_say(films: list[Path]) -> None:
    row = sora.analyze_many(films[:1], faces=None, limits="apiyi").iloc[0]
    track = sora.scan(films[0], faces=None)
    found = sora.suggest(track, "apiyi")
    assert (row["width"], row["height"], row["cuts"]) == (*track.size, len(track.cuts))
    assert row["ranges"] == " ".join(str(each.span) for each in found) and row["note"] == found.note
    if len(found):
        assert (row["start"], row["end"], row["score"]) == (found[0].span.start, found[0].span.end, found[0].score)


def test_no_files_are_an_empty_table_with_all_its_columns() -> None:
    table = sora.analyze_many([])
    assert {str(name): str(kind) for name, kind in table.dtypes.items()} == dict(ANALYSIS_COLUMNS) and table.empty


def test_what_was_seen_is_kept_and_known_again(films: list[Path], tmp_path: Path, scans: list[str]) -> None:
    first = sora.analyze_many(films, library=tmp_path / "library", faces=None)
    assert sorted(scans) == ["1s.mp4", "2s.mp4", "3s.mp4"]
    studio = sora.Studio("simulator", library=tmp_path / "library")
    again = studio.analyze_many(films, faces=None, limits="tutorial")
    assert len(scans) == 3, "known by what is in it, and not looked at again"
    pd.testing.assert_frame_equal(first.drop(columns="elapsed_s"), again.drop(columns="elapsed_s"))
    narrower = studio.analyze_many(films, faces=None)
    assert len(scans) == 3 and (narrower["seconds"].dropna() >= (studio.limits.min_seconds or 0)).all()
    studio.close()


def test_a_file_that_changed_meanwhile_is_told_and_not_kept(
    films: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = tmp_path / "render.mp4"
    render.write_bytes(films[0].read_bytes())
    scan = guarded.scan

    def replacing(path: str, **options: Any) -> sora.Track:
        if Path(path) == render:
            render.write_bytes(films[1].read_bytes())
        return scan(path, **options)

    monkeypatch.setattr(guarded, "scan", replacing)
    table = sora.analyze_many([render, films[2]], library=tmp_path / "library", faces=None)
    assert list(table["error_code"].dropna()) == ["changed"] and "Look again" in table["error"][0]
    again = sora.analyze_many([films[0]], library=tmp_path / "library", faces=None)
    assert again["duration_s"][0] == pytest.approx(3)


def test_a_file_that_ends_its_process_is_one_row(
    films: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = make_clip(tmp_path / "crash.mp4", frames=24, size=(96, 54))
    monkeypatch.setattr(guarded, "_idle", [])
    monkeypatch.setattr(guarded, "Opener", lambda: broken("crashing_on_some"))
    table = sora.analyze_many([films[0], evil, films[1]], faces=None)
    assert table["error_code"].fillna("").tolist() == ["", "crashed", ""]
    assert "ended the process that read it" in table["error"][1]
    for opener in guarded._idle:
        opener.close()


def die(task: one.Task) -> Any:
    if "2s" in task.path:
        time.sleep(0.5)
        os._exit(9)
    return {"duration_s": 1.0}, None


def test_an_executor_that_breaks_is_told_in_the_rows_it_leaves(
    films: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "look_at", die)
    with processes() as executor:
        table = sora.analyze_many([films[1], films[2], films[0]], executor, ahead=1)
    assert table["error_code"].fillna("").tolist() == ["", "not_looked_at", "not_looked_at"]
    assert "BrokenProcessPool" in table["error"][1]


class Slow(Executor):
    """An executor that answers when it is told to."""

    def __init__(self) -> None:
        self.given: list[Future[Any]] = []

    def submit(self, work: Any, /, *given: Any, **options: Any) -> Future[Any]:
        self.given.append(Future())
        return self.given[-1]


def test_no_more_are_handed_out_at_a_time_than_are_wanted() -> None:
    executor = Slow()
    most: list[int] = []

    def answer() -> None:
        for number in range(20):
            while len(executor.given) <= number:
                time.sleep(0.001)
            time.sleep(0.005)
            most.append(sum(not future.done() for future in executor.given))
            executor.given[number].set_result(({"duration_s": float(number)}, None))

    thread = threading.Thread(target=answer)
    thread.start()
    table = sora.analyze_many([f"/films/{number}.mp4" for number in range(20)], executor, ahead=3)
    thread.join()
    assert max(most) == 3 and table["duration_s"].tolist() == [float(number) for number in range(20)]


def test_an_interrupt_ends_it_at_once_and_takes_back_what_waits() -> None:
    executor = Slow()

    def interrupt(_share: float) -> None:
        while not executor.given:
            time.sleep(0.001)
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        sora.analyze_many(["/a.mp4", "/b.mp4"], executor, progress=interrupt)
    deadline = time.monotonic() + 5
    while not all(future.cancelled() for future in executor.given) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert all(future.cancelled() for future in executor.given) and time.monotonic() - began < 5


def test_an_interrupt_ends_the_processes_of_ones_own(films: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def endless(_path: str, *, stop: Any, **_options: Any) -> sora.Track:
        begun.set()
        while not stop.called:
            time.sleep(0.01)
        stopped.set()
        stop.heed()
        raise AssertionError("it was stopped")

    def interrupt(_share: float) -> None:
        begun.wait(5)
        raise KeyboardInterrupt

    monkeypatch.setattr(guarded, "scan", endless)
    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        sora.analyze_many(films, progress=interrupt)
    assert stopped.wait(5)
    deadline = time.monotonic() + 5
    while threading.active_count() > threads and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= threads


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"paths": "film.mp4"}, "give a list"),
        ({"paths": ["a.mp4"], "k": 0}, "k= is 1 or more"),
        ({"paths": ["a.mp4"], "ahead": 0}, "ahead= is 1 or more"),
        ({"paths": ["a.mp4"], "faces": print}, "A detector of your own"),
        ({"paths": ["a.mp4"], "samples": 0}, "Ask for more than 0"),
        ({"paths": ["a.mp4"], "limits": "nobody"}, "nobody"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_looked_at(given: dict[str, Any], words: str) -> None:
    with pytest.raises(sora.ConfigError, match=words):
        sora.analyze_many(**given)


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask's distributed is not installed")
def test_dask_looks_at_them_as_well(mixed: list[Path], tmp_path: Path) -> None:
    import distributed

    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, dashboard_address=None, local_directory=str(tmp_path)
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        table = sora.analyze_many(mixed, client.get_executor(), faces=None, library=tmp_path / "library")
        again = sora.analyze_many(mixed, client.get_executor(), faces=None, library=tmp_path / "library")
    assert table["duration_s"].dropna().round().tolist() == [3, 1, 2]
    assert list(table["error_code"].dropna()) == ["unknown_format", "missing"]
    pd.testing.assert_frame_equal(table.drop(columns="elapsed_s"), again.drop(columns="elapsed_s"))
