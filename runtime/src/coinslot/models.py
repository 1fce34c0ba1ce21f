"""Bases of every generated request and answer model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RequestModel(BaseModel):
    """What a call sends: strict, because a misspelt member would be paid for and ignored.

    Members are named as in Python and sent under the document's names. What was not given stays
    `MISSING` and is not sent; `None` is sent only where the document allows null.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        protected_namespaces=(),
    )


class AnswerModel(BaseModel):
    """What a server answers: tolerant, because APIs grow. Unknown members are kept."""

    model_config = ConfigDict(
        extra="allow",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        protected_namespaces=(),
    )
