"""A native Tempo node on this machine, and what tests want to do with it.

The node's development accounts hold pathUSD, which also pays fees. A block is final once two more stand on
it. It makes one each second and one for each transaction.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from coinslot.effects import Flow, Reply, Request
from tests.tempo.parts import PATH_USD, driven

PAYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
SPONSOR_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
SPONSOR = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
_PATIENCE_SECONDS = 30
_FLAGS = (
    *("--network", "tempo", "--chain-id", "4217", "--hardfork", "T3"),
    *("--block-time", "1", "--mixed-mining", "--slots-in-an-epoch", "1"),
    *("--host", "127.0.0.1", "--port", "0", "--no-cors"),
)


@dataclass(frozen=True)
class TempoChain:
    """A running node."""

    rpc_url: str
    wire: httpx.Client

    def rpc(self, method: str, *parameters: Any) -> Any:
        """Ask the node and return its result; raises RuntimeError with the node's words."""
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        answer = self.wire.post(self.rpc_url, json=call).json()
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def balance(self, address: str) -> int:
        """Return what an address holds of pathUSD, in atomic units."""
        data = "0x70a08231" + address[2:].lower().rjust(64, "0")
        return int(self.rpc("eth_call", {"to": PATH_USD, "data": data}, "latest"), 16)

    def now(self) -> int:
        """Return the time of the latest block."""
        latest = self.rpc("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - by position on the wire
        return int(latest["timestamp"], 16)

    def send(self, transaction: str) -> Any:
        """Send a signed transaction and return its receipt."""
        return self.rpc("eth_sendRawTransactionSync", transaction)

    def mine(self, blocks: int = 1) -> None:
        """Make empty blocks."""
        self.rpc("anvil_mine", hex(blocks))

    def advance(self, seconds: int) -> None:
        """Move the chain's time forward and make a block at the new time."""
        self.rpc("evm_increaseTime", seconds)
        self.mine()

    def asked(self, flow: Flow[Any]) -> Any:
        """Run a flow whose questions go to the node."""

        def answer(request: Request) -> Reply:
            fields = list(request.headers.items())
            told = self.wire.request(request.method, request.url, headers=fields, content=request.body)
            return Reply(told.status_code, body=told.content)

        return driven(flow, answer)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back at the end whatever happened on the chain in between, its time included."""
        snapshot = self.rpc("evm_snapshot")
        try:
            yield
        finally:
            self.rpc("evm_revert", snapshot)
            self.rpc("evm_setTime", int(time.time()))


def fee_of(receipt: Mapping[str, Any]) -> int:
    """Return the fee that a receipt tells of, in atomic units."""
    return -(-int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16) // 10**12)


@contextmanager
def tempo_chain() -> Iterator[TempoChain]:
    """Run a node until the block ends."""
    from coinslot_sandbox.chain import find_node_tools
    from coinslot_sandbox.chain.process import running_node

    with (
        running_node(find_node_tools().anvil, _FLAGS, _PATIENCE_SECONDS) as address,
        httpx.Client(timeout=_PATIENCE_SECONDS) as wire,
    ):
        yield TempoChain(address, wire)
