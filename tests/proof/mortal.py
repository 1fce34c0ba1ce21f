"""Parts of a client that kill their process at the n-th step they take, and a process to die in."""

from __future__ import annotations

import os
import select
import signal
import warnings
from collections.abc import Callable
from typing import Any

import httpx

from coinslot.ledger import SqliteLedger
from tests.proof.witness import is_paid

WRITES = ("open", "plan", "sign", "conclude", "abandon", "deliver", "claim", "release", "hand_out")
"""Methods of a ledger that make a transaction."""


class Fate:
    """Counts steps and kills this process, as `kill -9` does, at one of them; 0: at none."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.steps: list[str] = []

    def step(self, name: str) -> None:
        self.steps.append(name)
        if len(self.steps) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalLedger(SqliteLedger):
    """Takes a step before and after each write."""

    def __init__(self, path: Any, fate: Fate, **options: Any) -> None:
        super().__init__(path, **options)
        for name in WRITES:
            setattr(self, name, _mortal(getattr(super(), name), name, fate))


def _mortal(method: Callable[..., Any], name: str, fate: Fate) -> Callable[..., Any]:
    def dangerous(*arguments: Any, **named: Any) -> Any:
        fate.step(f"before {name}")
        result = method(*arguments, **named)
        fate.step(f"after {name}")
        return result

    return dangerous


class MortalTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Takes a step before each request, when its answer begins, and when that was read; in either face."""

    def __init__(self, inner: Any, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name = self._before(request)
        response: httpx.Response = self._inner.handle_request(request)
        self._fate.step(f"at the head of {name}")
        response.read()
        self._fate.step(f"after {name}")
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = self._before(request)
        response: httpx.Response = await self._inner.handle_async_request(request)
        self._fate.step(f"at the head of {name}")
        await response.aread()
        self._fate.step(f"after {name}")
        return response

    def close(self) -> None:
        self._inner.close()

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _before(self, request: httpx.Request) -> str:
        name = f"{request.method}{' paid' if is_paid(request) else ''} {request.url.path}"
        self._fate.step(f"before {name}")
        return name


def in_a_process(work: Callable[[], str]) -> tuple[int, str]:
    """Run `work` in a fork of this process; return how it ended (a signal is negative) and what it gave."""
    return Forked(work).end()


class Forked:
    """A fork of this process that does one thing."""

    def __init__(self, work: Callable[[], str]) -> None:
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if not self.pid:
            code = 99
            try:
                os.close(reading)
                os.write(writing, work().encode())
                code = 0
            finally:
                os._exit(code)
        os.close(writing)
        self._pipe = reading

    def kill_after(self, seconds: float) -> None:
        """Kill it as `kill -9` does, so many seconds from now, if it still runs."""
        pidfd = os.pidfd_open(self.pid)
        try:
            ended = select.poll()
            ended.register(pidfd, select.POLLIN)
            if not ended.poll(1000 * seconds):
                os.kill(self.pid, signal.SIGKILL)
        finally:
            os.close(pidfd)

    def end(self) -> tuple[int, str]:
        """Wait until it ends; return how it did (a signal is negative) and what it gave."""
        with os.fdopen(self._pipe, "rb") as pipe:
            told = pipe.read().decode()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), told
