"""Faults after the payment: of jobs, their results, and uploads."""

from __future__ import annotations

import pytest

from tests.sandbox.stage import JOBS, Stage, lost
from tests.sandbox.test_uploads import put, token

pytestmark = pytest.mark.loopback


def test_job_never_ends(stage: Stage) -> None:
    stage.arm("job-never-ends")
    job = stage.pay().json()["jobId"]
    stage.clock.advance(100_000)
    assert stage.buyer.signed("GET", f"{JOBS}/{job}").json()["status"] == "loading"


def test_job_fails(stage: Stage) -> None:
    stage.arm("job-fails")
    job = stage.pay().json()["jobId"]
    assert stage.buyer.signed("GET", f"{JOBS}/{job}").json()["status"] == "failed"


def test_job_vanishes(stage: Stage) -> None:
    stage.arm("job-vanishes")
    job = stage.pay().json()["jobId"]
    assert stage.buyer.signed("GET", f"{JOBS}/{job}").status_code == 404
    assert stage.buyer.signed("GET", JOBS).json()["items"] == []


def test_result_expired(stage: Stage) -> None:
    job = stage.pay().json()["jobId"]
    stage.arm("result-expired")
    url = stage.buyer.signed("GET", f"{JOBS}/{job}").json()["result"]["imageUrl"]
    assert [stage.buyer.http.get(url).status_code for _ in range(2)] == [403, 200]


def test_upload_lost(stage: Stage) -> None:
    stage.arm("upload-lost")
    given = token(stage.buyer)
    with lost():
        put(stage.buyer, given)
    assert put(stage.buyer, given).status_code == 200


def test_upload_answer_lost(stage: Stage) -> None:
    stage.arm("upload-answer-lost")
    given = token(stage.buyer)
    with lost():
        put(stage.buyer, given)
    url = f"/_sandbox/files/{given['uploadId']}/a%20plate.png"
    assert stage.buyer.http.get(url).status_code == 200


def test_confirm_lost(stage: Stage) -> None:
    stage.arm("confirm-lost")
    given = token(stage.buyer)
    body = {"uploadId": given["uploadId"], "blobUrl": put(stage.buyer, given).json()["url"]}
    with lost():
        stage.buyer.signed("POST", "/api/upload/confirm", body)
    assert stage.buyer.signed("POST", "/api/upload/confirm", body).status_code == 200
    assert [happened.kind for happened in stage.sandbox.faults.happened] == ["confirm-lost"]
