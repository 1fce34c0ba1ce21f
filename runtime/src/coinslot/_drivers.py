"""The two drivers: they perform what a flow asks for, and decide nothing.

A failure is thrown into the flow. So is a cancellation (Ctrl-C, a cancelled task), as `Interrupted`:
the flow may then still yield `Record`, which is performed shielded, before the cancellation goes on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from coinslot.effects import Effect, Fetch, Flow, Interrupted, Record, Reply, Send, Sleep, Unlock

T = TypeVar("T")


def drive(
    flow: Flow[T],
    *,
    send: Callable[[Send], Reply],
    record: Callable[[Record], Any],
    sleep: Callable[[float], None],
    fetch: Callable[[Fetch], Reply] | None = None,
) -> T:
    """Run a flow to its end and return what it returns."""
    run = _Run(flow)
    while not run.over:
        value: Any = None
        failure: BaseException | None = None
        try:
            match run.effect:
                case Send() as effect:
                    value = send(effect)
                case Record() as effect:
                    value = record(effect)
                case Sleep(seconds):
                    sleep(seconds)
                case Unlock(unlock):
                    unlock()
                case Fetch() as effect:
                    value = (fetch or _no_fetching)(effect)
        except BaseException as error:  # noqa: BLE001 - the flow decides what it means
            failure = error
        run.go_on(value, failure)
    return run.result


async def adrive(
    flow: Flow[T],
    *,
    send: Callable[[Send], Awaitable[Reply]],
    record: Callable[[Record], Any],
    sleep: Callable[[float], Awaitable[None]],
    fetch: Callable[[Fetch], Awaitable[Reply]] | None = None,
) -> T:
    """Run a flow to its end; `record` is a plain function, called in a worker thread."""
    run = _Run(flow)
    while not run.over:
        value: Any = None
        failure: BaseException | None = None
        try:
            match run.effect:
                case Send() as effect:
                    value = await send(effect)
                case Record() as effect:
                    value = await _to_its_end(record, effect, run)
                case Sleep(seconds):
                    await sleep(seconds)
                case Unlock(unlock):
                    await _beside(unlock)
                case Fetch() as effect:
                    value = await (fetch or _no_fetching)(effect)
        except BaseException as error:  # noqa: BLE001 - the flow decides what it means
            failure = error
        run.go_on(value, failure)
    return run.result


class _Run(Generic[T]):
    """One flow under way: what it asks for, and the cancellation that waits for it."""

    def __init__(self, flow: Flow[T]) -> None:
        self._flow = flow
        self._told = False
        self.cancelled: BaseException | None = None
        self.over = False
        self.effect: Effect
        self.result: T
        self._resume(flow.send, None)

    def go_on(self, value: Any, failure: BaseException | None) -> None:
        """Give the flow what its effect came to."""
        if failure is None:
            self._resume(self._flow.send, value)
        elif isinstance(failure, Exception):
            self._resume(self._flow.throw, failure)
        else:
            self.cancelled = self.cancelled or failure
            self._interrupt()
        if self.cancelled is None:
            return
        if not self.over and not isinstance(self.effect, Record):
            self._interrupt()
        if self.over:
            raise self.cancelled

    def _interrupt(self) -> None:
        """Tell the flow, once, that its caller was cancelled; after that it may only record."""
        if self._told or self.cancelled is None:
            self._flow.close()
            self.over = True
            return
        self._told = True
        self._resume(self._flow.throw, Interrupted(self.cancelled))

    def _resume(self, step: Callable[[Any], Effect], value: Any) -> None:
        try:
            self.effect = step(value)
        except StopIteration as stop:
            self.over = True
            self.result = stop.value
        except Interrupted:
            self.over = True
        except Exception as error:
            if self.cancelled is None:
                raise
            raise self.cancelled from error


async def _to_its_end(record: Callable[[Record], Any], effect: Record, run: _Run[Any]) -> Any:
    """Make the transaction in a worker thread and wait for it, cancelled or not.

    A cancellation that comes meanwhile is kept in `run`.
    """
    if isinstance(run.cancelled, GeneratorExit):
        # The coroutine is being closed: nothing can be awaited any more.
        return record(effect)
    from anyio import CancelScope, to_thread

    made: Future[Any] = Future()

    def make() -> None:
        if not made.set_running_or_notify_cancel():
            return
        try:
            made.set_result(record(effect))
        except BaseException as error:  # noqa: BLE001 - handed to the flow below
            made.set_exception(error)

    try:
        with CancelScope(shield=True):
            await to_thread.run_sync(make)
    except BaseException as cause:  # noqa: BLE001 - raised again by the run
        # A shield holds off anyio's cancellation, but not asyncio's own.
        run.cancelled = run.cancelled or cause
        if made.cancel():
            return record(effect)
    return made.result()


async def _beside(unlock: Callable[[], object]) -> None:
    """Wait for a person without holding up the loop; a cancellation takes the question back."""
    from anyio import to_thread

    from coinslot.wallets.asking import taken_back

    with taken_back():
        await to_thread.run_sync(unlock, abandon_on_cancel=True)


def _no_fetching(effect: Fetch) -> Any:
    raise TypeError(f"this driver fetches no files, and {effect.url!r} was asked for")
