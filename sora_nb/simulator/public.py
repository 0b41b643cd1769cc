"""What is open without a key: what this is, its sample clips, its ledger."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sora_nb.simulator.markers import MARKERS
from sora_nb.simulator.pictures import CLIPS
from sora_nb.simulator.records import signature
from sora_nb.simulator.refusal import Refusal, not_found
from sora_nb.simulator.world import World


class Public:
    """Routes that need no key; *paths* and the servers *played* are told to whoever asks."""

    def __init__(self, world: World, paths: list[str], played: Sequence[str]) -> None:
        self.world = world
        self.paths = paths
        self.played = played
        self.routes = [
            Route("/", self.index, methods=["GET"]),
            Route("/ledger", self.ledger, methods=["GET"]),
            Route("/samples/{name}", self.sample, methods=["GET"]),
            Route("/store/{name}", self.store, methods=["GET"]),
        ]

    async def index(self, request: Request) -> Response:
        """`GET /`"""
        models = {family: [model.name for model in models] for family, models in self.world.profile.models.items()}
        return JSONResponse(
            {
                "service": "sora_nb simulator",
                "simulated": True,
                "about": (
                    "A video service that is not there. It is not a model: it draws small illustrated scenes from the "
                    "words of a prompt. Nothing leaves this machine, any key is accepted, all money is pretend."
                ),
                "speed": self.world.speed if self.world.speed != float("inf") else "inf",
                "models": models,
                "paths": [*(route.path for route in self.routes), *self.paths],
                "servers": {name: f"/as/{name}" for name in self.played},
                "samples": [f"/samples/{name}.mp4" for name in CLIPS],
                "markers": MARKERS,
            }
        )

    async def ledger(self, request: Request) -> Response:
        """`GET /ledger`"""
        charges = await run_in_threadpool(lambda: self.world.ledger)
        total = round(sum(charge.usd for charge in charges), 6)
        return JSONResponse({"simulated": True, "total_usd": total, "charges": [asdict(charge) for charge in charges]})

    async def sample(self, request: Request) -> Response:
        """`GET /samples/{name}`"""
        name = request.path_params["name"]
        clip = await run_in_threadpool(self.world.gallery.sample, name)
        if clip is None:
            raise not_found("sample", name)
        return FileResponse(clip, media_type="video/mp4")

    async def store(self, request: Request) -> Response:
        """`GET /store/{name}`: what a server put elsewhere. Who holds the signed address needs no key."""
        name = request.path_params["name"]
        if not secrets.compare_digest(request.query_params.get("signature", ""), signature(name)):
            raise Refusal(403, "The signature of this address is not right.", code="bad_signature")
        job = await run_in_threadpool(self.world.job, name.removesuffix(".mp4"))
        path = await run_in_threadpool(self.world.content, job)
        if path is None:
            raise not_found("video", job.id)
        return FileResponse(path, media_type="video/mp4")
