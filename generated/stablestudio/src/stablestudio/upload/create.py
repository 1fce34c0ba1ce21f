# Written by coinslot-codegen 0.1.0; do not edit.
"""Upload: create.

`POST /api/upload` · $0.01 a call · instant
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from coinslot import (
    AnswerModel,
    AnswerT,
    PaidCall,
    PriceRange,
    QuoteT,
    RequestModel,
    Route,
)
from pydantic import MISSING, Field

if TYPE_CHECKING:
    from coinslot import Dollars

ContentType: TypeAlias = Literal[
    "image/jpeg",
    "image/jpg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "audio/mpeg",
    "audio/mp3",
    "audio/wav",
    "audio/x-wav",
    "audio/mp4",
    "audio/aac",
    "audio/ogg",
]


class CreateRequest(RequestModel):
    """Body of `POST /api/upload`."""

    filename: str
    content_type: Annotated[ContentType, Field(alias="contentType")]
    size: int | float | MISSING = MISSING


class CreateAnswer(AnswerModel):
    """Answer of `POST /api/upload`."""

    upload_id: Annotated[str, Field(alias="uploadId")]
    client_token: Annotated[str, Field(alias="clientToken")]
    pathname: str
    expires_at: Annotated[str, Field(alias="expiresAt")]


ROUTE = Route(
    "POST",
    "/api/upload",
    access="paid",
    answer=CreateAnswer,
    price=PriceRange("0.01"),
    typical_seconds=(0, 0),
)


class Create(PaidCall[AnswerT, QuoteT]):
    """Buy the token that lets a file go straight to Vercel Blob."""

    def __call__(
        self,
        *,
        filename: str,
        content_type: ContentType,
        size: float | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Buy the token that lets a file go straight to Vercel Blob.

        Costs $0.01 a call; instant.

        From then on the `blobUrl` can be used in any edit or i2v request.

        Args:
            filename: What the uploaded file is called.
            content_type: The file's media type, such as image/png.
            size: How many bytes the file has; may be left out.
            max_price: The most that this call may cost, in dollars; above it nothing is
                signed.
            idempotency_key: Names this call: the same key never pays a second time.

        Returns:
            `CreateAnswer`. The request was carried out.

        Raises:
            PaymentError: It was not paid, or nobody knows yet; the error says what is
                true of the money.
        """
        return self._pay(
            ROUTE,
            body=CreateRequest(filename=filename, content_type=content_type, size=size),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self,
        *,
        filename: str,
        content_type: ContentType,
        size: float | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=CreateRequest(filename=filename, content_type=content_type, size=size),
        )
