"""`job.token()` and `client.job(token)`: a job is taken up by another process, with or without its ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import ConfigurationError, Job, PaymentOutcomeUnknown, Quote
from coinslot.ledger import SqliteLedger
from tests.payments.conftest import ORIGIN, Clock, accepted
from tests.runtime.studio import AsyncStudio, Draw, ImageResult, Server, Studio, fails

OTHER_DEVELOPMENT_KEY = "test:0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"


def test_another_client_takes_up_the_job(job: Job[ImageResult], made: dict[str, Any]) -> None:
    token = job.token()
    with Studio(**made) as second:
        result = second.job(token).wait()
        (attempt,) = made["ledger"].attempts()

    assert isinstance(result, ImageResult)
    assert attempt.delivery == "finished"


def test_a_client_with_another_ledger_takes_it_up_too(
    job: Job[ImageResult], made: dict[str, Any], tmp_path: Path, clock: Clock, server: Server
) -> None:
    elsewhere = SqliteLedger(tmp_path / "elsewhere.sqlite3", now=clock.now)
    with Studio(**{**made, "ledger": elsewhere}) as second:
        assert isinstance(second.job(job.token()).wait(), ImageResult)

    assert elsewhere.attempts() == []
    assert len(server.shop.paid) == 1


@pytest.mark.anyio
async def test_the_async_client_takes_it_up_too(job: Job[ImageResult], made: dict[str, Any]) -> None:
    async with AsyncStudio(**made) as second:
        taken = second.job(job.token())
        assert taken.token() == job.token()
        assert isinstance(await taken.wait(), ImageResult)


def test_a_token_is_plain_json_without_anything_that_signs_or_pays(
    job: Job[ImageResult], made: dict[str, Any]
) -> None:
    held = json.loads(job.token())
    (attempt,) = made["ledger"].attempts()

    assert held == {
        "coinslot_job": 1,
        "origin": ORIGIN,
        "route": "POST /api/draw",
        "job_id": "job-1",
        "attempt_id": attempt.id,
        "backend": "base",
        "payer": attempt.terms.payer,
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"origin": "https://elsewhere.example"}, "https://elsewhere.example"),
        ({"route": "POST /api/paint"}, "POST /api/paint"),
        ({"route": "GET /api/jobs"}, "GET /api/jobs"),
        ({"job_id": "line\nbreak"}, "no usable job id"),
        ({"coinslot_job": 2}, "coinslot_job"),
        ({"key": "0x"}, "key"),
    ],
)
def test_a_token_that_does_not_fit_is_refused_before_anything_is_asked(
    job: Job[ImageResult], studio: Studio, server: Server, changes: dict[str, Any], said: str
) -> None:
    asked = len(server.requests)
    with pytest.raises(ConfigurationError, match=said.replace(".", r"\.")):
        studio.job(json.dumps({**json.loads(job.token()), **changes}))

    assert len(server.requests) == asked


@pytest.mark.parametrize("text", ["", "job-1", "[]", '{"coinslot_job": 1', "null"])
def test_what_is_no_token_is_refused(studio: Studio, text: str) -> None:
    with pytest.raises(ConfigurationError, match="no job token"):
        studio.job(text)


def test_only_the_wallet_that_paid_asks(job: Job[ImageResult], made: dict[str, Any], server: Server) -> None:
    asked = len(server.requests)
    with (
        Studio(**{**made, "environ": {"COINSLOT_EVM_KEY": OTHER_DEVELOPMENT_KEY}}) as second,
        pytest.raises(ConfigurationError, match="only the payer may ask"),
    ):
        second.job(job.token()).wait()

    assert len(server.requests) == asked


def test_a_token_moves_no_attempt_that_is_not_its_jobs(made: dict[str, Any], server: Server) -> None:
    server.shop.answers = [fails(httpx.ReadTimeout)] * 5
    with Studio(**made) as studio:
        draw: Draw[Job[ImageResult], Quote] = Draw(studio)
        with pytest.raises(PaymentOutcomeUnknown) as caught:
            draw(prompt="a cat")
        lost = caught.value.attempt_id
        forged = {"coinslot_job": 1, "origin": ORIGIN, "route": "POST /api/draw", "attempt_id": lost}
        studio.job(json.dumps({**forged, "job_id": "job-1"})).wait()
        server.shop.answers = [accepted("job-2")]
        assert draw(prompt="a cat").id == "job-2"
    assert len(server.shop.credentials) == 1
