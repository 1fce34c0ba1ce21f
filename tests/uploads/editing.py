"""An API that edits pictures: it sells tokens and edits, and takes the files that edits refer to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

import httpx
from pydantic import MISSING, Field

from coinslot import AnswerT, Dollars, Media, PaidCall, QuoteT, RequestModel
from tests.payments.conftest import encode, offer, receipt, transaction_of
from tests.runtime import studio as shops
from tests.runtime.studio import DRAW, Server

PUT, CONFIRM, BLOB = "/api/blob/", "/api/upload/confirm", "https://store.example/uploads/"
JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
EDIT = replace(DRAW, path="/api/edit", media={"images": ("image",), "shots.clip": ("video",)})


class Shot(RequestModel):
    clip: Media


class EditRequest(RequestModel):
    prompt: str
    images: Annotated[Sequence[Media], Field(max_length=3)]
    shots: Sequence[Shot] | MISSING = MISSING


class Edit(PaidCall[AnswerT, QuoteT]):
    def __call__(
        self,
        *,
        images: Sequence[Media],
        shots: Any = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        body = EditRequest(prompt="x", images=images, shots=shots)
        return self._pay(EDIT, body=body, max_price=max_price, idempotency_key=idempotency_key)

    def quote(self, *, images: Sequence[Media]) -> QuoteT:
        return self._quote(EDIT, body=EditRequest(prompt="x", images=images))


class Studio(shops.Studio):
    UPLOAD_STEPS: ClassVar[str] = ".steps"


class AsyncStudio(shops.AsyncStudio):
    UPLOAD_STEPS: ClassVar[str] = ".steps"


class Host:
    """Sells tokens and edits, takes files, and knows which of them are there."""

    def __init__(self) -> None:
        self.server = Server()
        self.server.answers |= {PUT: [self._put], CONFIRM: [self._confirm]}
        self.server.shop.offers = [offer(amount="10000")]
        self.tokens = 0
        self.gone: set[str] = set()
        self.looks: dict[str, shops.Answer] = {}
        """What is answered to whoever asks whether a file is there, by its address without a query."""
        self.suffix = ""
        """What addresses of files end in."""
        self.base = ""
        """The path under which a second API like it is served here."""
        self.edits: list[Any] = []
        self.edit_answers: list[shops.Answer] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "store.example":
            self.server.requests.append(request)
            assert request.method == "HEAD"
            assert "authorization" not in request.headers
            look = self.looks.get(str(request.url.copy_with(query=None)))
            if look is not None:
                return look(request)
            return httpx.Response(404 if str(request.url) in self.gone else 200)
        path = request.url.path.removeprefix(self.base)
        if path in ("/api/upload", "/api/edit"):
            self.server.requests.append(request)
            if "payment-signature" not in request.headers:
                amount = "10000" if path == "/api/upload" else "134000"
                content = {
                    "x402Version": 2,
                    "resource": {"url": str(request.url)},
                    "accepts": [offer(amount=amount)],
                }
                return httpx.Response(402, json={}, headers={"PAYMENT-REQUIRED": encode(content)})
            headers = {"PAYMENT-RESPONSE": encode(receipt(transaction=f"0x{transaction_of(request)}"))}
            if path == "/api/upload":
                self.tokens += 1
                name = f"{self.tokens}"
                content = {"uploadId": name, "clientToken": f"secret-{name}", "pathname": name}
                return httpx.Response(200, json=content, headers=headers)
            if self.edit_answers:
                return self.edit_answers.pop(0)(request)
            self.edits.append(json.loads(request.content))
            return httpx.Response(
                200, json={"jobId": f"job-{len(self.edits)}", "status": "pending"}, headers=headers
            )
        return self.server(request)

    def _put(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"url": f"{BLOB}{request.url.params['pathname']}{self.suffix}"})

    def _confirm(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"blobUrl": json.loads(request.content)["blobUrl"]})
