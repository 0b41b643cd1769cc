"""A PostgreSQL of the tests' own: `python -m tests.postgres` prints where the programs are, or what is missing.

It listens on a socket in a temporary folder and on nothing else, and goes when whoever started it goes.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import pwd

FOLDERS = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")
"""Where Debian and Homebrew put programs that are not in the PATH."""

MISSING = (
    "These tests need a PostgreSQL server, and none was found. Install one (on Debian: apt-get install postgresql), "
    "or name the folder of its programs: SORA_NB_POSTGRES=/path/to/bin"
)

SHELF = Path("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108  memory, so that no disk is waited for
START_SECONDS = 60.0
PR_SET_PDEATHSIG = 1


def find_postgres() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest there is; SORA_NB_POSTGRES decides where it is set."""
    chosen = os.environ.get("SORA_NB_POSTGRES")
    if chosen is not None:
        return Path(chosen) if Path(chosen, "initdb").exists() else None
    found = [path for pattern in FOLDERS for path in Path("/").glob(pattern[1:]) if (path / "initdb").exists()]
    named = shutil.which("initdb")
    found += [Path(named).resolve().parent] if named else []
    return max(found, key=_version, default=None)


def _version(programs: Path) -> int:
    """`/usr/lib/postgresql/15/bin` is version 15, and so is `/opt/homebrew/opt/postgresql@15/bin`."""
    number = programs.parent.name.rpartition("@")[2]
    return int(number) if number.isdigit() else 0


class Server:
    """One server in a folder of its own, with one database; each test has a schema there."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        # Not pytest's own folder, into which only its user may look: as root the server has to be somebody else.
        self.folder = Path(tempfile.mkdtemp(prefix="sora-nb-pg-", dir=SHELF))
        self._user = _nobody() if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self._schemas = 0
        options = ("--auth=trust", "--username=sora", "--encoding=UTF8", "--locale=C", "--no-sync")
        made = self._run("initdb", "-D", str(self.folder / "data"), *options)
        made.wait()
        if made.returncode:
            raise RuntimeError(f"initdb: {self.log()}")
        # Scrambled answers are asked for where a password is told, so that one that is wrong is refused.
        rules = "local all guarded scram-sha-256\nlocal all all trust\n"
        (self.folder / "data" / "pg_hba.conf").write_text(rules)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "shared_buffers": "16MB",
            "max_connections": "60",
        }
        told = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._process = self._run("postgres", "-D", str(self.folder / "data"), *told)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"postgres did not start: {self.log()}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT orderly, SIGQUIT as a power cut would, but for the disk's own memory."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
            self._process = None

    def close(self) -> None:
        """End it, and take the folder away."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, schema: str = "public", user: str = "sora", password: str = "") -> str:
        """A library's address, in a schema of its own."""
        who = f"{user}:{password}" if password else user
        return f"postgresql+psycopg://{who}@/postgres?host={quote(str(self.folder))}&options=-csearch_path%3D{schema}"

    def new_schema(self) -> str:
        """The name of an empty place for tables."""
        self._schemas += 1
        name = f"library_{self._schemas}"
        self.execute(f"CREATE SCHEMA {name}")
        return name

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement gives, said by whoever may do everything."""
        import psycopg

        with psycopg.connect(f"host={self.folder} user=sora dbname=postgres", autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def log(self) -> str:
        """What it said last."""
        path = self.folder / "log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""

    def _answers(self) -> bool:
        import psycopg

        try:
            return self.execute("SELECT 1") == [(1,)]
        except psycopg.OperationalError:
            return False

    def _run(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        who = {} if self._user is None else {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": ()}
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self._programs / program), *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                preexec_fn=_end_with_us if sys.platform.startswith("linux") else None,
                **who,  # type: ignore[arg-type]
            )


def _end_with_us() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def _nobody() -> pwd.struct_passwd:
    """Someone whom the server may be: it refuses to be root."""
    import pwd  # Windows has none

    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("there is no user whom the server may be")


if __name__ == "__main__":
    programs = find_postgres()
    sys.exit(None if programs and not print(programs) else MISSING)
