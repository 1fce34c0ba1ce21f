"""A world whose sandbox runs in a process of its own, on a line that fails now and then."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from random import Random
from typing import TYPE_CHECKING

from coinslot_sandbox import Moment, Wallet
from coinslot_sandbox.drop import Dropped
from tests.proof.mortal import Forked
from tests.proof.worlds import SOLANA_NODE, Backend, World, WorldClock, chain_of, sandbox

if TYPE_CHECKING:
    from coinslot_sandbox import Exchange

TROUBLE = 0.03
"""How often a request or an answer gets lost."""


@dataclass
class Trouble:
    """Loses requests before anything was done with them, and answers after everything was."""

    chance: Random

    async def __call__(self, moment: Moment, exchange: Exchange) -> None:
        del exchange
        if moment in {Moment.ARRIVED, Moment.ANSWERED} and self.chance.random() < TROUBLE:
            raise Dropped


@contextmanager
def world_elsewhere(backend: Backend, seed: int) -> Iterator[tuple[World, Wallet]]:
    """Give a world with one wallet in it, until the block ends."""
    told, telling = os.pipe()
    ending, end = os.pipe()
    with chain_of(backend) as node:
        clock = WorldClock()
        clock.chain = node

        def serve() -> str:
            os.close(end)
            with (
                sandbox(backend, node, clock, wallets=1, interfere=Trouble(Random(seed))) as made,  # noqa: S311 - the same for the same seed
                made.serve() as server,
            ):
                wallet = {**asdict(made.wallets[0]), "dollars": "1000"}
                os.write(telling, json.dumps({"url": server.url, "wallet": wallet}).encode() + b"\n")
                os.read(ending, 1)
            return ""

        serving = Forked(serve)
        os.close(ending)
        os.close(telling)
        try:
            with os.fdopen(told, "rb") as pipe:
                opened = json.loads(pipe.readline())
            world = World(backend, opened["url"], node or f"{opened['url']}{SOLANA_NODE}", clock)
            yield world, Wallet(**opened["wallet"])
        finally:
            os.close(end)
            serving.end()
