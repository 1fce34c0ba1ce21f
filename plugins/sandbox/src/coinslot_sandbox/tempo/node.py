"""What a node tells of the chain in memory, over JSON-RPC."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from coinslot_sandbox.tempo.chain import (
    BASE_FEE,
    FINALITY,
    GAS_USED,
    Landed,
    MemoryTempo,
    Rejected,
    block_hash,
)
from coinslot_sandbox.tempo.transaction import Transfer

_BALANCE = "0x70a08231"


class TempoNode:
    """Answers as a node of one chain does."""

    def __init__(self, chain: MemoryTempo) -> None:
        self._chain = chain

    def answer(self, body: bytes) -> bytes:
        """Answer one JSON-RPC call."""
        call = json.loads(body)
        method: Callable[..., Any] = getattr(self, f"_rpc_{call['method']}", _unknown_method)
        try:
            told: dict[str, Any] = {"result": method(*call.get("params", []))}
        except Rejected as refusal:
            told = {"error": {"code": -32000, "message": str(refusal)}}
        return json.dumps({"jsonrpc": "2.0", "id": call["id"], **told}).encode()

    def _rpc_eth_chainId(self) -> str:  # noqa: N802 # methods' names, here and below
        return hex(self._chain.chain_id)

    def _rpc_eth_blockNumber(self) -> str:  # noqa: N802
        return hex(self._chain.newest)

    def _rpc_eth_gasPrice(self) -> str:  # noqa: N802
        return hex(BASE_FEE)

    def _rpc_eth_estimateGas(self, call: dict[str, Any], *rest: Any) -> str:  # noqa: N802
        del call, rest
        return hex(GAS_USED)

    def _rpc_eth_getTransactionCount(self, address: str, *rest: Any) -> str:  # noqa: N802
        del rest
        return hex(self._chain.nonce(address))

    def _rpc_eth_call(self, call: dict[str, Any], *rest: Any) -> str:
        del rest
        data = str(call.get("data") or call.get("input") or "")
        if not data.startswith(_BALANCE):
            raise Rejected("execution reverted")
        return f"0x{self._chain.balance(call['to'], '0x' + data[-40:]):064x}"

    def _rpc_eth_sendRawTransaction(self, raw: str) -> str:  # noqa: N802
        return self._chain.send(bytes.fromhex(raw[2:])).transaction.hash

    def _rpc_eth_sendRawTransactionSync(self, raw: str, *limit: int) -> dict[str, Any]:  # noqa: N802
        del limit
        return _receipt(self._chain.send(bytes.fromhex(raw[2:])))

    def _rpc_eth_getTransactionReceipt(self, wanted: str) -> dict[str, Any] | None:  # noqa: N802
        landed = self._chain.landed.get(wanted)
        return _receipt(landed) if landed else None

    def _rpc_eth_getBlockByNumber(self, tag: str, full: object = None) -> dict[str, Any] | None:  # noqa: N802
        del full
        newest = self._chain.newest
        known = {"latest": newest, "pending": newest, "earliest": 0}
        number = known.get(tag, max(0, newest - FINALITY) if tag in {"finalized", "safe"} else None)
        number = int(tag, 16) if number is None else number
        if number > newest:
            return None
        return {
            "number": hex(number),
            "hash": block_hash(number),
            "parentHash": block_hash(number - 1),
            "timestamp": hex(self._chain.time(number)),
            "transactions": [name for name, landed in self._chain.landed.items() if landed.block == number],
        }

    def _rpc_eth_getLogs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        topics = wanted.get("topics", [])
        logs = [
            log
            for landed in self._chain.landed.values()
            if first <= landed.block <= last
            for log in _receipt(landed)["logs"]
        ]
        return [
            log
            for log in logs
            if log["address"] == wanted["address"].lower()
            and len(topics) <= len(log["topics"])
            and all(asked in (None, told) for asked, told in zip(topics, log["topics"], strict=False))
        ]

    def _rpc_tempo_simulateV1(self, payload: dict[str, Any], *rest: Any) -> dict[str, Any]:  # noqa: N802
        del rest
        call = payload["blockStateCalls"][0]["calls"][0]
        steps = [*call.get("calls", []), call]
        wanted = [Transfer(step["to"].lower(), "0x", int(step["data"][74:138], 16), None) for step in steps]
        covered = all(
            self._chain.balance(token, call["from"])
            >= sum(transfer.amount for transfer in wanted if transfer.token == token)
            for token in {transfer.token for transfer in wanted}
        )
        return {"blocks": [{"calls": [{"status": "0x1" if covered else "0x0"}]}]}


class ToNode(httpx.AsyncBaseTransport):
    """The official server's way to the node in this process."""

    def __init__(self, node: TempoNode) -> None:
        self._node = node

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one JSON-RPC call."""
        return httpx.Response(200, content=self._node.answer(await request.aread()))


def _receipt(landed: Landed) -> dict[str, Any]:
    block, name = landed.block, landed.transaction.hash
    place = {"blockNumber": hex(block), "blockHash": block_hash(block), "transactionHash": name}
    return {
        **place,
        "status": hex(landed.succeeded),
        "from": landed.transaction.sender,
        "gasUsed": hex(GAS_USED),
        "effectiveGasPrice": hex(min(landed.transaction.gas_price, BASE_FEE)),
        "feeToken": landed.transaction.fee_token,
        "logs": [{**log, **place, "removed": False} for log in landed.logs],
    }


def _unknown_method(*parameters: Any) -> None:
    del parameters
    raise Rejected("the method does not exist")
