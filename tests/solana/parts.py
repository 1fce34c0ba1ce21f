"""What the tests of the backend share: vectors, offers, a backend under a fixed clock, a driver."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from coinslot.backend import Credential, Setting, Surroundings
from coinslot.effects import Flow, Reply, Request, Send, Sleep
from coinslot.offer import Offer
from coinslot_solana.backend import SolanaBackend, backend

T = TypeVar("T")
VECTORS = Path(__file__).parents[1] / "vectors"
NOW = 1_767_225_600
MAINNET = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"
DEVNET = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
DEVNET_USDC = "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU"
PAYEE = "8SFqwqnq4whPhs8icwHA2hQg3hUoN1qrCLK1SBx3WKwe"
FEE_PAYER = "AKkzLhjhyFtM9j7WAhbaqYpFe49cXeJBg2kzLRC2PnNa"
BLOCKHASH = "gBxS1f6uyyGPuW5MzGBukidSb71jdsCb5fZaoSzULE5"
NODE = "https://node.example/secret-token"
CHANCE = bytes(range(32))
# Made of nothing but a pattern, and worthless.
TEST_KEY = "test:" + "c0d1" * 16


def vectors(name: str) -> list[Any]:
    return list(json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["vectors"])


def offer(**changes: Any) -> Offer:
    """An offer of 0.134 USDC on Solana, with changes by the names that x402 uses.

    `told` changes single members of `extra`; the value `...` leaves one out.
    """
    told = changes.pop("told", {})
    raw: dict[str, Any] = {
        "scheme": "exact",
        "network": MAINNET,
        "amount": "134000",
        "asset": USDC,
        "payTo": PAYEE,
        "maxTimeoutSeconds": 300,
        "extra": extra(**told),
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


def extra(**changes: Any) -> dict[str, Any]:
    """What the server adds to the offer."""
    members = {"feePayer": FEE_PAYER, "recentBlockhash": BLOCKHASH, **changes}
    return {name: value for name, value in members.items() if value is not ...}


def surroundings(now: float = NOW, chance: bytes = CHANCE) -> Surroundings:
    return Surroundings(now=lambda: now, random_bytes=lambda count: chance[:count])


def payer(environ: Mapping[str, str] | None = None, **fixed: Any) -> SolanaBackend:
    return backend(Setting({"COINSLOT_SOLANA_KEY": TEST_KEY, **(environ or {})}, surroundings(**fixed)))


def signed(paying: SolanaBackend, asked: Offer) -> Credential:
    """A credential from a backend that has no node."""
    return paying.sign(returned(paying.prepare(asked)))


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
            if isinstance(effect, Sleep):
                effect = flow.send(None)
                continue
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
