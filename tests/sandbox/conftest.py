from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, TypeAlias

import pytest

from coinslot_sandbox import Exchange, ManualClock, Moment, Sandbox
from tests.sandbox.stage import Stage

MakeSandbox: TypeAlias = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def example() -> bytes:
    """The package's own example document."""
    return (files("coinslot_sandbox") / "example.openapi.json").read_bytes()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at the machine's time, by which the official client signs."""
    return ManualClock(time.time())


@pytest.fixture
def make(example: bytes) -> MakeSandbox:
    """Make sandboxes of the example document."""

    def made(**options: Any) -> Sandbox:
        return Sandbox(example, **options)

    return made


@pytest.fixture
def stage(make: MakeSandbox, clock: ManualClock) -> Iterator[Stage]:
    settles = threading.Event()
    settles.set()

    async def held(moment: Moment, exchange: Exchange) -> None:
        if moment is Moment.VERIFIED and exchange.leg == "paying":
            await asyncio.to_thread(settles.wait)

    sandbox = make(clock=clock, time_scale=0, interfere=held)
    with sandbox.serve() as server:
        running = Stage(sandbox, clock, server.url, settles)
        with running.buyer.http:
            yield running
        settles.set()
