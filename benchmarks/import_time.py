"""How long `import sora_nb` takes, as a share of `import ipywidgets`: python benchmarks/import_time.py

Each runs in a new interpreter, in turn, so that a busy machine slows both; medians are compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 9


def seconds(statement: str) -> float:
    """Wall time of a new interpreter that runs one statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print one line."""
    runs = [(seconds("pass"), seconds("import sora_nb"), seconds("import ipywidgets")) for _ in range(RUNS)]
    bare, ours, theirs = (statistics.median(column) for column in zip(*runs, strict=True))
    ours, theirs = ours - bare, theirs - bare
    print(
        f"import sora_nb {ours * 1000:.0f} ms, import ipywidgets {theirs * 1000:.0f} ms, "
        f"ratio {ours / theirs:.2f} (medians of {RUNS}, a bare interpreter's {bare * 1000:.0f} ms taken off)"
    )


if __name__ == "__main__":
    main()
