"""Bases of every generated request and answer model."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_MOST_HELD: Final = 16
_HELD: Final[ContextVar[set[type] | None]] = ContextVar("_HELD", default=None)


class _Model(BaseModel):
    """A model of a document, in which hundreds of models may lead to each other in circles.

    Pydantic builds all that a model holds into the model's own validator, however deep it leads, and
    for each model of a circle anew. Here it does so for the first few models that are not built yet;
    another one is asked when a value of it comes.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        held = _HELD.get()
        if cls.__pydantic_complete__ or (held is not None and len(held) < _MOST_HELD):
            if held is not None:
                held.add(cls)
            return handler(source)
        if held is not None:
            return core_schema.no_info_plain_validator_function(
                cls.model_validate, json_schema_input_schema=core_schema.dict_schema()
            )
        token = _HELD.set({cls})
        try:
            return handler(source)
        finally:
            _HELD.reset(token)


class RequestModel(_Model):
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


class AnswerModel(_Model):
    """What a server answers: tolerant, because APIs grow. Unknown members are kept."""

    model_config = ConfigDict(
        extra="allow",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        protected_namespaces=(),
    )
