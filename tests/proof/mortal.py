"""Parts of a client that kill their process at the n-th step they take, and a process to die in."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from typing import Any

import httpx

from coinslot.ledger import SqliteLedger

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

    def __init__(self, path: Any, fate: Fate) -> None:
        super().__init__(path)
        for name in WRITES:
            setattr(self, name, _mortal(getattr(super(), name), name, fate))


def _mortal(method: Callable[..., Any], name: str, fate: Fate) -> Callable[..., Any]:
    def dangerous(*arguments: Any, **named: Any) -> Any:
        fate.step(f"before {name}")
        result = method(*arguments, **named)
        fate.step(f"after {name}")
        return result

    return dangerous


class MortalTransport(httpx.BaseTransport):
    """Takes a step before each request, when its answer begins, and when that was read."""

    def __init__(self, fate: Fate) -> None:
        self._inner = httpx.HTTPTransport()
        self._fate = fate

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        paid = " paid" if "payment-signature" in request.headers else ""
        name = f"{request.method}{paid} {request.url.path}"
        self._fate.step(f"before {name}")
        response = self._inner.handle_request(request)
        self._fate.step(f"at the head of {name}")
        response.read()
        self._fate.step(f"after {name}")
        return response

    def close(self) -> None:
        self._inner.close()


def in_a_process(work: Callable[[], str]) -> tuple[int, str]:
    """Run `work` in a fork of this process; return how it ended (a signal is negative) and what it gave."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        code = 99
        try:
            os.close(reading)
            os.write(writing, work().encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told
