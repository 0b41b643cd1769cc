"""Trouble on purpose: what a service, and the wire to it, may do to a request.

A `Faults` holds a plan that tests set, and says what a key for a repeated request means here. The
first fault planned for a kind of request befalls the next such request:

| does     | what happens                                                                                   |
|----------|------------------------------------------------------------------------------------------------|
| `drop`   | the connection is closed without an answer; *after* it was carried out, *seconds* later if set |
| `status` | *status* and *headers* are answered, before or *after* it was carried out                      |
| `garble` | it is carried out, and half of its answer is sent as if it were whole                          |
| `delay`  | *seconds* pass before, or *after*, it is carried out                                           |
| `lag`    | the list leaves out what is younger than *seconds*                                             |
| `repeat` | the list shows every row twice                                                                 |
| `jump`   | the service's clock moves by *seconds*                                                         |

A request that never reaches the service is `drop` without *after*.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sora_nb.simulator.refusal import Refusal, invalid, shown

Does = Literal["drop", "status", "garble", "delay", "lag", "repeat", "jump"]
Kind = Literal["create", "poll", "list", "content"]
Keys = Literal["replay", "single_use", "list", "none"]
"""What becomes of a repeated key: answered as the first time, refused, or ignored; `none` cannot list either."""

KINDS = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls one request, or the next *times* of its kind."""

    does: Does
    to: Kind = "create"
    after: bool = False
    """It was carried out all the same."""
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    times: int = 1


class Faults:
    """A plan of faults, and the meaning of keys. *clock* is the service's own, before it jumps."""

    def __init__(
        self, plan: Iterable[Fault] = (), *, keys: Keys = "list", clock: Callable[[], float] = time.time
    ) -> None:
        self.keys = keys
        self._plan = list(plan)
        self._clock = clock
        self._ahead = 0.0

    def add(self, *faults: Fault) -> None:
        """Plan more, behind what is planned."""
        self._plan.extend(faults)

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        self._plan.clear()

    @property
    def left(self) -> list[Fault]:
        """What is planned and has not happened."""
        return list(self._plan)

    def clock(self) -> float:
        """Seconds since 1970 as the service has them; give it to a `World`."""
        return self._clock() + self._ahead

    def take(self, kind: Kind) -> Fault | None:
        """What befalls the next request of a kind."""
        for place, fault in enumerate(self._plan):
            if fault.to == kind:
                del self._plan[place]
                if fault.times > 1:
                    self._plan.insert(place, replace(fault, times=fault.times - 1))
                if fault.does == "jump":
                    self._ahead += fault.seconds
                return fault
        return None


class FaultsDoor:
    """`/faults`: `GET` tells the plan; `POST` adds a list of faults to it, or forgets it where the list is empty."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.routes = [Route("/faults", self.tell, methods=["GET"]), Route("/faults", self.add, methods=["POST"])]

    async def tell(self, request: Request) -> Response:
        """`GET /faults`"""
        return JSONResponse({"keys": self.faults.keys, "plan": [asdict(fault) for fault in self.faults.left]})

    async def add(self, request: Request) -> Response:
        """`POST /faults`"""
        faults = [_read(one) for one in _listed(await request.body())]
        if faults:
            self.faults.add(*faults)
        else:
            self.faults.clear()
        return await self.tell(request)


def _listed(body: bytes) -> list[Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "The body is not JSON.", code="invalid_json") from error
    if not isinstance(told, list):
        raise Refusal(400, "The body must be a JSON list of faults.", code="invalid_json")
    return told


def _read(told: Any) -> Fault:
    if not isinstance(told, dict) or told.get("does") not in get_args(Does) or told.get("to", "create") not in KINDS:
        raise invalid("does", f"{shown(told)} is no fault. Say what it does, of {', '.join(get_args(Does))}, and to.")
    try:
        return Fault(**told)
    except TypeError as error:
        raise invalid("fault", f"A fault has no such field: {error}.") from error
