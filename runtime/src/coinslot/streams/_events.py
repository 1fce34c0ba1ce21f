"""An event stream as callers hold it, one class for each face."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Generic, Self

from pydantic import ValidationError

from coinslot.effects import BodyCut, Reply
from coinslot.errors import StreamCut
from coinslot.streams._parser import DataT, Event, EventTooLong, Parser
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot._http import Unread
    from coinslot.attempt import Attempt
    from coinslot.route import Route
    from coinslot.streams._hold import Hold

_REMEMBERED: Final = 1024 * 1024
"""Characters of the last events that an error still holds."""


class _Reading(Generic[DataT]):
    """What both faces know of a stream that is read."""

    def __init__(self, route: Route[Any, Any], reply: Reply) -> None:
        attempt: Attempt | None = getattr(reply.note, "attempt", None)
        self._route = route
        self._attempt = attempt
        self._hold: Hold | None = getattr(reply.note, "hold", None)
        self._unread: Unread = reply.unread
        self._parser = Parser()
        self._ready: deque[Event] = deque()
        self._given: deque[Event[DataT]] = deque()
        self._remembered = 0
        self._received = 0
        self._flaw: BodyCut | None = None
        self._cut: StreamCut | None = None
        self._closed = False

    @property
    def route(self) -> Route[Any, Any]:
        """The route that was called."""
        return self._route

    @property
    def attempt_id(self) -> str | None:
        """The attempt that paid for it; None if nothing was paid."""
        return None if self._attempt is None else self._attempt.id

    def __del__(self) -> None:
        hold = getattr(self, "_hold", None)
        if hold is not None:
            hold.let_go()

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<{type(self).__name__} of {self._route}: {self._received} received, {state}>"

    def _take(self, piece: bytes) -> None:
        try:
            self._ready.extend(self._parser.feed(piece))
        except EventTooLong as error:
            # The events before it are handed out first.
            self._flaw = BodyCut(Reply(0), str(error))

    def _give(self) -> Event[DataT]:
        """Hand the next event out. The first one answers the call: nothing may be awaited after this."""
        event = self._read(self._ready.popleft())
        if self._hold is not None:
            self._hold.hand_out()
        self._received += 1
        self._given.append(event)
        self._remembered += len(event.text)
        while self._remembered > _REMEMBERED and len(self._given) > 1:
            self._remembered -= len(self._given.popleft().text)
        return event

    def _read(self, event: Event) -> Event[DataT]:
        """Return the event with its data as they are described; what is something else stays text."""
        model: Any = self._route.events
        data: Any = event.data
        if model is not None:
            with suppress(ValidationError):
                data = model.model_validate_json(event.text)
        return Event(event.event, data, event.id, event.retry, event.text)

    def _check_end(self) -> None:
        """Raise BodyCut where the end that came may be a connection that broke off."""
        if self._unread.ends_well:
            return
        if self._parser.pending or not self._received:
            raise BodyCut(Reply(0), "the connection ended, and the server does not say where its answer ends")

    def _ended(self) -> None:
        if self._hold is not None:
            self._hold.hand_out()

    def _check_flaw(self) -> None:
        if self._flaw is not None:
            raise self._flaw

    def _broken(self, cut: BodyCut) -> StreamCut:
        """Return the error of a stream that broke off, and put on record that it did."""
        why = f"its event stream broke off after {self._received} events ({clean(str(cut))})"
        if self._hold is not None:
            self._hold.broke_off(why)
        money = self._attempt.money if self._attempt is not None else None
        self._cut = StreamCut(
            f"{self._route} sent {self._received} events, and broke off ({clean(str(cut))}).",
            events=tuple(self._given),
            received=self._received,
            attempt_id=self.attempt_id,
            settled=money == "settled",
        )
        return self._cut

    def _let_go(self) -> None:
        self._closed = True
        if self._hold is not None:
            self._hold.let_go()

    def _left_by(self, error: BaseException | None) -> None:
        # Who leaves on purpose has had what was wanted of it; an error or a cancellation wanted more.
        if error is None and self._hold is not None and self._cut is None:
            self._hold.hand_out()


class Events(_Reading[DataT]):
    """The events of one answer, handed out as they come. Use it in a `with` block, or read it to its end.

    A stream that breaks off raises StreamCut, which says what is true of the money.
    """

    def __init__(self, route: Route[Any, Any], reply: Reply) -> None:
        super().__init__(route, reply)
        self._pieces: Iterator[bytes] = self._unread.pieces()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event[DataT]:
        """Wait for the next event. Raises StreamCut."""
        if self._cut is not None:
            raise self._cut
        try:
            while not self._ready and not self._closed:
                self._check_flaw()
                piece = next(self._pieces, None)
                if piece is None:
                    self._check_end()
                    self._ended()
                    self._release()
                    break
                self._take(piece)
        except BodyCut as cut:
            broken = self._broken(cut)
            self._release()
            raise broken from cut
        except BaseException as error:
            self._broken(BodyCut(Reply(0), f"reading it was interrupted: {type(error).__name__}"))
            self._release()
            raise
        if not self._ready:
            raise StopIteration
        return self._give()

    def close(self) -> None:
        """Let go of the connection. The call counts as answered, whatever was read of it."""
        self._left_by(None)
        self._ready.clear()
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left_by(error)
        self._ready.clear()
        self._release()

    def _release(self) -> None:
        try:
            self._unread.close()
        finally:
            self._let_go()


class AsyncEvents(_Reading[DataT]):
    """The asynchronous twin of `Events`: `async with await client.group.call(...) as events`."""

    def __init__(self, route: Route[Any, Any], reply: Reply) -> None:
        super().__init__(route, reply)
        self._pieces: AsyncIterator[bytes] = self._unread.apieces()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event[DataT]:
        """Wait for the next event. Raises StreamCut."""
        if self._cut is not None:
            raise self._cut
        try:
            while not self._ready and not self._closed:
                self._check_flaw()
                piece = await anext(self._pieces, None)
                if piece is None:
                    self._check_end()
                    self._ended()
                    await self._release()
                    break
                self._take(piece)
        except BodyCut as cut:
            broken = self._broken(cut)
            await self._release()
            raise broken from cut
        except BaseException as error:
            self._broken(BodyCut(Reply(0), f"reading it was interrupted: {type(error).__name__}"))
            await self._release()
            raise
        if not self._ready:
            raise StopAsyncIteration
        return self._give()

    async def aclose(self) -> None:
        """Let go of the connection. The call counts as answered, whatever was read of it."""
        self._left_by(None)
        self._ready.clear()
        await self._release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left_by(error)
        self._ready.clear()
        await self._release()

    async def _release(self) -> None:
        try:
            await self._unread.aclose()
        finally:
            self._let_go()
