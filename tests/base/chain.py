"""A chain as a node tells it: blocks, one token's authorizations, and the lies that a test asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from coinslot.effects import Reply, Request
from coinslot_base.outcome import CANCELED, STATE, USED
from tests.base.parts import NOW, USDC

NODE = "https://node.example/secret-token"
TRANSACTION = "0x" + "ab" * 32
EVENTS = {"used": USED, "canceled": CANCELED}


@dataclass
class FakeChain:
    """Answers as a node whose blocks are `seconds` apart and whose final block is `final`."""

    final: int
    """Number of the final block; block 0 was at `genesis`."""
    genesis: int = NOW - 100_000
    seconds: int = 2
    event: str | None = None
    """`used` or `canceled`, once `at` is final."""
    at: int = 0
    widest: int = 10_000
    """Blocks that one log question may span."""
    lie: Callable[[str, list[Any], Any], Any] = field(default=lambda method, parameters, result: result)
    """May change any result before it is told; an exception is thrown into the flow."""
    asked: list[tuple[str, list[Any]]] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        assert request.url == NODE
        call = json.loads(request.body)
        method, parameters = call["method"], call["params"]
        self.asked.append((method, parameters))
        result = self.lie(method, parameters, getattr(self, method)(*parameters))
        if isinstance(result, Reply):
            return result
        told = {"error": result} if isinstance(result, dict) and "code" in result else {"result": result}
        return Reply(200, body=json.dumps({"jsonrpc": "2.0", "id": call["id"], **told}).encode())

    def eth_chainId(self) -> str:  # noqa: N802 - the method's name
        return hex(8453)

    def eth_getBlockByNumber(self, tag: str, full: bool) -> Any:  # noqa: N802, FBT001 - as above
        assert not full
        number = self.final if tag == "finalized" else int(tag, 16)
        return {
            "number": hex(number),
            "hash": f"0x{number:064x}",
            "timestamp": hex(self.genesis + number * self.seconds),
        }

    def eth_call(self, call: dict[str, str], block: Any) -> str:
        assert call["to"] == USDC
        if not call["data"].startswith("0x" + STATE.hex()):
            assert block == "latest"
            return f"0x{1_500_000:064x}"
        assert block == {"blockHash": f"0x{self.final:064x}"}
        return f"0x{int(self._seen()):064x}"

    def eth_getLogs(self, wanted: dict[str, Any]) -> Any:  # noqa: N802 - as above
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        assert first <= last <= self.final
        if last - first >= self.widest:
            return {"code": -32005, "message": "range too wide"}
        if not self._seen() or not first <= self.at <= last or self.event is None:
            return []
        return [
            {
                "address": wanted["address"].lower(),
                "topics": [EVENTS[self.event], *wanted["topics"][1:]],
                "data": "0x",
                "blockNumber": hex(self.at),
                "transactionHash": TRANSACTION,
                "logIndex": "0x1",
                "removed": False,
            }
        ]

    def _seen(self) -> bool:
        return self.event is not None and self.at <= self.final

    def block_at(self, moment: int) -> int:
        """The first block that is not older than `moment`."""
        return -(-(moment - self.genesis) // self.seconds)
