"""A film that its server put into a store: fetched from there, and the signed address forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sora_nb as sora
from tests.simulator.serving import DEADLINE_S, serving


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as (address, _):
        yield address


@pytest.mark.parametrize("where", ["here", "over there"])
def test_it_is_fetched_and_its_address_is_not_kept(
    address: str, where: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    options: dict[str, Any] = {"speed": 1000} if where == "here" else {"base_url": f"{address}/as/sglang/v1"}
    studio = sora.Studio("simulator", profile="sglang", library=tmp_path / "library", **options)
    try:
        fox = studio.generate("a fox [cloud]", seconds=1, size="160x90").wait(DEADLINE_S)
        assert fox.path is not None
        assert fox.path.read_bytes()[4:8] == b"ftyp"
        studio.videos_df().to_csv(tmp_path / "library" / "table.csv")
    finally:
        studio.close()
    # The simulator's own folder is its memory, and no part of what is kept of a service.
    kept = [path for path in (tmp_path / "library").rglob("*") if path.is_file() and "simulator" not in path.parts]
    assert len(kept) > 2
    assert [path for path in kept if b"signature=" in path.read_bytes()] == []
    assert "signature=" not in caplog.text + repr(fox)


def test_one_that_is_nowhere_is_not_found(address: str, tmp_path: Path) -> None:
    """Without the film elsewhere, the refusal stands as it was."""
    studio = sora.Studio(
        "simulator", profile="sglang", base_url=f"{address}/as/sglang/v1", library=tmp_path / "library"
    )
    try:
        with pytest.raises(sora.SoraError):
            studio.generate("a fox [fail]", seconds=1, size="160x90").wait(DEADLINE_S)
    finally:
        studio.close()
