"""A map of the synchronous client: one thread for each request that is under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from queue import Empty, SimpleQueue
from typing import Any

from coinslot.face import SyncFace
from coinslot.many._course import Course
from coinslot.many._item import Item
from coinslot.many._outcome import MapReport, Outcome

_GLANCE = 0.5
"""Seconds after which a wait looks up: on some systems Ctrl-C is not seen before."""


class _Stopped(BaseException):
    """The map was told to stop; what is paid stands in the ledger."""


def map_in_threads(course: Course, face: SyncFace, requests: Iterable[Mapping[str, Any]]) -> MapReport[Any]:
    """Bring all requests to their outcomes; requests and outcomes are handled in the caller's thread."""
    with closing(course):
        return _mapped(course, face, requests)


def _mapped(course: Course, face: SyncFace, requests: Iterable[Mapping[str, Any]]) -> MapReport[Any]:
    face.perform(course.begin())
    crew = _Crew(course, face)
    left = iter(requests)
    try:
        while True:
            while crew.size < course.concurrency and (item := _next(course, left)) is not None:
                crew.start(item)
            if not crew.size:
                break
            course.take(crew.next_outcome())
    except Exception:
        # The caller's own code failed: what was begun is finished before it hears of that.
        crew.finish()
        raise
    except BaseException:
        crew.stop()
        raise
    return face.perform(course.report())


def _next(course: Course, left: Iterator[Mapping[str, Any]]) -> Item | None:
    while not course.over:
        try:
            request = next(left)
        except StopIteration:
            return None
        item = course.item(request)
        if item is not None:
            return item
    return None


class _Crew:
    """The threads that are at work."""

    def __init__(self, course: Course, face: SyncFace) -> None:
        self.size = 0
        self._maker = course.maker
        self._face = face
        self._surroundings = face.settings.surroundings
        self._outcomes: SimpleQueue[Outcome[Any] | BaseException] = SimpleQueue()
        self._stopped = threading.Event()

    def start(self, item: Item) -> None:
        """Begin a request."""
        self.size += 1
        # A second Ctrl-C shall end the program, so no thread keeps it: the ledger outlives them.
        threading.Thread(target=self._work, args=(item,), name=f"map-{item.index}", daemon=True).start()

    def next_outcome(self) -> Outcome[Any]:
        """Wait for the next request that is through."""
        while True:
            try:
                outcome = self._outcomes.get(timeout=_GLANCE)
            except Empty:
                continue
            self.size -= 1
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

    def finish(self) -> None:
        """Wait for what was begun."""
        while self.size:
            self.next_outcome()

    def stop(self) -> None:
        """Bring calls that are being paid to their answer, and wait for no job."""
        self._stopped.set()
        while self.size:
            try:
                self.next_outcome()
            except _Stopped:
                continue

    def _work(self, item: Item) -> None:
        from coinslot.wallets.asking import asked_until

        try:
            # Ctrl-C does not reach a thread that asks for a passphrase.
            with asked_until(self._stopped):
                outcome = self._face.perform(self._maker.outcome(item), sleep=self._sleep)
            self._outcomes.put(outcome)
        except BaseException as failure:  # noqa: BLE001 - raised where the caller waits
            self._outcomes.put(failure)

    def _sleep(self, seconds: float) -> None:
        if self._surroundings.sleep is not time.sleep:
            self._surroundings.sleep(seconds)
        else:
            self._stopped.wait(seconds)
        if self._stopped.is_set():
            raise _Stopped
