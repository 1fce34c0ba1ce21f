"""A world for each way to pay: a sandbox, the chain that it settles on, and the one clock of all parts.

Base is an EVM node, Tempo a native Tempo node, Solana the real token program in process. What moved is read
from the chain, through a node's own questions, and from nothing that the sandbox or the client says.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import httpx

from coinslot.backend import Surroundings
from coinslot_sandbox import Sandbox, Wallet
from coinslot_sandbox.names import system_entropy
from coinslot_sandbox.options import SELLER
from coinslot_sandbox.wallets import open_wallet
from tests.proof.transfers import Transfer, evm_transfers, solana_account, solana_transfers

if TYPE_CHECKING:
    from coinslot_sandbox.chain import LocalChain
    from coinslot_sandbox.chain.tempo import TempoChain
    from coinslot_sandbox.server import Server

Backend: TypeAlias = Literal["base", "solana", "tempo"]

BACKENDS: tuple[Backend, ...] = ("base", "solana", "tempo")
DOCUMENT = Path(__file__).resolve().parents[2] / "generated/stablestudio.openapi.json"
LIFETIMES: dict[Backend, int] = {"base": 300, "solana": 300, "tempo": 25}
"""Seconds that a challenge can be paid in: the local Tempo node takes nothing that lives longer than 30."""
FINAL_BLOCKS = 3


@dataclass
class WorldClock:
    """The machine's time and what was slept of it: everybody here has the same, and nobody waits."""

    ahead: float = 0.0
    chain: LocalChain | TempoChain | None = None
    _told: int = field(default=0, repr=False)

    def now(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += seconds
        whole = int(self.ahead) - self._told
        if whole and self.chain is not None:
            self.chain.rpc("evm_increaseTime", whole)
            self._told += whole


@dataclass
class World:
    """One way to pay, and all that is there on its other side."""

    backend: Backend
    server: Server
    clock: WorldClock
    node: str
    """Where the chain is asked."""
    seller: str
    wire: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))

    @property
    def surroundings(self) -> Surroundings:
        clock = self.clock
        return Surroundings(now=clock.now, monotonic=clock.monotonic, sleep=clock.sleep)

    def wallet(self, dollars: int = 5) -> Wallet:
        """Return a wallet that has paid nothing yet."""
        key = f"test:0x{system_entropy(32).hex()}"
        return open_wallet(key, dollars, self.server.sandbox._counter.money)  # type: ignore[arg-type]

    def environ(self, wallet: Wallet) -> dict[str, str]:
        return {**wallet.environ, f"COINSLOT_{self.backend.upper()}_RPC": self.node}

    def payer(self, wallet: Wallet) -> str:
        return wallet.solana_address or "" if self.backend == "solana" else wallet.address

    def account(self, payee: str) -> str:
        """Return where a payee's money arrives, as a transfer names it."""
        return solana_account(payee) if self.backend == "solana" else payee

    def transfers(self, wallet: Wallet) -> list[Transfer]:
        """Return all that a wallet has paid, as the chain has it."""
        if self.backend == "solana":
            return solana_transfers(self.ask, self.payer(wallet))
        asset = self.server.sandbox.asset.address
        return evm_transfers(self.ask, asset, self.payer(wallet), with_memo=self.backend == "tempo")

    def finalize(self) -> None:
        """Let what has happened become final."""
        if self.clock.chain is None:
            self.clock.sleep(20)
        else:
            self.clock.chain.mine(FINAL_BLOCKS)

    def outlive(self) -> None:
        """Let so much time pass that whatever was signed has expired, and that be final."""
        self.clock.sleep(LIFETIMES[self.backend] + 120)
        self.finalize()

    def ask(self, method: str, *parameters: Any) -> Any:
        """Ask the chain's node."""
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        return self.wire.post(self.node, json=call).raise_for_status().json()["result"]


@contextmanager
def world(backend: Backend) -> Iterator[World]:
    """Start a chain and a sandbox that settles on it, until the block ends."""
    clock = WorldClock()
    with ExitStack() as running:
        options: dict[str, Any] = {"networks": [backend], "clock": clock, "time_scale": 0, "wallets": 0}
        if backend == "base":
            from coinslot_sandbox.chain import local_chain

            clock.chain = options["chain"] = running.enter_context(local_chain())
        elif backend == "tempo":
            from coinslot_sandbox.chain.tempo import tempo_chain

            clock.chain = options["tempo_chain"] = running.enter_context(tempo_chain())
        seconds = LIFETIMES[backend]
        sandbox = Sandbox(DOCUMENT.read_bytes(), max_timeout_seconds=seconds, **options)
        server = running.enter_context(sandbox.serve())
        node, seller = f"{server.url}/_sandbox/node/solana", SELLER
        if clock.chain is not None:
            node = clock.chain.rpc_url
        else:
            from coinslot_sandbox.solana.till import SELLER as SOLANA_SELLER

            seller = SOLANA_SELLER
        made = World(backend, server, clock, node, seller)
        with made.wire:
            yield made
