"""Which call is which: what an operation declares tells calls apart, wherever it stands in the request."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Annotated, Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import MISSING, Field

from coinslot import (
    AnswerT,
    ConflictingCall,
    Job,
    PaidCall,
    PaymentOutcomeUnknown,
    Quote,
    QuoteT,
    RequestModel,
)
from coinslot import paid_call as calls
from coinslot.effects import Headers, Request
from coinslot.ledger import SqliteLedger
from coinslot.security import Scheme
from coinslot.wire import encode
from tests.payments.conftest import ORIGIN, accepted, offer
from tests.runtime.studio import DRAW, Draw, DrawRequest, ImageResult, Server, Studio, fails

LOST = fails(httpx.ReadTimeout)
GUARDED = replace(DRAW, security=(("key",),))


class Fields(RequestModel):
    style: Annotated[str | MISSING, Field(alias="X-Style")] = MISSING
    request_id: Annotated[str | MISSING, Field(alias="X-Request-Id")] = MISSING


class Crumbs(RequestModel):
    theme: str | MISSING = MISSING


class Page(RequestModel):
    page: int | MISSING = MISSING


class Styled(PaidCall[AnswerT, QuoteT]):
    def __call__(
        self,
        *,
        style: Any = MISSING,
        request_id: Any = MISSING,
        theme: Any = MISSING,
        page: Any = MISSING,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        return self._pay(
            GUARDED,
            query=Page(page=page),
            headers=Fields(style=style, request_id=request_id),
            cookies=Crumbs(theme=theme),
            body=DrawRequest(prompt="a cat"),
            idempotency_key=idempotency_key,
        )

    def quote(self, *, style: Any = MISSING) -> QuoteT:
        headers = Fields(style=style)
        return self._quote(GUARDED, query=Page(), headers=headers, body=DrawRequest(prompt="a cat"))


class Guarded(Studio):
    SCHEMES = {"key": Scheme("header", "X-Key", "STUDIO_KEY")}  # noqa: RUF012 - as it is generated


@pytest.fixture
def options(made: dict[str, Any]) -> dict[str, Any]:
    return {**made, "credentials": {"key": "first-secret"}}


@pytest.fixture
def styled(options: dict[str, Any], server: Server) -> Iterator[Styled[Job[ImageResult], Quote]]:
    """A call of a server that was paid before, and now loses every answer."""
    with Guarded(**options) as studio:
        Draw(studio)(prompt="first").wait()
        server.shop.answers = [LOST] * 100
        yield Styled(studio)


def attempts(ledger: SqliteLedger) -> int:
    """Return how many calls were signed for, but the first."""
    return len(ledger.attempts()) - 1


@pytest.mark.parametrize(
    "another",
    [{"style": "oil"}, {"style": "ink"}, {"theme": "dark"}, {"page": 2}],
    ids=["set", "header", "cookie", "query"],
)
def test_another_parameter_is_another_call(
    styled: Styled[Any, Any], ledger: SqliteLedger, another: dict[str, Any]
) -> None:
    first: dict[str, Any] = {"style": "oil"} if another == {"style": "ink"} else {}
    for _ in range(2):
        for asked in (first, another):
            with pytest.raises(PaymentOutcomeUnknown):
                styled(**asked)
    assert attempts(ledger) == 2


def test_what_each_sending_has_of_its_own_makes_no_other_call(
    styled: Styled[Any, Any], ledger: SqliteLedger
) -> None:
    for number in range(3):
        with pytest.raises(PaymentOutcomeUnknown):
            styled(style="oil", request_id=f"{number}")
    assert attempts(ledger) == 1


def test_another_credential_is_the_same_call(
    styled: Styled[Any, Any], options: dict[str, Any], ledger: SqliteLedger, server: Server
) -> None:
    with pytest.raises(PaymentOutcomeUnknown):
        styled(style="oil")
    server.shop.answers = [accepted()]
    with Guarded(**{**options, "credentials": {"key": "second-secret"}}) as studio:
        assert Styled(studio)(style="oil").id == "job-1"
    assert attempts(ledger) == 1


def test_a_key_belongs_to_one_request_whole(styled: Styled[Any, Any], ledger: SqliteLedger) -> None:
    with pytest.raises(PaymentOutcomeUnknown):
        styled(style="oil", idempotency_key="mine")
    for style in ("ink", MISSING):
        with pytest.raises(ConflictingCall, match="another request"):
            styled(style=style, idempotency_key="mine")
    assert attempts(ledger) == 1


def test_a_quote_binds_the_call_with_its_parameters(styled: Styled[Any, Any], server: Server) -> None:
    assert styled.quote(style="oil").price
    server.shop.offers = [offer(amount="140000")]
    server.shop.answers = [accepted("job-2")]
    assert styled(style="ink").id == "job-2"
    with pytest.raises(Exception, match="the quote for this call"):
        styled(style="oil", theme=MISSING)


def older(ledger: SqliteLedger) -> None:
    """Let the last attempt on record be one of a version that told no header from another."""
    url = f"{ORIGIN}/api/draw"
    asked = encode(GUARDED, url, query=Page(), body=DrawRequest(prompt="a cat"))
    fingerprint = calls.call_identity(calls.PaidCall(asked, GUARDED)).fingerprint
    with closing(sqlite3.connect(ledger.path)) as db, db:
        last = ledger.attempts()[-1].id
        db.execute("UPDATE attempts SET fingerprint = ? WHERE id = ?", (fingerprint, last))


@pytest.mark.parametrize("key", [None, "mine"])
def test_an_open_attempt_of_an_older_version_is_resumed(
    styled: Styled[Any, Any], ledger: SqliteLedger, server: Server, key: str | None
) -> None:
    with pytest.raises(PaymentOutcomeUnknown):
        styled(style="oil", idempotency_key=key)
    older(ledger)
    with pytest.raises(PaymentOutcomeUnknown):
        styled(style="oil", idempotency_key=key)
    server.shop.answers = [accepted("job-2")]
    assert styled(style="oil", idempotency_key=key).id == "job-2"
    assert attempts(ledger) == 1


def fingerprint(body: str) -> str:
    request = Request(
        "POST", f"{ORIGIN}/api/draw", Headers([("Content-Type", "application/json")]), body.encode()
    )
    return calls.call_identity(calls.PaidCall(request, DRAW)).fingerprint


NUMBERS = st.sampled_from(["1.5", "1.50", "15e-1", "15", "0"])
STRINGS = st.sampled_from(['"1.5"', '"float"', '"15"'])
BODIES = st.recursive(
    NUMBERS | STRINGS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | inner.map(lambda item: f'["float",{item}]')
        | inner.map(lambda item: f'{{"a":{item}}}')
    ),
    max_leaves=4,
)


@given(BODIES, BODIES)
@example("1.5", '["float","1.5"]')
@example('["float",["1.5"]]', '["float","1.5"]')
@example('[1.5,["float","1.5"]]', '[["float","1.5"],1.5]')
def test_another_body_is_another_call(one: str, other: str) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


def test_the_spelling_of_a_body_makes_no_other_call() -> None:
    assert fingerprint('{"b": [1.5, "\\u00e4"], "a": null}') == fingerprint('{"a":null,"b":[1.5,"ä"]}')


def test_what_older_versions_left_open_is_known_by_its_body() -> None:
    assert fingerprint('{"a": 1.5, "b": ["float", "x", 2]}') == (
        "b13a6326e90e5011551361801135863a74fdcbc3a20618ff7b6b168a7b281fd6"
    )
