"""Calls: arguments on the wire, answers read, errors that say what happened."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import ValidationError

from coinslot import (
    AnswerT,
    ClientClosed,
    ConfigurationError,
    Job,
    PaidCall,
    PaymentRefused,
    PriceRange,
    Quote,
    QuoteT,
    RequestRejected,
    Route,
    ServerUnavailable,
    UnexpectedAnswer,
    UnexpectedPayment,
)
from coinslot.call import route_behind
from coinslot.ledger import SqliteLedger
from coinslot.models import RequestModel
from coinslot.wire import encode, fill
from tests.payments.conftest import encode as in_header
from tests.payments.conftest import receipt
from tests.runtime.studio import (
    Delete,
    Deleted,
    Draw,
    DrawRequest,
    ImageResult,
    List,
    Server,
    Studio,
    Tokened,
    asks_money,
    code,
)

Drawing = Draw[Job[ImageResult], Quote]
WRITE: Route[Any, Any] = Route(
    "POST", "/api/write", access="paid", answer=Tokened, price=PriceRange("0.13", "0.24")
)


class Write(PaidCall[AnswerT, QuoteT]):
    def __call__(self, *, prompt: str) -> AnswerT:
        return self._pay(WRITE, body=DrawRequest(prompt=prompt))


def test_pays_and_gives_the_job(draw: Drawing, server: Server, ledger: SqliteLedger) -> None:
    job = draw(prompt="a cat", image_size="2K")

    (attempt,) = ledger.attempts()
    assert (job.id, job.attempt_id, job.status) == ("job-1", attempt.id, "pending")
    assert (attempt.money, attempt.delivery, attempt.job_id) == ("settled", "accepted", "job-1")
    sent = server.shop.paid[0]
    assert json.loads(sent.content) == {"prompt": "a cat", "imageSize": "2K"}
    assert sent.headers["content-type"] == "application/json"


def test_it_says_what_it_is(draw: Drawing) -> None:
    assert repr(draw) == f"<Draw {route_behind(draw)}>"
    assert repr(object.__new__(Write)).startswith("<tests.runtime.test_calls.Write object")


def test_what_was_not_given_is_not_sent(draw: Drawing, server: Server) -> None:
    draw(prompt="a cat")
    assert server.shop.paid[0].content == b'{"prompt":"a cat"}'


def test_null_is_refused_before_anything_is_sent(draw: Drawing, server: Server) -> None:
    with pytest.raises(ValidationError):
        draw(prompt="a cat", image_size=None)
    assert not server.requests


def test_quotes_without_signing(draw: Drawing, server: Server, ledger: SqliteLedger) -> None:
    quote = draw.quote(prompt="a cat")
    # What a person sees who types no more than its name.
    assert re.fullmatch(r"<Quote \$[\d.]+ in USDC on \S+ to 0x\w+>", repr(quote))
    assert (quote.price, quote.backend) == (Decimal("0.134"), "base")
    assert not server.shop.paid
    assert not ledger.attempts()


def test_a_quote_of_what_costs_nothing_is_an_error(draw: Drawing, server: Server) -> None:
    server.answers["/api/draw"] = [lambda _: httpx.Response(200, json={"jobId": "job-1"})]
    with pytest.raises(UnexpectedAnswer, match="without asking for money"):
        draw.quote(prompt="a cat")


def test_max_price_of_one_call_and_of_the_client(made: dict[str, Any], server: Server) -> None:
    with Studio(**made, max_price="0.10") as studio:
        draw: Drawing = Draw(studio)
        with pytest.raises(PaymentRefused, match=r"0\.10"):
            draw(prompt="a cat")
        assert draw(prompt="a cat", max_price="0.20").id == "job-1"


def test_an_accepted_answer_without_job_id_carries_all_that_was_paid_for(
    draw: Drawing, server: Server, ledger: SqliteLedger
) -> None:
    headers = {"PAYMENT-RESPONSE": in_header(receipt())}
    server.shop.answers = [lambda _: httpx.Response(200, json={"job": 7}, headers=headers)]
    with pytest.raises(UnexpectedAnswer, match="jobId") as caught:
        draw(prompt="a cat")
    assert caught.value.body == b'{"job":7}'
    assert caught.value.attempt_id == ledger.attempts()[0].id


@pytest.mark.parametrize("job_id", [b'"\\ud800"', b'"job\\n1"', b'""', b"null", b"true"])
def test_an_id_that_names_no_job_is_none(draw: Drawing, server: Server, job_id: bytes) -> None:
    headers = {"PAYMENT-RESPONSE": in_header(receipt())}
    server.shop.answers = [lambda _: httpx.Response(200, content=b'{"jobId":%s}' % job_id, headers=headers)]
    with pytest.raises(UnexpectedAnswer, match="jobId"):
        draw(prompt="a cat")


def test_a_numeric_job_id_is_one(draw: Drawing, server: Server) -> None:
    headers = {"PAYMENT-RESPONSE": in_header(receipt())}
    server.shop.answers = [lambda _: httpx.Response(200, json={"jobId": 7}, headers=headers)]
    assert draw(prompt="a cat").id == "7"


def test_a_refusal_before_payment_says_why(draw: Drawing, server: Server, ledger: SqliteLedger) -> None:
    server.answers["/api/draw"] = [
        lambda _: httpx.Response(400, json={"error": {"message": "prompt is\nempty\x1b[31m"}})
    ]
    with pytest.raises(RequestRejected, match=r"400: prompt is empty\[31m$") as caught:
        draw(prompt="")
    assert caught.value.status == 400
    assert not ledger.attempts()


def test_open_routes_need_no_wallet(made: dict[str, Any], server: Server) -> None:
    server.answers["/api/jobs"] = [lambda _: httpx.Response(200, json={"items": []})]
    with Studio(**{**made, "pay_with": [], "environ": {}}) as studio:
        listing: List[Any] = List(studio)
        assert listing(limit=5, status=["a b", "c&d"]) == {"items": []}
    (request,) = server.requests
    assert request.url.query == b"limit=5&status=a%20b&status=c%26d"
    assert "sign-in-with-x" not in request.headers


def test_an_open_route_is_never_paid(studio: Studio, server: Server) -> None:
    server.answers["/api/jobs"] = [asks_money]
    listing: List[Any] = List(studio)
    with pytest.raises(UnexpectedPayment):
        listing()
    assert not server.shop.paid


def test_signed_routes_are_signed_and_answered_typed(studio: Studio, server: Server) -> None:
    server.answers["/api/jobs/job 1/x"] = [lambda _: httpx.Response(200, json={"success": True, "new": 1})]
    delete: Delete[Deleted] = Delete(studio)
    answer = delete("job 1/x")
    assert answer.success
    assert answer.model_extra == {"new": 1}
    (request,) = server.requests
    assert request.url.raw_path == b"/api/jobs/job%201%2Fx"
    assert "sign-in-with-x" in request.headers


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, RequestRejected), (409, RequestRejected), (503, ServerUnavailable), (302, UnexpectedAnswer)],
)
def test_other_answers_are_errors(
    studio: Studio, server: Server, status: int, error: type[Exception]
) -> None:
    server.answers["/api/jobs/job-1"] = [code(status, Location="https://elsewhere.example/")]
    delete: Delete[Deleted] = Delete(studio)
    with pytest.raises(error, match=str(status)):
        delete("job-1")
    assert len(server.requests) == 1


def test_no_reply_is_said_to_be_none(studio: Studio, server: Server) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    server.answers["/api/jobs"] = [refuse]
    listing: List[Any] = List(studio)
    with pytest.raises(ServerUnavailable, match="Nothing was sent"):
        listing()


def test_an_answer_that_does_not_fit_names_members_and_no_values(studio: Studio, server: Server) -> None:
    server.answers["/api/jobs/job-1"] = [lambda _: httpx.Response(200, json={"success": "s3cret"})]
    delete: Delete[Deleted] = Delete(studio)
    with pytest.raises(UnexpectedAnswer, match="success") as caught:
        delete("job-1")
    assert "s3cret" not in str(caught.value)
    assert caught.value.body == b'{"success":"s3cret"}'


def test_cookies_are_neither_kept_nor_sent(studio: Studio, server: Server) -> None:
    server.answers["/api/jobs"] = [lambda _: httpx.Response(200, json=[], headers={"Set-Cookie": "id=1"})]
    listing: List[Any] = List(studio)
    listing()
    listing()
    assert all("cookie" not in request.headers for request in server.requests)


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_path_values_cannot_name_another_route(value: str) -> None:
    with pytest.raises(ValueError, match="another address"):
        fill("/jobs/{id}", {"id": value})


def test_path_values_are_one_segment() -> None:
    assert fill("/a/{x}/{y}", {"x": "ü/?#%", "y": True}) == "/a/%C3%BC%2F%3F%23%25/true"


class Wide(RequestModel):
    flag: bool = True
    ratio: float = 1.5
    shape: dict[str, int] = {"a": 1}  # noqa: RUF012 - pydantic copies it
    nothing: str | None = None


def test_arguments_are_spelt_as_json_spells_them() -> None:
    request = encode(Route("GET", "/"), "https://api.example/", query=Wide(), headers=Wide(), cookies=Wide())
    assert urlsplit(request.url).query == "flag=true&ratio=1.5&a=1"
    assert request.headers.get("ratio") == "1.5"
    assert request.headers.get("cookie") == "flag=true; ratio=1.5; a=1"


def test_headers_take_no_line_breaks() -> None:
    with pytest.raises(ValueError, match="prompt"):
        encode(Route("GET", "/"), "https://api.example/", headers=DrawRequest(prompt="a\r\nX-Other: b"))


def test_nan_is_no_json() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        encode(Route("POST", "/"), "https://api.example/", body={"x": float("nan")})


@pytest.mark.parametrize(
    "base_url", ["ftp://x.example", "https://", "https://u:p@x.example", "https://x.example/?a=1"]
)
def test_a_base_url_is_an_address(base_url: str) -> None:
    with pytest.raises(ConfigurationError):
        Studio(base_url=base_url)


def test_a_float_is_no_price() -> None:
    with pytest.raises(TypeError, match="max_price"):
        Studio(max_price=0.25)  # type: ignore[arg-type]


def test_making_a_client_touches_nothing(made: dict[str, Any], server: Server, ledger: SqliteLedger) -> None:
    Studio(**made)
    assert not server.requests
    assert not ledger.path.exists()


def test_a_closed_client_stays_closed(made: dict[str, Any], server: Server) -> None:
    with Studio(**made) as studio:
        draw: Drawing = Draw(studio)
        job = draw(prompt="a cat")
    asked = len(server.requests)
    uses: list[Callable[[], object]] = [lambda: draw(prompt="a cat"), job.wait, studio.recover]
    for use in uses:
        with pytest.raises(ClientClosed, match=r"nothing was sent.*recover"):
            use()
    studio.close()
    assert len(server.requests) == asked


def test_a_naive_loop_buys_an_answer_that_cannot_be_read_once(
    studio: Studio, server: Server, ledger: SqliteLedger
) -> None:
    headers = {"PAYMENT-RESPONSE": in_header(receipt())}
    server.shop.answers = [lambda _: httpx.Response(200, json={"text": 7}, headers=headers)] * 3
    write: Write[Tokened, Quote] = Write(studio)
    for _ in range(3):
        with pytest.raises(UnexpectedAnswer, match="uploadId") as caught:
            write(prompt="a cat")
        assert caught.value.body == b'{"text":7}'
    assert len(server.shop.credentials) == 1

    headers["PAYMENT-RESPONSE"] = in_header(receipt(transaction="0x" + "cd" * 32))
    server.shop.answers = [lambda _: httpx.Response(200, json={"uploadId": "1"}, headers=headers)]
    ledger.resolve(ledger.attempts()[0].id, "lost", "it cannot be read")
    assert write(prompt="a cat").upload_id == "1"
    assert len(server.shop.credentials) == 2
