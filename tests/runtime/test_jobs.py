"""Jobs: waited for patiently, read without guessing, and their end put on record."""

from __future__ import annotations

import email.utils
import logging
from contextlib import suppress
from typing import Any

import httpx
import pytest

from coinslot import (
    Job,
    JobFailed,
    JobLost,
    JobState,
    JobTimeout,
    Quote,
    RequestRejected,
    ServerUnavailable,
    SignInRefused,
    UnexpectedAnswer,
)
from coinslot.jobs._state import stage_of
from coinslot.jobs._watch import default_timeout
from coinslot.ledger import SqliteLedger
from coinslot.route import Route
from tests.payments.conftest import NOW, Clock
from tests.runtime.studio import DRAW, IMAGE, Draw, ImageResult, Server, Studio, code, done, fails, says

PATH = "/api/jobs/job-1"


def test_waits_and_gives_the_typed_result(
    job: Job[ImageResult], server: Server, clock: Clock, ledger: SqliteLedger
) -> None:
    server.answers[PATH] = [says("pending", progress=0), says("loading", progress=40), done()]
    states: list[JobState] = []
    result = job.wait(on_progress=states.append)

    assert (result.image_url, result.job_id, result.raw) == (IMAGE, "job-1", {"imageUrl": IMAGE})
    assert [(state.status, state.progress) for state in states] == [
        ("pending", 0), ("loading", 40), ("complete", 100)
    ]  # fmt: skip
    assert clock.slept == [5, 5, 5]
    assert (job.status, job.progress) == ("complete", 100)
    assert ledger.attempts()[0].delivery == "finished"


def test_who_looks_on_is_told_that_the_server_is_silent(job: Job[ImageResult], server: Server) -> None:
    server.answers[PATH] = [says("loading", progress=40), fails(httpx.ConnectError), code(503), done()]
    states: list[JobState] = []
    job.wait(on_progress=states.append)

    assert [state.status for state in states] == ["loading", "loading", "loading", "complete"]
    assert [state.trouble is not None for state in states] == [False, True, True, False]
    assert "503" in str(states[2].trouble)
    assert job.poll().trouble is None


def test_a_finished_job_is_not_asked_for_again(job: Job[ImageResult], server: Server) -> None:
    assert job.wait() is job.wait()
    assert len(server.asked(PATH)) == 1


def test_every_question_is_signed_anew_and_carries_no_payment(job: Job[ImageResult], server: Server) -> None:
    server.answers[PATH] = [says("pending"), done()]
    job.wait()
    headers = [request.headers for request in server.asked(PATH)]
    assert len({header["sign-in-with-x"] for header in headers}) == 2
    assert all("payment-signature" not in header for header in headers)


def test_updates_end_with_the_last_state(job: Job[ImageResult], server: Server) -> None:
    server.answers[PATH] = [says("pending"), says("failed", error="too many cats")]
    assert [state.stage for state in job.updates()] == ["running", "failed"]
    with pytest.raises(JobFailed, match="too many cats"):
        job.wait()


def test_poll_asks_once_and_sleeps_never(job: Job[ImageResult], server: Server, clock: Clock) -> None:
    server.answers[PATH] = [says("loading", progress=5)]
    assert job.poll().progress == 5
    assert not clock.slept


@pytest.mark.parametrize(
    "answer", [code(503), code(429), fails(httpx.ReadTimeout)], ids=["503", "429", "timeout"]
)
def test_poll_says_that_no_answer_came(job: Job[ImageResult], server: Server, answer: Any) -> None:
    server.answers[PATH] = [answer]
    with pytest.raises(ServerUnavailable, match="job-1"):
        job.poll()


@pytest.mark.parametrize("status", [200, 400, 401, 404, 503])
def test_an_answer_too_deep_to_be_read_is_trouble_like_any_other(
    job: Job[ImageResult], server: Server, status: int
) -> None:
    server.answers[PATH] = [lambda _: httpx.Response(status, content=b"[" * 200_000), done()]
    with suppress(RequestRejected, SignInRefused):
        job.wait()
    assert job.wait().image_url == IMAGE


@pytest.mark.parametrize("error", ["no cats today", {"message": "no cats today"}])
def test_failure_is_typed_and_recorded(
    job: Job[ImageResult], server: Server, ledger: SqliteLedger, error: Any
) -> None:
    server.answers[PATH] = [says("failed", error=error)]
    with pytest.raises(JobFailed, match="no cats today") as caught:
        job.wait()
    assert (caught.value.job_id, caught.value.reason) == ("job-1", "no cats today")
    assert ledger.attempts()[0].delivery == "failed"


@pytest.mark.parametrize("word", ["complete", "COMPLETED", "succeeded", "success", "done", "finished"])
def test_words_for_success(word: str) -> None:
    assert stage_of(word) == "finished"


@pytest.mark.parametrize(
    "word", ["failed", "error", "Errored", "cancelled", "canceled", "expired", "rejected"]
)
def test_words_for_failure(word: str) -> None:
    assert stage_of(word) == "failed"


@pytest.mark.parametrize("word", ["pending", "warming up", "almost-done", "", None, 3])
def test_t53_every_other_word_counts_as_running(word: object) -> None:
    assert stage_of(word) == "running"


def test_t53_an_unknown_status_is_warned_of_once(
    job: Job[ImageResult], server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers[PATH] = [says("pending"), says("dreaming"), says("dreaming"), done()]
    with caplog.at_level(logging.WARNING, "coinslot"):
        job.wait()
    assert [record.getMessage() for record in caplog.records] == [
        "Job job-1 has the unknown status 'dreaming'; it counts as running."
    ]


def test_t53_trouble_backs_off_and_goes_on(job: Job[ImageResult], server: Server, clock: Clock) -> None:
    server.answers[PATH] = [
        code(503),
        fails(httpx.ConnectError),
        fails(httpx.ReadTimeout),
        lambda _: httpx.Response(200, text="<html>"),
        says("pending"),
        done(),
    ]
    assert job.wait().image_url == IMAGE
    assert clock.slept == [5, 5, 10, 20, 40, 5]


@pytest.mark.parametrize(
    ("told", "slept"), [("40", 40), (email.utils.formatdate(NOW + 65, usegmt=True), 60), ("2", 5), ("x", 5)]
)
def test_retry_after_is_honoured(
    job: Job[ImageResult], server: Server, clock: Clock, told: str, slept: float
) -> None:
    server.answers[PATH] = [code(429, Retry_After=told), done()]
    job.wait()
    assert clock.slept == [5, slept]


def test_the_deadline_is_ours_and_the_job_goes_on(
    job: Job[ImageResult], server: Server, clock: Clock, ledger: SqliteLedger
) -> None:
    server.answers[PATH] = [says("loading")]
    with pytest.raises(JobTimeout, match="12 s") as caught:
        job.wait(12)
    assert caught.value.status == "loading"
    assert clock.slept == [5, 5, 2]
    assert ledger.attempts()[0].delivery == "accepted"
    server.answers[PATH] = [done()]
    assert job.wait().image_url == IMAGE


def test_no_time_is_still_one_question(job: Job[ImageResult], clock: Clock) -> None:
    assert job.wait(0).image_url == IMAGE
    assert not clock.slept


def test_the_deadline_says_what_went_wrong(job: Job[ImageResult], server: Server) -> None:
    server.answers[PATH] = [code(502)]
    with pytest.raises(JobTimeout) as caught:
        job.wait(30)
    assert "502" in str(caught.value.__cause__)


def test_deadlines_are_generous() -> None:
    assert default_timeout(DRAW) == 600
    assert default_timeout(Route("POST", "/", typical_seconds=(120, 300))) == 1500


def test_a_job_unknown_for_a_moment_is_waited_for(job: Job[ImageResult], server: Server) -> None:
    server.answers[PATH] = [code(404), code(404), says("pending"), code(404), done()]
    assert job.wait().image_url == IMAGE


def test_a_job_unknown_for_good_is_lost(job: Job[ImageResult], server: Server, ledger: SqliteLedger) -> None:
    server.answers[PATH] = [code(404)]
    with pytest.raises(JobLost, match="does not know it"):
        job.wait()
    assert len(server.asked(PATH)) == 3
    assert ledger.attempts()[0].delivery == "lost"


@pytest.mark.parametrize("same", [True, False])
def test_a_lost_job_that_turns_up_is_brought_home(
    job: Job[ImageResult], server: Server, ledger: SqliteLedger, studio: Studio, *, same: bool
) -> None:
    server.answers[PATH] = [code(404)]
    with pytest.raises(JobLost, match="asks again"):
        job.wait()
    server.answers[PATH] = [done()]

    (recovered,) = studio.recover()
    assert (recovered.attempt.delivery, recovered.attempt.job_id) == ("lost", job.id)
    found = job if same else recovered.job
    assert found is not None
    assert found.wait().image_url == IMAGE
    assert ledger.attempts()[0].delivery == "finished"
    assert studio.recover()[0].attempt.delivery == "finished"


def test_a_lost_job_that_still_runs_is_known_again(
    job: Job[ImageResult], server: Server, ledger: SqliteLedger
) -> None:
    server.answers[PATH] = [code(404)]
    with pytest.raises(JobLost):
        job.wait()
    server.answers[PATH] = [says("loading")]
    assert job.poll().status == "loading"
    assert ledger.attempts()[0].delivery == "accepted"


def test_the_deadline_claims_no_more_than_is_known(job: Job[ImageResult], server: Server) -> None:
    server.answers[PATH] = [code(502)]
    with pytest.raises(JobTimeout) as caught:
        job.wait(30)
    told = str(caught.value)
    assert "whether it goes on is not known" in told
    assert "502" in told
    assert "is paid for" in told


@pytest.mark.parametrize("status", [401, 402, 403])
def test_t31_a_refused_sign_in_is_never_paid(job: Job[ImageResult], server: Server, status: int) -> None:
    server.answers[PATH] = [code(status)]
    with pytest.raises(SignInRefused):
        job.wait()
    assert len(server.shop.paid) == 1


@pytest.mark.parametrize(("status", "error"), [(400, RequestRejected), (301, UnexpectedAnswer)])
def test_what_cannot_get_better_is_not_waited_for(
    job: Job[ImageResult], server: Server, status: int, error: type[Exception]
) -> None:
    server.answers[PATH] = [code(status)]
    with pytest.raises(error):
        job.wait()


@pytest.mark.parametrize("result", [None, {}, {"imageUrl": None}, {"imageUrl": 3}, "x"])
def test_a_result_that_does_not_fit_carries_the_whole_answer(
    job: Job[ImageResult], server: Server, ledger: SqliteLedger, result: Any
) -> None:
    server.answers[PATH] = [says("complete", result=result, other="kept")]
    with pytest.raises(UnexpectedAnswer) as caught:
        job.wait()
    assert b'"kept"' in caught.value.body
    assert caught.value.attempt_id == ledger.attempts()[0].id


def test_a_result_may_grow(job: Job[ImageResult], server: Server) -> None:
    server.answers[PATH] = [says("complete", result={"imageUrl": IMAGE, "seed": 7})]
    assert job.wait().model_extra == {"seed": 7}


@pytest.mark.parametrize(
    ("result", "mapping"),
    [({"text": "hi"}, {"text": "hi"}), ([1, 2], {"result": [1, 2]}), ("x", {"result": "x"})],
)
def test_an_untyped_result_is_a_mapping(studio: Studio, server: Server, result: Any, mapping: Any) -> None:
    from dataclasses import replace

    class Untyped(Draw[Any, Any]):
        def __call__(self, **_: Any) -> Any:
            return self._pay(replace(DRAW, result=None), body={"prompt": "a cat"})

    server.answers[PATH] = [says("complete", result=result)]
    assert Untyped(studio)().wait() == mapping


def test_two_handles_record_one_end(
    draw: Draw[Job[ImageResult], Quote], server: Server, ledger: SqliteLedger
) -> None:
    first = draw(prompt="a cat", idempotency_key="one")
    second = draw(prompt="a cat", idempotency_key="one")
    first.wait()
    second.wait()
    assert [attempt.delivery for attempt in ledger.attempts()] == ["finished"]
    assert len(server.shop.paid) == 1


def test_a_job_shows_itself(job: Job[ImageResult]) -> None:
    assert repr(job) == "<Job job-1 'pending'>"
