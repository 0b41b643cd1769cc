"""A request that is shown is the request: run as it stands, it sends what the dialect would, and holds no key."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from sora_nb.dialects import Call, Cast, CharacterAsk, Inline, Service, VideoAsk, service_for
from sora_nb.dialects.showing import as_curl, as_python
from sora_nb.timerange import TimeRange

FRAME, CLIP = b"\x89PNG a picture \x00\xff", b"a film \x00\xff"

NASTY = "@ada says 'hi'; \"$(touch pwned)\" `touch pwned` <in> @ & \\n \n ;type=text/plain é \U0001f600"

KEY = "sk-canary-1234"


class Heard:
    """What arrived: one request, taken apart."""

    def __init__(self) -> None:
        self.method = self.path = ""
        self.headers: dict[str, str] = {}
        self.json: Any = None
        self.form: dict[str, str] = {}
        self.files: dict[str, tuple[str | None, str, bytes]] = {}

    def take(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.path, self.headers = method, path, headers
        kind = headers.get("content-type", "")
        if kind.startswith("application/json"):
            self.json = json.loads(body)
        elif kind.startswith("multipart/form-data"):
            whole = message_from_bytes(b"content-type: " + kind.encode() + b"\r\n\r\n" + body)
            for part in whole.get_payload():
                name = str(part.get_param("name", header="content-disposition"))
                content = part.get_payload(decode=True)
                if part.get_filename() is None:
                    self.form[name] = content.decode()
                else:
                    self.files[name] = (part.get_filename(), part.get_content_type(), content)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def address(heard: Heard) -> Iterator[str]:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            heard.take(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST

        def log_message(self, *_words: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a frame's.png").write_bytes(FRAME)
    (tmp_path / "files" / 'a "clip", one;.mp4').write_bytes(CLIP)
    return tmp_path / "files"


def run(form: str, call: Call, service: Service, folder: Path) -> str:
    """Run a request as it is shown, beside its files; what it shows."""
    shown = as_curl(call, service) if form == "curl" else as_python(call, service)
    command = ["bash", "-c", shown] if form == "curl" else [sys.executable, "-c", shown]
    surroundings = {**os.environ, "SORA_API_KEY": KEY, "NO_PROXY": "*"}
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return shown


FORMS = [
    pytest.param("curl", marks=pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")),
    "python",
]


def cast(folder: Path, **told: Any) -> tuple[Cast, ...]:
    return (Cast("Ada", "ada", "", description="a woman", **told),)


@pytest.mark.parametrize("form", FORMS)
def test_json_is_sent_as_it_is(form: str, heard: Heard, address: str, folder: Path) -> None:
    service = service_for("openai", base_url=address)
    call = service.dialect.create_video(VideoAsk(NASTY.replace("@ada", "Ada"), 8, "1280x720", "sora-2"))
    run(form, call, service, folder)
    assert (heard.method, heard.path, heard.json) == ("POST", "/v1/videos", call.json)
    assert heard.headers["authorization"] == f"Bearer {KEY}"
    assert not list(folder.parent.rglob("pwned"))


@pytest.mark.parametrize("form", FORMS)
def test_files_inside_json_are_sent_as_addresses(form: str, heard: Heard, address: str, folder: Path) -> None:
    service = service_for("tensorrt-llm", base_url=address)
    ask = VideoAsk(NASTY, 4, "1280x720", "wan", cast(folder, image=folder / "a frame's.png"))
    run(form, service.dialect.create_video(ask), service, folder)
    picture = f"data:image/png;base64,{base64.b64encode(FRAME).decode()}"
    assert heard.json["image_reference"] == picture
    assert heard.json["prompt"] == service.dialect.sent_prompt(ask)
    assert not list(folder.parent.rglob("pwned"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("held", [None, "clip"])
def test_a_form_is_multipart_with_a_file_and_without(
    form: str, held: str | None, heard: Heard, address: str, folder: Path
) -> None:
    service = service_for("vllm-omni", base_url=address)
    people = cast(folder, clip=folder / 'a "clip", one;.mp4') if held else ()
    call = service.dialect.create_video(
        VideoAsk("@nobody " + NASTY.replace("@ada", "Ada"), 4, "1280x720", "wan", people)
    )
    run(form, call, service, folder)
    assert heard.headers["content-type"].startswith("multipart/form-data")
    # A form's lines end with both letters, however they were written.
    assert {name: text.replace("\r\n", "\n") for name, text in heard.form.items()} == call.form
    assert heard.files == ({"input_reference": ("clip.mp4", "video/mp4", CLIP)} if held else {})
    assert not list(folder.parent.rglob("pwned"))


@pytest.mark.parametrize("form", FORMS)
def test_azure_wants_the_key_in_a_header_of_its_own(form: str, heard: Heard, address: str, folder: Path) -> None:
    service = service_for("azure", base_url=address)
    ask = CharacterAsk("Ada", TimeRange(1, 3), clip=folder / 'a "clip", one;.mp4')
    run(form, service.dialect.create_character(ask), service, folder)
    assert (heard.path, heard.headers["api-key"]) == ("/openai/v1/videos/characters", KEY)
    assert "authorization" not in heard.headers
    assert (heard.form, heard.files) == ({"name": "Ada"}, {"video": ("clip.mp4", "video/mp4", CLIP)})


@pytest.mark.parametrize("form", FORMS)
def test_a_question_keeps_its_parameters(form: str, heard: Heard, address: str, folder: Path) -> None:
    service = service_for(address, dialect="openrouter")
    run(form, service.dialect.get_content("a/b?c"), service, folder)
    assert (heard.method, heard.path) == ("GET", "/api/v1/videos/a%2Fb%3Fc/content?index=0")


@pytest.mark.parametrize("show", [as_curl, as_python])
def test_of_a_file_only_its_name_is_shown_and_of_the_key_only_its_variable(show: Any, folder: Path) -> None:
    service = service_for("openrouter")
    told = show(
        service.dialect.create_video(
            VideoAsk("@ada", 8, "1280x720", "veo", cast(folder, image=Path("/home/ada/private/1f3a.png")))
        ),
        service,
    )
    assert "1f3a.png" in told and "private" not in told and "home" not in told
    assert "SORA_API_KEY" in told


@pytest.mark.parametrize("show", [as_curl, as_python])
def test_the_simulator_of_a_notebook_is_shown_where_it_is_served(show: Any) -> None:
    service = service_for("simulator", profile="sglang")
    told = show(service.dialect.create_video(VideoAsk("A park", 4, "1280x720", "default")), service)
    assert "http://127.0.0.1:8750/as/sglang/v1/videos" in told
    assert told.startswith("# ") and "sora-nb serve" in told


def test_a_text_that_looks_like_the_place_of_a_file_stays_a_text(tmp_path: Path) -> None:
    call = Call("POST", "/x", json={"a": "\x00\x00", "b": Inline(tmp_path / "f.png", "image/png"), "c": "\x00"})
    shown = as_curl(call, service_for("openrouter"))
    assert shown.count("base64 <") == 1
    assert '"a": "\\u0000\\u0000", "b": "data:image/png;base64,' in shown
