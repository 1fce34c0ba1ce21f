"""Jobs, results and uploads that come to nothing."""

from __future__ import annotations

from coinslot_sandbox.drop import Dropped
from coinslot_sandbox.exchange import Exchange, Moment
from coinslot_sandbox.faults.kind import good, kind
from coinslot_sandbox.intake import Refused
from coinslot_sandbox.reply import refusal


def _made(exchange: Exchange) -> bool:
    return exchange.job is not None


def _confirmed(exchange: Exchange) -> bool:
    return exchange.upload is not None and exchange.upload.confirmed and good(exchange)


@kind(Moment.ANSWERED, only=_made)
async def job_never_ends(exchange: Exchange, value: str) -> None:
    """The job that this request made stays at work for ever."""
    del value
    if exchange.job is not None:
        exchange.job.fate = "endless"


@kind(Moment.ANSWERED, only=_made)
async def job_fails(exchange: Exchange, value: str) -> None:
    """The job that this request made ends as a failure."""
    del value
    if exchange.job is not None:
        exchange.job.fate = "fails"


@kind(Moment.ANSWERED, only=_made)
async def job_vanishes(exchange: Exchange, value: str) -> None:
    """The job that this request made is unknown to the server from then on: 404, and in no list."""
    del value
    if exchange.job is not None:
        exchange.job.deleted = True


@kind(Moment.ARRIVED, "download")
async def result_expired(exchange: Exchange, value: str) -> None:
    """403 answers the download: the address has expired, and the job gives a fresh one."""
    del exchange, value
    raise Refused(refusal(403, "expired", "this address has expired; ask the job for a fresh one"))


@kind(Moment.ARRIVED, "put")
async def upload_lost(exchange: Exchange, value: str) -> None:
    """The connection closes on the PUT; the file did not arrive."""
    del exchange, value
    raise Dropped


@kind(Moment.ANSWERED, "put", only=good)
async def upload_answer_lost(exchange: Exchange, value: str) -> None:
    """The file arrived; the connection closes without the PUT's answer."""
    del exchange, value
    raise Dropped


@kind(Moment.ANSWERED, "signed", "open", only=_confirmed)
async def confirm_lost(exchange: Exchange, value: str) -> None:
    """The upload is confirmed; the connection closes without an answer."""
    del exchange, value
    raise Dropped
