"""What the chain says became of a payment.

Every payment has a moment, `validBefore`, from which on no block takes it. So at a final block that is not
older than that moment:

- paid by ourselves: the transaction's hash is known. A receipt that says success: **settled**. None, or one
  that says that it failed: **void**
- sponsored: the hash is the sponsor's. A transfer from us with this payee, amount and memo: **settled**.
  None since we signed: **void**
- anything else, and any node that fails, lags or contradicts itself: **not known**

What is settled is settled before that moment too, in a block that is final. Nodes forget receipts and logs,
so "none" counts only from a node that still has a receipt from before we signed.

When we signed, no clock has to tell: a block that was final before is on record, where a node told of one.
Elsewhere it is taken from our clock and from `validBefore`, whichever is earlier, and then some.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from coinslot.backend import Outcome, Spent
from coinslot.effects import Flow
from coinslot.node import Block, Node, NodeFailed, quantity, word
from coinslot_tempo.addresses import address_bytes, argument
from coinslot_tempo.networks import NETWORKS, Token, token_at
from coinslot_tempo.transfers import LOGGED

CLOCK_MARGIN = 120
"""Seconds by which our clock may have been ahead of the chain's when we signed."""
WRONG_CLOCK = 3600
"""Seconds to look back before a transfer is said not to be there: it would be paid for again."""
LONGEST_LIFE = 300
"""Seconds from a block to the latest `validBefore` that it takes."""
NEAR_ENOUGH = 60
"""Seconds by which a log search may start too early or end too late."""
NEAREST_BLOCKS = 32
"""Blocks that are looked at one by one for a transaction."""
_HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept of a credential for this: enough to find it on the chain, no signed material."""

    token: Token
    payer: str
    payee: str
    amount: int
    """What the payee gets; the splits come above it."""
    memo: str
    valid_before: int
    transaction: str | None
    """Its hash; None where a sponsor signs last."""
    since: int | None = None
    """Number of a block that was final before it was signed; None where no node told one."""

    def json(self) -> dict[str, Any]:
        """Return it as the ledger keeps it."""
        return {
            "network": self.token.network.id,
            "asset": self.token.asset.address,
            "from": self.payer,
            "to": self.payee,
            "amount": str(self.amount),
            "memo": self.memo,
            "validBefore": self.valid_before,
            "transaction": self.transaction,
            "since": self.since,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `json` wrote. Raises ValueError for anything else."""
        network = NETWORKS.get(str(kept.get("network")))
        token = token_at(network, str(kept.get("asset"))) if network else None
        payer, payee, amount = str(kept.get("from")), str(kept.get("to")), str(kept.get("amount"))
        memo, transaction, valid_before = kept.get("memo"), kept.get("transaction"), kept.get("validBefore")
        since = kept.get("since")
        if not (
            token
            and amount.isdecimal()
            and isinstance(memo, str)
            and _HASH.fullmatch(memo)
            and (transaction is None or _HASH.fullmatch(str(transaction)))
            and type(valid_before) is int
            and (since is None or (type(since) is int and since >= 0))
        ):
            message = "the attempt holds no evidence that this backend wrote"
            raise ValueError(message)
        address_bytes(payer)
        address_bytes(payee)
        return cls(token, payer, payee, int(amount), memo, valid_before, transaction, since)


def final_block(node: Node) -> Flow[int | None]:
    """Return the number of a final block; None where the node does not tell, and then clocks must do."""
    try:
        return (yield from node.block("finalized")).number
    except NodeFailed:
        return None


def outcome(evidence: Evidence, attempt: Spent, node: Node) -> Flow[Outcome]:
    """Ask a node whether a payment was carried out or never can be."""
    try:
        yield from node.check_chain(evidence.token.network.chain_id)
        final = yield from node.block("finalized")
        if evidence.transaction is not None:
            return (yield from _by_receipt(evidence, evidence.transaction, attempt.signed_at, node, final))
        return (yield from _by_log(evidence, attempt.signed_at, node, final))
    except NodeFailed as error:
        return Outcome("not known", f"nothing is proven either way: {error}")


def _by_receipt(evidence: Evidence, wanted: str, signed_at: int, node: Node, final: Block) -> Flow[Outcome]:
    receipt = yield from node.ask("eth_getTransactionReceipt", wanted)
    if receipt is None:
        if final.timestamp < evidence.valid_before:
            return _open(evidence, final)
        before = yield from _before_signing(evidence, signed_at, CLOCK_MARGIN, node, final)
        yield from _check_memory(node, before)
        return _expired(evidence, final)
    number, succeeded = yield from _read_receipt(receipt, wanted, node, final)
    if number > final.number:
        return Outcome("not known", f"it is in block {number}, and the chain is final up to {final.number}")
    if succeeded:
        return Outcome("settled", f"it was carried out in block {number}, which is final", wanted)
    if final.timestamp < evidence.valid_before:
        return _open(evidence, final)
    return Outcome("void", f"it failed in block {number}, which is final: only a fee was taken", wanted)


def _read_receipt(receipt: object, wanted: str, node: Node, final: Block) -> Flow[tuple[int, bool]]:
    """Read block and success from a receipt. Raises NodeFailed for one that contradicts the chain."""
    if not isinstance(receipt, dict) or word(receipt.get("transactionHash"), "receipt's hash") != wanted:
        raise NodeFailed("the node's receipt is not the one that was asked for")
    number = quantity(receipt.get("blockNumber"), "receipt's block number")
    status = quantity(receipt.get("status"), "receipt's status")
    if status > 1:
        raise NodeFailed("the receipt says neither success nor failure")
    if number <= final.number:
        block = yield from node.block(number)
        if block.hash != word(receipt.get("blockHash"), "receipt's block hash"):
            raise NodeFailed("the node's receipt is of a block that is not on its chain")
    return number, status == 1


def _by_log(evidence: Evidence, signed_at: int, node: Node, final: Block) -> Flow[Outcome]:
    before = yield from _before_signing(evidence, signed_at, CLOCK_MARGIN, node, final)
    _, after = yield from node.around(evidence.valid_before, final, NEAR_ENOUGH)
    payer, payee = "0x" + argument(evidence.payer).hex(), "0x" + argument(evidence.payee).hex()
    topics = [LOGGED, payer, payee, evidence.memo]
    wanted = {"address": evidence.token.asset.address, "topics": topics}
    found, first, last = yield from node.first_logs(wanted, before, after.number)
    if found != []:
        number, transaction = _read_logs(found, evidence, topics, first, last)
        return Outcome("settled", f"it was carried out in block {number}, which is final", transaction)
    if final.timestamp < evidence.valid_before:
        return _open(evidence, final)
    earlier = yield from _before_signing(evidence, signed_at, WRONG_CLOCK, node, final)
    found, first, last = yield from node.first_logs(wanted, earlier, before - 1)
    if found != []:
        number, transaction = _read_logs(found, evidence, topics, first, last)
        return Outcome("settled", f"it was carried out in block {number}, which is final", transaction)
    yield from _check_memory(node, earlier)
    return _expired(evidence, final)


def _before_signing(evidence: Evidence, signed_at: int, margin: int, node: Node, final: Block) -> Flow[int]:
    """Return the number of a block from before it was signed; `margin` is how wrong our clock may be."""
    if evidence.since is not None:
        if evidence.since > final.number:
            raise NodeFailed("the node has not come to where the chain was when it was signed")
        return evidence.since
    # Our clock may have jumped between the two moments that it told us.
    moment = min(signed_at, evidence.valid_before - LONGEST_LIFE)
    before, _ = yield from node.around(moment - margin, final, NEAR_ENOUGH)
    return before.number


def _read_logs(
    found: object, evidence: Evidence, topics: list[str], first: int, last: int
) -> tuple[int, str]:
    """Read block and transaction from the transfer's log. Raises NodeFailed where it is not among them.

    A split may go to the same payee with the same memo, so there can be several.
    """
    for log in found if isinstance(found, list) else []:
        if not isinstance(log, dict):
            continue
        number = quantity(log.get("blockNumber"), "log's block number")
        told = log.get("topics")
        ours = (
            str(log.get("address")).lower() == evidence.token.asset.address.lower()
            and isinstance(told, list)
            and [word(topic, "log's topic") for topic in told] == topics
            and int(word(log.get("data"), "log's amount"), 16) == evidence.amount
            and first <= number <= last
            and log.get("removed") in (None, False)
        )
        if ours:
            return number, word(log.get("transactionHash"), "log's transaction")
    raise NodeFailed("the node's logs are not the one that was asked for")


def _check_memory(node: Node, before: int) -> Flow[None]:
    """Raise NodeFailed where the node has forgotten a receipt from before we signed.

    The receipt is of the nearest block that has a transaction: of Tempo's own, nearly each has. A chain on
    which none is found is one that a test has just started, and remembers.
    """
    for number in _backwards(before):
        block = yield from node.ask("eth_getBlockByNumber", hex(number), False)  # noqa: FBT003 - on the wire
        listed = block.get("transactions") if isinstance(block, dict) else None
        if not isinstance(listed, list):
            raise NodeFailed("the node's block lists no transactions")
        if listed:
            receipt = yield from node.ask("eth_getTransactionReceipt", word(listed[0], "transaction's hash"))
            if not isinstance(receipt, dict):
                raise NodeFailed("the node no longer has receipts from before it was signed")
            return


def _backwards(number: int) -> Iterator[int]:
    """Give the numbers of the nearest blocks, and then some that lie ever further apart."""
    stride = 1
    for count in itertools.count():
        if number <= 0:
            return
        yield number
        stride = 1 if count < NEAREST_BLOCKS else stride * 2
        number -= stride


def _open(evidence: Evidence, final: Block) -> Outcome:
    return Outcome(
        "not known",
        f"it is still open: the chain is final up to {_moment(final.timestamp)}, and it is good until "
        f"{_moment(evidence.valid_before)} (ask again when that moment is final)",
    )


def _expired(evidence: Evidence, final: Block) -> Outcome:
    return Outcome(
        "void",
        f"it expired unused: at final block {final.number} ({_moment(final.timestamp)}) it is not on the "
        f"chain, and it was good until {_moment(evidence.valid_before)}",
    )


def _moment(seconds: int) -> str:
    """Write a moment for people; a chain may name one that no calendar has."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"
