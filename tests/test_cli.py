"""The commands, as a person types them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sora_nb import Studio, cli

pytestmark = pytest.mark.usefixtures("small_pictures")


def test_the_demo_makes_a_character_three_takes_and_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "report.html"
    assert cli.main(["demo", "--speed", "inf", "--report", str(page), "--library", str(tmp_path / "library")]) == 0
    told = capsys.readouterr().out
    assert told.count("completed") == 3
    assert "in a cozy coffee shop" in told and str(page) in told and "make lab" in told
    html = page.read_text()
    assert html.count("data:video/mp4") == 3 and "@ada" in html and "Content-Security-Policy" in html


def test_resume_finishes_what_is_unfinished(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    studio = Studio("simulator", library=tmp_path)  # takes its time
    pending = studio.generate("a cat", seconds=1)
    assert cli.main(["resume", "--library", str(tmp_path)]) == 0
    assert pending.status == "completed"
    assert "completed: a cat" in capsys.readouterr().out
    assert cli.main(["resume", "--library", str(tmp_path)]) == 0
    assert "Nothing is unfinished." in capsys.readouterr().out
    studio.close()


def test_report_writes_a_page_of_all_takes_or_of_one_sweep(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library, page = str(tmp_path / "library"), tmp_path / "page.html"
    Studio("simulator", library=library).close()
    assert cli.main(["report", str(page), "--library", library]) == 1
    assert "no take" in capsys.readouterr().err and not page.exists()
    studio = Studio("simulator", library=library, speed=math.inf)
    studio.generate("a dog on its own", seconds=1).wait()
    runs = studio.sweep("{who} waves", who=["a cat"], seconds=1).run().wait()
    studio.close()
    assert cli.main(["report", str(page), "--library", library, "--title", "Who waves best?"]) == 0
    assert f"{page}: 2 takes" in capsys.readouterr().out
    html = page.read_text()
    assert "Who waves best?" in html and "a dog on its own" in html and html.count("data:video/mp4") == 2
    assert cli.main(["report", str(page), "--library", library, "--sweep", runs.id]) == 0
    assert "a cat waves" in page.read_text() and "a dog on its own" not in page.read_text()
    page.unlink()
    options = ["--library", library, "--question", "Who waves best?", "--max-mb", "0.1"]
    assert cli.main(["report", str(page), *options, "--plan"]) == 0
    told = capsys.readouterr().out
    assert "report 'Who waves best?': 2 takes, 2 films" in told and "100 kB are allowed" in told
    assert not page.exists()
    assert cli.main(["report", str(page.with_suffix(".pdf")), *options]) == 0
    assert page.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
    assert cli.main(["report", str(page.with_suffix(".doc")), *options]) == 1
    assert "page.doc ends in none of .html" in capsys.readouterr().err
    assert cli.main(["report", str(page), "--library", library, "--max-mb", "-1"]) == 1
    assert "Allow 0 or more" in capsys.readouterr().err
    assert cli.main(["report", str(page), "--library", library, "--sweep", "swp_gone"]) == 1
    assert "swp_gone" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("resume --library TMP/typo", "There is no library TMP/typo"),
        ("report TMP/r.html --library TMP/typo", "There is no library TMP/typo"),
        ("report TMP/file/r.html --library TMP/library", "TMP/file/r.html cannot be written"),
        ("report TMP/r.html --max-mb inf --library TMP/library", "A page of inf MB is none"),
        ("serve --port 0 --folder TMP/file", "Nothing can be kept in TMP/file"),
        ("freeze .", ". cannot be read"),
        ("freeze TMP/n.ipynb --to TMP/n.ipynb", "is the notebook itself"),
        ("freeze TMP/gone.ipynb --to TMP/n.ipynb", "TMP/gone.ipynb cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    command: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "n.ipynb").write_text('{"nbformat": 4, "cells": []}')
    if "TMP/library" in command:
        studio = Studio("simulator", library=tmp_path / "library", speed=math.inf)
        studio.generate("a cat", seconds=1).wait()
        studio.close()
    assert cli.main(command.replace("TMP", str(tmp_path)).split()) == 1
    told = capsys.readouterr().err
    assert words.replace("TMP", str(tmp_path)) in told and told.count("\n") == 1
    assert not (tmp_path / "typo").exists()
    assert (tmp_path / "n.ipynb").read_text() == '{"nbformat": 4, "cells": []}'


def test_an_error_is_one_sentence_and_an_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert cli.main(["demo", "--speed", "0", "--library", str(tmp_path / "library")]) == 1
    assert capsys.readouterr().err.startswith("sora-nb: speed=0")
