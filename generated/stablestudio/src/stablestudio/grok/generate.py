# Written by coinslot-codegen 0.1.0; do not edit.
"""Grok: generate.

`POST /api/generate/grok/generate` · $0.07 a call · about 3 s · polled every 5 s
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from coinslot import AnswerT, PaidCall, PriceRange, QuoteT, RequestModel, Route
from pydantic import MISSING, Field

from .._jobs import JOBS
from .._models import AcceptedJob
from ..results import ImageResult

if TYPE_CHECKING:
    from coinslot import Dollars

AspectRatio: TypeAlias = Literal[
    "1:1",
    "16:9",
    "9:16",
    "4:3",
    "3:4",
    "3:2",
    "2:3",
    "2:1",
    "1:2",
    "19.5:9",
    "9:19.5",
    "20:9",
    "9:20",
]


class GenerateRequest(RequestModel):
    """Body of `POST /api/generate/grok/generate`."""

    prompt: Annotated[str, Field(min_length=1, max_length=8000)]
    aspect_ratio: AspectRatio | MISSING = MISSING


ROUTE = Route(
    "POST",
    "/api/generate/grok/generate",
    access="paid",
    answer=AcceptedJob,
    price=PriceRange("0.07"),
    job=JOBS,
    result=ImageResult,
    typical_seconds=(3, 3),
    poll_seconds=5,
    result_lifetime_seconds=1200,
)


class Generate(PaidCall[AnswerT, QuoteT]):
    """Generate an image with Grok Image."""

    def __call__(
        self,
        *,
        prompt: str,
        aspect_ratio: AspectRatio | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Generate an image with Grok Image.

        Costs $0.07 a call and takes about 3 s.

        Args:
            prompt: What the image should show, described in detail. 1 to 8000
                characters.
            aspect_ratio: Shape of the finished image, as width to height. The server's
                default is "16:9".
            max_price: The most that this call may cost, in dollars; above it nothing is
                signed.
            idempotency_key: Names this call: the same key never pays a second time.

        Returns:
            The accepted job; its `wait()` returns an `ImageResult`. The result's URLs
                live for about 20 min.

        Raises:
            PaymentError: It was not paid, or nobody knows yet; the error says what is
                true of the money.
        """
        return self._pay(
            ROUTE,
            body=GenerateRequest(prompt=prompt, aspect_ratio=aspect_ratio),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self, *, prompt: str, aspect_ratio: AspectRatio | MISSING = MISSING
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE, body=GenerateRequest(prompt=prompt, aspect_ratio=aspect_ratio)
        )
