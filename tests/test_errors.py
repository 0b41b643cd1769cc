"""The tree of errors is the one that is drawn, and what an error carries is not lost on the way."""

from __future__ import annotations

import pickle
import re

import pytest

from sora_nb import errors
from sora_nb.errors import RangeError, ServiceError, SoraError, for_status
from sora_nb.timerange import Finding

DRAWN = re.compile(r"^( *)[*x-] (\w+)(?: \((\w+)\))?", re.MULTILINE)


def classes() -> dict[str, type[Exception]]:
    """Every exception of the module, by name."""
    return {
        name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, SoraError)
    }


def drawing(text: str) -> dict[str, tuple[str | None, ...]]:
    """Each class of the drawn tree with the parents it is drawn under."""
    tree: dict[str, tuple[str | None, ...]] = {}
    above: dict[int, str] = {}
    for indent, name, second in DRAWN.findall(text):
        depth = len(indent) // 2
        above[depth] = name
        tree[name] = (above.get(depth - 1), *([second] if second else []))
    return tree


def test_the_drawing_is_the_tree():
    real = {
        name: tuple(base.__name__ for base in kind.__bases__ if base is not Exception) or (None,)
        for name, kind in classes().items()
    }
    assert drawing(errors.__doc__) == real


def test_a_wrong_drawing_would_be_noticed():
    wrong = errors.__doc__.replace("  x LibraryError ", "    - LibraryError ")
    assert drawing(wrong)["LibraryError"] != drawing(errors.__doc__)["LibraryError"]


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (402, "PermissionDeniedError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (409, "ConflictError"),
        (410, "NotFoundError"),
        (413, "BadRequestError"),
        (415, "BadRequestError"),
        (418, "BadRequestError"),
        (422, "BadRequestError"),
        (425, "ConflictError"),
        (429, "RateLimitError"),
        (499, "BadRequestError"),
        (500, "ServerError"),
        (503, "ServerError"),
        (599, "ServerError"),
    ],
)
def test_a_status_has_its_class(status, name):
    assert for_status(status).__name__ == name


def test_the_drawing_names_the_statuses_it_stands_for():
    for line in errors.__doc__.splitlines():
        match = re.match(r" +- (\w+Error) +([\d, ]+)$", line)
        for status in re.findall(r"\d+", match[2]) if match else ():
            assert for_status(int(status)).__name__ == match[1]


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("ConfigError", ValueError),
        ("RangeError", ValueError),
        ("VideoFileError", ValueError),
        ("NotSentError", ConnectionError),
        ("WaitTimeout", TimeoutError),
    ],
)
def test_those_who_do_not_know_us_catch_the_builtin(name, builtin):
    with pytest.raises(builtin):
        raise classes()[name]("said")


def test_what_is_carried_survives_a_process_border():
    finding = Finding("error", "too_long", "It is too long.")
    refused = pickle.loads(pickle.dumps(RangeError("too long", [finding])))  # noqa: S301 - made on the line
    assert refused.findings == (finding,)
    answer = ServiceError("no", status=429, code="quota", request_id="req_1")
    answer = pickle.loads(pickle.dumps(answer))  # noqa: S301 - made on the line
    assert (str(answer), answer.status, answer.code, answer.request_id) == ("no", 429, "quota", "req_1")


@pytest.mark.parametrize("name", ["JobFailed", "JobUnknown", "JobLost", "JobExpired", "JobCancelled", "WaitTimeout"])
def test_an_end_without_result_carries_its_job(name):
    job = object()
    assert classes()[name]("ended", job).job is job
