"""What a studio's sources show: scanned, suggested from, and told to a picker when it is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from sora_nb.dialects import Service
from sora_nb.errors import ConfigError, SoraError
from sora_nb.footage import Footage, known, look, look_beside
from sora_nb.jobs import Engine
from sora_nb.jobs.looking import Faces
from sora_nb.library.tracks import SAMPLES
from sora_nb.models import Source
from sora_nb.timerange import Limits
from sora_nb.video import Box, Suggestions, Track, guarded, suggest
from sora_nb.video.faces import require_detector
from sora_nb.video.following import with_subject
from sora_nb.video.numbers import require_count, require_moment, require_samples
from sora_nb.video.showcase import each as best_of_each

if TYPE_CHECKING:
    from sora_nb.video.box import BoxLike
    from sora_nb.video.faces import Detector
    from sora_nb.video.guarded import Stop
    from sora_nb.widgets import RangePicker

Progress = Callable[[float], object]


def scan_source(
    engine: Engine,
    service: Service,
    source: Source,
    faces: Faces | Detector = "installed",
    samples: float = SAMPLES,
    progress: Progress | None = None,
) -> Track:
    """What is seen in a source, as `video.scan` has it; kept from before where it is."""
    require_detector(faces)
    require_samples(samples)
    if (faces, samples) == ("installed", SAMPLES) and (found := known(engine, source)) is not None:
        if progress is not None:
            progress(1.0)
        return found
    return look(engine, service, source, lambda footage: footage.track(faces=faces, samples=samples), progress)


def suggest_from(
    engine: Engine,
    service: Service,
    source: Source,
    limits: Limits,
    k: int,
    box: BoxLike | None = None,
    at: float = 0.0,
    each: bool = False,
    progress: Progress | None = None,
) -> Suggestions:
    """The best ranges of a source, as `video.suggest` has them."""
    require_count(k)
    if box is not None and each:
        raise ConfigError("A box is one character, and each=True is about all of them. Give one of the two.")
    if each:

        def of_each(footage: Footage) -> Suggestions:
            alike = partial(guarded.alike, footage.path, stop=footage.stop)
            return best_of_each(footage.track(), limits, k, alike)

        return look(engine, service, source, of_each, progress)
    if box is not None:
        who = Box.of(box)
        require_moment(at)

        def with_box(footage: Footage) -> Track:
            track = footage.track(faces=None)
            return with_subject(track, guarded.follow(footage.path, who, at, stop=footage.stop))

        return suggest(look(engine, service, source, with_box, progress), limits, k)
    return suggest(scan_source(engine, service, source, progress=progress), limits, k)


def scan_beside(
    engine: Engine,
    service: Service,
    source: Source,
    limits: Limits,
    show: Callable[[Track, Suggestions], object],
    tell: Callable[[str], object],
) -> Stop:
    """Begin to look at a source; *show* is called with what is seen, and the best ranges, on another thread.

    Where that cannot be done *tell* is called instead, once, with why, in words: nobody waits for that thread, and
    what it raised would be printed below a cell that has nothing to do with it.
    """

    def work(footage: Footage) -> tuple[Track, Suggestions]:
        track = known(engine, source) or footage.track()
        return track, suggest(track, limits)

    def then(found: Any) -> None:
        if not isinstance(found, Exception):
            try:
                show(*found)
                return
            except Exception as error:
                found = error
        why = str(found) if isinstance(found, SoraError) else f"{type(found).__name__}: {found}."
        tell(f"It was not looked at, so cuts, blur and faces in it are not known. {why}")

    return look_beside(engine, service, source, work, then)


def scan_for(engine: Engine, service: Service, source: Source, limits: Limits, picker: RangePicker) -> Stop:
    """The same for a picker, which is shown what is seen where it still shows the same by then."""
    shown = picker.source

    def show(track: Track, suggestions: Suggestions) -> None:
        if picker.source == shown:
            picker.show_track(track, suggestions)

    def tell(why: str) -> None:
        if picker.source == shown:
            picker.show_unseen(why)

    return scan_beside(engine, service, source, limits, show, tell)
