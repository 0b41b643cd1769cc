"""Characters as files: what goes out comes in again, equal bytes for equal characters, and hostile bundles stay out."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sora_nb import video
from sora_nb.bundles import export_character, import_character, packing, sheet, unpacking
from sora_nb.bundles.sheet import CLIP, POSTER, SHEET
from sora_nb.errors import BundleError, ConfigError
from sora_nb.leaks import leaks_in
from sora_nb.library import CharacterRow, Library
from sora_nb.models import handle_of
from tests.clips import make_clip
from tests.test_library import character, job

KEY = "sk-proj-Ab3dEf6hIj9kLmN0pQ"
SIGNED = "https://me:pw@films.example/a/walk.mp4?X-Amz-Signature=0123456789abcdef"


@pytest.fixture(scope="session")
def pixels(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A clip of three seconds and its picture, as the library keeps them."""
    folder = tmp_path_factory.mktemp("pixels")
    source = make_clip(folder / "walk.mp4", frames=6 * 8, fps=8)
    clip = video.cut(source, "2,5", folder / "clip.mp4")
    return clip.read_bytes(), video.poster(clip)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path / "here")
    yield library
    library.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Library]:
    """Somebody else's library."""
    library = Library(tmp_path / "elsewhere")
    yield library
    library.close()


def keep(library: Library, pixels: tuple[bytes, bytes], **facts: Any) -> CharacterRow:
    """A character of the library, with its pixels."""
    told = {"source_kind": "file", "source": "/home/ada/films/walk.mp4", "findings": ("blurry",), **facts}
    kept = {"clip": library.files.add(pixels[0], ".mp4"), "poster": library.files.add(pixels[1], ".jpg")}
    return library.characters.add(character(**{**kept, **told}))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def bundle(library: Library, pixels: tuple[bytes, bytes], tmp_path: Path) -> Path:
    """One of the library's own characters, as it went out."""
    return export_character(library, keep(library, pixels), tmp_path / "ada")


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, Library, Path]]:
    """Two libraries that stay for many tests, since each takes a while to make, and a folder."""
    folder = tmp_path_factory.mktemp("libraries")
    here, there = Library(folder / "here"), Library(folder / "there")
    yield here, there, folder
    here.close()
    there.close()


@pytest.fixture
def there(libraries: tuple[Library, Library, Path]) -> Library:
    """A library for tests that leave nothing in it."""
    return libraries[1]


@pytest.fixture
def spoilt(libraries: tuple[Library, Library, Path], pixels: tuple[bytes, bytes], tmp_path: Path) -> Path:
    """A good bundle, to be spoiled."""
    here, _, folder = libraries
    return Path(shutil.copytree(export_character(here, keep(here, pixels), folder / "ada"), tmp_path / "ada"))


def retold(folder: Path, **changes: Any) -> None:
    """Change what the sheet says; `files` are made to fit, a dot leads into the lineage, None takes a field out."""
    told = json.loads((folder / SHEET).read_text())
    told["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (CLIP, POSTER)}
    for name, value in changes.items():
        inner, field = (told["lineage"], name[8:]) if name.startswith("lineage_") else (told, name)
        inner[field] = value
        if value is DROPPED:
            del inner[field]
    (folder / SHEET).write_text(json.dumps(told))


DROPPED = object()


# ---- what goes out


def test_the_folder_says_what_it_is_one_line_a_field(bundle: Path, pixels: tuple[bytes, bytes]) -> None:
    assert ((bundle / CLIP).read_bytes(), (bundle / POSTER).read_bytes()) == pixels
    assert (bundle / SHEET).read_text() == (
        "{\n"
        '  "description": "",\n'
        '  "files": {\n'
        f'    "clip.mp4": "{hashlib.sha256(pixels[0]).hexdigest()}",\n'
        f'    "poster.jpg": "{hashlib.sha256(pixels[1]).hexdigest()}"\n'
        "  },\n"
        '  "findings": [\n'
        '    "blurry"\n'
        "  ],\n"
        '  "format": "sora_nb character",\n'
        '  "handle": "ada",\n'
        '  "lineage": {\n'
        '    "kind": "file",\n'
        '    "model": null,\n'
        '    "prompt": null,\n'
        '    "range": "2,5",\n'
        '    "service": null,\n'
        '    "simulated": null,\n'
        '    "source": "walk.mp4"\n'
        "  },\n"
        '  "name": "Ada",\n'
        '  "version": 1\n'
        "}\n"
    )


@pytest.mark.parametrize("name", ["ada", "ada.sora.zip"])
def test_twice_the_same_is_the_same_bytes(
    library: Library, other: Library, pixels: tuple[bytes, bytes], tmp_path: Path, name: str
) -> None:
    first = export_character(library, keep(library, pixels), tmp_path / "one" / name)
    again = export_character(library, library.characters.get("chr_1"), tmp_path / "two" / name)
    assert contents(tmp_path / "one") == contents(tmp_path / "two") != {}
    before = os.stat(first)
    assert export_character(library, library.characters.get("chr_1"), first) == first
    assert os.stat(first).st_mtime_ns == before.st_mtime_ns, "what is there already is not written again"
    onward = export_character(other, import_character(other, again), tmp_path / "three" / name)
    assert contents(onward.parent) == contents(first.parent), "and so it stays in the next library"
    assert sorted(path.name for path in first.parent.iterdir()) == [name], "nothing is left beside it"


def test_a_zip_holds_no_time_and_no_system(bundle: Path) -> None:
    files = contents(bundle)
    with zipfile.ZipFile(io.BytesIO(packing.zipped(files))) as archive:
        entries = [(one.filename, one.date_time[0], one.create_system, one.compress_type) for one in archive.infolist()]
    assert entries == [(name, 1980, 3, zipfile.ZIP_STORED) for name in (SHEET, CLIP, POSTER)]


def test_the_lineage_of_a_generated_video(library: Library, pixels: tuple[bytes, bytes], tmp_path: Path) -> None:
    asked = {"prompt": "a walk in a park", "model": "wan", "take": 1}
    library.jobs.intend(job("vid_1", service="me:pw@lab:8000", request=asked, simulated=True))
    row = keep(library, pixels, source_kind="task", source="vid_1")
    told = json.loads((export_character(library, row, tmp_path / "ada") / SHEET).read_text())["lineage"]
    assert told == {
        "kind": "task",
        "model": "wan",
        "prompt": "a walk in a park",
        "range": "2,5",
        "service": "lab:8000",
        "simulated": True,
        "source": "vid_1",
    }


@pytest.mark.parametrize(
    ("kind", "source", "told"),
    [
        ("url", SIGNED, "https://films.example/a/walk.mp4"),
        ("url", "http://[::1]:8000/walk.mp4#t=3", "http://[::1]:8000/walk.mp4"),
        ("file", "/home/ada/films/walk.mp4", "walk.mp4"),
        ("file", "C:\\Users\\ada\\walk.mp4", "walk.mp4"),
        ("file", "\\\\server\\films\\walk.mp4", "walk.mp4"),
        ("file", "C:walk.mp4", "walk.mp4"),
    ],
)
def test_a_source_is_told_without_login_signature_and_folders(
    library: Library, pixels: tuple[bytes, bytes], tmp_path: Path, kind: str, source: str, told: str
) -> None:
    path = export_character(library, keep(library, pixels, source_kind=kind, source=source), tmp_path / "ada")
    assert json.loads((path / SHEET).read_text())["lineage"]["source"] == told


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"description": f"She says {KEY}"}, "description: key sk-p…"),
        ({"name": f"Ada {KEY}"}, "name: key sk-p…"),
        ({"description": "see " + SIGNED}, "description: signed address"),
        ({"description": "plain words only"}, "the value of LAB_API_KEY"),
        ({"source_kind": "url", "source": f"https://films.example/{KEY}/walk.mp4"}, "lineage's source: key"),
    ],
)
def test_a_secret_in_the_text_is_not_carried_out(
    library: Library,
    pixels: tuple[bytes, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    facts: dict[str, str],
    words: str,
) -> None:
    monkeypatch.setenv("LAB_API_KEY", "plain words only")
    with pytest.raises(BundleError, match=words) as caught:
        export_character(library, keep(library, pixels, **facts), tmp_path / "ada")
    assert KEY not in str(caught.value) and "X-Amz" not in str(caught.value)
    assert not (tmp_path / "ada").exists()


def test_nothing_of_this_machine_and_no_secret_is_in_a_bundle(
    library: Library, pixels: tuple[bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where the rule that bares a source is taken away, the search finds what it kept out."""
    canaries = [b"pw@", b"X-Amz", b"/home/", str(tmp_path).encode()]
    # An address that is told whole is only found where its judge and the search for leaks sleep too.
    for number, awake in enumerate((True, False)):
        if not awake:
            monkeypatch.setattr(sheet, "bare", lambda _kind, source: source)
            monkeypatch.setattr(sheet, "_is_address", lambda _source: True)
            monkeypatch.setattr("sora_nb.bundles.carrying.find_leaks", lambda *_given, **_known: [])
        folder = tmp_path / f"out{number}"
        for kind, source in (("url", SIGNED), ("file", "/home/ada/walk.mp4"), ("file", str(tmp_path / "walk.mp4"))):
            row = keep(library, pixels, id=f"chr_{number}{kind}{len(source)}", source_kind=kind, source=source)
            export_character(library, row, folder / f"{kind}{len(source)}")
            export_character(library, row, folder / f"{kind}{len(source)}.zip")
        seen = [one for one in canaries for content in contents(folder).values() if one in content]
        assert (seen == [] and list(leaks_in(folder)) == []) == awake


def test_a_clip_holds_nothing_of_its_source_but_the_pictures(tmp_path: Path) -> None:
    import av

    plain, told = make_clip(tmp_path / "plain.mp4", frames=24, fps=8), tmp_path / "told.mp4"
    with av.open(str(plain)) as source, av.open(str(told), "w") as target:
        target.metadata.update({"title": KEY, "comment": "/home/ada/walk.mp4"})
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    secrets = (KEY.encode(), b"/home/ada")
    assert all(one in told.read_bytes() for one in secrets)
    clip = video.cut(told, "1,2", tmp_path / "clip.mp4").read_bytes() + video.poster(told)
    assert not any(one in clip for one in secrets)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"clip": None, "poster": None, "findings": ("no_clip",)}, "no picture of it was ever kept here"),
        ({"clip": None, "poster": None}, "There is no clip of it here. wait"),
        ({"clip": "00" * 32 + ".mp4"}, "cannot be read: No such file"),
        ({"source_kind": "task", "source": "no id/at all"}, "is not a video's id"),
        ({"description": "half a letter: \0"}, "description cannot be"),
    ],
)
def test_what_cannot_be_exported_says_why(
    library: Library, pixels: tuple[bytes, bytes], tmp_path: Path, facts: dict[str, Any], words: str
) -> None:
    row = replace(keep(library, pixels), **facts)
    with pytest.raises(BundleError, match=words):
        export_character(library, row, tmp_path / "ada")
    assert not (tmp_path / "ada").exists()


def test_a_clip_that_was_changed_on_disk_is_not_passed_on(
    library: Library, pixels: tuple[bytes, bytes], tmp_path: Path
) -> None:
    row = keep(library, pixels)
    library.files.path(str(row.clip)).write_bytes(b"something else")
    with pytest.raises(BundleError, match="was changed in the library"):
        export_character(library, row, tmp_path / "ada")


# ---- where it goes


def test_it_takes_the_place_of_itself_and_of_nothing_else(
    library: Library, pixels: tuple[bytes, bytes], bundle: Path
) -> None:
    row = library.characters.get("chr_1")
    remarked = library.characters.update(row.id, findings=("blurry", "dark"))
    export_character(library, remarked, bundle)
    assert b"dark" in (bundle / SHEET).read_bytes()
    bo = keep(library, pixels, id="chr_2", name="Bo", handle="bo")
    before = contents(bundle)
    with pytest.raises(BundleError, match="overwrite=True"):
        export_character(library, bo, bundle)
    assert contents(bundle) == before
    export_character(library, bo, bundle, overwrite=True)
    assert json.loads((bundle / SHEET).read_text())["name"] == "Bo"
    assert sorted(path.name for path in bundle.parent.iterdir()) == ["ada", "here"]


def test_a_description_that_was_edited_by_hand_is_not_lost(library: Library, bundle: Path) -> None:
    retold(bundle, description="edited")
    with pytest.raises(BundleError, match="overwrite=True"):
        export_character(library, library.characters.get("chr_1"), bundle)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_with_other_things_in_it_is_never_touched(library: Library, bundle: Path, overwrite: bool) -> None:
    (bundle / "notes.txt").write_text("mine")
    before = contents(bundle)
    with pytest.raises(BundleError, match=r"notes\.txt"):
        export_character(library, library.characters.get("chr_1"), bundle, overwrite=overwrite)
    assert contents(bundle) == before


def test_what_stands_in_the_way(library: Library, bundle: Path, tmp_path: Path) -> None:
    row = library.characters.get("chr_1")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "mine.zip").write_text("mine")
    (tmp_path / "folder.zip").mkdir()
    (tmp_path / "link").symlink_to(bundle)
    (tmp_path / "empty").mkdir()
    for name in ("file", "mine.zip", "folder.zip", "link"):
        with pytest.raises(BundleError, match="was not exported to"):
            export_character(library, row, tmp_path / name)
    assert (tmp_path / "file").read_text() == (tmp_path / "mine.zip").read_text() == "mine"
    assert export_character(library, row, tmp_path / "mine.zip", overwrite=True).stat().st_size > 1000
    assert contents(export_character(library, row, tmp_path / "empty")) == contents(bundle)
    with pytest.raises(BundleError, match="could not be written"):
        export_character(library, row, tmp_path / "file" / "ada")


@pytest.mark.parametrize("target", ["ada", "ada.zip"])
def test_a_disk_that_refuses_half_way_leaves_what_was_there(
    library: Library, pixels: tuple[bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    path = tmp_path / "out" / target
    export_character(library, keep(library, pixels), path)
    before = contents(path.parent)
    bo = keep(library, pixels, id="chr_2", name="Bo", handle="bo")
    rename, kept = Path.rename, []

    def full(self: Path, to: Path) -> Path:
        if self.suffix == ".part":
            kept.append(contents(path.parent))
            raise OSError(28, "No space left on device")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", full)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BundleError, match="No space left"):
        export_character(library, bo, path, overwrite=True)
    assert kept and kept != [before], "something was under way"
    assert contents(path.parent) == before


# ---- what comes in


def test_who_is_meant_goes_along(library: Library, other: Library, pixels: tuple[bytes, bytes], tmp_path: Path) -> None:
    box = (0.25, 0.1, 0.5, 0.8, 1.5)
    row = keep(library, pixels)
    plain = export_character(library, row, tmp_path / "plain")
    first = import_character(other, plain)
    assert first.box is None and json.loads((plain / SHEET).read_text())["version"] == 1
    boxed = export_character(library, library.characters.update(row.id, box=box), tmp_path / "boxed")
    told = json.loads((boxed / SHEET).read_text())
    assert (told["version"], told["box"]) == (2, list(box))
    again = import_character(other, boxed)
    assert (again.id, again.box) == (first.id, box), "the same character, and now it is known who is meant"
    assert import_character(other, plain).box == box, "which a bundle without it does not take away"
    onward = export_character(other, again, tmp_path / "onward")
    assert contents(onward) == contents(boxed)


def test_what_goes_out_comes_in(library: Library, other: Library, bundle: Path, pixels: tuple[bytes, bytes]) -> None:
    row = import_character(other, bundle)
    assert (row.name, row.handle, row.description, row.findings) == ("Ada", "ada", "", ("blurry",))
    assert (row.source_kind, row.source, row.start_ms, row.end_ms) == ("bundle", "walk.mp4", 2000, 5000)
    assert row.clip is not None and other.files.path(row.clip).read_bytes() == pixels[0]
    assert row.poster is not None and other.files.path(row.poster).read_bytes() == pixels[1]


def test_the_same_content_is_the_same_character_and_a_handle_is_one_s_own(
    library: Library, other: Library, bundle: Path, tmp_path: Path
) -> None:
    assert import_character(library, bundle).id == "chr_1", "it came from here"
    other.characters.add(character("chr_9", name="Ada"))
    first = import_character(other, bundle)
    assert first.handle == "ada_2"
    zipped = export_character(library, library.characters.get("chr_1"), tmp_path / "ada.sora.zip")
    assert [import_character(other, one) for one in (bundle, zipped, str(zipped))] == [first] * 3
    retold(bundle, description="older now")
    edited = import_character(other, bundle)
    assert (edited.handle, edited.description) == ("ada_3", "older now")
    assert len(other.characters.all()) == 3
    onward = export_character(other, first, tmp_path / "onward")
    assert import_character(library, onward).id == "chr_1", "its handle elsewhere does not make it another"


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
WORDS = st.one_of(
    TEXT,
    st.sampled_from(
        ["<img src=x onerror=alert(1)>", '"}\n{"name": "Bo', "\u202egnp.exe", "../../etc/passwd", "\\u0000", "'; DROP"]
    ),
    st.sampled_from(["Zoë", "Эда", "阿达", "อดา", "עדה", "آدا", "👩‍🦱", "\U0001f3fb", "𝔸𝕕𝕒", "ﬀ"]),
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=WORDS.map(str.strip).filter(bool), description=WORDS, film=WORDS, prompt=WORDS, kind=st.booleans())
def test_any_text_goes_round(
    libraries: tuple[Library, Library, Path],
    pixels: tuple[bytes, bytes],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    description: str,
    film: str,
    prompt: str,
    kind: bool,
) -> None:
    monkeypatch.setattr("sora_nb.bundles.carrying._poster", lambda clip, span: pixels[1])  # the film is always the same
    here, there, folder = libraries
    told = hashlib.sha256(repr((name, description, film, prompt, kind)).encode()).hexdigest()[:16]
    description += told  # one of its own each time: the same name, words and clip would be the same character
    lineage = {"kind": "file", "source": film, "range": "2,5", "prompt": prompt, "service": film, "simulated": kind}
    row = keep(here, pixels, id=f"chr_{told}", name=name, handle=handle_of(name), description=description)
    row = replace(row, lineage={**lineage, "model": None, "source": sheet.bare("file", film).strip() or "walk.mp4"})
    if row.lineage["source"] in (".", ".."):  # type: ignore[index]
        return
    path = export_character(here, row, folder / told)
    came = import_character(there, path)
    assert (came.name, came.description, came.lineage) == (name, description, row.lineage)
    files = contents(path)
    assert all(letter.isprintable() or letter == "\n" for letter in files[SHEET].decode())
    assert sheet.write(sheet.read(files[SHEET])) == files[SHEET]
    again = export_character(there, replace(came, handle=row.handle), folder / "again" / told)
    assert contents(again) == files


def says(**changes: Any) -> Callable[[Path], Any]:
    return lambda folder: retold(folder, **changes)


def raw(text: str | bytes) -> Callable[[Path], Any]:
    return lambda folder: (folder / SHEET).write_bytes(text if isinstance(text, bytes) else text.encode())


def film(content: bytes) -> Callable[[Path], Any]:
    """Another clip, with a sheet that fits it."""
    return lambda folder: ((folder / CLIP).write_bytes(content), retold(folder))


def longer(folder: Path) -> None:
    make_clip(folder / CLIP, frames=12 * 8, fps=8)
    retold(folder)


def as_webm(folder: Path) -> None:
    make_clip(folder / "clip.webm", frames=24, fps=8).rename(folder / CLIP)
    retold(folder)


def linked(folder: Path) -> None:
    (folder / CLIP).rename(folder.parent / "clip.mp4")
    (folder / CLIP).symlink_to(folder.parent / "clip.mp4")


def piped(folder: Path) -> None:
    (folder / CLIP).unlink()
    os.mkfifo(folder / CLIP)


def much(name: str) -> Callable[[Path], Any]:
    return lambda folder: os.truncate(folder / name, unpacking.MOST_BYTES[name] + 1)


HOSTILE: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a file too many": (lambda folder: (folder / "run.py").write_text("boo"), r"holds 'run\.py'"),
    "many files": (lambda folder: [(folder / str(n)).touch() for n in range(500)], "no part of a character"),
    "a folder": (lambda folder: (folder / "inner").mkdir(), "holds 'inner'"),
    "no clip": (lambda folder: (folder / CLIP).unlink(), r"lacks clip\.mp4"),
    "no sheet": (lambda folder: (folder / SHEET).unlink(), r"lacks character\.json"),
    "clip is a link": (linked, "is not a plain file"),
    "clip is a pipe": (piped, "is not a plain file"),
    "clip is a folder": (lambda folder: ((folder / CLIP).unlink(), (folder / CLIP).mkdir()), "is not a plain file"),
    "clip too large": (much(CLIP), r"clip\.mp4 has more than the"),
    "sheet too large": (much(SHEET), r"character\.json has more than the"),
    "poster too large": (much(POSTER), r"poster\.jpg has more than the"),
    "another clip": (lambda folder: (folder / CLIP).write_bytes(b"boo"), r"clip\.mp4 is not the one"),
    "another poster": (lambda folder: (folder / POSTER).write_bytes(b"boo"), r"poster\.jpg is not the one"),
    "clip is no video": (film(b"boo" * 500), "is no video"),
    "clip is empty": (film(b""), "is no video"),
    "clip is a playlist": (film(b"#EXTM3U\nfile:///etc/passwd\n"), "is no video"),
    "clip is half": (lambda folder: film((folder / CLIP).read_bytes()[:900])(folder), "is no video"),
    "clip is a webm": (as_webm, "is webm of 192x108"),
    "clip is longer": (longer, "lasts 12 s, and its range 2,5 3 s"),
    "newer": (says(version=3), "newer sora_nb: .* version 3, and this one knows 2. Update"),
    "newer with more": (says(version=7, mood="calm"), "Update sora_nb"),
    "second without a box": (says(version=2), "box is missing"),
    "first with a box": (says(box=[0.2, 0.1, 0.5, 0.8, 0]), "'box' is not known"),
    "box of nothing": (says(version=2, box=[2, 0.1, 0.5, 0.8, 0]), "box cannot be"),
    "box no number": (says(version=2, box=[float("nan"), 0.1, 0.5, 0.8, 0]), "box cannot be"),
    "box true": (says(version=2, box=[True, 0.1, 0.5, 0.8, 0]), "box cannot be"),
    "box a text": (says(version=2, box="0.2,0.1,0.5,0.8,0"), "box cannot be"),
    "box short": (says(version=2, box=[0.2, 0.1, 0.5, 0.8]), "box cannot be"),
    "box null": (says(version=2, box=None), "box cannot be None"),
    "box drawn before": (says(version=2, box=[0.2, 0.1, 0.5, 0.8, -1]), "box cannot be"),
    "box drawn later": (
        says(version=2, box=[0.2, 0.1, 0.5, 0.8, 3.5]),
        "box cannot be drawn at 3.5 s of a clip of 2,5",
    ),
    "older than any": (says(version=0), "version cannot be 0"),
    "version true": (says(version=True), "version cannot be True"),
    "version text": (says(version="1"), "version cannot be '1'"),
    "no version": (says(version=DROPPED), "version is missing"),
    "another format": (says(format="a recipe"), 'no "format": "sora_nb character"'),
    "a field too many": (says(command="rm"), "'command' is not known"),
    "no name": (says(name=DROPPED), "name is missing"),
    "name a number": (says(name=7), "name cannot be 7"),
    "name empty": (says(name=""), "name cannot be ''"),
    "name of spaces": (says(name=" Ada"), "name cannot be ' Ada'"),
    "name long": (says(name="A" * 1001), "name cannot be 'AAA"),
    "name half": (says(name="\ud800"), "name cannot be"),
    "description null": (says(description=None), "description cannot be None"),
    "description with a zero": (says(description="a\0b"), "description cannot be"),
    "handle": (says(handle="../ada"), r"handle cannot be '\.\./ada'"),
    "handle in capitals": (says(handle="Ada"), "handle cannot be"),
    "findings text": (says(findings="blurry"), "findings cannot be"),
    "findings markup": (says(findings=["<b>"]), "findings cannot be a list"),
    "files a list": (says(files=[]), "files cannot be a list"),
    "files more": (says(files={"../../x": "00"}), r"files, '\.\./\.\./x' is not known"),
    "files no hash": (says(files={CLIP: "00", POSTER: 5}), r"files, clip\.mp4 cannot be '00'"),
    "lineage a text": (says(lineage="walk.mp4"), "lineage cannot be"),
    "kind": (says(lineage_kind="bundle"), "lineage, kind cannot be 'bundle'"),
    "kind a list": (says(lineage_kind=["url"]), "lineage, kind cannot be a list"),
    "lineage more": (says(lineage_key=KEY), "lineage, 'key' is not known"),
    "simulated": (says(lineage_simulated=1), "simulated cannot be 1"),
    "range": (says(lineage_range="5,2"), "range cannot be '5,2'"),
    "range in words": (says(lineage_range="two"), "lineage, range"),
    "range another way": (says(lineage_range="2.0,5"), "lineage, range"),
    "absolute path": (says(lineage_source="/etc/passwd"), "not a file's name without folders"),
    "windows path": (says(lineage_source="C:\\x.mp4"), "not a file's name without folders"),
    "share": (says(lineage_source="\\\\host\\x"), "not a file's name without folders"),
    "steps up": (says(lineage_source=".."), "not a file's name without folders"),
    "signed": (says(lineage_kind="url", lineage_source=SIGNED), "not an address"),
    "login": (says(lineage_kind="url", lineage_source="https://me:pw@x.example/a"), "not an address"),
    "script": (says(lineage_kind="url", lineage_source="javascript:alert(1)"), "not an address"),
    "file address": (says(lineage_kind="url", lineage_source="file:///etc/passwd"), "not an address"),
    "odd address": (says(lineage_kind="url", lineage_source="http://[::1"), "not an address"),
    "task": (says(lineage_kind="task", lineage_source="../x"), "not a video's id"),
    "no JSON": (raw("name: Ada"), "no JSON"),
    "no text": (raw(b"\xff\xfe{}"), "no JSON"),
    "a list": (raw("[]"), "not one of a character"),
    "empty": (raw(""), "no JSON"),
    "deep": (raw("[" * 100_000), "no JSON"),
    "a long number": (raw('{"format": ' + "9" * 5000 + "}"), "no JSON"),
    "twice": (raw('{"format": "x", "format": "sora_nb character"}'), "a field is there twice"),
    "deep inside": (says(name=json.loads("[" * 300 + "]" * 300)), "name cannot be a list"),
}


def everything(library: Library) -> list[str]:
    """All that a library holds, to see that nothing came to it."""
    files = [path.name for path in (library.folder / "files").rglob("*")]
    ledger = library.ledger.path.read_text().splitlines() if library.ledger.path.exists() else []
    return [*sorted(files), *(one.id for one in library.characters.all()), *ledger]


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_folder_stays_out(spoilt: Path, there: Library, case: str) -> None:
    spoil, words = HOSTILE[case]
    before = everything(there)
    spoil(spoilt)
    with pytest.raises(BundleError, match=words) as caught:
        import_character(there, spoilt)
    assert str(caught.value).startswith(f"Nothing was imported from {spoilt}. ")
    assert KEY not in str(caught.value) and "pw@" not in str(caught.value) and "X-Amz" not in str(caught.value)
    assert everything(there) == before


def test_a_good_one_is_not_refused_and_leaves_its_trace(bundle: Path, other: Library) -> None:
    """What the test above would see if something were kept, and that rewriting alone spoils nothing."""
    before = everything(other)
    retold(bundle)
    import_character(other, bundle)
    assert everything(other) != before


def test_its_picture_is_taken_from_the_clip(bundle: Path, other: Library, pixels: tuple[bytes, bytes]) -> None:
    (bundle / POSTER).write_bytes(b"\xff\xd8 somebody else")
    retold(bundle)
    row = import_character(other, bundle)
    assert row.poster is not None and other.files.path(row.poster).read_bytes() == pixels[1]


Entry = tuple[str, bytes, dict[str, Any]]


def zip_of(entries: list[Entry], pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", pack) as archive:
        for name, content, facts in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = pack
            for fact, value in facts.items():
                setattr(entry, fact, value)
            archive.writestr(entry, content)
    return made.getvalue()


def kind(number: int) -> dict[str, Any]:
    return {"external_attr": (number | 0o777) << 16, "create_system": 3}


def patched(content: bytes, at: int, value: bytes) -> bytes:
    at %= len(content)
    return content[:at] + value + content[at + len(value) :]


def in_list(content: bytes, name: str, at: int, value: bytes) -> bytes:
    """A zip with other bytes in the line of its list that names a file."""
    return patched(content, content.rindex(name.encode()) - 46 + at, value)


def twice(files: list[Entry]) -> bytes:
    """A list with a name that comes twice, which is a mistake that Python warns of."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        return zip_of([files[0], files[1], files[1]])


def quines(files: list[Entry]) -> bytes:
    """Two of its files are the same bytes of the zip."""
    good = zip_of(files, zipfile.ZIP_STORED)
    first = good.index(b"PK\x01\x02")
    offset = struct.unpack_from("<L", good, first + 42)[0]
    return in_list(good, POSTER, 42, struct.pack("<L", offset))


ZIPS: dict[str, tuple[Callable[[list[Entry]], bytes], str]] = {
    "steps up": (lambda files: zip_of([*files, ("../../.bashrc", b"boo", {})]), "it holds 4 files"),
    "steps up instead": (
        lambda files: zip_of([*files[:2], ("../poster.jpg", b"boo", {})]),
        r"holds '\.\./poster\.jpg'",
    ),
    "absolute": (lambda files: zip_of([*files[:2], ("/etc/passwd", b"boo", {})]), "holds '/etc/passwd'"),
    "windows": (lambda files: zip_of([*files[:2], ("C:\\poster.jpg", b"boo", {})]), "holds 'C:"),
    "zero in a name": (
        lambda files: zip_of([*files[:2], ("poster.jpg", b"", {"filename": "poster.jpg\0.exe"})]),
        "holds 'poster|damaged",
    ),
    "a folder": (lambda files: zip_of([*files[:2], ("poster.jpg/", b"", {})]), "holds 'poster.jpg/'"),
    "in a folder": (lambda files: zip_of([(f"ada/{name}", one, {}) for name, one, _ in files]), "holds 'ada/"),
    "link": (lambda files: zip_of([*files[:2], (POSTER, b"/etc/passwd", kind(stat.S_IFLNK))]), "a link or a device"),
    "device": (lambda files: zip_of([*files[:2], (POSTER, b"", kind(stat.S_IFCHR))]), "a link or a device"),
    "twice": (twice, r"lacks poster\.jpg"),
    "one missing": (lambda files: zip_of(files[:2]), r"lacks poster\.jpg"),
    "locked": (lambda files: in_list(zip_of(files), POSTER, 8, b"\x01\x00"), "locked or packed in a rare way"),
    "packed by LZMA": (lambda files: zip_of(files, zipfile.ZIP_LZMA), "packed in a rare way"),
    "bomb": (lambda files: zip_of([*files[:2], (POSTER, b"\0" * 8_000_000, {})]), "would unpack from .* to 8000000"),
    "too large": (lambda files: zip_of([*files[:2], (POSTER, b"\0" * (2**23 + 1), {})], 0), "would unpack"),
    "bomb that lies": (
        lambda files: in_list(zip_of([*files[:2], (POSTER, b"\0" * 8_000_000, {})]), POSTER, 24, b"\x10\0\0\0"),
        "damaged zip|is not the one",
    ),
    "checksum": (lambda files: in_list(zip_of(files), CLIP, 16, b"\0\0\0\0"), "damaged zip"),
    "overlapping": (quines, "damaged zip|is not the one"),
    "thousands": (lambda files: zip_of([(str(n), b"", {}) for n in range(3000)]), "it holds 3000 files"),
    "a list that is long": (lambda files: zip_of([*files[:2], (POSTER, b"", {"comment": b"x" * 5000})]), "it holds 3"),
    "with a comment": (lambda files: patched(zip_of(files), -2, b"\x02\0") + b"hi", "neither a folder nor a plain zip"),
    "wrong start": (lambda files: patched(zip_of(files), -6, b"\xff\xff\xff\x7f"), "damaged zip"),
    "cut off": (lambda files: zip_of(files)[:-1], "neither a folder nor a plain zip"),
    "no zip": (lambda files: b"PK" * 30, "neither a folder nor a plain zip"),
    "empty": (lambda files: b"", "neither a folder nor a plain zip"),
    "a hostile sheet": (lambda files: zip_of([("character.json", b"[]", {}), *files[1:]]), "not one of a character"),
    "64 bits": (
        lambda files: (lambda good: good[:-22] + b"PK\x06\x07" + b"\0" * 16 + good[-22:])(zip_of(files)),
        "it holds 3 files",
    ),
}


def entries(folder: Path) -> list[Entry]:
    return [(name, (folder / name).read_bytes(), {}) for name in (SHEET, CLIP, POSTER)]


@pytest.mark.parametrize("case", ZIPS)
def test_a_hostile_zip_stays_out(spoilt: Path, there: Library, tmp_path: Path, case: str) -> None:
    make, words = ZIPS[case]
    path = tmp_path / "hostile.zip"
    path.write_bytes(make(entries(spoilt)))
    before = everything(there)
    with pytest.raises(BundleError, match=words) as caught:
        import_character(there, path)
    assert str(caught.value).startswith(f"Nothing was imported from {path}. ")
    assert everything(there) == before
    assert {one.name for one in tmp_path.iterdir()} - {"home"} == {"ada", "hostile.zip"}


def test_a_zip_that_a_person_made_is_taken(bundle: Path, other: Library, tmp_path: Path) -> None:
    path = tmp_path / "mine.zip"
    path.write_bytes(zip_of(list(reversed(entries(bundle)))))
    assert import_character(other, path).name == "Ada"


def test_a_bomb_costs_no_memory(bundle: Path, other: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that says less than there is: what comes out is cut where the list says it ends."""
    read: list[int] = []
    take = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, count: int | None = -1) -> bytes:
        content = take(self, count)
        read.append(len(content))
        return content

    good = zip_of([*entries(bundle)[:2], (POSTER, b"\0" * 50_000_000, {})])
    path = tmp_path / "bomb.zip"
    path.write_bytes(in_list(good, POSTER, 24, struct.pack("<L", 500_000)))
    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    with pytest.raises(BundleError):
        import_character(other, path)
    assert max(read, default=0) <= unpacking.MOST_BYTES[POSTER] + 1


def test_paths_that_lead_nowhere(library: Library, other: Library, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "large.zip").touch()
    os.truncate(tmp_path / "large.zip", unpacking.MOST_ZIP + 1)
    cases = {"nowhere": "is not there", "loop": "is not a plain file", "large.zip": "takes .* at most", "here": "holds"}
    for name, words in cases.items():
        with pytest.raises(BundleError, match=words):
            import_character(other, tmp_path / name)
    with pytest.raises(BundleError, match="a link or a device"):
        import_character(other, Path("/dev/null"))


def test_a_bundle_s_error_is_caught_by_those_who_catch_what_was_not_sent(other: Library) -> None:
    with pytest.raises(ConfigError):
        import_character(other, "nowhere")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_clip_with_any_fault_is_a_character_or_a_refusal(
    bundle: Path, other: Library, pixels: tuple[bytes, bytes], data: st.DataObject
) -> None:
    clip = bytearray(pixels[0])
    for _ in range(data.draw(st.integers(1, 6))):
        clip[data.draw(st.integers(0, len(clip) - 1))] = data.draw(st.integers(0, 255))
    (bundle / CLIP).write_bytes(clip)
    retold(bundle)
    with suppress(BundleError):
        assert import_character(other, bundle).name == "Ada"


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_zip_with_any_fault_is_a_character_or_a_refusal(bundle: Path, data: st.DataObject) -> None:
    whole = packing.zipped(contents(bundle))
    at = st.one_of(st.integers(0, 200), st.integers(len(whole) - 250, len(whole) - 1))
    spoiled = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        spoiled[data.draw(at)] = data.draw(st.integers(0, 255))
    path = bundle.parent / "spoiled.zip"
    path.write_bytes(spoiled)
    with suppress(BundleError):
        assert unpacking.files_in(path).keys() == {SHEET, CLIP, POSTER}
