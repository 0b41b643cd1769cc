"""Damaged files, and the process that opens what comes from elsewhere."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from benchmarks.damage import kind
from benchmarks.damaged import Run
from sora_nb.errors import RangeError, VideoFileError
from sora_nb.video import cut, guarded, measure, poster, probe
from sora_nb.video.guarded import MEMORY, Opener
from tests.clips import make_clip

PLAYLISTS = [number for number in range(4000) if kind(number, seed=1) == "playlist"][:60]


def broken(fault: str, memory: int = MEMORY) -> Opener:
    program = (
        f"from functools import partial; from tests.video_faults import serve; serve = partial(serve, fault={fault!r})"
    )
    return Opener(program, memory)


@pytest.fixture
def clip(tmp_path):
    return make_clip(tmp_path / "a.mp4", frames=24)


@pytest.fixture
def opener(request):
    one = broken(request.param)
    yield one
    one.close()


@pytest.mark.slow
def test_damaged_files_are_refused_or_read_rightly(tmp_path):
    outcome = Run(tmp_path, seed=2).do(range(300), workers=2)
    assert outcome.failures == []
    assert outcome.files == 300
    assert outcome.read > 50 and sum(outcome.refused.values()) > 50


@pytest.mark.parametrize(
    ("fault", "found", "files"),
    [
        ("crashing", "crashed", range(2)),
        ("hanging", "timed_out", range(1)),
        ("greedy", "memory", range(8)),
        ("untyped", "unexpected", range(2)),
        ("believing", "wrong", range(8)),
        ("guessing", "bait", PLAYLISTS),
    ],
)
def test_a_planted_fault_is_caught(tmp_path, fault, found, files):
    outcome = Run(tmp_path, seed=1, opener=partial(broken, fault), seconds=1.0, resident=500 << 20).do(files, workers=1)
    assert outcome.faults[found]


def test_it_says_what_the_plain_functions_say(clip, tmp_path):
    assert guarded.probe(clip) == probe(clip)
    assert guarded.measure(clip) == measure(clip)
    assert guarded.poster(clip, 0.5, width=96) == poster(clip, 0.5, width=96)
    there, here = guarded.cut(clip, "0.25,0.75", tmp_path / "b.mp4"), cut(clip, "0.25,0.75", tmp_path / "c.mp4")
    assert there.read_bytes() == here.read_bytes()


def test_its_errors_are_the_same_errors(clip, tmp_path):
    with pytest.raises(RangeError) as caught:
        guarded.cut(clip, "0,9", tmp_path / "b.mp4")
    assert [finding.code for finding in caught.value.findings] == ["past_end"]
    with pytest.raises(VideoFileError, match="There is no file") as missing:
        guarded.probe(tmp_path / "none.mp4")
    assert missing.value.code == "missing"


@pytest.mark.parametrize(
    ("opener", "code"), [("crashing", "crashed"), ("hanging", "timed_out")], indirect=["opener"], ids=["crash", "hang"]
)
def test_what_ends_the_process_is_an_error_here(opener, clip, code):
    with pytest.raises(VideoFileError, match=r"a\.mp4") as caught:
        opener.ask({"work": "probe", "arguments": [str(clip)], "options": {}}, 1.0)
    assert caught.value.code == code
    assert not opener.alive


@pytest.mark.parametrize("opener", ["bottomless"], indirect=True)
def test_more_memory_than_it_may_have_is_an_error(opener, clip):
    answer, _ = opener.ask({"work": "probe", "arguments": [str(clip)], "options": {}}, 20.0)
    assert answer["error"] == "MemoryError"


def test_after_a_crash_the_next_file_is_opened_by_another(clip, monkeypatch):
    guarded.probe(clip)
    guarded._idle[-1].process.kill()
    guarded._idle[-1].process.wait()
    assert guarded.probe(clip) == probe(clip)


def test_it_does_not_know_the_keys(clip, monkeypatch):
    monkeypatch.setenv("PLANTED_API_KEY", "sk-planted")
    one = Opener()
    try:
        one.ask({"work": "probe", "arguments": [str(clip)], "options": {}}, 20.0)
        with open(f"/proc/{one.process.pid}/environ", "rb") as environment:
            assert b"sk-planted" not in environment.read()
    except FileNotFoundError:
        pytest.skip("this system does not show environments")
    finally:
        one.close()


def test_many_threads_get_their_own_answers(tmp_path):
    clips = [make_clip(tmp_path / f"{count}.mp4", frames=count) for count in (12, 24, 36, 48, 60)]
    found: dict[object, float] = {}
    threads = [
        threading.Thread(target=lambda each=each: found.update({each: guarded.probe(each).duration})) for each in clips
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[each] for each in clips] == [0.5, 1, 1.5, 2, 2.5]
