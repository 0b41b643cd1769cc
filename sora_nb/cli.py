"""The `sora-nb` command."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from sora_nb.errors import ConfigError, SoraError
from sora_nb.leaks import Leak

Commands = argparse._SubParsersAction  # argparse has no public name for what `add_subparsers` returns


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit status: 0, 1 for an error told in a sentence, 130 when interrupted."""
    parser = argparse.ArgumentParser(prog="sora-nb", description="Reusable characters in generated video.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for add in COMMANDS:
        add(commands)
    options = parser.parse_args(argv)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except SoraError as error:
        print(f"sora-nb: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def add_serve(commands: Commands[argparse.ArgumentParser]) -> None:
    """`sora-nb serve`: the simulator on a local port."""
    parser = commands.add_parser("serve", help="run the simulator, a video service that is not there")
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8750, help="0 for any free one (default: %(default)s)")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="2 is twice as fast, inf without waiting")
    parser.add_argument("--seed", type=int, default=0, help="equal seeds give equal ids and pictures")
    parser.add_argument(
        "--profile",
        default="default",
        metavar="NAME",
        help="default, strict without model sim-1, or a server to play: vllm-omni, sglang, tensorrt-llm, litellm, "
        "azure, openrouter or laozhang (all of them are under /as/NAME in any case)",
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="keep jobs and files here (default: keep nothing)")
    parser.add_argument("--exposed", action="store_true", help="allow a --host that others can reach; it has no lock")
    parser.add_argument(
        "--faults",
        choices=("replay", "single_use", "list", "none"),
        metavar="KEYS",
        help="misbehave as POST /faults plans it; a repeated key is a replay, single_use, or ignored (list, none)",
    )
    parser.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    from sora_nb.simulator.serve import serve

    serve(
        options.host,
        options.port,
        speed=options.speed,
        seed=options.seed,
        profile=options.profile,
        folder=options.folder,
        exposed=options.exposed,
        keys=options.faults,
        announce=lambda line: print(line, flush=True),
    )
    return 0


def add_demo(commands: Commands[argparse.ArgumentParser]) -> None:
    """`sora-nb demo`: the whole main job on the simulator."""
    parser = commands.add_parser("demo", help="make a character and put it into three scenes, offline and free")
    parser.add_argument("--report", type=Path, default=Path("report.html"), help="page to write (default: %(default)s)")
    parser.add_argument("--library", type=Path, metavar="DIR", help="keep the library here (default: keep nothing)")
    parser.add_argument("--speed", type=float, default=4.0, metavar="X", help="of the simulator's clock")
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    from sora_nb.studio import Studio

    with tempfile.TemporaryDirectory(prefix="sora-nb-demo-", ignore_cleanup_errors=True) as scratch:
        studio = Studio("simulator", library=options.library or scratch, speed=options.speed)
        print("1  A video to take the character from (simulated: drawn, not generated) ...", flush=True)
        park = studio.generate(
            "A young woman with curly brown hair and glasses, blue sweater, walking in a park", seconds=10
        ).wait()
        print("2  Seconds 2 to 5 of it become a character ...", flush=True)
        ada = studio.create_character(park, "2,5", name="Ada").wait()
        print(f"3  @{ada.handle} in three scenes ...", flush=True)
        scenes = ["in a cozy coffee shop", "on a beach at sunset", "cooking in a modern kitchen"]
        runs = studio.sweep("@{character} {scene}", character=[ada], scene=scenes).run().wait()
        columns = ["scene", "status", "seconds", "size", "elapsed_s", "est_cost_usd", "sharpness", "simulated"]
        print(f"\n{runs.df[columns].to_string(index=False)}\n")
        page = runs.report(options.report)
        studio.close()
    print(f"Open {page} in a browser: it holds the character and the takes, and needs nothing else.")
    print("Next: `make lab` opens the guide, notebooks/01_first_character.ipynb.")
    return 0


def add_lab(commands: Commands[argparse.ArgumentParser]) -> None:
    """`sora-nb lab`: JupyterLab on the guide."""
    parser = commands.add_parser("lab", help="open JupyterLab on the guide")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("notebooks"), help="default: %(default)s")
    parser.set_defaults(run=_lab)


def _lab(options: argparse.Namespace) -> int:
    if find_spec("jupyterlab") is None:
        raise ConfigError("JupyterLab is not installed. Install it with: pip install 'sora-nb[lab]'")
    command = [sys.executable, "-m", "jupyter", "lab", str(options.folder)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there is often nobody else
    return subprocess.run(command, check=False).returncode  # noqa: S603  no part of it comes from elsewhere


def add_resume(commands: Commands[argparse.ArgumentParser]) -> None:
    """`sora-nb resume`: take up what a dead kernel left."""
    parser = commands.add_parser("resume", help="finish and download what is unfinished in the library")
    parser.add_argument("--library", metavar="DIR|ADDRESS", help="default: the user's own folder")
    parser.set_defaults(run=_resume)


def _resume(options: argparse.Namespace) -> int:
    from sora_nb.studio import Studio

    jobs = Studio("simulator", library=_there(options.library)).resume()
    for job in jobs:
        job.settle()
        print(f"{job!r} {job.error or ''}".rstrip(), flush=True)
    print(f"{len(jobs)} taken up." if jobs else "Nothing is unfinished.")
    return 0 if all(job.status == "completed" for job in jobs) else 1


def _there(library: str | None) -> str | None:
    """The library that is named; one that is only read must be there, since a name with a slip would make another."""
    if library is not None and "://" not in library and not Path(library).expanduser().is_dir():
        raise ConfigError(
            f"There is no library {library}: no such folder. Is the name right? It is Studio(...).folder."
        )
    return library


def add_report(commands: Commands[argparse.ArgumentParser]) -> None:
    """`sora-nb report`: the takes of a library as one page."""
    parser = commands.add_parser(
        "report", help="write takes and their characters as one page that needs nothing else, or a sheet of pictures"
    )
    parser.add_argument(
        "page", type=Path, nargs="?", default=Path("report.html"), help=".html, .png or .pdf (default: %(default)s)"
    )
    parser.add_argument("--library", metavar="DIR|ADDRESS", help="default: the user's own folder")
    parser.add_argument("--sweep", metavar="ID", help="only the takes of this sweep; default: all takes")
    parser.add_argument("--title", default="", help="default: the question, or Takes")
    parser.add_argument("--question", default="", help="what was to be found out")
    parser.add_argument(
        "--max-mb",
        type=float,
        default=60.0,
        metavar="MB",
        help="for films and pictures together (default: %(default)g)",
    )
    parser.add_argument("--plan", action="store_true", help="only tell what the page would hold and weigh")
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    from sora_nb.studio import Studio

    studio = Studio("simulator", library=_there(options.library))
    videos = [video for video in studio.videos() if options.sweep in (None, video.record.sweep)]
    if not videos:
        of = f" of the sweep {options.sweep!r}; the column sweep of videos_df() has their ids" if options.sweep else ""
        raise ConfigError(f"The library has no take{of}. Name another one with --library.")
    plan = studio.report_plan(videos, title=options.title, question=options.question, max_mb=options.max_mb)
    if options.plan:
        print(plan)
    else:
        page = plan.write(options.page, progress=_share if sys.stderr.isatty() else None)
        print(f"{page}: {len(videos)} take{'' if len(videos) == 1 else 's'}, {_size(page.stat().st_size)}.")
    studio.close()
    return 0


def _share(done: float) -> None:
    """How far the films are, on one line that is written over."""
    print(f"\rmaking films smaller: {done:.0%}", end="\n" if done >= 1 else "", file=sys.stderr, flush=True)


def add_freeze(commands: Commands[argparse.ArgumentParser]) -> None:
    """`sora-nb freeze`: a notebook that shows the same without a kernel."""
    parser = commands.add_parser("freeze", help="copy a notebook for sharing: no live views, nothing blank")
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--to", type=Path, metavar="FILE", help="default: NAME-frozen.ipynb beside it")
    parser.set_defaults(run=_freeze)


def _freeze(options: argparse.Namespace) -> int:
    from sora_nb.freeze import freeze

    if options.to is not None and options.to.resolve() == options.notebook.resolve():
        raise ConfigError(f"--to {options.to} is the notebook itself, which would lose its views. Name another file.")
    done = freeze(options.notebook, options.to)
    print(f"{done.path}: {_views(done.views)}, {_size(done.bytes_before)} before, {_size(done.bytes_after)} now.")
    if done.blank:
        print(f"{done.blank} of them had no other form; a sentence says what was there.")
    return _tell_leaks(done.leaks)


def add_scan_keys(commands: Commands[argparse.ArgumentParser]) -> None:
    """`sora-nb scan-keys`: keys and signed addresses in what may be shared."""
    parser = commands.add_parser("scan-keys", help="look for keys in notebooks and texts before they are shared")
    parser.add_argument("paths", type=Path, nargs="*", default=[Path()], help="files or folders (default: this one)")
    parser.set_defaults(run=_scan_keys)


def _scan_keys(options: argparse.Namespace) -> int:
    from sora_nb.leaks import keys_at_hand, leaks_in

    known = keys_at_hand()
    try:
        found = [leak for path in options.paths for leak in leaks_in(path, known=known)]
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be read: {error.strerror}.") from error
    if not found:
        print("No key and no signed address was found.")
    return _tell_leaks(found)


def _tell_leaks(leaks: Sequence[Leak]) -> int:
    for leak in leaks:
        print(leak)
    if leaks:
        print("Whoever sees these can use them: take them out, and replace the keys if they were ever shared.")
    return 1 if leaks else 0


def _views(count: int) -> str:
    return f"{count} live view{'' if count == 1 else 's'} made still"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"


COMMANDS = (add_demo, add_lab, add_serve, add_resume, add_report, add_freeze, add_scan_keys)
"""Each adds its own parser and sets `run`, which takes the parsed options and returns the exit status."""

if __name__ == "__main__":
    sys.exit(main())
