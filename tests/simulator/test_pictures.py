"""The drawing room: what the words say, what the film is, and whether a character is seen again."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.simulator.pictures import Sprite, cut_sprite, read, render, spritesheet, thumbnail
from sora_nb.simulator.pictures.cutout import MAX_FRAMES, MAX_HEIGHT, read_frames
from sora_nb.simulator.pictures.film import Film
from sora_nb.simulator.pictures.palette import COLOURS, HAIR
from sora_nb.simulator.pictures.samples import draw
from sora_nb.video.encode import Mp4Writer

SMALL = (320, 180)
MIDDLE = (640, 360)
ADA = "A young woman with curly brown hair and glasses, blue sweater, walking in a park"


def share_of(frame: NDArray[np.uint8], colour: str, columns: slice = slice(None)) -> float:
    """The share of pixels, in some columns, that have a colour word's hue and are about as strong."""
    wanted = np.array(COLOURS[colour], dtype=float)
    seen = frame[:, columns].astype(float)
    wanted_chroma, chroma = wanted - wanted.mean(), seen - seen.mean(axis=2, keepdims=True)
    return float((np.abs(chroma - wanted_chroma).max(axis=2) < 34).mean())


@pytest.fixture(scope="module")
def ada_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ada") / "park.mp4"
    render(path, ADA, seconds=3, size=MIDDLE)
    return path


@pytest.fixture(scope="module")
def ada(ada_clip: Path) -> Sprite:
    return cut_sprite(ada_clip, 0, 3)


# What the words say


@pytest.mark.parametrize(
    ("prompt", "place", "time", "action"),
    [
        (ADA, "park", "day", "walking"),
        ("@ada in a cozy coffee shop", "cafe", "day", "sitting"),
        ("@ada on a beach at sunset", "beach", "sunset", "standing"),
        ("@ada cooking in a modern kitchen", "kitchen", "day", "cooking"),
        ("two robots dance through the city at night", "city", "night", "dancing"),
        ("a fox runs in the forest", "forest", "day", "running"),
        ("hello", "studio", "day", "waving"),
    ],
)
def test_place_hour_and_action_are_read(prompt: str, place: str, time: str, action: str) -> None:
    scene = read(prompt)
    assert (scene.place, scene.time, scene.action) == (place, time, action)


def test_attributes_go_to_the_nearest_figure() -> None:
    man, woman = read(
        "A bald man with a white beard in a red jacket and a woman with a green dress and a blue hat"
    ).figures
    assert (man.look, man.hair_shape, man.beard, man.clothes, man.colour) == (
        "man",
        "bald",
        True,
        "jacket",
        COLOURS["red"],
    )
    assert (woman.look, woman.clothes, woman.colour) == ("woman", "dress", COLOURS["green"])
    assert (woman.hat, woman.hat_colour, woman.beard) == ("brim", COLOURS["blue"], False)


def test_the_young_woman_of_the_first_example() -> None:
    (ada,) = read(ADA).figures
    assert (ada.look, ada.age, ada.hair, ada.hair_shape) == ("woman", "young", HAIR["brown"], "curly")
    assert (ada.glasses, ada.clothes, ada.colour) == (True, "sweater", COLOURS["blue"])


@pytest.mark.parametrize(
    ("prompt", "kinds"),
    [
        ("an orange cat", ["cat"]),
        ("two cats and a dog", ["cat", "cat", "dog"]),
        ("a toy robot", ["robot"]),
        ("a woman holding a mug", ["person"]),
        ("a red ball", ["ball"]),
        ("four foxes, three bears and a man", ["fox", "fox", "fox"]),
        ("a foggy forest", []),
        ("@cat.red.hat meets nobody", []),
    ],
)
def test_who_is_there(prompt: str, kinds: list[str]) -> None:
    assert [figure.kind for figure in read(prompt).figures] == kinds


def test_what_is_not_said_is_decided_by_the_words_and_the_seed() -> None:
    assert read("a woman", 3) == read("a woman", 3)
    assert len({read("a woman", seed).figures for seed in range(12)}) > 4


def test_a_chef_with_a_beard_is_a_man() -> None:
    assert {read("a chef with a beard", seed).figures[0].look for seed in range(8)} == {"man"}
    assert {read("a chef", seed).figures[0].look for seed in range(8)} == {"man", "woman"}


# What the film is


def test_the_film_is_what_services_deliver(ada_clip: Path) -> None:
    data = ada_clip.read_bytes()
    assert data.find(b"moov") < data.find(b"mdat")
    with av.open(str(ada_clip)) as film:
        video, sound = film.streams.video[0], film.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height, video.average_rate, video.frames) == (*MIDDLE, 24, 72)
        assert video.duration is not None
        assert video.duration * video.time_base == 3
        assert sound.codec_context.name == "aac"
        samples = np.concatenate([frame.to_ndarray().ravel() for frame in film.decode(sound)])
    assert 0.001 < np.abs(samples).max() < 0.2
    assert len(samples) / 44_100 == pytest.approx(3, abs=0.1)


def test_equal_arguments_give_equal_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        render(tmp_path / name, "a woman in the rain in the city", seconds=0.5, size=SMALL, seed=seed)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_progress_rises_to_one(tmp_path: Path) -> None:
    heard: list[float] = []
    render(tmp_path / "x.mp4", "a dog", seconds=2, size=SMALL, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1
    assert len(heard) >= 3


@pytest.mark.parametrize(
    ("place", "size"),
    [
        *(
            (place, SMALL)
            for place in ("park", "beach", "city", "forest", "mountain", "cafe", "office", "home", "studio")
        ),
        ("park", (180, 320)),
        ("kitchen", (180, 320)),
    ],
)
def test_every_place_can_be_drawn_in_any_shape_and_is_marked(place: str, size: tuple[int, int]) -> None:
    film = Film(read(f"a red ball in the {place} at night in the snow"), size=size, seed=1)
    frame = np.asarray(film.frame(3))
    assert frame.shape == (size[1], size[0], 3)
    assert frame.std() > 8
    corner = frame[-30:, -70:].astype(int)
    assert (corner.min(axis=2) > 175).sum() > 12, "the white letters of the mark"


def test_the_mark_says_simulated() -> None:
    film = Film(read("a red ball"), size=MIDDLE, seed=1)
    marked = np.asarray(film.frame(0)).astype(int)
    film._mark = Image.new("RGBA", film._mark.size)
    changed = np.abs(marked - np.asarray(film.frame(0))).max(axis=2) > 20
    rows, columns = np.nonzero(changed)
    assert rows.min() > MIDDLE[1] * 0.9
    assert columns.min() > MIDDLE[0] * 0.85


def test_one_who_walks_past_starts_outside_the_picture() -> None:
    film = Film(read("a man in a red jacket walks past in a studio"), size=SMALL, seed=1)
    empty, full = (share_of(np.asarray(film.frame(index)), "red") for index in (0, 84))
    assert empty < 0.002
    assert full > 0.01


def test_walking_moves_the_ground_and_standing_does_not() -> None:
    def moved(prompt: str) -> float:
        film = Film(read(prompt), size=SMALL, seed=1)
        one, two = (np.asarray(film.frame(index)).astype(int)[120:150, :80] for index in (0, 12))
        return float(np.abs(one - two).mean())

    assert moved("a man walking in the park at noon") > 4 * moved("a man standing in the park at noon") + 1


@pytest.mark.parametrize(("seconds", "size"), [(0, SMALL), (0.001, SMALL), (1, (321, 180))])
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, seconds: float, size: tuple[int, int]) -> None:
    with pytest.raises(ConfigError):
        render(tmp_path / "x.mp4", "a dog", seconds=seconds, size=size)
    assert list(tmp_path.iterdir()) == []


def test_several_shots_make_hard_cuts(tmp_path: Path) -> None:
    draw(tmp_path / "x.mp4", [("a cat at the beach", 0.5), ("a robot in the forest at night", 0.5)], SMALL)
    frames = read_frames(tmp_path / "x.mp4", fps=24).astype(int)
    steps = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))
    assert len(frames) == 24
    assert steps.argmax() == 11
    assert steps[11] > 6 * np.delete(steps, 11).max()


# A character is seen again


def test_a_cut_out_figure_stands_alone(ada: Sprite) -> None:
    count, height, width, channels = ada.frames.shape
    assert ada.anchor == "feet"
    assert channels == 4
    assert count <= MAX_FRAMES
    assert height <= MAX_HEIGHT
    assert height > 1.3 * width
    solid = ada.frames[0, :, :, 3] > 128
    assert 0.2 < solid.mean() < 0.75
    assert share_of(ada.frames[0, :, :, :3][solid][None], "blue") > 0.2
    assert share_of(ada.frames[0, :, :, :3][solid][None], "green") < 0.08, "the park is left behind"


@pytest.mark.parametrize("place", ["in a cozy coffee shop", "on a beach at sunset", "cooking in a modern kitchen"])
def test_the_character_is_seen_in_new_scenes(ada: Sprite, place: str) -> None:
    scene, middle = read(f"@ada {place}"), slice(MIDDLE[0] // 2 - 60, MIDDLE[0] // 2 + 60)
    with_ada = np.asarray(Film(scene, size=MIDDLE, seed=4, characters=[ada]).frame(10))
    without = np.asarray(Film(scene, size=MIDDLE, seed=4).frame(10))
    assert share_of(with_ada, "blue", middle) > share_of(without, "blue", middle) + 0.04


def test_two_characters_stand_side_by_side(ada: Sprite) -> None:
    scene = read("@ada and @bob in the park")
    alone = np.asarray(Film(scene, size=MIDDLE, seed=4, characters=[ada]).frame(10)).astype(int)
    both = np.asarray(Film(scene, size=MIDDLE, seed=4, characters=[ada, ada]).frame(10)).astype(int)
    left, right = slice(0, MIDDLE[0] // 2 - 30), slice(MIDDLE[0] // 2 + 30, None)
    for side in (left, right):
        assert share_of(both.astype(np.uint8), "blue", side) > share_of(alone.astype(np.uint8), "blue", side) + 0.01


def test_one_who_passes_by_is_cut_out_against_the_still_ground(tmp_path: Path) -> None:
    render(tmp_path / "x.mp4", "a girl in a red dress walks past in the mountains", seconds=5, size=MIDDLE)
    sprite = cut_sprite(tmp_path / "x.mp4", 1.5, 5)
    assert sprite.anchor == "feet"
    solid = sprite.frames[0, :, :, 3] > 128
    assert share_of(sprite.frames[0, :, :, :3][solid][None], "red") > 0.12


def test_a_sprite_is_kept_in_one_file(ada: Sprite, tmp_path: Path) -> None:
    ada.save(tmp_path / "ada.sprite")
    loaded = Sprite.load(tmp_path / "ada.sprite")
    assert [path.name for path in tmp_path.iterdir()] == ["ada.sprite"]
    assert (loaded.fps, loaded.anchor) == (ada.fps, ada.anchor)
    assert np.array_equal(loaded.frames, ada.frames)


def noise_clip(path: Path, size: tuple[int, int], frames: int) -> Path:
    dice = np.random.default_rng(7)
    with Mp4Writer(path, size, 12) as film:
        for _ in range(frames):
            film.write(dice.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))
    return path


@pytest.mark.parametrize(
    ("size", "frames"), [((16, 16), 1), ((64, 36), 2), ((90, 160), 9), ((320, 40), 30), ((2, 2), 5)]
)
def test_what_cannot_be_told_apart_becomes_a_portrait(tmp_path: Path, size: tuple[int, int], frames: int) -> None:
    sprite = cut_sprite(noise_clip(tmp_path / "x.mp4", size, frames))
    assert sprite.anchor == "sticker"
    assert len(sprite.frames) <= MAX_FRAMES
    Film(read("@x in the park"), size=SMALL, seed=1, characters=[sprite]).frame(5)


def test_a_box_says_where_to_look(tmp_path: Path) -> None:
    with Mp4Writer(tmp_path / "x.mp4", SMALL, 12) as film:
        for index in range(12):
            picture = np.full((SMALL[1], SMALL[0], 3), (120, 170, 120), np.uint8)
            picture[50:150, 20 + index % 3 : 70 + index % 3] = COLOURS["red"]
            picture[40:160, 230:290] = COLOURS["blue"]
            film.write(picture)
    sprite = cut_sprite(tmp_path / "x.mp4", box=(0.02, 0.2, 0.3, 0.9))
    solid = sprite.frames[0, :, :, 3] > 128
    colours = sprite.frames[0, :, :, :3][solid][None]
    assert share_of(colours, "red") > 0.5
    assert share_of(colours, "blue") < 0.02


def test_a_start_behind_the_end_gives_the_last_frame(ada_clip: Path) -> None:
    frames = read_frames(ada_clip, 99, 120)
    assert frames.shape == (1, 360, 640, 3)


@pytest.mark.parametrize("content", [b"", b"no film", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 400])
def test_what_is_no_video_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.mp4").write_bytes(content)
    for use in (cut_sprite, thumbnail, spritesheet):
        with pytest.raises(VideoFileError, match=r"x\.mp4"):
            use(tmp_path / "x.mp4")


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(VideoFileError, match=r"gone\.mp4"):
        cut_sprite(tmp_path / "gone.mp4")


# Stills


def test_thumbnail_and_spritesheet_are_pictures(ada_clip: Path) -> None:
    small = Image.open(io.BytesIO(thumbnail(ada_clip)))
    assert (small.format, small.size) == ("WEBP", MIDDLE)
    sheet = Image.open(io.BytesIO(spritesheet(ada_clip)))
    assert (sheet.format, sheet.size) == ("JPEG", (5 * 320, 4 * 180))


# The writer


def test_a_film_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def break_off() -> None:
        with Mp4Writer(tmp_path / "x.mp4", (16, 16)) as film:
            film.write(np.zeros((16, 16, 3), np.uint8))
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert list(tmp_path.iterdir()) == []


def test_a_film_without_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VideoFileError, match="no frame"), Mp4Writer(tmp_path / "x.mp4", (16, 16), audio=True):
        pass
    assert list(tmp_path.iterdir()) == []


def test_colours_survive(tmp_path: Path) -> None:
    with Mp4Writer(tmp_path / "x.mp4", (64, 64), crf=10) as film:
        for _ in range(3):
            film.write(np.full((64, 64, 3), COLOURS["red"], np.uint8))
    frame = read_frames(tmp_path / "x.mp4")[0]
    assert np.abs(frame.astype(int) - COLOURS["red"]).max() < 6


def test_sound_is_silent_where_none_was_given(tmp_path: Path) -> None:
    with Mp4Writer(tmp_path / "x.mp4", (16, 16), 10, audio=True) as film:
        for _ in range(20):
            film.write(np.zeros((16, 16, 3), np.uint8))
    with av.open(str(tmp_path / "x.mp4")) as film:
        sound = film.streams.audio[0]
        samples = np.concatenate([frame.to_ndarray().ravel() for frame in film.decode(sound)])
    assert len(samples) / 44_100 == pytest.approx(2, abs=0.1)
    assert np.abs(samples).max() < 1e-4
