"""`%%sora`, with the prompt as the cell, and `%sora_jobs`, for people who would rather not write a call."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from sora_nb.handles import Video
from sora_nb.studio import Studio

if TYPE_CHECKING:
    import pandas as pd

UNFINISHED = ("queued", "in_progress", "unknown")
"""The states that `%sora_jobs` shows unless it is asked for all."""


@magics_class
class SoraMagics(Magics):
    """What `%load_ext sora_nb` adds to a notebook."""

    @magic_arguments()
    @argument("-c", "--character", action="append", default=[], metavar="NAME", help="who is in it; may be repeated")
    @argument("--seconds", type=float, help="how long, by default as the service does")
    @argument("--size", metavar="WxH", help="in pixels, by default as the service does")
    @argument("--model", help="by default the service's first")
    @argument("--take", type=int, default=1, help="2 asks for another of the same (default: 1)")
    @argument("--into", metavar="NAME", help="keep the video in this variable")
    @argument("--studio", metavar="NAME", help="the variable of the studio, where there are several")
    @argument("--wait", action="store_true", help="block until the file is there")
    @cell_magic
    def sora(self, line: str, cell: str) -> Video:
        """Ask for a video of what the cell says, and show it as it comes.

        The cell is the prompt, letter by letter; `@ada` in it names a character, as `--character` does.
        An equal cell asked again is the same video: nothing is sent, or paid for, twice.
        """
        asked = self._read(self.sora, line)
        if asked.into is not None and not asked.into.isidentifier():
            raise UsageError(f"--into {asked.into!r} is not the name of a variable. Try --into video.")
        video = self._studio(asked.studio).generate(
            cell,
            characters=asked.character,
            seconds=asked.seconds,
            size=asked.size,
            model=asked.model,
            take=asked.take,
        )
        if asked.into is not None:
            self._variables[asked.into] = video
        return video.wait() if asked.wait else video

    @magic_arguments()
    @argument("--all", action="store_true", help="finished ones too")
    @argument("--studio", metavar="NAME", help="the variable of the studio, where there are several")
    @line_magic
    def sora_jobs(self, line: str) -> pd.DataFrame:
        """The videos that are under way, or with `--all` every one, a row each."""
        asked = self._read(self.sora_jobs, line)
        studio = self._studio(asked.studio)
        videos = studio.videos()
        return studio.frame(video for video in videos if asked.all or video.status in UNFINISHED)

    @property
    def _variables(self) -> dict[str, Any]:
        assert self.shell is not None  # magics are made by a shell
        variables: dict[str, Any] = self.shell.user_ns
        return variables

    def _read(self, magic: Any, line: str) -> Namespace:
        asked: Namespace = parse_argstring(magic, line)
        return asked

    def _studio(self, name: str | None) -> Studio:
        """The studio of a name, or the one there is; where there is none, the one that the environment names."""
        found = {
            variable: value
            for variable, value in self._variables.items()
            if isinstance(value, Studio) and not variable.startswith("_")
        }
        if name is not None and name not in found:
            raise UsageError(f"There is no studio in a variable {name!r}. {_listed(found)}")
        if name is not None:
            return found[name]
        if not found:
            studio = self._variables["studio"] = Studio()
            return studio
        if len({id(studio) for studio in found.values()}) > 1:
            raise UsageError(f"There are several studios; say which with --studio. {_listed(found)}")
        return next(iter(found.values()))


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext sora_nb` does."""
    shell.register_magics(SoraMagics)


def _listed(found: dict[str, Studio]) -> str:
    return f"There are {', '.join(found)}." if found else 'Make one: studio = sora_nb.Studio("simulator").'
