"""A native Tempo node on this machine, and what a sandbox and its tests want of it.

The node's development accounts hold pathUSD, which also pays fees. A block is final once two more stand on
it. It makes one each second and one for each transaction.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from coinslot_sandbox.chain.process import PATIENCE_SECONDS, running_node
from coinslot_sandbox.chain.tools import NodeTools, find_node_tools

PATH_USD = "0x20c0000000000000000000000000000000000000"
SPONSOR_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
"""The second development account's: published, worthless, and funded on the node."""

_SETTINGS = (
    *("--network", "tempo", "--chain-id", "4217", "--hardfork", "T3"),
    *("--block-time", "1", "--mixed-mining", "--slots-in-an-epoch", "1"),
    *("--host", "127.0.0.1", "--no-cors"),
)


@dataclass(frozen=True, slots=True)
class TempoChain:
    """A running node. Time and blocks are its user's to move."""

    rpc_url: str
    wire: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=PATIENCE_SECONDS), repr=False)

    def rpc(self, method: str, *parameters: Any) -> Any:
        """Ask the node and return its result; raises RuntimeError with the node's words."""
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        answer = self.wire.post(self.rpc_url, json=call).json()
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def balance(self, token: str, address: str) -> int:
        """Return what an address holds of a token, in atomic units."""
        data = _call("balanceOf(address)", ["address"], [address])
        return int(self.rpc("eth_call", {"to": token, "data": data}, "latest"), 16)

    def mint(self, token: str, address: str, amount: int) -> None:
        """Give an address `amount` atomic units of a development account's."""
        data = _call("transfer(address,uint256)", ["address", "uint256"], [address, amount])
        sender = self.rpc("eth_accounts")[0]
        sent = self.rpc("eth_sendTransaction", {"from": sender, "to": token, "data": data})
        end = time.monotonic() + PATIENCE_SECONDS
        while (receipt := self.rpc("eth_getTransactionReceipt", sent)) is None and time.monotonic() < end:
            time.sleep(0.02)
        if receipt is None or receipt["status"] != "0x1":
            raise RuntimeError(f"the token was not sent: {sent}")

    def mine(self, blocks: int = 1) -> None:
        """Make empty blocks."""
        self.rpc("anvil_mine", hex(blocks))

    def advance(self, seconds: int) -> None:
        """Move the chain's time forward and make a block at the new time."""
        self.rpc("evm_increaseTime", seconds)
        self.mine()


@contextmanager
def tempo_chain(
    port: int = 0, *, tools: NodeTools | None = None, patience: float = PATIENCE_SECONDS
) -> Iterator[TempoChain]:
    """Run a node until the block ends; port 0 takes a free one. Raises `ChainUnavailable`."""
    tools = tools or find_node_tools()
    with running_node(tools.anvil, [*_SETTINGS, "--port", str(port)], patience) as address:
        chain = TempoChain(address)
        with chain.wire:
            yield chain


class ToTempo(httpx.AsyncBaseTransport):
    """The official server's way to the node, which lacks two things of a real one.

    It takes `eth_sendRawTransactionSync` without a time limit only, and does not simulate: in place of
    `tempo_simulateV1`, the payment's last call is tried alone.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one JSON-RPC call."""
        call = json.loads(await request.aread())
        if call["method"] == "eth_sendRawTransactionSync":
            call["params"] = call["params"][:1]
        if call["method"] != "tempo_simulateV1":
            return await _asked(request, call)
        wanted = call["params"][0]["blockStateCalls"][0]["calls"][0]
        last = {name: wanted[name] for name in ("from", "to", "data")}
        told = await _asked(request, {**call, "method": "eth_call", "params": [last, "latest"]})
        status = "0x0" if "error" in told.json() else "0x1"
        result = {"blocks": [{"calls": [{"status": status}]}]}
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": call["id"], "result": result})


async def _asked(request: httpx.Request, call: dict[str, Any]) -> httpx.Response:
    # A connection for each call: no event loop outlives another's connections.
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as wire:
        return await wire.post(request.url, json=call)


def _call(signature: str, types: list[str], values: list[Any]) -> str:
    return "0x" + (keccak(text=signature)[:4] + encode(types, values)).hex()
