"""A world for each way to pay: a sandbox, the chain that it settles on, and the one clock of all parts.

Base is an EVM node, Tempo a native Tempo node, Solana the real token program in process. What moved is read
from the chain, through a node's own questions, and from nothing that the sandbox or the client says.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from mmap import mmap
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.request import Request, urlopen

from coinslot.backend import Surroundings
from coinslot_sandbox import Sandbox, Wallet
from coinslot_sandbox.names import system_entropy
from coinslot_sandbox.options import SELLER
from coinslot_sandbox.payment.token import BASE_USDC
from coinslot_sandbox.solana.till import SELLER as SOLANA_SELLER
from coinslot_sandbox.tempo.official import PATH_USD
from coinslot_sandbox.wallets import open_wallet
from tests.proof.transfers import Transfer, evm_transfers, solana_account, solana_transfers

if TYPE_CHECKING:
    from coinslot_sandbox.server import Server

Backend: TypeAlias = Literal["base", "solana", "tempo"]

BACKENDS: tuple[Backend, ...] = ("base", "solana", "tempo")
DOCUMENT = Path(__file__).resolve().parents[2] / "generated/stablestudio.openapi.json"
LIFETIMES: dict[Backend, int] = {"base": 300, "solana": 300, "tempo": 25}
"""Seconds that a challenge can be paid in: the local Tempo node takes nothing that lives longer than 30."""
FINAL_BLOCKS = 3
SOLANA_NODE = "/_sandbox/node/solana"
_DOUBLE = Struct("d")


class WorldClock:
    """The machine's time and what was slept of it: everybody here has the same, and nobody waits.

    Processes that are forked later share it, too.
    """

    def __init__(self) -> None:
        self._ahead = mmap(-1, _DOUBLE.size)
        self.chain: str | None = None
        """The node whose chain keeps this time as well."""

    @property
    def ahead(self) -> float:
        return float(_DOUBLE.unpack_from(self._ahead)[0])

    def now(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        _DOUBLE.pack_into(self._ahead, 0, self.ahead + seconds)
        if self.chain is not None:
            ask(self.chain, "evm_setTime", int(self.now()))


@dataclass(frozen=True)
class World:
    """One way to pay, and all that is there on its other side."""

    backend: Backend
    url: str
    """Where the sandbox is."""
    node: str
    """Where its chain is asked."""
    clock: WorldClock
    server: Server | None = None
    """The sandbox, where it runs in this process."""

    @property
    def surroundings(self) -> Surroundings:
        clock = self.clock
        return Surroundings(now=clock.now, monotonic=clock.monotonic, sleep=clock.sleep)

    @property
    def here(self) -> Server:
        assert self.server is not None, "the sandbox runs in another process"
        return self.server

    @property
    def seller(self) -> str:
        return SOLANA_SELLER if self.backend == "solana" else SELLER

    def wallet(self, dollars: int = 5) -> Wallet:
        """Return a wallet that has paid nothing yet."""
        key = f"test:0x{system_entropy(32).hex()}"
        return open_wallet(key, Decimal(dollars), self.here.sandbox._counter.money)

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
        with_memo = self.backend == "tempo"
        asset = PATH_USD if with_memo else BASE_USDC
        return evm_transfers(self.ask, asset, self.payer(wallet), with_memo=with_memo)

    def finalize(self) -> None:
        """Let what has happened become final."""
        if self.backend == "solana":
            self.clock.sleep(20)
        else:
            self.ask("anvil_mine", hex(FINAL_BLOCKS))

    def outlive(self) -> None:
        """Let so much time pass that whatever was signed has expired, and that be final."""
        self.clock.sleep(LIFETIMES[self.backend] + 120)
        self.finalize()

    def ask(self, method: str, *parameters: Any) -> Any:
        """Ask the chain's node."""
        return ask(self.node, method, *parameters)


def ask(node: str, method: str, *parameters: Any) -> Any:
    """Ask a node. A connection for each question: processes that are forked share none."""
    call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
    question = Request(node, json.dumps(call).encode(), {"Content-Type": "application/json"})  # noqa: S310 - ours
    with urlopen(question, timeout=30) as answer:  # noqa: S310 - as above
        told = json.load(answer)
    if "error" in told:
        raise RuntimeError(f"{method}: {told['error']}")
    return told["result"]


@contextmanager
def world(backend: Backend) -> Iterator[World]:
    """Start a chain and a sandbox that settles on it, until the block ends."""
    with chain_of(backend) as node:
        clock = WorldClock()
        clock.chain = node
        with sandbox(backend, node, clock) as made, made.serve() as server:
            yield World(backend, server.url, node or f"{server.url}{SOLANA_NODE}", clock, server)


@contextmanager
def chain_of(backend: Backend) -> Iterator[str | None]:
    """Run a node until the block ends; Solana has its chain in the sandbox."""
    if backend == "base":
        from coinslot_sandbox.chain import local_chain

        with local_chain() as base:
            yield base.rpc_url
    elif backend == "tempo":
        from coinslot_sandbox.chain.tempo import tempo_chain

        with tempo_chain() as tempo:
            yield tempo.rpc_url
    else:
        yield None


@contextmanager
def sandbox(backend: Backend, node: str | None, clock: WorldClock, **options: Any) -> Iterator[Sandbox]:
    """Give a sandbox that settles on a running chain."""
    settings = {"networks": [backend], "clock": clock, "time_scale": 0, "wallets": 0, **options}
    settings["max_timeout_seconds"] = LIFETIMES[backend]
    if backend == "base":
        from coinslot_sandbox.chain import LocalChain

        settings["chain"] = LocalChain(str(node))
    with ExitStack() as open_until_the_end:
        if backend == "tempo":
            from coinslot_sandbox.chain.tempo import TempoChain

            settings["tempo_chain"] = chain = TempoChain(str(node))
            open_until_the_end.enter_context(chain.wire)
        yield Sandbox(DOCUMENT.read_bytes(), **settings)
