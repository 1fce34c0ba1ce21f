"""A paid API on the other side of a mock transport: it draws, keeps jobs, takes files, serves media."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import httpx
from pydantic import MISSING, Field

from coinslot import (
    AnswerModel,
    AnswerT,
    AsyncClient,
    AsyncUploadGroup,
    Call,
    Client,
    Dollars,
    JobStyle,
    MediaUrl,
    PaidCall,
    PriceRange,
    QuoteT,
    RequestModel,
    Result,
    Route,
    Upload,
    UploadGroup,
)
from coinslot.backend import Surroundings
from tests.payments.conftest import DEVELOPMENT_KEY, ORIGIN, Clock, Shop, encode, offer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
IMAGE = f"{ORIGIN}/media/cat.png"

JOBS = JobStyle(id="jobId", path="/api/jobs/{jobId}")


class DrawRequest(RequestModel):
    prompt: str
    image_size: Annotated[str | MISSING, Field(alias="imageSize")] = MISSING


class ListQuery(RequestModel):
    limit: int | MISSING = MISSING
    status: list[str] | MISSING = MISSING


class Deleted(AnswerModel):
    success: bool


class ImageResult(Result):
    image_url: Annotated[MediaUrl, Field(alias="imageUrl")]
    thumbnail_url: Annotated[MediaUrl | None, Field(alias="thumbnailUrl")] = None


class Tokened(AnswerModel):
    upload_id: Annotated[str, Field(alias="uploadId")]


DRAW: Route[Any, Any] = Route(
    "POST",
    "/api/draw",
    access="paid",
    price=PriceRange("0.13", "0.24"),
    job=JOBS,
    result=ImageResult,
    typical_seconds=(10, 10),
    poll_seconds=5,
)
DELETE: Route[Any, Any] = Route("DELETE", "/api/jobs/{jobId}", access="signed", answer=Deleted)
LIST: Route[Any, Any] = Route("GET", "/api/jobs", access="open")
TOKEN: Route[Any, Any] = Route("POST", "/api/upload", access="paid", answer=Tokened, price=PriceRange("0.01"))
CONFIRM: Route[Any, Any] = Route("POST", "/api/upload/confirm", access="signed")

UPLOAD = Upload(
    token=TOKEN,
    confirm=CONFIRM,
    put_url="https://files.example/api/blob/",
    put_query="pathname",
    put_headers=(("x-content-type", "{content_type}"), ("x-api-version", "11")),
    token_member="clientToken",
    id_member="uploadId",
    url_member="blobUrl",
    media_types=("image/png", "image/jpg", "video/mp4"),
)


class Draw(PaidCall[AnswerT, QuoteT]):
    def __call__(
        self,
        *,
        prompt: str,
        image_size: Any = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        body = DrawRequest(prompt=prompt, image_size=image_size)
        return self._pay(DRAW, body=body, max_price=max_price, idempotency_key=idempotency_key)

    def quote(self, *, prompt: str) -> QuoteT:
        return self._quote(DRAW, body=DrawRequest(prompt=prompt))


class Delete(Call[AnswerT]):
    def __call__(self, job_id: str) -> AnswerT:
        return self._send(DELETE, path={"jobId": job_id})


class List(Call[AnswerT]):
    def __call__(self, *, limit: Any = MISSING, status: Any = MISSING) -> AnswerT:
        return self._send(LIST, query=ListQuery(limit=limit, status=status))


class Files(UploadGroup):
    UPLOAD = UPLOAD


class AsyncFiles(AsyncUploadGroup):
    UPLOAD = UPLOAD


ROUTE = DRAW
"""What a generated module of the route would hold."""


class Studio(Client):
    ORIGIN = "https://studio.example"
    JOB_ROUTES: ClassVar = {"POST /api/draw": ".studio"}


class AsyncStudio(AsyncClient):
    ORIGIN = "https://studio.example"
    JOB_ROUTES: ClassVar = {"POST /api/draw": ".studio"}


Answer = Callable[[httpx.Request], httpx.Response]


def says(status: str, **members: Any) -> Answer:
    return lambda _: httpx.Response(200, json={"id": "job-1", "status": status, **members})


def code(status: int, **headers: str) -> Answer:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, json={}, headers=fields)


def fails(failure: type[httpx.TransportError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure("as told", request=request)

    return answer


def asks_money(request: httpx.Request) -> httpx.Response:
    content = {"x402Version": 2, "resource": {"url": str(request.url)}, "accepts": [offer()]}
    return httpx.Response(402, json={}, headers={"PAYMENT-REQUIRED": encode(content)})


def done(url: str = IMAGE) -> Answer:
    return says("complete", progress=100, result={"imageUrl": url})


@dataclass
class Server:
    """Answers each path in turn as told; its last answer stays."""

    shop: Shop = field(default_factory=Shop)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers.setdefault("/api/jobs/job-1", [done()])
        self.answers.setdefault("/media/cat.png", [lambda _: httpx.Response(200, content=PNG)])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path in self.answers:
            told = self.answers[request.url.path]
            return (told.pop(0) if len(told) > 1 else told[0])(request)
        return self.shop(request)

    def asked(self, path: str) -> list[httpx.Request]:
        return [request for request in self.requests if request.url.path == path]


def options(server: Server, clock: Clock) -> dict[str, Any]:
    """How a client of this server is made, whatever its face."""
    return {
        "base_url": ORIGIN,
        "pay_with": ["base"],
        "transport": httpx.MockTransport(server),
        "environ": {"COINSLOT_EVM_KEY": DEVELOPMENT_KEY},
        "surroundings": Surroundings(now=clock.now, monotonic=clock.now, sleep=clock.sleep),
    }
