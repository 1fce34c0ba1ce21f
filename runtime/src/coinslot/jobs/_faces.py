"""A job as callers hold it, one class for each face."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, cast

from coinslot.effects import Flow
from coinslot.errors import ServerUnavailable
from coinslot.jobs._state import JobState
from coinslot.jobs._token import write_token
from coinslot.jobs._watch import Watch
from coinslot.jobs._work import Busy, ResultT, Work
from coinslot.polling import PollingStrategy
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.face import AsyncFace, SyncFace
    from coinslot.results import Result
    from coinslot.route import Route
    from coinslot.saving import Metadata, Place


class _Handle(Generic[ResultT]):
    """What both faces know of a job."""

    def __init__(self, work: Work[ResultT]) -> None:
        self._work = work

    @property
    def id(self) -> str:
        """The server's id of the job."""
        return self._work.id

    @property
    def route(self) -> Route[Any, Any]:
        """The route that was called."""
        return self._work.route

    @property
    def attempt_id(self) -> str | None:
        """The attempt that paid for it; None if nothing was paid."""
        return self._work.attempt_id

    @property
    def state(self) -> JobState:
        """What the server last said. Asks nothing."""
        return self._work.state

    @property
    def status(self) -> str | None:
        """The server's last word about it. Asks nothing."""
        return self._work.state.status

    @property
    def progress(self) -> float | None:
        """How far it was when last asked for, as the server counts. Asks nothing."""
        return self._work.state.progress

    def token(self) -> str:
        """Return the job as one line of JSON, for `client.job(token)` in any process with the same key.

        It holds addresses and ids, and nothing that could sign or pay.
        """
        return write_token(self._work)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {clean(self.id, 80)} {self.status!r}>"

    def _repr_html_(self) -> str:
        """Show the job in a notebook, as it was last heard of."""
        from coinslot.showing import html_of_job

        return html_of_job(self._work)

    def _place(self, save_to: str | os.PathLike[str] | None) -> Place | None:
        if save_to is None:
            return None
        from coinslot.saving import place_of

        if self._work.route.result is None:
            raise ValueError(
                f"What {self._work.route} makes is not known to hold a file: leave save_to away."
            )
        return place_of(save_to)

    def _brought(
        self,
        watch: Watch,
        on_progress: Callable[[JobState], object] | None,
        place: Place | None,
        metadata: Metadata,
    ) -> Flow[Any]:
        """Wait for the result, and save it where that is wanted."""
        return self._work.brought_home(self._bringing(watch, on_progress, place, metadata))

    def _bringing(
        self,
        watch: Watch,
        on_progress: Callable[[JobState], object] | None,
        place: Place | None,
        metadata: Metadata,
    ) -> Flow[Any]:
        result = self._work.result
        if result is None:
            result = yield from watch.to_the_end(on_progress)
        if place is not None:
            from coinslot.saving import keep

            made = cast("Result", result)
            made.lies_at((yield from keep(made, self._work, place, metadata=metadata)))
        return result

    def _asked(self) -> Flow[JobState]:
        try:
            return (yield from self._work.ask())
        except Busy as busy:
            raise ServerUnavailable(f"Job {clean(self.id)} could not be asked for: {busy}") from busy


class Job(_Handle[ResultT]):
    """The server's work on a paid call. It goes on whether or not somebody waits for it."""

    def __init__(self, work: Work[ResultT], face: SyncFace) -> None:
        super().__init__(work)
        self._face = face

    def wait(
        self,
        timeout: float | None = None,
        *,
        strategy: str | PollingStrategy | None = None,
        on_progress: Callable[[JobState], object] | None = None,
        save_to: str | os.PathLike[str] | None = None,
        metadata: Metadata = "inside",
    ) -> ResultT:
        """Ask for the job until it is finished, and return its result.

        Args:
            timeout: Seconds to wait at most. Without it: ten minutes, or five times what the route
                usually takes, if that is longer.
            strategy: When to ask, by name (`route`, `backoff`, `fixed`, or a plugin's) or as an object.
            on_progress: Called with every answer; and where none came, with the last one and its `trouble`.
            save_to: Where the result's main file goes: a folder, or a name that may hold `{model}`,
                `{job_id}`, `{time}` and `{member}`. Its ending follows what the file holds, and a number
                is added to a name that is taken. `result.saved_to` says where it lies.
            metadata: What made the file and what it cost: `inside` a PNG (and beside any other file),
                always beside (`sidecar`), or None.

        Raises:
            JobFailed: The server says that it failed.
            JobLost: The server does not know it.
            JobTimeout: It was not finished in time. It goes on: wait again.
            SignInRefused: The server does not let this wallet ask.
            UnexpectedAnswer: The result is not as documented; `body` holds the whole answer.
            DownloadFailed: It is finished, and its file could not be fetched: wait again.
            ValueError: `save_to` has a field that is none, or the result no file.

        """
        place = self._place(save_to)
        if place is None and self._work.result is not None:
            return self._work.result
        watch = Watch(self._work, self._face.polling(strategy), timeout)
        flow = self._brought(watch, on_progress, place, metadata)
        return cast("ResultT", self._face.perform(flow))

    def updates(
        self, timeout: float | None = None, *, strategy: str | PollingStrategy | None = None
    ) -> Iterator[JobState]:
        """Ask for the job until it is over, and give every answer; the last one says how it ended.

        Arguments and errors are those of `wait`, but a failed job raises nothing here.
        """
        watch = Watch(self._work, self._face.polling(strategy), timeout)
        while not self._work.state.over:
            yield self._face.perform(self._work.brought_home(watch.step()))

    def poll(self) -> JobState:
        """Ask for the job once. Raises ServerUnavailable where no usable answer came."""
        return self._face.perform(self._work.brought_home(self._asked()))


class AsyncJob(_Handle[ResultT]):
    """The server's work on a paid call. It goes on whether or not somebody waits for it."""

    def __init__(self, work: Work[ResultT], face: AsyncFace) -> None:
        super().__init__(work)
        self._face = face

    async def wait(
        self,
        timeout: float | None = None,
        *,
        strategy: str | PollingStrategy | None = None,
        on_progress: Callable[[JobState], object] | None = None,
        save_to: str | os.PathLike[str] | None = None,
        metadata: Metadata = "inside",
    ) -> ResultT:
        """Ask for the job until it is finished, and return its result.

        Args:
            timeout: Seconds to wait at most. Without it: ten minutes, or five times what the route
                usually takes, if that is longer.
            strategy: When to ask, by name (`route`, `backoff`, `fixed`, or a plugin's) or as an object.
            on_progress: Called with every answer; and where none came, with the last one and its `trouble`.
            save_to: Where the result's main file goes: a folder, or a name that may hold `{model}`,
                `{job_id}`, `{time}` and `{member}`. Its ending follows what the file holds, and a number
                is added to a name that is taken. `result.saved_to` says where it lies.
            metadata: What made the file and what it cost: `inside` a PNG (and beside any other file),
                always beside (`sidecar`), or None.

        Raises:
            JobFailed: The server says that it failed.
            JobLost: The server does not know it.
            JobTimeout: It was not finished in time. It goes on: wait again.
            SignInRefused: The server does not let this wallet ask.
            UnexpectedAnswer: The result is not as documented; `body` holds the whole answer.
            DownloadFailed: It is finished, and its file could not be fetched: wait again.
            ValueError: `save_to` has a field that is none, or the result no file.

        """
        place = self._place(save_to)
        if place is None and self._work.result is not None:
            return self._work.result
        watch = Watch(self._work, self._face.polling(strategy), timeout)
        flow = self._brought(watch, on_progress, place, metadata)
        return cast("ResultT", await self._face.perform(flow))

    async def updates(
        self, timeout: float | None = None, *, strategy: str | PollingStrategy | None = None
    ) -> AsyncIterator[JobState]:
        """Ask for the job until it is over, and give every answer; the last one says how it ended.

        Arguments and errors are those of `wait`, but a failed job raises nothing here.
        """
        watch = Watch(self._work, self._face.polling(strategy), timeout)
        while not self._work.state.over:
            yield await self._face.perform(self._work.brought_home(watch.step()))

    async def poll(self) -> JobState:
        """Ask for the job once. Raises ServerUnavailable where no usable answer came."""
        return await self._face.perform(self._work.brought_home(self._asked()))
