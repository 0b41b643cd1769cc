"""`sora-nb serve`: what it refuses, and that it tells so in a sentence."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sora_nb.cli import main
from sora_nb.errors import ConfigError
from sora_nb.simulator.serve import serve


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "0.0.0.0 is not a loopback address"),
        (["--host", "example.invalid"], "example.invalid is not a loopback address"),
        (["--speed", "0"], "speed=0"),
        (["--speed", "nan"], "speed=nan"),
        (["--profile", "odd"], "There is no profile 'odd'. Choose one of default, strict, vllm-omni"),
        (["--port", "70000"], "70000"),
    ],
)
def test_a_refusal_is_one_sentence_on_stderr(
    capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert main(["serve", "--port", "0", *options]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("sora-nb: ")
    assert words in said.err


def test_a_port_in_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 1
    assert "Try --port 0" in capsys.readouterr().err


def test_nothing_is_announced_before_the_folder_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "world.jsonl").write_text("something else\n")
    said: list[str] = []
    with pytest.raises(Exception, match=r"world\.jsonl"):
        serve(port=0, folder=tmp_path, announce=said.append)
    assert said == []


def test_a_foreign_host_needs_a_word_more() -> None:
    with pytest.raises(ConfigError):
        serve("192.0.2.1", 0, announce=str)
    # With the word it gets as far as the socket, which this machine has no such address for.
    with pytest.raises(ConfigError, match="cannot be listened on"):
        serve("192.0.2.1", 0, exposed=True, announce=str)


def test_a_command_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "COMMAND" in capsys.readouterr().err
