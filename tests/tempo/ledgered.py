"""A chain as a node tells it: blocks, one payment on it or none, and the lies that a test asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coinslot.backend import Credential
from coinslot.offer import Offer, Terms
from coinslot_tempo.addresses import argument
from coinslot_tempo.backend import TempoBackend
from coinslot_tempo.transfers import LOGGED
from tests.tempo.parts import NOW, Answers, signed, word

SPONSORS_TRANSACTION = "0x" + "cd" * 32
OLD_TRANSACTION = "0x" + "01" * 32


@dataclass(frozen=True)
class Row:
    """What the ledger keeps of a payment."""

    terms: Terms
    nonce: str
    evidence: Mapping[str, Any]
    signed_at: int

    @classmethod
    def of(cls, paying: TempoBackend, asked: Offer, node: Answers | None = None) -> Row:
        """Sign an offer and keep what is kept."""
        credential: Credential = signed(asked, paying, node)
        return cls(paying.decode(credential, asked), credential.nonce, dict(credential.evidence), NOW)


@dataclass
class FakeChain(Answers):
    """Blocks half a second apart, of which `final` is final; `row` is in block `at`, if that is given."""

    row: Row | None = None
    final: int = 0
    at: int | None = None
    failed: bool = False
    genesis: int = NOW - 50_000
    busy: int = 7
    """Every so many blocks, one holds a transaction; 0: none ever does but ours."""
    remembered: int = 0
    """Receipts and logs of blocks before this one are forgotten."""
    widest: int = 10_000
    """Blocks that one log question may span."""
    lie: Callable[[str, list[Any], Any], Any] = field(default=lambda method, parameters, result: result)
    """May change any result before it is told."""

    def __post_init__(self) -> None:
        honest: dict[str, Callable[..., Any]] = {
            "eth_chainId": lambda: hex(4217),
            "eth_getBlockByNumber": self._block,
            "eth_getTransactionReceipt": self._receipt,
            "eth_getLogs": self._logs,
        }
        self.results = {name: self._told(name, answer) for name, answer in honest.items()}

    def block_at(self, moment: int) -> int:
        """The first block that is not older than `moment`."""
        return (moment - self.genesis) * 2

    @property
    def transaction(self) -> str:
        """The hash that the payment has on the chain."""
        assert self.row is not None
        return str(self.row.evidence["transaction"] or SPONSORS_TRANSACTION)

    def _told(self, method: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *parameters: self.lie(method, list(parameters), answer(*parameters))

    def _block(self, tag: str, _: bool) -> dict[str, Any]:  # noqa: FBT001 - by position on the wire
        number = self.final if tag == "finalized" else int(tag, 16)
        ours = [self.transaction] if number == self.at else []
        others = [f"0x{number:064x}"] if self.busy and number % self.busy == 0 else []
        return {
            "number": hex(number),
            "hash": f"0x{number:064x}",
            "timestamp": hex(self.genesis + number // 2),
            "transactions": [*others, *ours],
        }

    def _receipt(self, wanted: str) -> dict[str, Any] | None:
        number = self.at if self.row and wanted == self.transaction else int(wanted, 16)
        if number is None or number < self.remembered or number > 10**9:
            return None
        return {
            "transactionHash": wanted,
            "blockNumber": hex(number),
            "blockHash": f"0x{number:064x}",
            "status": hex(not (self.failed and number == self.at)),
        }

    def _logs(self, wanted: dict[str, Any]) -> Any:
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        assert first <= last <= self.final
        if last - first >= self.widest:
            return {"code": -32005, "message": "range too wide"}
        if self.at is None or self.failed or self.row is None:
            return []
        if not first <= self.at <= last or self.at < self.remembered:
            return []
        kept = self.row.evidence
        topics = [LOGGED, *("0x" + argument(kept[end]).hex() for end in ("from", "to")), kept["memo"]]
        if wanted["topics"] != topics:
            return []
        return [
            {
                "address": wanted["address"].lower(),
                "topics": topics,
                "data": word(int(kept["amount"])),
                "blockNumber": hex(self.at),
                "transactionHash": self.transaction,
                "removed": False,
            }
        ]
