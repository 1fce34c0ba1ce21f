"""Every kind of fault on the wire, seen by strangers; the books tell what settled.

Each kind has a test of its name.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot_sandbox import Exchange, Fault, ManualClock, Moment, Sandbox
from coinslot_sandbox.faults import CATALOGUE
from coinslot_sandbox.faults.catalogue import table
from coinslot_sandbox.faults.terms import STRANGER, WORTHLESS
from tests.codegen.streams import STREAMS
from tests.sandbox.buyer import PRINT, Buyer, decoded
from tests.sandbox.conftest import MakeSandbox
from tests.sandbox.listening import listening
from tests.sandbox.test_uploads import put, token

pytestmark = pytest.mark.loopback

BODY = {"prompt": "A lighthouse"}
PRICE = 20_000
FUNDS = 1_000_000_000
JOBS = "/api/jobs"


class Stage:
    """A sandbox that runs, a buyer of official parts, and the clock of both."""

    def __init__(self, sandbox: Sandbox, clock: ManualClock, url: str, settles: threading.Event) -> None:
        self.sandbox, self.clock, self.url = sandbox, clock, url
        self.settles = settles
        """While it is not set, no money moves."""
        self.buyer = Buyer(sandbox, url=url)

    def arm(self, *faults: Fault | str) -> None:
        self.sandbox.faults.add(*faults)

    def pay(self) -> httpx.Response:
        return self.buyer.pay(PRINT, BODY)

    def terms(self) -> Any:
        return decoded(self.buyer.challenge(PRINT, BODY).headers["PAYMENT-REQUIRED"])["accepts"][0]

    def books(self) -> tuple[int, int, int]:
        """What was settled, what was made, and how much the wallet is short of."""
        sandbox = self.sandbox
        return len(sandbox.payments), len(sandbox.jobs), FUNDS - sandbox.balance(self.buyer.address)


@pytest.fixture
def stage(make: MakeSandbox, clock: ManualClock) -> Iterator[Stage]:
    settles = threading.Event()
    settles.set()

    async def held(moment: Moment, exchange: Exchange) -> None:
        if moment is Moment.VERIFIED and exchange.leg == "paying":
            await asyncio.to_thread(settles.wait)

    sandbox = make(clock=clock, time_scale=0, interfere=held)
    with sandbox.serve() as server:
        running = Stage(sandbox, clock, server.url, settles)
        with running.buyer.http:
            yield running
        settles.set()


@contextmanager
def lost() -> Iterator[None]:
    """The connection ends without an answer."""
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        yield


def test_every_kind_has_a_test() -> None:
    tests = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
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


def test_price(stage: Stage) -> None:
    stage.arm("price", "price=0.5")
    stage.arm(Fault("price", after=2))
    assert stage.terms()["amount"] == "500000"
    assert stage.terms()["amount"] == str(PRICE)
    assert stage.pay().status_code == 200
    assert stage.books() == (1, 1, 10 * PRICE)


def test_payee(stage: Stage) -> None:
    stage.arm("payee")
    assert stage.pay().status_code == 200
    assert stage.sandbox.balance(STRANGER) == PRICE
    assert stage.sandbox.balance(stage.sandbox.options.pay_to) == 0


def test_asset(stage: Stage) -> None:
    stage.arm("asset")
    challenge = stage.buyer.challenge(PRINT, BODY)
    assert decoded(challenge.headers["PAYMENT-REQUIRED"])["accepts"][0]["asset"] == WORTHLESS
    answer = stage.buyer.http.post(PRINT, json=BODY, headers=stage.buyer.credential(challenge))
    assert answer.status_code == 402
    assert stage.books() == (0, 0, 0)


def test_network(stage: Stage) -> None:
    stage.arm("network")
    challenge = stage.buyer.challenge(PRINT, BODY)
    assert decoded(challenge.headers["PAYMENT-REQUIRED"])["accepts"][0]["network"] == "eip155:1"
    answer = stage.buyer.http.post(PRINT, json=BODY, headers=stage.buyer.credential(challenge))
    assert answer.status_code == 402
    assert stage.books() == (0, 0, 0)


def test_challenge_expired(stage: Stage) -> None:
    stage.arm("challenge-expired")
    answer = stage.pay()
    assert answer.status_code == 402
    assert "valid_before" in decoded(answer.headers["PAYMENT-REQUIRED"])["error"]
    assert stage.books() == (0, 0, 0)


def test_blockhash_expired(stage: Stage) -> None:
    """Base's offers name none."""
    stage.arm("blockhash-expired")
    assert stage.pay().status_code == 200


def test_receipt_missing(stage: Stage) -> None:
    stage.arm("receipt-missing")
    answer = stage.pay()
    assert (answer.status_code, "PAYMENT-RESPONSE" in answer.headers) == (200, False)
    assert stage.books() == (1, 1, PRICE)


@pytest.mark.parametrize(
    ("value", "member", "lie"),
    [
        ("payer", "payer", "0x" + "22" * 20),
        ("amount", "amount", "1"),
        ("network", "network", "eip155:1"),
        ("transaction", "transaction", "0x" + "33" * 32),
        ("failed", "success", False),
    ],
)
def test_receipt_forged(stage: Stage, value: str, member: str, lie: object) -> None:
    stage.arm(f"receipt-forged={value}")
    answer = stage.pay()
    assert (answer.status_code, decoded(answer.headers["PAYMENT-RESPONSE"])[member]) == (200, lie)
    assert stage.books() == (1, 1, PRICE)


def test_a_receipt_can_be_garbage(stage: Stage) -> None:
    stage.arm("receipt-forged=garbage")
    assert stage.pay().headers["PAYMENT-RESPONSE"] == "%%% no base64 %%%"


def test_wrong_content_type(stage: Stage) -> None:
    stage.arm("wrong-content-type")
    answer = stage.pay()
    assert (answer.headers["content-type"], answer.json()["success"]) == ("text/html", True)


def test_html_page(stage: Stage) -> None:
    stage.arm("html-page")
    answer = stage.pay()
    assert (answer.status_code, answer.text[:9]) == (200, "<!doctype")
    assert decoded(answer.headers["PAYMENT-RESPONSE"])["success"]
    assert stage.books() == (1, 1, PRICE)


def test_challenge_huge(stage: Stage) -> None:
    stage.arm("challenge-huge")
    assert len(stage.buyer.challenge(PRINT, BODY).headers["PAYMENT-REQUIRED"]) == 80_000
    stage.arm("challenge-huge=200000")
    with pytest.raises(httpx.RemoteProtocolError):
        stage.buyer.challenge(PRINT, BODY)


@pytest.mark.parametrize("value", ["base64", "json", "object"])
def test_challenge_garbage(stage: Stage, value: str) -> None:
    stage.arm(f"challenge-garbage={value}")
    challenge = stage.buyer.challenge(PRINT, BODY)
    with pytest.raises(Exception, match=r"."):
        stage.buyer.credential(challenge)


def test_challenge_missing(stage: Stage) -> None:
    stage.arm("challenge-missing")
    assert "PAYMENT-REQUIRED" not in stage.buyer.challenge(PRINT, BODY).headers


def test_challenge_contradicts(stage: Stage) -> None:
    stage.arm("challenge-contradicts")
    challenge = stage.buyer.challenge(PRINT, BODY)
    amounts = [
        terms["accepts"][0]["amount"]
        for terms in (challenge.json(), decoded(challenge.headers["PAYMENT-REQUIRED"]))
    ]
    assert amounts == [str(PRICE // 100), str(PRICE)]


def test_clock_off(stage: Stage) -> None:
    stage.arm("clock-off=-180")
    answer = stage.buyer.http.post(PRINT, json=BODY)
    behind = stage.clock.now() - parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert 180 <= behind < 181


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


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("nonsense", "no fault is called"),
        ("error=often", "often"),
        ("error@nowhere", "no leg is called"),
        ("price=cheap", "no amount"),
        ("refuse-after-settlement=other", "none of same, rotated"),
        ("error with spaces", "is not KIND"),
    ],
)
def test_what_says_nothing_is_refused(make: MakeSandbox, written: str, flaw: str) -> None:
    with pytest.raises(ValueError, match=flaw):
        make(faults=[written])


def test_a_fault_is_written_as_one_word() -> None:
    read = Fault.read("redirect@paying=https://other.example/x?y=1:POST /api/generate/*:3")
    assert read == Fault(
        "redirect",
        value="https://other.example/x?y=1",
        times=3,
        route="POST /api/generate/*",
        leg="paying",
    )
    assert Fault.read("delay=2:always").times is None


def test_faults_can_be_narrowed_to_requests(stage: Stage) -> None:
    stage.arm(Fault("error", text="[broken]", times=None), Fault("error", route="/api/generate/lantern/*"))
    assert stage.pay().status_code == 200
    assert stage.buyer.http.post(PRINT, json={"prompt": "x [broken]"}).status_code == 500
    stage.sandbox.faults.clear()
    assert stage.buyer.http.post(PRINT, json={"prompt": "x [broken]"}).status_code == 402


def test_a_request_can_bring_its_own(stage: Stage) -> None:
    def asked(fault: str) -> int:
        return stage.buyer.http.post(PRINT, json=BODY, headers={"Coinslot-Fault": fault}).status_code

    assert [asked(fault) for fault in ("rate-limit", "nonsense", "confirm-lost")] == [429, 400, 402]


def test_the_readme_lists_them_all() -> None:
    readme = (Path(__file__).parents[2] / "plugins/sandbox/README.md").read_text()
    assert f"<!-- faults -->\n{table()}\n<!-- /faults -->" in readme
