"""`%%sora` and `%sora_jobs`, in a shell of IPython's own."""

from __future__ import annotations

import atexit
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import sora_nb as sora


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_line_magic("load_ext", "sora_nb")
    yield shell
    for one in list(shell.user_ns.values()):
        if isinstance(one, sora.Studio):
            one.close()
    atexit.unregister(shell.atexit_operations)
    shell.atexit_operations()


@pytest.fixture
def studio(shell: InteractiveShell, tmp_path: Path) -> sora.Studio:
    """A studio in the variable `studio`, where people have it."""
    studio = sora.Studio("simulator", library=tmp_path / "library", speed=math.inf)
    shell.user_ns["studio"] = studio
    return studio


def make(shell: InteractiveShell, line: str, cell: str = "a red ball") -> sora.Video:
    video = shell.run_cell_magic("sora", line, cell)
    assert isinstance(video, sora.Video)
    return video


def test_the_cell_is_the_prompt_and_the_line_its_settings(shell: InteractiveShell, studio: sora.Studio) -> None:
    video = make(shell, "--seconds 1 --size 64x64 --take 2 --wait", "a red ball\nthat {bounces} at 100 %\n")
    asked = video.record.request
    assert video.prompt == "a red ball\nthat {bounces} at 100 %"
    assert (asked.seconds, asked.size, asked.take) == (1, "64x64", 2)
    assert video.status == "completed"


def test_an_equal_cell_is_the_same_video(shell: InteractiveShell, studio: sora.Studio) -> None:
    assert make(shell, "--seconds 1 --size 64x64").id == make(shell, "--size 64x64 --seconds 1").id
    assert make(shell, "--seconds 1 --size 64x64 --take 2").id != make(shell, "--seconds 1 --size 64x64").id


def test_a_character_by_option_and_by_mention(shell: InteractiveShell, studio: sora.Studio) -> None:
    walk = studio.generate("a woman walks", seconds=3, size="64x64").wait()
    ada = studio.create_character(walk, "0,2", name="Ada").wait()
    by_option = make(shell, "-c Ada --seconds 1 --size 64x64")
    by_mention = make(shell, "--seconds 1 --size 64x64", "@ada waves")
    assert [one.record.request.characters for one in (by_option, by_mention)] == [(ada.id,), (ada.id,)]


def test_into_keeps_the_video(shell: InteractiveShell, studio: sora.Studio) -> None:
    video = make(shell, "--seconds 1 --size 64x64 --into ball")
    assert shell.user_ns["ball"] is video
    with pytest.raises(UsageError, match="not the name of a variable"):
        make(shell, "--into 2nd")
    assert len(studio.videos()) == 1


def test_jobs_are_those_under_way_unless_all_are_asked_for(shell: InteractiveShell, studio: sora.Studio) -> None:
    done = make(shell, "--seconds 1 --size 64x64 --wait")
    assert list(shell.run_line_magic("sora_jobs", "--all")["id"]) == [done.id]
    under_way = shell.run_line_magic("sora_jobs", "")
    assert under_way.empty and "status" in under_way.columns


def test_a_studio_is_found_by_its_variable_and_never_guessed(
    shell: InteractiveShell, studio: sora.Studio, tmp_path: Path
) -> None:
    shell.user_ns["again"] = studio
    assert make(shell, "--seconds 1 --size 64x64")
    shell.user_ns["other"] = sora.Studio("simulator", library=tmp_path / "other", speed=math.inf)
    with pytest.raises(UsageError, match="several studios"):
        make(shell, "")
    with pytest.raises(UsageError, match="no studio in a variable 'mine'"):
        make(shell, "--studio mine")
    make(shell, "--seconds 1 --size 64x64 --studio other")
    assert len(shell.user_ns["other"].videos()) == 1


def test_without_a_studio_the_environment_is_asked(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(sora.ConfigError, match="No service is named"):
        make(shell, "")
    monkeypatch.setenv("SORA_NB_SERVICE", "simulator")
    assert make(shell, "--seconds 1 --size 64x64").record.simulated
    assert isinstance(shell.user_ns["studio"], sora.Studio)


def test_a_line_that_cannot_be_read_sends_nothing(shell: InteractiveShell, studio: sora.Studio) -> None:
    for line in ("--seconds long", "--colour red", "stray words"):
        with pytest.raises(UsageError):
            make(shell, line)
    with pytest.raises(sora.ConfigError, match="The prompt is empty"):
        make(shell, "", " \n")
    assert studio.videos() == []
