"""The official shop on a local EVM chain, and wallets of ours that pay there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from eth_utils.address import to_checksum_address

from coinslot.backend import Setting, Surroundings
from coinslot.ledger import SqliteLedger
from coinslot_base.backend import backend
from tests.interop.proxy import Line, line_to
from tests.interop.serving import free_socket, served

if TYPE_CHECKING:
    from coinslot_sandbox.chain import LocalChain
    from tests.interop.shop import Shop

BASE = "eip155:8453"
PAYEE = "0x00000000000000000000000000000000000Fee01"
THIEF = "0x0000000000000000000000000000000000007eef"
KEY = "test:" + "c0" * 32
FUNDS, PRICE = 10_000_000, 134_000
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"


def told_not_to_wait(seconds: float) -> None:
    """Take the place of sleeping: the other side is on this machine and ready."""


SURROUNDINGS = Surroundings(sleep=told_not_to_wait)


@dataclass
class Market:
    """Shop, chain, the line between, and who buys."""

    chain: LocalChain
    shop: Shop
    line: Line
    ledger: SqliteLedger
    payer: str
    wire: httpx.Client
    """For questions of the test's own."""

    def options(self, **more: Any) -> dict[str, Any]:
        """Return what a client or transport of ours is made with."""
        environ = {"COINSLOT_EVM_KEY": KEY, "COINSLOT_BASE_RPC": self.chain.rpc_url}
        options = {"pay_with": ["base"], "environ": environ, "surroundings": SURROUNDINGS}
        return {**options, "ledger": self.ledger, **more}

    def moved(self) -> dict[str, int]:
        """Return what was paid to whom, in atomic units, as the chain has it."""
        query = {"fromBlock": "0x0", "toBlock": "latest", "topics": [TRANSFER, _topic(self.payer)]}
        logs = self.chain.rpc("eth_getLogs", query)
        paid: dict[str, int] = {}
        for log in logs:
            payee = to_checksum_address(log["topics"][2][-40:])
            paid[payee] = paid.get(payee, 0) + int(log["data"], 16)
        assert self.chain.balance(self.payer) == FUNDS - sum(paid.values())
        return paid


def _topic(address: str) -> str:
    return "0x" + address[2:].lower().rjust(64, "0")


@dataclass
class Stall:
    """What stays open from test to test: server and proxy, which are slow to start."""

    chain: LocalChain
    shop: Shop
    line: Line
    payer: str
    wire: httpx.Client

    @contextmanager
    def market(self, folder: Path) -> Iterator[Market]:
        """Let one test buy, with an empty ledger and nothing sold yet; the chain is as it was after it."""
        self.shop.forget()
        self.line.forget()
        with (
            self.chain.undone(),
            closing(SqliteLedger(folder / "ledger.sqlite3")) as ledger,
        ):
            self.chain.mint(self.payer, FUNDS)
            yield Market(self.chain, self.shop, self.line, ledger, self.payer, self.wire)


@contextmanager
def stall(chain: LocalChain) -> Iterator[Stall]:
    """Open the shop, with a line to it that does as it is told, until the block ends."""
    from x402.mechanisms.evm.exact import ExactEvmFacilitatorScheme, ExactEvmServerScheme

    from tests.interop.shop import Shop, Till

    payer = backend(Setting({"COINSLOT_EVM_KEY": KEY})).identity.address
    listener, shop_origin = free_socket()
    seller: Callable[[], Any] = ExactEvmServerScheme
    till = Till(BASE, PAYEE, seller(), lambda: ExactEvmFacilitatorScheme(chain.signer()))
    with listener, httpx.Client(timeout=60) as wire, line_to(shop_origin, wire) as line:
        shop = Shop(line.origin, [till])
        with served(shop.application(), listener):
            yield Stall(chain, shop, line, payer, wire)
