"""A sandbox that runs with faults, and a buyer of official parts who meets them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from coinslot_sandbox import Fault, ManualClock, Sandbox
from tests.sandbox.buyer import PRINT, Buyer, decoded

BODY = {"prompt": "A lighthouse"}
PRICE = 20_000
FUNDS = 1_000_000_000
JOBS = "/api/jobs"


class Stage:
    """A sandbox that runs, a buyer of official parts, and the clock of both."""

    def __init__(self, sandbox: Sandbox, clock: ManualClock, url: str, settles: threading.Event) -> None:
        self.sandbox, self.clock, self.url = sandbox, clock, url
        self.settles = settles
        """While it is not set, no money moves."""
        self.buyer = Buyer(sandbox, url=url)

    def arm(self, *faults: Fault | str) -> None:
        self.sandbox.faults.add(*faults)

    def pay(self) -> httpx.Response:
        return self.buyer.pay(PRINT, BODY)

    def terms(self) -> Any:
        return decoded(self.buyer.challenge(PRINT, BODY).headers["PAYMENT-REQUIRED"])["accepts"][0]

    def books(self) -> tuple[int, int, int]:
        """What was settled, what was made, and how much the wallet is short of."""
        sandbox = self.sandbox
        return len(sandbox.payments), len(sandbox.jobs), FUNDS - sandbox.balance(self.buyer.address)


@contextmanager
def lost() -> Iterator[None]:
    """The connection ends without an answer."""
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        yield
