"""Jobs that could not be brought home: the same call gets them again, however the wait for them ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coinslot import CoinslotError, Job, JobState, Quote
from coinslot.ledger import SqliteLedger
from tests.payments.conftest import accepted
from tests.runtime.studio import Draw, ImageResult, Server, code, done, says

PATH = "/api/jobs/job-1"


@pytest.fixture(autouse=True)
def _sells_two(server: Server) -> None:
    server.shop.answers = [accepted(), accepted("job-2")]


def test_ctrl_c_while_a_caller_is_told_how_it_goes(
    job: Job[ImageResult], draw: Draw[Job[ImageResult], Quote], server: Server, ledger: SqliteLedger
) -> None:
    server.answers[PATH] = [says("loading"), done()]

    def stop(state: JobState) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.wait(on_progress=stop)

    assert draw(prompt="a cat").id == job.id
    assert len(ledger.attempts()) == 1


def test_ctrl_c_while_a_job_is_had_again(
    job: Job[ImageResult],
    draw: Draw[Job[ImageResult], Quote],
    server: Server,
    ledger: SqliteLedger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.answers[PATH] = [code(400), done()]
    with pytest.raises(CoinslotError):
        job.wait()

    def stop(self: SqliteLedger, attempt_id: str) -> None:
        written(self, attempt_id)
        raise KeyboardInterrupt

    written = SqliteLedger.hand_out
    with monkeypatch.context() as patched:
        patched.setattr(SqliteLedger, "hand_out", stop)
        with pytest.raises(KeyboardInterrupt):
            job.wait()

    assert draw(prompt="a cat").id == job.id
    assert len(ledger.attempts()) == 1


@pytest.mark.parametrize("how", [lambda job: list(job.updates()), Job.poll])
def test_an_error_while_it_is_asked_for(
    job: Job[ImageResult],
    draw: Draw[Job[ImageResult], Quote],
    server: Server,
    ledger: SqliteLedger,
    how: Callable[[Job[ImageResult]], Any],
) -> None:
    server.answers[PATH] = [code(400), done()]
    with pytest.raises(CoinslotError):
        how(job)

    again = draw(prompt="a cat")
    assert again.id == job.id
    how(again)
    assert draw(prompt="a cat").id == "job-2"
    assert len(ledger.attempts()) == 2
