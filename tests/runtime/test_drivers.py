"""The drivers perform what flows ask for, and lose neither a failure nor a cancellation."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, NamedTuple

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot._drivers import adrive, drive
from coinslot.effects import Fetch, Flow, Headers, Interrupted, NoReply, Record, Reply, Request, Send, Sleep

REQUEST = Request("GET", "https://api.example/")


def never(*_: Any) -> Any:
    raise AssertionError("not asked for")


def conversation() -> Flow[list[Any]]:
    sent = yield Send(REQUEST)
    recorded = yield Record(lambda ledger: (ledger, "written"))
    slept = yield Sleep(2.5)
    fetched = yield Fetch("https://media.example/", print)
    return [sent.status, recorded, slept, fetched.status]


def test_performs_every_effect() -> None:
    slept: list[float] = []
    result = drive(
        conversation(),
        send=lambda _: Reply(200),
        record=lambda effect: effect.transaction("ledger"),  # type: ignore[arg-type]
        sleep=slept.append,
        fetch=lambda _: Reply(206),
    )
    assert result == [200, ("ledger", "written"), None, 206]
    assert slept == [2.5]


@pytest.mark.anyio
async def test_performs_every_effect_asynchronously() -> None:
    threads: list[int] = []

    async def send(_: Send) -> Reply:
        return Reply(200)

    async def fetch(_: Fetch) -> Reply:
        return Reply(206)

    def record(effect: Record) -> Any:
        threads.append(threading.get_ident())
        return effect.transaction("ledger")  # type: ignore[arg-type]

    async def sleep(seconds: float) -> None:
        assert seconds == 2.5

    result = await adrive(conversation(), send=send, record=record, sleep=sleep, fetch=fetch)
    assert result == [200, ("ledger", "written"), None, 206]
    assert threads != [threading.get_ident()]


def test_throws_failures_into_the_flow() -> None:
    def flow() -> Flow[str]:
        try:
            yield Send(REQUEST)
        except NoReply as error:
            return str(error)
        return "no failure"

    def send(_: Send) -> Reply:
        raise NoReply("cut")

    assert drive(flow(), send=send, record=never, sleep=never) == "cut"


def test_a_failure_that_the_flow_lets_pass_is_the_callers() -> None:
    def flow() -> Flow[None]:
        yield Sleep(1)

    def sleep(_: float) -> None:
        raise OSError("tired")

    with pytest.raises(OSError, match="tired"):
        drive(flow(), send=never, record=never, sleep=sleep)


def interruptible(log: list[str]) -> Flow[None]:
    try:
        yield Sleep(60)
    except Interrupted:
        log.append("told")
        yield Record(lambda _: log.append("recorded"))
        raise
    log.append("finished")


def test_records_before_ctrl_c_goes_on() -> None:
    log: list[str] = []
    pressed = KeyboardInterrupt("ctrl-c")

    def sleep(_: float) -> None:
        raise pressed

    with pytest.raises(KeyboardInterrupt) as caught:
        drive(interruptible(log), send=never, record=lambda effect: effect.transaction(None), sleep=sleep)  # type: ignore[arg-type]
    assert caught.value is pressed
    assert log == ["told", "recorded"]


@pytest.mark.parametrize("answer", ["returns", "raises", "sends"])
def test_a_flow_cannot_swallow_ctrl_c(answer: str) -> None:
    def flow() -> Flow[str]:
        try:
            yield Sleep(60)
        except Interrupted:
            if answer == "raises":
                raise ValueError("something else") from None
            if answer == "sends":
                yield Send(REQUEST)
        return "swallowed"

    def sleep(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drive(flow(), send=never, record=never, sleep=sleep)


@pytest.mark.anyio
async def test_records_before_a_cancellation_goes_on() -> None:
    log: list[str] = []

    async def run() -> None:
        await adrive(
            interruptible(log),
            send=never,
            record=lambda effect: effect.transaction(None),  # type: ignore[arg-type]
            sleep=anyio.sleep,
        )

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert log == ["told", "recorded"]


def test_a_task_cancelled_while_it_records_finishes_the_record_first() -> None:
    log: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def write(_: Any) -> str:
        begun.set()
        go_on.wait(10)
        log.append("written")
        return "row"

    def flow() -> Flow[None]:
        log.append((yield Record(write)))
        try:
            yield Send(REQUEST)
        except Interrupted:
            log.append("told")
            yield Record(lambda _: log.append("concluded"))
            raise

    async def main() -> None:
        task = asyncio.create_task(
            adrive(flow(), send=never, record=lambda effect: effect.transaction(None), sleep=never)  # type: ignore[arg-type]
        )
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        # The cancellation is delivered by the loop's next turn, and holds the loop until the record is made.
        threading.Thread(target=go_on.set).start()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert log == ["written", "row", "told", "concluded"]


def test_a_task_cancelled_while_it_sends_records_first() -> None:
    log: list[str] = []
    sending = asyncio.Event()

    def flow() -> Flow[None]:
        try:
            yield Send(REQUEST)
        except Interrupted as interrupted:
            cause = type(interrupted.cause).__name__
            yield Record(lambda _: log.append(cause))
            raise

    async def send(_: Send) -> Reply:
        sending.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> None:
        task = asyncio.create_task(
            adrive(flow(), send=send, record=lambda effect: effect.transaction(None), sleep=never)  # type: ignore[arg-type]
        )
        await sending.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()

    asyncio.run(main())
    assert log == ["CancelledError"]


def test_a_coroutine_that_is_closed_records_too() -> None:
    log: list[str] = []

    async def hang(_: float) -> None:
        await asyncio.Future()

    async def main() -> None:
        coroutine = adrive(
            interruptible(log),
            send=never,
            record=lambda effect: effect.transaction(None),  # type: ignore[arg-type]
            sleep=hang,
        )
        coroutine.send(None)
        coroutine.close()

    asyncio.run(main())
    assert log == ["told", "recorded"]


def test_headers_show_names_only() -> None:
    assert "secret" not in repr(Request("GET", "https://api.example/", Headers({"X-Key": "secret"})))


class Plan(NamedTuple):
    """What a flow yields in turn, and where its caller is cancelled."""

    steps: list[str]
    cancelled_at: int
    after: int


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    steps = draw(st.lists(st.sampled_from(["send", "sleep", "record"]), min_size=1, max_size=8))
    return Plan(steps, draw(st.integers(0, len(steps) - 1)), draw(st.integers(0, 3)))


@given(plans())
def test_wherever_it_is_cancelled_every_record_is_made_and_the_cancellation_goes_on(plan: Plan) -> None:
    log: list[str] = []
    effects: dict[str, Any] = {
        "send": Send(REQUEST),
        "sleep": Sleep(1),
        "record": Record(lambda _: log.append("recorded")),
    }

    def flow() -> Flow[None]:
        try:
            for step in plan.steps:
                yield effects[step]
        except Interrupted:
            for _ in range(plan.after):
                yield effects["record"]
            raise

    performed = iter(range(len(plan.steps) + plan.after))

    def perform(effect: Any) -> Any:
        if next(performed) == plan.cancelled_at:
            raise KeyboardInterrupt
        return effect.transaction(None) if isinstance(effect, Record) else None  # type: ignore[arg-type]

    with pytest.raises(KeyboardInterrupt):
        drive(flow(), send=perform, record=perform, sleep=perform)
    assert log.count("recorded") == plan.steps[: plan.cancelled_at].count("record") + plan.after
