"""What a report would hold and weigh is told before it is written, and what is written is that."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path

import pytest

from sora_nb.errors import ConfigError
from sora_nb.models import VideoRecord, VideoRequest
from sora_nb.report import Experiment, facts, look, paint, plan_report
from sora_nb.report.groups import groups, labels
from sora_nb.sweep.experiment import experiment_of
from sora_nb.tables import REPORT_COLUMNS
from tests.clips import make_clip
from tests.test_report import Page, blocks


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    return {
        "light": make_clip(folder / "light.mp4", 24),
        "heavy": make_clip(folder / "heavy.mp4", 48, size=(640, 360), painter=blocks),
    }


def take(
    number: int, prompt: str = "@ada waves", characters: tuple[str, ...] = ("chr_1",), **known: object
) -> VideoRecord:
    request = VideoRequest(prompt, 4, "1280x720", "sora-2", characters, take=known.pop("take", 1))
    return VideoRecord(f"vid_{number}", "fake", request, **known)


def done(number: int, film: Path, **known: object) -> VideoRecord:
    return take(number, status="completed", path=film, **known)


def test_everything_fits_and_nothing_is_to_be_done(films) -> None:
    plan = plan_report([done(1, films["light"]), take(2, status="failed", error="Refused.")], [], title="Takes")
    assert [one.fate for one in plan.takes] == ["whole", "none"]
    assert plan.whole_bytes == plan.page_bytes
    assert str(plan).splitlines()[0] == "report 'Takes': 2 takes, 1 film"
    assert str(plan).splitlines()[-1] == "without a film: 1 (1 failed)"
    assert "smaller" not in str(plan) and "left out" not in str(plan)


def test_what_is_planned_is_what_is_written(films, tmp_path) -> None:
    videos = [done(1, films["light"]), done(2, films["heavy"]), done(3, films["heavy"], prompt="<b>again</b>")]
    whole = plan_report(videos, [])
    heavy = films["heavy"].stat().st_size
    plan = plan_report(videos, [], max_bytes=whole.whole_bytes - heavy)
    assert [one.fate for one in plan.takes] == ["whole", "smaller", "smaller"]
    assert plan.page_bytes <= plan.max_bytes < plan.whole_bytes
    assert list(tmp_path.iterdir()) == []
    heard: list[float] = []
    page = Page(plan.write(tmp_path / "new" / "report.html", progress=heard.append).read_text())
    assert heard == pytest.approx([0.5, 1.0])
    assert len(page.all("video")) == 3
    for one in plan.smaller:
        assert f"Film made smaller: {one.width}x{one.height}, " in page.text
    assert "made smaller: 2 films" in str(plan)
    told = plan._repr_html_()
    assert "&lt;b&gt;again&lt;/b&gt;" in told and "<b>again" not in told


def test_what_is_left_out_is_told_by_its_number(films) -> None:
    videos = [done(1, films["light"]), done(2, films["heavy"])]
    plan = plan_report(videos, [], max_bytes=plan_report(videos[:1], []).whole_bytes + 60_000)
    assert [one.fate for one in plan.takes] == ["whole", "left out"]
    assert str(plan).splitlines()[-1].endswith("of which the page keeps the pictures: 2")


def test_a_film_that_is_lost_or_damaged_meanwhile_costs_the_page_no_other(films, tmp_path) -> None:
    names = ("light", "heavy", "heavy", "light")
    paths = [Path(shutil.copy(films[name], tmp_path / f"{place}.mp4")) for place, name in enumerate(names)]
    videos = [done(number, path) for number, path in enumerate(paths, start=1)]
    plan = plan_report(videos, [], max_bytes=plan_report(videos, []).whole_bytes - films["heavy"].stat().st_size)
    paths[0].unlink()
    paths[1].write_bytes(b"no video any more")
    page = Page(plan.write(tmp_path / "report.html").read_text())
    assert len(page.all("video")) == 2 and len(page.all("img")) == 2
    assert "Film left out: 0.mp4 cannot be read: No such file or directory." in page.text
    assert "Film left out: 1.mp4 " in page.text
    assert "2 films of 4 could not be put into the page." in page.text and "left out to keep" not in page.text


def test_the_table_of_a_plan_keeps_its_contract(films) -> None:
    for videos in ([], [done(1, films["light"]), take(2)]):
        table = plan_report(videos, []).df
        kinds = {name: str(kind).removesuffix("[python]") for name, kind in table.dtypes.items()}
        assert kinds == dict(REPORT_COLUMNS)
        assert table.attrs["sora_nb"]["table"] == "report"
    assert table["fate"].tolist() == ["whole", "none"]
    assert table["why"].iloc[1] == "The take is queued."


@pytest.mark.parametrize("name", ["report.docx", "report", "report.HTMLX"])
def test_a_name_that_ends_otherwise_is_refused_before_anything_is_done(name, tmp_path) -> None:
    with pytest.raises(ConfigError, match=rf"{re.escape(name)} ends in none of \.html, \.htm, \.png, \.pdf"):
        plan_report([], []).write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ConfigError, match=r"file/page\.html cannot be written"):
        plan_report([], []).write(tmp_path / "file" / "page.html")


def test_a_page_without_an_end_and_a_heading_that_is_no_text_are_refused() -> None:
    with pytest.raises(ConfigError, match="A page of inf MB is none"):
        plan_report([], [], max_bytes=math.inf)
    with pytest.raises(ConfigError, match="title= is text, not None"):
        plan_report([], [], title=None)  # type: ignore[arg-type]


def test_a_page_of_less_than_nothing_is_refused() -> None:
    for wrong in (-1, float("nan")):
        with pytest.raises(ConfigError, match="Allow 0 or more"):
            plan_report([], [], max_bytes=wrong)


@pytest.mark.parametrize(
    ("given", "heading", "lead"),
    [
        ({}, "Takes", None),
        ({"question": "Which?"}, "Which?", None),
        ({"title": "Coats"}, "Coats", None),
        ({"title": "Coats", "question": "Which?"}, "Coats", "Which?"),
        ({"experiment": Experiment({}, 0, 0, 1, (), "@{who} waves")}, "@{who} waves", None),
        ({"experiment": Experiment({}, 0, 0, 1, (), "@{who} waves"), "question": "Which?"}, "Which?", None),
    ],
)
def test_the_heading_is_the_title_else_the_question_else_the_template(given, heading, lead) -> None:
    told = facts(look([], [], **given))
    assert (told.title, told.question) == (heading, lead)
    page = Page(paint(told))
    assert page.text.startswith(heading) and page.text.count("Which?") in (0, 1, 2)


def grid(scenes: int, repeats: int, models: tuple[str, ...] = ("m",)) -> list[VideoRecord]:
    return [
        take(
            number,
            f"@ada in scene {scene}",
            sweep="swp_1",
            axes={"scene": f"scene {scene}", "model": model},
            take=repeat,
        )
        for number, (scene, model, repeat) in enumerate(
            ((scene, model, repeat) for scene in range(scenes) for model in models for repeat in range(1, repeats + 1)),
            start=1,
        )
    ]


@pytest.mark.parametrize(
    ("videos", "headings", "names"),
    [
        (grid(2, 1), ["With Ada"], ["scene 0", "scene 1"]),
        (grid(2, 2), ["With Ada: scene 0", "With Ada: scene 1"], ["scene 0 · take 1", "scene 0 · take 2"]),
        (grid(2, 1, ("a", "b")), ["With Ada: scene 0", "With Ada: scene 1"], ["scene 0 · a", "scene 0 · b"]),
        (
            grid(1, 2, ("a", "b")),
            ["With Ada: a", "With Ada: b"],
            ["a · take 1", "a · take 2"],
        ),
        ([*grid(2, 1), take(9, "@ada alone")], ["With Ada"], ["@ada in scene 0", "@ada in scene 1"]),
    ],
)
def test_takes_of_a_sweep_stand_by_what_is_the_same_and_are_named_by_what_is_not(videos, headings, names) -> None:
    assert [heading for heading, _ in groups(videos, {"chr_1": "Ada"})] == headings
    assert labels(videos)[:2] == names


def test_the_results_come_before_the_takes_with_their_intervals() -> None:
    videos = grid(2, 3)
    ended = [
        VideoRecord(**{**vars_of(one), "status": "completed" if number % 3 else "failed", "cost_usd": 0.2})
        for number, one in enumerate(videos)
    ]
    tried = experiment_of(ended)
    assert tried is not None
    assert (tried.takes, tried.repeats, dict(tried.axes)) == (6, 3, {"scene": ("scene 0", "scene 1"), "model": ("m",)})
    page = Page(paint(facts(look(ended, [], question="Which scene?", experiment=tried))))
    places = [page.text.index(words) for words in ("Which scene?", "What was tried", "What came of it", "All values")]
    assert places == sorted(places)
    assert page.text.count("2 of 3") == 2 and "6, 3 of each point" in page.text and "$1.20" in page.text
    told = [one["aria-label"] for one in page.all("span") if one.get("class") == "interval"]
    assert told == ["67 per cent, between 21 and 94"] * 2


def test_takes_that_are_not_of_one_sweep_tell_of_none() -> None:
    assert experiment_of([]) is None
    assert experiment_of([take(1)]) is None
    assert experiment_of([*grid(1, 1), take(2)]) is None


def vars_of(record: VideoRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in VideoRecord.__dataclass_fields__}
