"""Looking for keys: what is found, what is left alone, and that telling of it gives nothing away."""

from __future__ import annotations

import json
import random
import string
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from sora_nb.cli import main
from sora_nb.leaks import find_leaks, keys_at_hand, leaks_in

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SECRETS = {
    "key": [
        "sk-proj-Ab3dEf6hIj9kLmN0pQ",
        "sk-or-v1-0123456789abcdef0123",
        "hf_aBcDeFgHiJkLmNoPqRsTuV",
        "AIza" + "Sy0123456789_abcdefghijklmnopqrstu-",
        f"{UUID}:0123456789abcdef0123456789abcdef",
    ],
    "token": ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3.SflKxwRJSMeKKF2QT4"],
    "header": ["Authorization: Bearer abc123def456", '"authorization": "Bearer abc123def456"'],
    "assignment": ["API_KEY = 'a1b2c3d4e5f6g7'", '"client_secret": "a1b2c3d4e5f6g7"', "api_key='a1b2c3d4e5f6g7')"],
    "password in an address": [
        "postgresql+psycopg://lab:Tr0ub4dor@db.example/sora",
        'Studio("openrouter", library="postgresql://ann:correcthorse@db/sora")',
    ],
    "signed address": [
        "https://videos.example/a.mp4?X-Amz-Date=1&X-Amz-Signature=0123456789abcdef",
        "https://videos.example/a.mp4?sig=AbCdEfGh%2B1",
    ],
}
HARMLESS = [
    "sk-learn is not a key, and neither is risk-based-evaluation-methods",
    'api_key = os.environ["OPENAI_API_KEY"]',
    'api_key="YOUR_API_KEY_GOES_HERE"',
    'headers = {"Authorization": f"Bearer {key}"}',
    "Authorization: Bearer $SORA_API_KEY",
    "https://videos.example/a.mp4?width=1280&sign=aquarius",
    "the token is 12345678",
    "postgresql+psycopg://user:password@server/database and postgresql://ann@db/sora",
    "postgresql://lab:***@db/sora, f'postgresql://lab:{password}@db/sora'",
    "http://localhost:8888/files/still@2x.png",
    f"task {UUID} is done",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SECRETS.items() for text in texts])
def test_a_secret_is_found_and_not_told(kind: str, text: str) -> None:
    (leak,) = find_leaks(f"print('hello')\n{text}\n", "here")
    secret = text.split()[-1].strip("'\")")
    assert (leak.kind, leak.where) == (kind, "here")
    assert secret[-8:] not in str(leak) and secret[-8:] not in repr(leak)


@pytest.mark.parametrize("text", HARMLESS)
def test_words_about_keys_are_no_keys(text: str) -> None:
    assert find_leaks(text, "here") == []


def test_pictures_as_text_are_no_keys() -> None:
    noise = random.Random(4).randbytes(3_000_000)
    assert find_leaks(f"data:image/png;base64,{b64encode(noise).decode()}", "here") == []


def test_a_known_key_is_found_whatever_it_looks_like(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in keys_at_hand():
        monkeypatch.delenv(name)
    monkeypatch.setenv("LAB_API_KEY", "plain words only")
    monkeypatch.setenv("SHORT_TOKEN", "abc")
    assert keys_at_hand() == {"LAB_API_KEY": "plain words only"}
    (leak,) = find_leaks("it says: plain words only.", "here", known=keys_at_hand())
    assert leak.kind == "the value of LAB_API_KEY"
    assert "words only" not in str(leak)


def notebook(**places: Any) -> dict[str, Any]:
    """A notebook with texts at the given places."""
    cell = {
        "cell_type": "code",
        "source": places.get("source", ""),
        "metadata": {"note": places.get("metadata", "")},
        "outputs": [{"output_type": "stream", "text": places.get("output", "")}],
    }
    widgets = {"state": {"a1": {"state": {"value": places.get("widgets", "")}}}}
    return {"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "# Hello"}, cell], "metadata": {"w": widgets}}


@pytest.mark.parametrize("place", ["source", "metadata", "output", "widgets"])
def test_a_notebook_is_read_in_every_place(place: str, tmp_path: Path) -> None:
    path = tmp_path / "shared.ipynb"
    key = SECRETS["key"][0]
    path.write_text(json.dumps(notebook(**{place: f"it is {key}"})))
    (leak,) = leaks_in(path)
    assert place in leak.where or "metadata, w" in leak.where
    path.write_text(json.dumps(notebook(**{place: "it is not here"})))
    assert list(leaks_in(path)) == []


def test_a_key_across_the_lines_of_a_cell_is_found(tmp_path: Path) -> None:
    path = tmp_path / "shared.ipynb"
    path.write_text(json.dumps(notebook(source=["api_key = (\n", "    'sk-proj-Ab3dEf6hI", "j9kLmN0pQ')"])))
    assert [leak.kind for leak in leaks_in(path)] == ["key"]


def test_a_folder_is_searched_with_its_saved_copies_and_without_what_is_not_its_own(tmp_path: Path) -> None:
    key = SECRETS["key"][1]
    for name in (".env", "run.log", ".ipynb_checkpoints/a-checkpoint.ipynb", "broken.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"it is {key}\n")
    for name in (".git/config.txt", ".venv/lib.py", "film.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"it is {key}\n")
    found = {Path(leak.where.rpartition(":")[0]).relative_to(tmp_path).as_posix() for leak in leaks_in(tmp_path)}
    assert found == {".env", "run.log", ".ipynb_checkpoints/a-checkpoint.ipynb", "broken.ipynb"}


def test_the_command_says_where_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean, bad = tmp_path / "clean.md", tmp_path / "bad.py"
    clean.write_text("nothing here\n")
    bad.write_text(f"x = 1\nkey = {SECRETS['key'][0]!r}\n")
    assert main(["scan-keys", str(clean)]) == 0
    assert "No key" in capsys.readouterr().out
    assert main(["scan-keys", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert f"{bad}:2: key sk-p… (26 letters)" in told
    assert SECRETS["key"][0] not in told
    assert main(["scan-keys", str(tmp_path / "nowhere.py")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_what_is_found_costs_no_more_than_reading_it() -> None:
    letters = random.Random(5).choices(string.ascii_letters + string.digits + "-_ =:'\"", k=200_000)
    assert find_leaks("".join(letters), "here") == []
