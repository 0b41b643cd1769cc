"""Tables as files, and back in the same types: CSV, JSON and Parquet."""

from __future__ import annotations

import csv
import itertools
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sora_nb.atomic import into_folder
from sora_nb.errors import ConfigError
from sora_nb.tables.columns import NEVER_MISSING, SCHEMA, TABLES, TIME
from sora_nb.tables.making import mark

TRUE, FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})

KINDS = ".csv, .json or .parquet"


def write_table(table: pd.DataFrame, path: str | Path) -> Path:
    """Write a table to *path*, as the CSV, JSON or Parquet that its name ends with, and return where it is.

    JSON is a list of rows. Parquet wants the extra `parquet`. CSV and JSON have no place to say which columns are the
    axes of a sweep, so these stand first there. The folder is made. Raises `ConfigError` for another ending, and where
    it cannot be written.
    """
    path = Path(path).expanduser()
    if path.suffix not in _WRITE:
        raise ConfigError(f"{path.name} does not say what it is to be. End its name with {KINDS}.")
    with into_folder(path):
        _WRITE[path.suffix](table, path)
    return path


def _to_csv(table: pd.DataFrame, path: Path) -> None:
    # Half a surrogate pair is no character, and a prompt that came as JSON can hold one.
    how: Any = {"quoting": csv.QUOTE_NONNUMERIC, "lineterminator": "\n"}  # else a lone \r would end a line
    _axes_first(table).to_csv(path, index=False, encoding="utf-8", errors="replace", **how)


def _to_json(table: pd.DataFrame, path: Path) -> None:
    rows = [*map(_plain, _axes_first(table).to_dict("records"))]
    path.write_text(json.dumps(rows, indent=1, allow_nan=False), "utf-8")


def _to_parquet(table: pd.DataFrame, path: Path) -> None:
    _with_parquet(lambda: table.to_parquet(path, index=False))


_WRITE: dict[str, Callable[[pd.DataFrame, Path], None]] = {".csv": _to_csv, ".json": _to_json, ".parquet": _to_parquet}


def _axes_first(table: pd.DataFrame) -> pd.DataFrame:
    axes = list(table.attrs.get("sora_nb", {}).get("axes", ()))
    rank = [axes.index(name) if name in axes else len(axes) for name in table]
    # By place, since a table put together from two may have a name twice.
    return table.iloc[:, sorted(range(len(rank)), key=rank.__getitem__)]


def read_table(path: str | Path, table: str | None = None) -> pd.DataFrame:
    """A table that was written as CSV, JSON or Parquet, in the types that it had.

    *table* is its name, one of `tables.TABLES`; told by its columns by default, and `videos` where it has none.
    Columns that the contract does not know stay as they are, and are text where they come from a CSV. Of a CSV or JSON
    those that stand before all of the contract's are the axes of a sweep.

    Raises `ConfigError` where the file is no such table, or was written by a newer sora_nb.
    """
    path = Path(path).expanduser()
    try:
        if path.suffix == ".csv":
            # Nothing is guessed: "007" stays text, and so does a prompt that says NA.
            found = pd.read_csv(path, dtype="string[python]", keep_default_na=False, na_values=[""], encoding="utf-8")
        elif path.suffix == ".json":
            found = pd.DataFrame(_rows(json.loads(path.read_text("utf-8"))))
        elif path.suffix == ".parquet":
            found = _with_parquet(lambda: pd.read_parquet(path))
        else:
            raise ConfigError(f"{path.name} does not say what it is. Give a file that ends with {KINDS}.")
    except (OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        why = error.strerror if isinstance(error, OSError) and error.strerror else f"it is no {path.suffix[1:]}"
        raise ConfigError(f"The table {path} cannot be read: {why}. Name a file that write_table wrote.") from None
    return typed(found, table)


def typed(frame: pd.DataFrame, table: str | None = None) -> pd.DataFrame:
    """A copy of *frame* in the types of the contract, with the columns that are missing, and its `attrs`.

    *table* as in `read_table`. Raises `ConfigError` for a value that is not of its column's type.
    """
    name = table or _name_of(frame)
    if name not in TABLES:
        raise ConfigError(f"There is no table {name!r}. There are {', '.join(TABLES)}.")
    told = frame.attrs.get("sora_nb", {})
    if told.get("schema", SCHEMA) > SCHEMA:
        raise ConfigError(f"The table was written by a newer sora_nb (version {told['schema']}). Update sora_nb.")
    columns = TABLES[name]
    others = [column for column in frame.columns if column not in columns]
    first = name == "summary"  # its axes stand before its figures
    shown = [*others, *columns] if first else [*columns, *others]
    made = {
        column: _cast(frame, str(column), columns[column]) if column in columns else _tidy(frame[column])
        for column in shown
    }
    before = list(itertools.takewhile(lambda column: column not in columns, frame.columns))
    axes = told.get("axes", before)
    return mark(pd.DataFrame(made, columns=shown), name, [axis for axis in axes if axis in made])


def _name_of(frame: pd.DataFrame) -> str:
    told = frame.attrs.get("sora_nb", {}).get("table")
    whole = [name for name, columns in TABLES.items() if set(columns) <= set(frame.columns)]
    # A table whose columns are all in another's is meant only where the other one is not.
    return told or max(whole, key=lambda name: len(TABLES[name]), default="videos")


def _cast(frame: pd.DataFrame, name: str, kind: str) -> pd.Series[Any]:
    column = frame[name] if name in frame else pd.Series([None] * len(frame), index=frame.index, dtype=object)
    if kind == "string" or str(column.dtype) != kind:  # text may be kept in more than one way
        try:
            column = _READ[kind](column)
        except (ValueError, TypeError, OverflowError) as error:
            raise ConfigError(f"The column {name} is {kind}, and has a value that is not: {error}.") from None
    column = column.reset_index(drop=True)
    return column.fillna("") if name in NEVER_MISSING else column


def _tidy(column: pd.Series[Any]) -> pd.Series[Any]:
    texts = str(column.dtype) in ("object", "str", "string") and all(
        isinstance(value, str) for value in column.dropna()
    )
    return (column.astype("string[python]") if texts else column).reset_index(drop=True)


def _numbers(kind: str) -> Callable[[pd.Series[Any]], pd.Series[Any]]:
    return lambda column: pd.Series([math.nan if pd.isna(value) else float(value) for value in column], dtype=kind)


def _whole(kind: str) -> Callable[[pd.Series[Any]], pd.Series[Any]]:
    # A table that pandas read itself has 2.0 where a number is missing in the column.
    return lambda column: pd.Series([None if pd.isna(value) else _int(value) for value in column], dtype=kind)


def _int(value: Any) -> int:
    number = float(value)
    if not number.is_integer():
        raise ValueError(f"{value!r} is no whole number")
    return int(number)


def _bools(column: pd.Series[Any]) -> pd.Series[Any]:
    return pd.Series([_bool(value) for value in column], dtype="bool")


def _bool(value: Any) -> bool:
    said = "false" if pd.isna(value) else str(value).lower()
    if said not in TRUE | FALSE:
        raise ValueError(f"{value!r} is neither true nor false")
    return said in TRUE


def _times(column: pd.Series[Any]) -> pd.Series[Any]:
    times: pd.Series[Any] = pd.to_datetime(column, utc=True, format="ISO8601")
    return times.astype(TIME)  # type: ignore[call-overload,no-any-return]


_READ: dict[str, Callable[[Any], Any]] = {
    "string": lambda column: column.astype("string[python]"),
    "float64": _numbers("float64"),
    "float32": _numbers("float32"),
    "Int64": _whole("Int64"),
    "int64": _whole("int64"),
    "bool": _bools,
    TIME: _times,
}


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): _json(value) for name, value in row.items()}


def _json(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _rows(told: Any) -> list[Any]:
    if not isinstance(told, list) or not all(isinstance(row, dict) for row in told):
        raise ValueError("no list of rows")
    return told


def _with_parquet(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except ImportError:
        raise ConfigError(
            'Parquet wants pyarrow, which is not installed. Get it with pip install "sora-nb[parquet]".'
        ) from None
