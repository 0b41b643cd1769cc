"""The shape `/v1/videos`, as OpenAI's service spoke it and as the servers of today do."""

from __future__ import annotations

import re
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sora_nb.simulator import body, judging, telling
from sora_nb.simulator.characters_api import CharactersShape
from sora_nb.simulator.clockwork import ACCEPTED, Standing
from sora_nb.simulator.content import content
from sora_nb.simulator.gallery import VARIANTS
from sora_nb.simulator.markers import AVI, CLOUD, SLOW
from sora_nb.simulator.operations import FORM, JSON, Operation, Spoken
from sora_nb.simulator.records import Job
from sora_nb.simulator.refusal import Refusal, invalid, shown
from sora_nb.simulator.schemas import BOOLEAN, FILE, NULL, STRING, Schema, choice, listed, one_of, record, text
from sora_nb.simulator.servers import Listing, Server
from sora_nb.simulator.telling import Seen, told
from sora_nb.simulator.world import World

PAGE_MAX = 100


class VideosShape:
    """Routes of the shape as one server has it, over one world."""

    def __init__(self, world: World, server: Server) -> None:
        self.world = world
        self.server = server
        self.videos = f"{server.prefix}/videos"
        self.routes = self._routes()

    async def create(self, request: Request) -> Response:
        """`POST /videos`"""
        async with self._fields(request) as fields:
            try:
                ask, files = await run_in_threadpool(judging.ask, self.world, self.server, fields, body.kind(request))
            except Refusal as refusal:
                refusal.value = _repeated(fields.get(refusal.param or ""))
                raise
            job = await run_in_threadpool(self.world.submit, ask, files)
        return JSONResponse(self._told(request, job, ACCEPTED), self.server.created)

    async def list_all(self, request: Request) -> Response:
        """`GET /videos`"""
        assert self.server.listing is not None
        needs = self.server.listing.needs
        if needs is not None and not request.query_params.get(needs):
            raise invalid(needs, f"The videos of which provider? Send {needs}.", "missing_required_parameter")
        jobs = await run_in_threadpool(self.world.jobs, self.server.name)
        jobs, more = self._page(request, jobs, self.server.listing)
        page = [self._told(request, job, await run_in_threadpool(self.world.standing, job)) for job in jobs]
        reply: dict[str, Any] = {"object": "list", "data": page}
        if self.server.listing.pages:
            ends = {"first_id": page[0]["id"] if page else None, "last_id": page[-1]["id"] if page else None}
            reply |= {**ends, "has_more": more}
        return JSONResponse(reply)

    async def get(self, request: Request) -> Response:
        """`GET /videos/{id}`"""
        job = await self._job(request)
        standing = await run_in_threadpool(self.world.standing, job)
        pace = round(min(1000, max(50, 1000 / self.world.speed)))
        headers = {"openai-poll-after-ms": str(pace)} if self.server.paced else None
        return JSONResponse(self._told(request, job, standing), headers=headers)

    async def delete(self, request: Request) -> Response:
        """`DELETE /videos/{id}`"""
        deleting = self.server.deleting
        assert deleting is not None
        job = await self._job(request)
        standing = await run_in_threadpool(self.world.standing, job)
        await run_in_threadpool(self.world.delete, job, unended=deleting.unended)
        if deleting.dawdles and SLOW in job.ask.prompt and standing.status == "in_progress":
            raise Refusal(409, "Cancellation in progress; try again later.", code="cancelling")
        match deleting.says:
            case "video":
                return JSONResponse({**self._told(request, job, standing), "status": "deleted"})
            case "flag":
                return JSONResponse({"deleted": True})
        return JSONResponse({"id": self._id(job), "object": "video.deleted", "deleted": True})

    async def get_content(self, request: Request) -> Response:
        """`GET /videos/{id}/content`"""
        job = await self._job(request)
        variant = request.query_params.get("variant", "video") if self.server.variants else "video"
        if variant not in VARIANTS:
            raise invalid("variant", f"There is no variant {shown(variant)}. Choose one of {', '.join(VARIANTS)}.")
        if self.server.containers:
            avi = AVI in job.ask.prompt or job.ask.echo.get("format") == "avi"
            variant = "avi" if avi else variant
        done = (await run_in_threadpool(self.world.standing, job)).status == "completed"
        if self.server.stores and done and CLOUD in job.ask.prompt:
            raise Refusal(400, "The video was put into a store; its url says where.", code="stored_elsewhere")
        file = await content(self.world, job, variant, unready=self.server.unready)
        if self.server.containers and job.ask.echo.get("response_format") == "path":
            return JSONResponse({"id": self._id(job), "output_path": f"/srv/media/{job.id}_0.mp4"})
        return file

    async def remix(self, request: Request) -> Response:
        """`POST /videos/{id}/remix`"""
        source = await self._job(request)
        async with self._fields(request) as fields:
            ask = await run_in_threadpool(judging.remix, self.world, self.server, source, fields)
            job = await run_in_threadpool(self.world.submit, ask)
        return JSONResponse(self._told(request, job, ACCEPTED))

    async def models(self, request: Request) -> Response:
        """`GET /videos/models`"""
        models = self.world.profile.models[self.server.name]
        rows = [
            {
                "id": model.name,
                "name": model.name,
                "supported_sizes": [*model.sizes] or None,
                "supported_durations": [*model.seconds] or None,
                "pricing_skus": {"per-video-second": str(model.usd_per_second)},
            }
            for model in models
        ]
        return JSONResponse({"data": rows})

    def _fields(self, request: Request) -> Any:
        return body.read(request, self.server.bodies, refused=self.server.wrong_body)

    async def _job(self, request: Request) -> Job:
        id_ = self.server.video_ids.back(request.path_params["id"])
        return await run_in_threadpool(self.world.job, id_, self.server.name)

    def _id(self, job: Job) -> str:
        return self.server.video_ids.out(job.id, job.ask.model)

    def _told(self, request: Request, job: Job, standing: Standing) -> dict[str, Any]:
        id_ = self._id(job)
        path = f"{request.scope.get('root_path', '')}{self.videos}/{id_}"
        origin = f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"
        return told(self.server.tells, Seen(job, standing, id_, path, f"{origin}{path}", origin))

    def _page(self, request: Request, jobs: list[Job], listing: Listing) -> tuple[list[Job], bool]:
        """The jobs of the page that is asked for, and whether there are more."""
        query = request.query_params if listing.asked else {}
        limit, order, after = query.get("limit"), query.get("order", "desc"), query.get("after")
        number = listing.default
        if limit is not None:
            number = int(limit) if re.fullmatch(r"[0-9]{1,3}", limit) else PAGE_MAX + 1
            if not listing.least <= number <= PAGE_MAX:
                message = f"limit must be a whole number from {listing.least} to {PAGE_MAX}, not {shown(limit)}."
                raise invalid("limit", message)
        if order not in ("asc", "desc"):
            raise invalid("order", f"order must be asc or desc, not {shown(order)}.")
        if order == "desc":
            jobs = jobs[::-1]
        if after is not None:
            jobs = self._behind(after, jobs, listing)
        return (jobs, False) if number is None else (jobs[:number], len(jobs) > number)

    def _behind(self, after: str, jobs: list[Job], listing: Listing) -> list[Job]:
        id_ = self.server.video_ids.back(after)
        places = [place for place, job in enumerate(jobs) if job.id == id_]
        if not places and listing.strict:
            raise invalid("after", f"There is no video {shown(after)} to go on from.")
        return jobs[places[0] + 1 :] if places else []

    def _routes(self) -> list[Spoken]:
        server, videos, one = self.server, self.videos, f"{self.videos}/{{id}}"
        video = telling.schema(server.tells)

        def says(words: str, reply: Schema, *errors: int, status: int = 200, **more: Any) -> Operation:
            if more.get("body"):
                errors = (*errors, 400, 410, 413, 429, server.wrong_body, *server.errors.statuses.values())
            return Operation(words, replies={status: {JSON: reply}}, errors=errors, error=server.errors.schema, **more)

        asked = {name: field.schema for name, field in server.asks.items() if field.role != "prompt"}
        wanted = record({"prompt": server.asks["prompt"].schema}, optional=asked, more=not server.refuses_unknown)
        bodies = {{"json": JSON, "form": FORM}[kind]: wanted for kind in server.bodies}
        create = says("Start a video.", video, 404, status=server.created, body=bodies)
        routes = [Spoken(videos, self.create, "POST", create)]
        if server.listing is not None:
            routes.append(Spoken(videos, self.list_all, "GET", self._list_says(video)))
        if server.lists_models:
            rows = listed({"type": "object"})
            routes.append(Spoken(f"{videos}/models", self.models, "GET", says("The models.", record({"data": rows}))))
        if server.casts:
            routes += CharactersShape(self.world, server).routes
        routes.append(Spoken(one, self.get, "GET", says("How a video is going.", video, 404)))
        if server.deleting is not None:
            deleted = {
                "openai": record({"id": STRING, "object": {"const": "video.deleted"}, "deleted": {"const": True}}),
                "video": record({"status": {"const": "deleted"}}, more=True),
                "flag": record({"deleted": BOOLEAN}),
            }[server.deleting.says]
            routes.append(Spoken(one, self.delete, "DELETE", says("Throw a video away.", deleted, 404, 409)))
        routes.append(Spoken(f"{one}/content", self.get_content, "GET", self._content_says()))
        if server.remixes:
            prompt = {"json": record({"prompt": server.asks["prompt"].schema})}
            remix = says("Make it again with another prompt.", video, 404, body={JSON: prompt["json"]})
            routes.append(Spoken(f"{one}/remix", self.remix, "POST", remix))
        return routes

    def _list_says(self, video: Schema) -> Operation:
        listing = self.server.listing
        assert listing is not None
        needed = {listing.needs: text(1)} if listing.needs else {}
        asked: dict[str, Schema] = {
            "limit": {"type": "integer", "minimum": listing.least, "maximum": PAGE_MAX},
            "order": choice("asc", "desc"),
            "after": STRING,
        }
        ends: dict[str, Schema] = {
            "first_id": one_of(STRING, NULL),
            "last_id": one_of(STRING, NULL),
            "has_more": BOOLEAN,
        }
        reply = record({"object": {"const": "list"}, "data": listed(video), **(ends if listing.pages else {})})
        return Operation(
            "The videos.",
            query={**asked, **needed} if listing.asked else {},
            needs=tuple(needed),
            replies={200: {JSON: reply}},
            errors=(400, *self.server.errors.statuses.values()) if listing.asked else (),
            error=self.server.errors.schema,
        )

    def _content_says(self) -> Operation:
        server = self.server
        kinds = {kind.media_type: FILE for kind in VARIANTS.values()} if server.variants else {"video/mp4": FILE}
        if server.containers:
            path = record({"id": STRING, "output_path": STRING})
            kinds = {**kinds, "video/x-msvideo": FILE, JSON: path}
        errors = (400,) if server.variants or server.stores else ()
        return Operation(
            "The file of a finished video.",
            query={"variant": choice(*VARIANTS)} if server.variants else {},
            replies={200: kinds, 206: kinds},
            errors=(*errors, *server.errors.statuses.values(), *server.unready.values(), 404, 410, 416),
            error=server.errors.schema,
        )


def _repeated(value: object) -> object:
    """What a field held, as far as a reply can say it."""
    return value if value is None or isinstance(value, str | int | float) else str(type(value).__name__)
