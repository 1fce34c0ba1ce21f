"""What the tests of the backend share: vectors, offers, a backend under a fixed clock, a driver."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from coinslot.backend import Setting, Surroundings
from coinslot.effects import Flow, Reply, Request, Send
from coinslot.offer import Offer
from coinslot_base.backend import BaseBackend, backend

T = TypeVar("T")
VECTORS = Path(__file__).parents[1] / "vectors"
NOW = 1_767_225_600
PAYEE = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"
USDC = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"
NONCE = bytes(range(32))
# Made of nothing but a pattern, and worthless.
TEST_KEY = "test:" + "c0" * 32


def vectors(name: str) -> list[Any]:
    return list(json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["vectors"])


def offer(**changes: Any) -> Offer:
    """An offer of 0.134 USDC on Base, with changes by the names that x402 uses."""
    raw: dict[str, Any] = {
        "scheme": "exact",
        "network": "eip155:8453",
        "amount": "134000",
        "asset": USDC,
        "payTo": PAYEE,
        "maxTimeoutSeconds": 300,
        "extra": {"name": "USD Coin", "version": "2"},
        **changes,
    }
    return Offer(
        protocol=raw.pop("protocol", "x402"),
        version=raw.pop("version", 2),
        scheme=raw["scheme"],
        network=raw["network"],
        asset=raw["asset"],
        amount=int(raw["amount"]),
        payee=raw["payTo"],
        valid_seconds=raw["maxTimeoutSeconds"],
        extra=raw["extra"],
        raw=raw,
    )


def surroundings(now: float = NOW, chance: bytes = NONCE) -> Surroundings:
    return Surroundings(now=lambda: now, random_bytes=lambda count: chance[:count])


def payer(environ: Mapping[str, str] | None = None, **fixed: Any) -> BaseBackend:
    return backend(Setting({"COINSLOT_EVM_KEY": TEST_KEY, **(environ or {})}, surroundings(**fixed)))


def returned(flow: Flow[T]) -> T:
    """Run a flow that asks for nothing."""

    def nobody(request: Request) -> Reply:
        raise AssertionError(f"asked for {request.url}")

    return driven(flow, nobody)


def driven(flow: Flow[T], answer: Callable[[Request], Reply]) -> T:
    """Run a flow, performing its exchanges with `answer`; what that raises is thrown into the flow."""
    try:
        effect = next(flow)
        while True:
            assert isinstance(effect, Send)
            try:
                reply = answer(effect.request)
            except Exception as error:  # noqa: BLE001 - as the real drivers do
                effect = flow.throw(error)
            else:
                effect = flow.send(reply)
    except StopIteration as end:
        value: T = end.value
        return value
