"""Every kind of fault on the wire, seen by strangers; the books tell what settled.

Each kind has a test of its name, here or in a module beside.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import httpx
import pytest

from coinslot_sandbox import Fault, Sandbox
from coinslot_sandbox.faults import CATALOGUE
from tests.codegen.streams import STREAMS
from tests.sandbox.buyer import PRINT, decoded
from tests.sandbox.listening import listening
from tests.sandbox.stage import BODY, JOBS, PRICE, Stage, lost

pytestmark = pytest.mark.loopback


def test_every_kind_has_a_test() -> None:
    modules = (path.read_text() for path in Path(__file__).parent.glob("test_faults*.py"))
    tests = {
        name.replace("_", "-")
        for text in modules
        for line in re.findall(r"^(?:def )?test_.*(?:\(| = )", text, re.MULTILINE)
        for name in re.findall(r"\btest_(\w+)", line)
    }
    assert set(CATALOGUE) <= tests


def test_drop_request(stage: Stage) -> None:
    stage.arm("drop-request")
    with lost():
        stage.buyer.http.post(PRINT, json=BODY)
    assert stage.books() == (0, 0, 0)
    assert stage.pay().status_code == 200


def test_drop_before_settlement(stage: Stage) -> None:
    stage.arm("drop-before-settlement")
    with lost():
        stage.pay()
    assert stage.books() == (0, 0, 0)


def test_drop_during_settlement(stage: Stage) -> None:
    stage.arm("drop-during-settlement=0.05")
    stage.settles.clear()
    with lost():
        stage.pay()
    assert stage.books() == (0, 0, 0)
    stage.settles.set()
    while not stage.sandbox.jobs:
        stage.buyer.http.get("/openapi.json")
    assert stage.books() == (1, 1, PRICE)


def test_drop_after_settlement(stage: Stage) -> None:
    stage.arm("drop-after-settlement")
    with lost():
        stage.pay()
    assert stage.books() == (1, 1, PRICE)


def test_crash_after_settlement(stage: Stage) -> None:
    stage.arm("crash-after-settlement")
    with lost():
        stage.pay()
    assert stage.books() == (1, 0, PRICE)


def test_drop_answer(stage: Stage) -> None:
    job = stage.pay().json()["jobId"]
    stage.arm("drop-answer:/api/jobs/{jobId}")
    with lost():
        stage.buyer.signed("GET", f"{JOBS}/{job}")
    assert stage.sandbox.jobs[0].polls == 1
    assert stage.buyer.signed("GET", f"{JOBS}/{job}").status_code == 200


def test_truncated_body(stage: Stage) -> None:
    stage.arm("truncated-body=7")
    with pytest.raises(httpx.RemoteProtocolError, match="received 7 bytes"):
        stage.pay()
    assert stage.books() == (1, 1, PRICE)


@pytest.mark.parametrize(
    ("kind", "lost"), [("cut-stream", httpx.RemoteProtocolError), ("silent-stream", httpx.ReadTimeout)]
)
def test_streams_that_stop(kind: str, lost: type[Exception]) -> None:
    told: list[str] = []
    with Sandbox(json.dumps(STREAMS).encode()).serve() as server:
        server.faults.add(f"{kind}=2")
        with (
            httpx.Client(transport=listening(2)) as client,
            client.stream("GET", f"{server.url}/api/news/latest") as response,
            pytest.raises(lost),
        ):
            told.extend(response.iter_text())
    assert "".join(told).count("data: ") == 2


test_cut_stream = test_silent_stream = test_streams_that_stop


@pytest.mark.parametrize("kind", ["delay", "delay-before-settlement", "delay-after-settlement"])
def test_delay(stage: Stage, kind: str) -> None:
    challenge = stage.buyer.challenge(PRINT, BODY)
    stage.arm(Fault(kind, value="30"))
    with pytest.raises(httpx.ReadTimeout):
        stage.buyer.http.post(PRINT, json=BODY, headers=stage.buyer.credential(challenge), timeout=0.3)
    # Who gave up knows nothing of how far the sandbox is.
    while not stage.sandbox.faults.happened:
        time.sleep(0.01)
    assert len(stage.sandbox.payments) == (kind == "delay-after-settlement")


test_delay_before_settlement = test_delay_after_settlement = test_delay


def test_error(stage: Stage) -> None:
    stage.arm("error@paying=503")
    assert stage.pay().status_code == 503
    assert stage.books() == (0, 0, 0)


def test_error_before_settlement(stage: Stage) -> None:
    stage.arm("error-before-settlement")
    assert stage.pay().status_code == 503
    assert stage.books() == (0, 0, 0)


def test_error_after_settlement(stage: Stage) -> None:
    stage.arm("error-after-settlement")
    answer = stage.pay()
    assert (answer.status_code, "PAYMENT-RESPONSE" in answer.headers) == (502, False)
    assert stage.books() == (1, 1, PRICE)


def test_failure_after_settlement(stage: Stage) -> None:
    stage.arm("failure-after-settlement")
    assert stage.pay().status_code == 500
    assert stage.books() == (1, 0, PRICE)


def test_rate_limit(stage: Stage) -> None:
    stage.arm("rate-limit=7")
    answer = stage.buyer.http.post(PRINT, json=BODY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(("terms", "more"), [("same", 0), ("rotated", 1)])
def test_refuse_before_settlement(stage: Stage, terms: str, more: int) -> None:
    stage.arm(f"refuse-before-settlement={terms}")
    answer = stage.pay()
    assert answer.status_code == 402
    assert stage.books() == (0, 0, 0)
    again = stage.buyer.http.post(PRINT, json=BODY, headers=stage.buyer.credential(answer))
    assert again.status_code == 200
    assert stage.books() == (1, 1, PRICE + more)


@pytest.mark.parametrize(("terms", "more"), [("same", 0), ("rotated", 1)])
def test_refuse_after_settlement(stage: Stage, terms: str, more: int) -> None:
    stage.arm(f"refuse-after-settlement={terms}")
    answer = stage.pay()
    assert (answer.status_code, "PAYMENT-RESPONSE" in answer.headers) == (402, False)
    assert stage.books() == (1, 1, PRICE)
    again = stage.buyer.http.post(PRINT, json=BODY, headers=stage.buyer.credential(answer))
    assert again.status_code == 200
    assert stage.books() == (2, 2, 2 * PRICE + more)


def test_settlement_pending(stage: Stage) -> None:
    stage.arm("settlement-pending")
    answer = stage.pay()
    told = decoded(answer.headers["PAYMENT-RESPONSE"])
    assert (answer.status_code, told["success"], told["errorReason"]) == (402, False, "settlement_pending")
    assert told["transaction"] == stage.sandbox.payments[0].transaction
    assert stage.books() == (1, 0, PRICE)


def test_redirect(stage: Stage) -> None:
    stage.arm("redirect")
    answer = stage.buyer.http.post(PRINT, json=BODY)
    there = answer.headers["Location"]
    assert (answer.status_code, there.startswith("http://localhost:")) == (307, True)
    assert httpx.post(there, json=BODY).status_code == 402


CODES = ["siwx_missing_header", "siwx_malformed", "siwx_expired", "siwx_nonce_used", "siwx_invalid_signature"]


def test_no_server_refuses_a_sign_in_with_another_code() -> None:
    assert [Fault.read(f"sign-in-refused={code}").value for code in CODES] == CODES
    with pytest.raises(ValueError, match="none of siwx_missing_header, siwx_malformed"):
        Fault.read("sign-in-refused=siwx_expird")


@pytest.mark.parametrize("code", CODES)
def test_sign_in_refused(stage: Stage, code: str) -> None:
    stage.arm(f"sign-in-refused={code}")
    answer = stage.buyer.signed("GET", JOBS)
    assert (answer.status_code, answer.json()["error"]) == (402, code)
    assert "PAYMENT-REQUIRED" not in answer.headers
    assert stage.buyer.signed("GET", JOBS).status_code == 200


def test_charge_for_free(stage: Stage) -> None:
    stage.arm("charge-for-free:/api/jobs")
    answer = stage.buyer.challenge(JOBS, method="GET")
    assert decoded(answer.headers["PAYMENT-REQUIRED"])["accepts"][0]["scheme"] == "exact"
