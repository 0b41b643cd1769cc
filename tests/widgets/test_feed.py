"""The kernel's half of showing a video."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.video import filmstrip, probe
from sora_nb.widgets import feed as feed_module
from sora_nb.widgets.feed import Feed, preview_path, words
from tests.clips import make_clip
from tests.widgets.conftest import Said

ASK = {"key": "source", "view": "v1"}


@pytest.fixture
def previews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(feed_module.tempfile, "gettempdir", lambda: str(folder))
    return folder


def test_a_file_is_told_with_its_poster_and_sent_in_pieces(clip: Path, said: Said, monkeypatch) -> None:
    monkeypatch.setattr(feed_module, "PIECE", 10_000)
    feed = Feed(said.send, lambda key: clip if key == "source" else None)
    assert feed.answer({"kind": "feed:open", **ASK})
    ready, _ = said.until("feed:ready")
    assert (ready["bytes"], ready["view"]) == (clip.stat().st_size, "v1")
    facts, _ = said.until("feed:facts")
    assert (facts["title"], facts["words"]) == ("clip.mp4", "10 s · 24 fps · 192x108")
    assert said.until("feed:poster")[1][0].startswith(b"\xff\xd8")
    data = b""
    while len(data) < ready["bytes"]:
        feed.answer({"kind": "feed:chunk", "offset": len(data), **ASK})
        message, (piece,) = said.until("feed:chunk")
        assert message["offset"] == len(data)
        data += piece
    assert data == clip.read_bytes()
    assert said.kinds.count("feed:chunk") > 1


def test_an_address_is_passed_on_and_named_without_its_query(said: Said) -> None:
    feed = Feed(said.send, lambda _key: "https://example.org/films/hero.mp4?sig=abc")
    feed.answer({"kind": "feed:open", **ASK})
    ready, _ = said.until("feed:ready")
    assert ready["url"].endswith("?sig=abc")
    facts, _ = said.until("feed:facts")
    assert (facts["title"], facts["words"]) == ("hero.mp4", "example.org")


def test_what_no_browser_plays_becomes_a_preview_once(tmp_path: Path, said: Said, previews: Path) -> None:
    film = make_clip(tmp_path / "film.avi", 24, 24)
    assert not probe(film).playable
    feed = Feed(said.send, lambda _key: film)
    feed.answer({"kind": "feed:open", **ASK})
    ready, _ = said.until("feed:ready", timeout=60)
    told = [content["words"] for content, _ in said if content["kind"] == "feed:trouble"]
    assert len(told) == 1 and told[0].startswith("Preparing a preview: browsers do not play")
    assert said.until("feed:facts")[0]["title"] == "film.avi"
    assert probe(ready["path"]).playable
    before = preview_path(film).stat().st_mtime_ns
    feed.answer({"kind": "feed:open", "key": "source", "view": "v2"})
    while said.kinds.count("feed:ready") < 2:
        said.until("feed:ready")
    assert preview_path(film).stat().st_mtime_ns == before
    assert said.kinds.count("feed:trouble") == 1


def test_a_long_film_is_shown_by_single_frames_until_a_preview_is_asked_for(
    tmp_path: Path, said: Said, previews: Path, monkeypatch
) -> None:
    monkeypatch.setattr(feed_module, "LONGEST_PREVIEW", 0.5)
    film = make_clip(tmp_path / "film.avi", 24, 24)
    feed = Feed(said.send, lambda _key: film)
    feed.answer({"kind": "feed:open", **ASK})
    told = said.until("feed:trouble")[0]
    assert told["state"] == "frames" and "browsers do not play mpeg4 in avi" in told["words"]
    assert not preview_path(film).exists()
    feed.answer({"kind": "feed:frame", "at": 0.5, **ASK})
    message, (picture,) = said.until("feed:frame")
    assert message["at"] == 0.5 and picture.startswith(b"\xff\xd8")
    feed.answer({"kind": "feed:smaller", "insist": True, **ASK})
    assert probe(said.until("feed:ready", timeout=60)[0]["path"]).playable


def test_what_is_too_large_to_send_says_where_to_keep_it(clip: Path, said: Said, previews: Path, monkeypatch) -> None:
    monkeypatch.setattr(feed_module, "LONGEST_PREVIEW", 0.5)
    Feed(said.send, lambda _key: clip).answer({"kind": "feed:smaller", **ASK})
    told = said.until("feed:trouble")[0]
    assert told["state"] == "frames" and "keep it below the folder that Jupyter serves" in told["words"]


def test_a_preview_belongs_to_one_state_of_a_file(clip: Path, previews: Path) -> None:
    first = preview_path(clip)
    assert first == preview_path(clip)
    clip.write_bytes(clip.read_bytes() + b"\0")
    assert preview_path(clip) != first
    assert first.parent.stat().st_mode & 0o077 == 0


def test_a_filmstrip_is_sent(clip: Path, said: Said) -> None:
    Feed(said.send, lambda _key: clip).answer({"kind": "feed:strip", "count": 6, **ASK})
    message, (picture,) = said.until("feed:strip")
    assert message["count"] == 6 and picture.startswith(b"\xff\xd8")


def test_a_finer_filmstrip_is_that_of_its_part(clip: Path, said: Said) -> None:
    feed = Feed(said.send, lambda _key: clip)
    feed.answer({"kind": "feed:strip", "count": 4, "from": 2.0, "to": 3.0, **ASK})
    message, (picture,) = said.until("feed:strip")
    assert (message["from"], message["to"]) == (2.0, 3.0)
    assert picture == filmstrip(clip, 4, span=(2, 3)) != filmstrip(clip, 4)


@pytest.mark.parametrize(
    ("found", "state", "text"),
    [
        (lambda _key: None, "empty", "No video yet"),
        (lambda _key: Path("/nowhere/clip.mp4"), "error", "clip.mp4"),
        (lambda _key: (_ for _ in ()).throw(VideoFileError("That is no video.")), "error", "That is no video."),
        (lambda _key: 1 / 0, "error", "ZeroDivisionError"),
    ],
)
def test_trouble_is_told_in_words_and_never_lost(found, state: str, text: str, said: Said) -> None:
    Feed(said.send, found).answer({"kind": "feed:open", **ASK})
    message, _ = said.until("feed:trouble")
    assert message["state"] == state and text in message["words"]


def test_a_file_that_goes_away_is_told(clip: Path, said: Said) -> None:
    feed = Feed(said.send, lambda _key: clip)
    feed.answer({"kind": "feed:open", **ASK})
    said.until("feed:ready")
    clip.unlink()
    feed.answer({"kind": "feed:chunk", "offset": 0, **ASK})
    assert "can no longer be read" in said.until("feed:trouble")[0]["words"]


def test_other_messages_are_left_alone(said: Said) -> None:
    feed = Feed(said.send, lambda _key: None)
    assert not feed.answer({"kind": "picker:duration"})
    assert not feed.answer("text")
    assert said == []


def test_a_library_s_long_names_are_cut_short_and_a_title_goes_before(clip: Path, said: Said) -> None:
    kept = clip.rename(clip.with_name("ab" * 32 + ".mp4"))
    Feed(said.send, lambda _key: kept).answer({"kind": "feed:open", **ASK})
    assert said.until("feed:facts")[0]["title"] == "abababab.mp4"
    Feed(said.send, lambda _key: kept, lambda key: f"the {key}").answer(
        {"kind": "feed:open", "key": "park", "view": "v2"}
    )
    while said.kinds.count("feed:facts") < 2:
        said.until("feed:facts")
    assert said.until("feed:facts")[0]["title"] == "the park"


def test_a_file_in_words(clip: Path) -> None:
    assert words(probe(clip)) == "10 s · 24 fps · 192x108"


def test_a_preview_is_not_kept_in_somebody_elses_folder(clip: Path, previews: Path, tmp_path: Path) -> None:
    own = preview_path(clip).parent
    own.rmdir()
    own.symlink_to(tmp_path)
    with pytest.raises(ConfigError, match="not this user's own"):
        preview_path(clip)
