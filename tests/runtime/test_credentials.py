"""Keys and tokens of an API's own: shown where they are asked for, kept nowhere, and to nobody else."""

from __future__ import annotations

import copy
import pickle
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from coinslot import (
    AnswerT,
    AsyncClient,
    Call,
    Client,
    ConfigurationError,
    CredentialMissing,
    Dollars,
    JobStyle,
    PaidCall,
    PaymentOutcomeUnknown,
    PaymentRefused,
    PriceRange,
    QuoteT,
    RequestRejected,
    Route,
    Scheme,
    ServerUnavailable,
    UploadGroup,
)
from coinslot.effects import Request
from coinslot.security import FIELD
from coinslot.transport import CallTerms, PaymentTransport
from tests.payments.conftest import ORIGIN, PAYEE, Clock, accepted, broken, encode
from tests.runtime.studio import PNG, UPLOAD, DrawRequest, Server, says
from tests.threats.test_secrets import shown

SECRET = "s3cret/value+of=a"
SCHEMES = {
    "key": Scheme("header", "X-Api-Key", "COINSLOT_CREDENTIAL_KEYED_KEY"),
    "asked": Scheme("query", "api_key"),
    "crumb": Scheme("cookie", "sid"),
    "token": Scheme("bearer"),
    "login": Scheme("basic"),
    "wallet": Scheme("sign-in"),
}
JOBS = JobStyle(
    id="jobId", path="/api/jobs/{jobId}", access="open", security=(("key",),), list_path="/api/jobs"
)
DRAW: Route[Any, Any] = Route(
    "POST", "/api/draw", access="paid", price=PriceRange("0.13", "0.24"), security=(("key",),), job=JOBS
)


CHARGE = {
    "amount": "134000",
    "currency": "0x20c000000000000000000000b9537d11c60e8b50",
    "recipient": PAYEE,
    "methodDetails": {"chainId": 4217},
}


class Keyed(Client):
    ORIGIN = "https://studio.example"
    SCHEMES: ClassVar = SCHEMES


class AsyncKeyed(AsyncClient):
    ORIGIN = "https://studio.example"
    SCHEMES: ClassVar = SCHEMES


class Ask(Call[AnswerT]):
    def __call__(self, *security: tuple[str, ...], access: Any = "open") -> AnswerT:
        return self._send(Route("GET", "/api/thing", access=access, security=security))


class Draw(PaidCall[AnswerT, QuoteT]):
    def __call__(self, route: Any = DRAW, max_price: Dollars | None = None) -> AnswerT:
        return self._pay(route, body=DrawRequest(prompt="a cat"), max_price=max_price)

    def quote(self, route: Any = DRAW) -> QuoteT:
        return self._quote(route, body=DrawRequest(prompt="a cat"))


@pytest.fixture
def keyed(made: dict[str, Any], server: Server) -> Callable[..., Keyed]:
    server.answers["/api/thing"] = [lambda _: httpx.Response(200, json={})]

    def make(**credentials: Any) -> Keyed:
        return Keyed(**made, credentials=credentials)

    return make


@pytest.mark.parametrize(
    ("name", "place", "sent"),
    [
        ("key", "x-api-key", SECRET),
        ("token", "authorization", f"Bearer {SECRET}"),
        ("login", "authorization", "Basic czNjcmV0L3ZhbHVlK29mPWE="),
        ("crumb", "cookie", f"sid={SECRET}"),
    ],
)
def test_each_kind_is_shown_in_its_place(
    keyed: Callable[..., Keyed], server: Server, name: str, place: str, sent: str
) -> None:
    Ask[Any](keyed(**{name: SECRET}))((name,))

    (request,) = server.requests
    assert request.headers[place] == sent
    assert FIELD not in request.headers


def test_a_query_value_is_added_to_the_address(keyed: Callable[..., Keyed], server: Server) -> None:
    Ask[Any](keyed(asked=SECRET))(("asked",))

    assert dict(server.requests[0].url.params) == {"api_key": SECRET}


def test_nothing_is_shown_to_routes_that_do_not_ask(keyed: Callable[..., Keyed], server: Server) -> None:
    Ask[Any](keyed(key=SECRET, token=SECRET))()

    assert SECRET not in str(server.requests[0].headers.raw)


def test_alternatives_and_values_together(keyed: Callable[..., Keyed], server: Server) -> None:
    Ask[Any](keyed(token="t", key="k", crumb="c"))(("login",), ("key", "crumb"), ("token",))
    Ask[Any](keyed(token="t"))(("key", "crumb"), ("token",))
    Ask[Any](keyed(key="k"))((), ("key",))
    Ask[Any](keyed())((), ("key",))

    told = [
        (one.headers.get("x-api-key"), one.headers.get("cookie"), one.headers.get("authorization"))
        for one in server.requests
    ]
    assert told == [("k", "sid=c", None), (None, None, "Bearer t"), ("k", None, None), (None, None, None)]


def test_what_was_given_is_shown_in_place_of_the_wallets_signature(
    keyed: Callable[..., Keyed], server: Server
) -> None:
    either = (("wallet",), ("key",))
    Ask[Any](keyed(key="k"))(*either, access="signed")
    Ask[Any](keyed())(*either, access="signed")
    Ask[Any](keyed(key="k"))(("wallet", "key"), access="signed")

    told = [("sign-in-with-x" in one.headers, one.headers.get("x-api-key")) for one in server.requests]
    assert told == [(False, "k"), (True, None), (True, "k")]


def test_what_is_missing_is_said_before_anything_is_sent(keyed: Callable[..., Keyed], server: Server) -> None:
    with pytest.raises(CredentialMissing) as caught:
        Ask[Any](keyed(key="k"))(("key", "token"), ("login",))
    assert str(caught.value) == (
        'GET /api/thing needs credentials={"token": "..."}, or credentials={"login": "..."}.'
    )
    with pytest.raises(CredentialMissing, match="or COINSLOT_CREDENTIAL_KEYED_KEY in the environment"):
        Draw[Any, Any](keyed())()
    with pytest.raises(CredentialMissing, match="The job of POST /api/draw needs"):
        Draw[Any, Any](keyed())(replace(DRAW, security=()))
    assert server.requests == []


def test_an_upload_that_could_not_be_confirmed_buys_no_token(
    keyed: Callable[..., Keyed], server: Server, tmp_path: Path
) -> None:
    class Files(UploadGroup):
        UPLOAD = replace(UPLOAD, confirm=replace(UPLOAD.confirm, security=(("token",),)))

    (tmp_path / "cat.png").write_bytes(PNG)
    with pytest.raises(CredentialMissing, match="POST /api/upload/confirm needs"):
        Files(keyed(key="k"))(tmp_path / "cat.png")
    assert server.requests == []


def test_the_environment_is_read_once_and_what_is_given_comes_first(
    made: dict[str, Any], server: Server
) -> None:
    server.answers["/api/thing"] = [lambda _: httpx.Response(200, json={})]
    environ = {**made["environ"], "COINSLOT_CREDENTIAL_KEYED_KEY": "from there"}
    client = Keyed(**{**made, "environ": environ})
    environ["COINSLOT_CREDENTIAL_KEYED_KEY"] = "changed"
    Ask[Any](client)(("key",))
    Ask[Any](Keyed(**{**made, "environ": environ}, credentials={"key": "given"}))(("key",))

    assert [one.headers["x-api-key"] for one in server.requests] == ["from there", "given"]


@pytest.mark.parametrize("value", ["", " ", "a\nb", "ü", " padded", 7])
def test_a_value_that_cannot_be_sent_is_refused_and_not_repeated(
    keyed: Callable[..., Keyed], value: Any
) -> None:
    with pytest.raises(ConfigurationError, match="'token'") as caught:
        keyed(token=value)
    assert "padded" not in str(caught.value)


def test_a_name_that_the_document_does_not_have_is_refused(keyed: Callable[..., Keyed]) -> None:
    with pytest.raises(ConfigurationError, match="no credential 'tokn'; it knows 'key', "):
        keyed(tokn="t")


def test_a_function_gives_a_new_value_to_each_request(keyed: Callable[..., Keyed], server: Server) -> None:
    tokens = iter(["first", "second"])
    asked: list[Request] = []

    def token(request: Request) -> str:
        asked.append(request)
        return next(tokens)

    client = keyed(token=token)
    Ask[Any](client)(("token",))
    Ask[Any](client)(("token",))
    assert [one.headers["authorization"] for one in server.requests] == ["Bearer first", "Bearer second"]
    assert [(one.method, one.url, one.headers.get(FIELD)) for one in asked] == [
        ("GET", f"{ORIGIN}/api/thing", None)
    ] * 2
    with pytest.raises(ServerUnavailable, match=r"no credential 'token' could be made \(StopIteration\)"):
        Ask[Any](client)(("token",))


def test_a_paid_call_shows_its_key_on_every_leg_and_its_job_too(
    keyed: Callable[..., Keyed], server: Server
) -> None:
    server.answers["/api/jobs/job-1"] = [says("complete", result={"imageUrl": "https://e.example/c.png"})]
    client = keyed(key=SECRET)
    assert Draw[Any, Any](client).quote().price
    job = Draw[Any, Any](client)()
    job.wait()

    legs = [(one.method, "payment-signature" in one.headers) for one in server.requests]
    assert legs == [("POST", False), ("POST", False), ("POST", True), ("GET", False)]
    assert [one.headers["x-api-key"] for one in server.requests] == [SECRET] * 4


def test_nothing_that_is_kept_or_shown_holds_a_value(
    keyed: Callable[..., Keyed], server: Server, made: dict[str, Any]
) -> None:
    both = replace(DRAW, security=(("key", "asked"),))
    server.shop.answers = [broken(httpx.ReadTimeout)] * 5
    client = keyed(key=SECRET, asked="other-s3cret")
    told = shown(lambda: Draw[Any, Any](client)(both))
    server.answers["/api/thing"] = [broken(httpx.ReadTimeout)]
    told += shown(lambda: Ask[Any](client)(("key", "asked")))
    told += repr(client) + repr(client._face.settings) + repr(vars(client._face))

    assert {one.url.params["api_key"] for one in server.requests if one.url.path != "/api/jobs"} == {
        "other-s3cret"
    }
    assert "<Credentials for http://127.0.0.1:4020: key, asked>" in told
    kept = "\n".join(sqlite3.connect(made["ledger"].path).iterdump())
    assert "PAYMENT-SIGNATURE" in kept
    for secret in (SECRET, "other-s3cret"):
        assert secret not in told
        assert secret not in kept
        assert secret.encode().hex().upper() not in kept
    for give_away in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="neither pickled nor copied"):
            give_away(client._face.settings.credentials)


def test_a_resend_of_a_later_client_is_the_same_bytes(
    keyed: Callable[..., Keyed], server: Server, clock: Clock
) -> None:
    server.shop.answers = [broken(httpx.ReadTimeout)] * 5
    with pytest.raises(PaymentOutcomeUnknown):
        Draw[Any, Any](keyed(key=SECRET))()
    server.shop.answers = [accepted()]
    clock.time -= 15
    Draw[Any, Any](keyed(key=SECRET))()

    wires = {(str(one.url), one.content, _fields(one)) for one in server.shop.paid}
    assert len(server.shop.paid) == 6
    assert len(wires) == 1
    assert server.shop.paid[-1].headers["x-api-key"] == SECRET


def _fields(request: httpx.Request) -> frozenset[tuple[bytes, bytes]]:
    # The connection is each sending's own.
    return frozenset((name, value) for name, value in request.headers.raw if name.lower() != b"connection")


def test_recovery_shows_what_its_client_was_given_and_sends_nothing_without(
    keyed: Callable[..., Keyed], server: Server, clock: Clock, made: dict[str, Any]
) -> None:
    server.shop.answers = [broken(httpx.ReadTimeout)] * 5
    with pytest.raises(PaymentOutcomeUnknown):
        Draw[Any, Any](keyed(key=SECRET))()
    clock.time -= 15
    plain = PaymentTransport(
        made["transport"],
        **{name: made[name] for name in ("pay_with", "environ", "ledger", "surroundings")},
    )
    (left,) = plain.recover()
    assert len(server.shop.paid) == 5
    assert "only a client that was given it" in (left.note or "")

    server.shop.answers = [accepted()]
    (found,) = keyed(key=SECRET).recover()
    assert found.attempt.money == "settled"
    assert server.shop.paid[-1].headers["x-api-key"] == SECRET


def test_a_server_that_repeats_a_value_does_not_get_it_kept(
    keyed: Callable[..., Keyed], server: Server, made: dict[str, Any]
) -> None:
    def repeats(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"error": f"no such key: {request.headers['x-api-key']}"})

    server.answers["/api/thing"] = [repeats]
    with pytest.raises(RequestRejected, match=r"no such key: \*\*\*") as caught:
        Ask[Any](keyed(key=SECRET))(("key",))
    assert SECRET.encode() not in caught.value.body

    # Official servers name the whole address in their challenge, and clients repeat it.
    route = replace(DRAW, security=(("asked",),), job=None)
    Draw[Any, Any](keyed(asked="other-s3cret"))(route)
    assert "other-s3cret" in str(server.shop.asked[-1].url)
    (attempt,) = made["ledger"].attempts()
    assert "other-s3cret" not in repr(attempt)
    assert attempt.money == "settled"


def test_no_other_origin_is_shown_anything(keyed: Callable[..., Keyed], server: Server) -> None:
    client = keyed(key=SECRET)
    transport = client._face.opened().paying

    def moves(request: httpx.Request) -> httpx.Response:
        return httpx.Response(307, headers={"Location": "https://elsewhere.example/api/thing"})

    server.answers["/api/thing"] = [moves, lambda _: httpx.Response(200, json={})]
    terms = CallTerms(
        route=Route("GET", "/api/thing", security=(("key",),)), credentials=client._face.settings.credentials
    )
    with httpx.Client(transport=transport, follow_redirects=True) as follower:
        follower.get(f"{ORIGIN}/api/thing", headers={FIELD: '["key"]'}, extensions={"coinslot": terms})
    first, second = server.requests
    assert first.headers["x-api-key"] == SECRET
    assert second.url.host == "elsewhere.example"
    assert SECRET not in str(second.headers.raw)
    assert FIELD not in second.headers


def test_values_go_over_https_only_but_on_this_machine(made: dict[str, Any], server: Server) -> None:
    client = Keyed(**{**made, "base_url": "http://192.168.1.7"}, credentials={"key": "k"})
    with pytest.raises(ConfigurationError, match="https only"):
        Ask[Any](client)(("key",))
    assert server.requests == []


def test_a_header_that_pays_is_not_taken_twice(keyed: Callable[..., Keyed], server: Server) -> None:
    challenge = (
        'Payment id="c1", realm="127.0.0.1:4020", method="tempo", intent="charge", '
        f'request="{encode(CHARGE).rstrip("=")}"'
    )
    server.answers["/api/draw"] = [
        lambda _: httpx.Response(402, json={}, headers={"WWW-Authenticate": challenge})
    ]
    with pytest.raises(PaymentRefused, match="own Authorization header already"):
        Draw[Any, Any](keyed(token=SECRET))(replace(DRAW, security=(("token",),), job=None))


@pytest.mark.anyio
async def test_the_asynchronous_face_does_the_same(made: dict[str, Any], server: Server) -> None:
    server.answers["/api/thing"] = [lambda _: httpx.Response(200, json={})]
    async with AsyncKeyed(**made, credentials={"key": SECRET}) as client:
        await Ask[Any](client)(("key",))
        with pytest.raises(CredentialMissing):
            await Ask[Any](client)(("token",))

    assert [one.headers["x-api-key"] for one in server.requests] == [SECRET]
