"""The report on paper: facts in, one HTML page out. No value is decided here, and only style and script are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sora_nb import esm
from sora_nb.html import Html, element, fingerprint, join, script
from sora_nb.models import MENTION, SIZE
from sora_nb.report.cells import Table, day, money
from sora_nb.report.gather import CharacterFacts, Group, ReportFacts, TakeFacts
from sora_nb.report.parts import address, image, listing, section
from sora_nb.report.results import results
from sora_nb.timerange import Finding, plain

SCRIPT = esm.joined("report/compare.js")
"""What plays takes side by side. Without it the page is whole, and its films play one by one."""

POLICY = (
    f"default-src 'none'; img-src data:; media-src data: blob:; style-src 'unsafe-inline'; "
    f"script-src {fingerprint(SCRIPT)}; base-uri 'none'; form-action 'none'"
)
"""What the page may load and run: what is written in it, that one script, and nothing else."""

_TONES = {"completed": "good", "queued": "calm", "in_progress": "calm", "cancelled": "calm", "unknown": "risk"}
_SENT_AS = {"native": "its id", "reference": "a reference, since the service makes no characters"}
_WIDE_COLUMNS = ("prompt", "error")


def paint(facts: ReportFacts) -> Html:
    """The whole page."""
    style = esm.read("report/page.css") + esm.read("report/compare.css")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", facts.title),
        element("style", Html(style)),
    )
    body = element(
        "body",
        _masthead(facts),
        element("main", results(facts.experiment), _cast(facts.characters), _takes(facts.groups), _values(facts.table)),
        script(SCRIPT),
    )
    return join([Html("<!doctype html>\n"), element("html", head, body, lang="en")])


def _masthead(facts: ReportFacts) -> Html:
    figures = [
        element(
            "div",
            element("dt", figure.label),
            element("dd", element("span", figure.value, class_="value"), element("span", figure.note, class_="note")),
        )
        for figure in facts.figures
    ]
    simulated, remarks = facts.simulated, [element("li", remark) for remark in facts.remarks]
    return element(
        "header",
        element("h1", facts.title, dir="auto"),
        element("p", facts.question, class_="question", dir="auto") if facts.question else None,
        element("p", element("b", "Simulated."), " ", simulated, class_="notice simulated") if simulated else None,
        element("ul", remarks, class_="notice") if remarks else None,
        element("dl", figures, class_="figures"),
    )


def _cast(characters: tuple[CharacterFacts, ...]) -> Html | None:
    if not characters:
        return None
    cards = [_character(one) for one in characters]
    return section("characters", "Characters", element("div", cards, class_="cast"))


def _character(shown: CharacterFacts) -> Html:
    record = shown.record
    values = [
        ("Service", record.service),
        ("Sent as", _SENT_AS.get(record.mode or "")),
        ("Made", day(record.created_at) if record.created_at else None),
        ("Cost", money(record.cost_usd) if record.cost_usd is not None else None),
        ("Exists on", ", ".join(map(str, record.places))),
        ("Remarked", ", ".join(code.replace("_", " ") for code in record.findings)),
    ]
    picture = (
        image(shown.picture, record.name)
        if shown.picture
        else element("span", record.name[:1].upper(), class_="initial", aria_hidden="true")
    )
    return element(
        "article",
        element("div", picture, class_="portrait"),
        element(
            "div",
            element("h3", record.name, dir="auto"),
            element(
                "p", element("span", f"@{record.handle}", class_="handle"), _chips(record.status, record.simulated)
            ),
            element("p", record.description, class_="words", dir="auto") if record.description else None,
            element("p", record.error, class_="error", dir="auto") if record.error else None,
            _origin(shown),
            listing(values),
            _remarks(record.remarks),
            class_="told",
        ),
        class_="character",
    )


def _origin(shown: CharacterFacts) -> Html:
    """Where the character was cut from, and the stretch drawn to scale."""
    span, length = shown.record.span, shown.source_seconds
    scale = length or span.end * 1.25 or 1.0
    left = min(max(span.start / scale, 0.0), 1.0)
    width = min(max(span.seconds / scale, 0.0), 1 - left)
    told = f"{plain(span.start)} to {plain(span.end)} s"
    whole = f"of {plain(length)} s" if length else "of a video of unknown length"
    source: Html | str = shown.origin
    if shown.origin_take is not None:
        source = element("a", f"take {shown.origin_take}", href=f"#take-{shown.origin_take}")
    band = element("span", class_="band", style=f"left:{100 * left:.2f}%;width:{100 * width:.2f}%")
    return element(
        "div",
        element("p", "From ", element("span", source, class_="source", dir="auto")),
        element("div", band, class_="track" if length else "track open", role="img", aria_label=f"{told} {whole}"),
        element("p", element("b", told), f" {whole}", class_="scale"),
        class_="origin",
    )


def _takes(groups: tuple[Group, ...]) -> Html:
    shown = [
        element(
            "section",
            element(
                "header",
                element("h3", group.heading, " ", element("span", str(len(group.takes)), class_="count"), dir="auto"),
                class_="group",
            ),
            element("div", [_take(take) for take in group.takes], **_shape(group)),
        )
        for group in groups
    ]
    return section("takes", "Takes", shown or element("p", "No take was made yet.", class_="nothing"))


def _shape(group: Group) -> dict[str, str]:
    """One frame for all takes of a group, in the shape most of them have, so that they can be compared."""
    ((width, height), _), *_ = Counter(_pixels(take) for take in group.takes).most_common(1)
    narrow = "takes narrow" if height > width else "takes"
    return {"class_": narrow, "style": f"--frame:{width}/{height}"}


def _pixels(take: TakeFacts) -> tuple[int, int]:
    record = take.record
    if record.width and record.height:
        return record.width, record.height
    match = SIZE.fullmatch(record.request.size)
    return (int(match[1]), int(match[2])) if match else (16, 9)


def _take(take: TakeFacts) -> Html:
    record, asked = take.record, take.record.request
    lasts = f"{plain(asked.seconds)}\u00a0s"
    if record.duration_s and abs(record.duration_s - asked.seconds) >= 0.05:
        lasts = f"{plain(round(record.duration_s, 2))}\u00a0s, asked {lasts}"
    values = [
        ("Service", record.service),
        ("Model", asked.model),
        ("Characters", "by reference" if record.mode == "reference" else None),
        ("Length", lasts),
        ("Size", asked.size),
        ("Cost", money(record.cost_usd) if record.cost_usd is not None else "not told"),
        ("Estimate", money(record.est_cost_usd) if record.est_cost_usd is not None else "none"),
        ("Rating", f"{plain(record.rating)} of 5" if record.rating is not None else None),
    ]
    return element(
        "article",
        element("h4", _prompt(asked.prompt), dir="auto"),
        _stage(take),
        element(
            "p",
            element("span", str(take.number), class_="number"),
            _chips(record.status, record.simulated),
            element("span", f"take {asked.take}", class_="nth"),
            class_="line",
        ),
        element("p", take.remark, class_="words") if take.remark and take.picture else None,
        listing(values),
        _remarks(record.remarks),
        class_="take",
        id=f"take-{take.number}",
        data_number=take.number,
        data_label=take.label,
        data_fps=take.fps,
    )


def _stage(take: TakeFacts) -> Html:
    """The film, else its picture, else in words why there is neither."""
    record = take.record
    if take.film:
        player = element(
            "video",
            src=address(take.film),
            poster=address(take.picture) if take.picture else None,
            controls=True,
            muted=True,
            playsinline=True,
            preload="metadata",
            aria_label=record.request.prompt,
        )
        return element("div", player, class_="stage")
    if take.picture:
        return element("div", image(take.picture, record.request.prompt), class_="stage")
    words = record.error or take.remark or f"No film: this take is {_state(record.status)}."
    code = element("code", record.error_code) if record.error_code else None
    tone = _TONES.get(record.status, "bad")
    return element("div", code, element("p", words, dir="auto"), class_=f"stage empty {tone}")


def _values(table: Table) -> Html | None:
    if not table.rows:
        return None
    kinds = [
        "figure" if column in table.numeric else "wide" if column in _WIDE_COLUMNS else None for column in table.columns
    ]
    columns = list(zip(table.columns, kinds, strict=True))
    head = [element("th", column, scope="col", class_=kind) for column, kind in columns]
    rows = [
        element(
            "tr",
            element("th", element("a", str(number), href=f"#take-{number}", aria_label=f"Take {number}"), scope="row"),
            [
                element("td", value, class_=kind, data_label=column, dir="auto")
                for value, (column, kind) in zip(row, columns, strict=True)
            ],
        )
        for number, row in enumerate(table.rows, start=1)
    ]
    sheet = element(
        "table",
        element("thead", element("tr", element("th", "#", scope="col"), head)),
        element("tbody", rows),
    )
    return section(
        "values",
        "All values",
        element("p", "Every take, failed ones too, under the names of the DataFrame. Empty columns are not shown."),
        element("div", sheet, class_="sheet", role="region", tabindex=0, aria_label="The table of all values"),
    )


def _prompt(prompt: str) -> Iterator[Html | str]:
    """The prompt, its characters marked."""
    at = 0
    for mention in MENTION.finditer(prompt):
        yield prompt[at : mention.start()]
        yield element("span", mention[0], class_="handle")
        at = mention.end()
    yield prompt[at:]


def _chips(status: str, simulated: bool) -> Iterator[Html]:
    yield element("span", _state(status), class_=f"chip {_TONES.get(status, 'bad')}")
    if simulated:
        yield element("span", "simulated", class_="chip drawn")


def _remarks(remarks: tuple[Finding, ...]) -> Html | None:
    """What was remarked before it was sent, in words."""
    said = [element("li", element("b", remark.level), " ", remark.message, dir="auto") for remark in remarks]
    return element("ul", said, class_="remarks") if said else None


def _state(status: str) -> str:
    return status.replace("_", " ")
