"""Event streams: the parser, what a stream is to the money, and streams that break off."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import anyio
import httpx
import pytest

from coinslot import AsyncEvents, Event, Events, PaymentOutcomeUnknown, Quote, StreamCut, UnexpectedAnswer
from coinslot.ledger import SqliteLedger
from coinslot.referring import Sent
from coinslot.terms import CallTerms
from tests.payments.conftest import encode, receipt
from tests.runtime.studio import AsyncStudio, Server, Studio, asks_money
from tests.runtime.talking import (
    CUT,
    NEWS,
    SILENT,
    WHOLE,
    Answer,
    News,
    Pieces,
    Talk,
    TalkEitherWay,
    credentials,
    streams,
)


@pytest.fixture
def sells(server: Server) -> Callable[..., None]:
    """Make the server sell talk: it asks for money, and gives these answers in turn to who pays."""

    def sell(*answers: Answer) -> None:
        given = list(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            if "PAYMENT-SIGNATURE" not in request.headers:
                return asks_money(request)
            return (given.pop(0) if len(given) > 1 else given[0])(request)

        server.answers["/api/talk"] = [answer]

    return sell


@pytest.fixture
def talk(studio: Studio) -> Talk[Events, Quote]:
    return Talk(studio)


# Streams that are paid for


def test_a_paid_stream_is_handed_out_as_it_comes(
    sells: Callable[..., None], talk: Talk[Events, Quote], server: Server, ledger: SqliteLedger
) -> None:
    sells(streams(*WHOLE))
    with talk(prompt="a") as events:
        assert server.requests[-1].headers["accept"] == "text/event-stream"
        (attempt,) = ledger.attempts()
        assert (attempt.money, attempt.delivery) == ("settled", "none")
        assert next(events) == Event(data="one")
        (attempt,) = ledger.attempts()
        assert (attempt.money, attempt.delivery) == ("settled", "finished")
        assert list(events) == [Event("more", "two", "7"), Event(data="[DONE]", id="7")]
        assert list(events) == []
        assert events.attempt_id == attempt.id


def test_the_same_call_is_a_new_one_once_an_event_was_handed_out(
    sells: Callable[..., None], talk: Talk[Events, Quote], server: Server, ledger: SqliteLedger
) -> None:
    sells(streams(*WHOLE), streams(*WHOLE))
    for _ in range(2):
        with talk(prompt="a") as events:
            next(events)
    assert len(credentials(server)) == len(ledger.attempts()) == 2


@pytest.mark.parametrize("cut", [CUT, SILENT])
def test_a_naive_loop_pays_once_where_no_event_was_handed_out(
    sells: Callable[..., None],
    talk: Talk[Events, Quote],
    server: Server,
    ledger: SqliteLedger,
    cut: Exception,
) -> None:
    sells(streams(cut), streams(b"data: ha", cut), streams(*WHOLE))
    received: list[Event] = []
    cuts: list[StreamCut] = []
    for _ in range(4):
        try:
            with talk(prompt="a") as events:
                received += events
            break
        except StreamCut as error:
            cuts.append(error)
    assert [one.data for one in received] == ["one", "two", "[DONE]"]
    assert len(cuts) == 2
    assert len(credentials(server)) == len(ledger.attempts()) == 1
    for one in cuts:
        assert (one.received, one.events) == (0, ())
        assert one.attempt_id == ledger.attempts()[0].id
        assert "It is paid for" in one.money
        assert "signs no second payment" in one.money


def test_a_loop_that_nobody_answers_pays_once_and_is_told(
    sells: Callable[..., None], talk: Talk[Events, Quote], server: Server, ledger: SqliteLedger
) -> None:
    used = httpx.Response(409, json={"error": "nonce_already_used"})
    sells(streams(CUT), lambda _: used)
    with pytest.raises(StreamCut):
        list(talk(prompt="a"))
    for _ in range(3):
        with pytest.raises(PaymentOutcomeUnknown, match="settled, but its answer was lost"):
            talk(prompt="a")
    assert len(credentials(server)) == len(ledger.attempts()) == 1


def test_a_stream_cut_in_the_middle_says_what_came_and_what_is_true(
    sells: Callable[..., None], talk: Talk[Events, Quote], ledger: SqliteLedger
) -> None:
    sells(streams(WHOLE[0], WHOLE[1], b"data: thr", CUT))
    events = talk(prompt="a")
    with pytest.raises(StreamCut, match="sent 2 events, and broke off") as caught:
        list(events)
    assert [one.data for one in caught.value.events] == ["one", "two"]
    assert caught.value.received == 2
    assert "It is paid for" in str(caught.value)
    assert "pays again" in caught.value.money
    (attempt,) = ledger.attempts()
    assert (attempt.money, attempt.delivery) == ("settled", "finished")
    assert "broke off after 2 events" in (attempt.note or "")
    with pytest.raises(StreamCut):
        next(events)


def test_a_key_never_pays_twice_for_a_stream_that_broke_off(
    sells: Callable[..., None], talk: Talk[Events, Quote], server: Server
) -> None:
    sells(streams(WHOLE[0], CUT), streams(*WHOLE))
    with pytest.raises(StreamCut):
        list(talk(prompt="a", idempotency_key="k"))
    with pytest.raises(PaymentOutcomeUnknown, match="answered before"):
        talk(prompt="a", idempotency_key="k")
    assert len(credentials(server)) == 1


def test_a_closed_stream_is_an_answered_call(
    sells: Callable[..., None], talk: Talk[Events, Quote], server: Server
) -> None:
    sells(streams(*WHOLE))
    talk(prompt="a").close()
    with talk(prompt="a"):
        pass
    assert len(credentials(server)) == 2


def test_leaving_by_an_error_before_the_first_event_leaves_the_call_open(
    sells: Callable[..., None], talk: Talk[Events, Quote], server: Server
) -> None:
    sells(streams(*WHOLE))
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt), talk(prompt="a"):
            raise KeyboardInterrupt
    assert [one.data for one in talk(prompt="a")] == ["one", "two", "[DONE]"]
    assert len(credentials(server)) == 1


def test_equal_streams_at_the_same_time_are_two_calls(
    sells: Callable[..., None], talk: Talk[Events, Quote], server: Server
) -> None:
    sells(streams(*WHOLE))
    with talk(prompt="a") as first, talk(prompt="a") as second:
        assert next(first) == next(second)
    assert len(credentials(server)) == 2


def test_a_stream_that_nobody_read_is_recovered_for_the_same_call(
    sells: Callable[..., None], talk: Talk[Events, Quote], studio: Studio, server: Server
) -> None:
    sells(streams(CUT), streams(*WHOLE))
    with pytest.raises(StreamCut):
        list(talk(prompt="a"))
    studio.recover()
    sells(lambda _: pytest.fail("nothing more is to be asked"))
    assert [one.data for one in talk(prompt="a")] == ["one", "two", "[DONE]"]
    assert len(credentials(server)) == 1


def test_without_a_receipt_the_money_is_not_called_settled(
    sells: Callable[..., None], talk: Talk[Events, Quote], ledger: SqliteLedger
) -> None:
    sells(streams(WHOLE[0], CUT, paid=False))
    with pytest.raises(StreamCut, match="as far as is known"):
        list(talk(prompt="a"))
    assert ledger.attempts()[0].money == "unknown"


def test_a_paid_answer_that_is_no_stream_is_not_lost(
    sells: Callable[..., None], talk: Talk[Events, Quote]
) -> None:
    paid = httpx.Response(200, json={"a": 1}, headers={"PAYMENT-RESPONSE": encode(receipt())})
    sells(lambda _: paid)
    with pytest.raises(UnexpectedAnswer, match="answered with application/json") as caught:
        talk(prompt="a")
    assert caught.value.body == b'{"a":1}'
    assert caught.value.attempt_id is not None


def test_an_end_that_may_be_a_cut_is_one_where_nothing_whole_came(
    sells: Callable[..., None], talk: Talk[Events, Quote], server: Server
) -> None:
    sells(streams(framed=False), streams(WHOLE[0], b"data: tw", framed=False))
    with pytest.raises(StreamCut, match="where its answer ends"):
        list(talk(prompt="a"))
    with pytest.raises(StreamCut) as caught:
        list(talk(prompt="a"))
    assert caught.value.received == 1
    assert len(credentials(server)) == 1


def test_a_quote_is_asked_for_as_for_any_call(sells: Callable[..., None], talk: Talk[Events, Quote]) -> None:
    sells(streams(*WHOLE))
    assert talk.quote(prompt="a").price == Decimal("0.134")


def test_what_answers_either_way_is_asked_for_one(
    sells: Callable[..., None], studio: Studio, server: Server
) -> None:
    def either(request: httpx.Request) -> httpx.Response:
        if request.headers["accept"] == "text/event-stream":
            return streams(*WHOLE)(request)
        return httpx.Response(200, json={"text": "a"}, headers={"PAYMENT-RESPONSE": encode(receipt())})

    sells(either)
    call: TalkEitherWay[Any, Quote, Events] = TalkEitherWay(studio)
    assert call(prompt="a") == {"text": "a"}
    with call.stream(prompt="a") as events:
        assert [one.data for one in events] == ["one", "two", "[DONE]"]
    assert len(credentials(server)) == 2


# Streams that are not paid for


def test_a_free_stream(studio: Studio, server: Server, ledger: SqliteLedger) -> None:
    server.answers["/api/news"] = [streams(*WHOLE, paid=False), streams(WHOLE[0], CUT, paid=False)]
    news: News[Events] = News(studio)
    with news() as events:
        assert [one.data for one in events] == ["one", "two", "[DONE]"]
        assert events.attempt_id is None
    with pytest.raises(StreamCut) as caught:
        list(news())
    assert "Nothing was paid" in caught.value.money
    assert ledger.attempts() == []


def test_a_signed_stream(studio: Studio, server: Server) -> None:
    server.answers["/api/news"] = [streams(*WHOLE, paid=False)]
    flow = studio._face.perform
    route = replace(NEWS, access="signed")
    events: Events = flow(News(studio)._flow(CallTerms(route=route), Sent()))
    assert [one.data for one in events] == ["one", "two", "[DONE]"]
    assert "sign-in-with-x" in server.requests[-1].headers


def test_a_closed_stream_lets_go_of_its_connection(made: dict[str, Any], server: Server) -> None:
    body = Pieces(WHOLE)
    headers = {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"}
    server.answers["/api/news"] = [lambda _: httpx.Response(200, headers=headers, stream=body)]
    with Studio(**made) as client:
        news: News[Events] = News(client)
        events = news()
        next(events)
        events.close()
        assert body.closed
        assert list(events) == []


# Awaited


@pytest.mark.anyio
async def test_an_awaited_stream(
    made: dict[str, Any], sells: Callable[..., None], server: Server, ledger: SqliteLedger
) -> None:
    sells(streams(*WHOLE), streams(CUT), streams(WHOLE[0], CUT))
    async with AsyncStudio(**made) as client:
        talk: Any = Talk(client)
        events: AsyncEvents
        async with await talk(prompt="a") as events:
            assert [one.data async for one in events] == ["one", "two", "[DONE]"]
        for received in (0, 1):
            with pytest.raises(StreamCut) as caught:
                async with await talk(prompt="b") as events:
                    assert [one async for one in events] == []
            assert caught.value.received == received
    assert len(credentials(server)) == len(ledger.attempts()) == 2


@pytest.mark.anyio
async def test_cancelled_before_the_first_event_the_same_call_goes_on(
    made: dict[str, Any], sells: Callable[..., None], server: Server
) -> None:
    async with AsyncStudio(**made) as client:
        talk: Any = Talk(client)
        scope = anyio.CancelScope()

        class Waiting(Pieces):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                scope.cancel()
                await anyio.sleep_forever()
                yield b""

        waiting = Waiting(())
        headers = {"Content-Type": "text/event-stream", "PAYMENT-RESPONSE": encode(receipt())}
        sells(lambda _: httpx.Response(200, headers=headers, stream=waiting), streams(*WHOLE))
        with scope:
            async with await talk(prompt="a") as events:
                await anext(events)
        assert scope.cancelled_caught
        assert waiting.closed
        async with await talk(prompt="a") as events:
            assert [one.data async for one in events] == ["one", "two", "[DONE]"]
    assert len(credentials(server)) == 1


@pytest.mark.anyio
async def test_a_stream_whose_reading_was_cancelled_has_not_ended(
    made: dict[str, Any], sells: Callable[..., None]
) -> None:
    async with AsyncStudio(**made) as client:
        talk: Any = Talk(client)
        scope = anyio.CancelScope()

        class Stuck(Pieces):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                yield WHOLE[0]
                scope.cancel()
                await anyio.sleep_forever()

        headers = {"Content-Type": "text/event-stream", "PAYMENT-RESPONSE": encode(receipt())}
        sells(lambda _: httpx.Response(200, headers=headers, stream=Stuck(())))
        events = await talk(prompt="a")
        assert (await anext(events)).data == "one"
        with scope:
            await anext(events)
        with pytest.raises(StreamCut, match="interrupted"):
            await anext(events)
