"""A job written down as plain text, to be taken up by another process, with or without its ledger.

It names the job and who may ask for it, and holds nothing that could sign or pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coinslot.errors import ConfigurationError
from coinslot.jobs._work import Work
from coinslot.origin import origin_of
from coinslot.route import MAX_JOB_ID, Route, job_id_of
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.face import Face

_LARGEST = 8 * 1024
_Word = Annotated[str, Field(min_length=1, max_length=2048)]


class JobToken(BaseModel):
    """What a token says. Unknown members are refused: they would be lost when it is written again."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    coinslot_job: Literal[1] = 1
    """The version of this form."""
    origin: _Word
    """Of the API that works on it."""
    route: _Word
    """Of the call that started it, as in `POST /api/draw`."""
    job_id: Annotated[str, Field(min_length=1, max_length=MAX_JOB_ID)]
    attempt_id: _Word | None = None
    """The ledger's row of what was paid; of use where that ledger is at hand."""
    backend: _Word | None = None
    """Whose identity asks for it."""
    payer: _Word | None = None
    """The address that paid for it."""


def read_token(text: str, origin: str) -> JobToken:
    """Read a token. Raises ConfigurationError if it is none, or another API's."""
    try:
        token = JobToken.model_validate_json(text[:_LARGEST])
    except ValidationError as error:
        members = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}))
        raise ConfigurationError(
            f"That is no job token{f' (wrong: {clean(members, 200)})' if members else ''}: "
            "give the whole text that job.token() returned. Nothing was asked or paid."
        ) from error
    if token.origin != origin:
        raise ConfigurationError(
            f"That job is at {clean(token.origin)}, and this client asks {origin}. Nothing was asked or paid."
        )
    if job_id_of(token.job_id) is None:
        raise ConfigurationError("That job token holds no usable job id. Nothing was asked or paid.")
    return token


def write_token(work: Work[Any]) -> str:
    """Write a job down."""
    return JobToken(
        origin=origin_of(work.face.settings.base_url),
        route=str(work.route),
        job_id=work.id,
        attempt_id=work.attempt_id,
        backend=work.identity,
        payer=work.payer,
    ).model_dump_json(exclude_none=True)


def taken_up(face: Face[Any, Any], route: Route[Any, Any], token: JobToken) -> Work[Any]:
    """Take up a job that a token names. Raises ConfigurationError if its route starts no jobs."""
    if route.job is None:
        raise ConfigurationError(f"{route} starts no jobs here, so the token cannot be followed.")
    return Work(
        face,
        route,
        route.job,
        token.job_id,
        attempt_id=token.attempt_id,
        identity=token.backend,
        payer=token.payer,
        status=None,
    )
