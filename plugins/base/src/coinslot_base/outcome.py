"""What the chain says became of an authorization.

A token keeps one bit for each (payer, nonce): `authorizationState`, false until the authorization is
used or cancelled, true ever after. So at one final block:

- false, and the block is not older than `validBefore`: it can never settle. **void**
- true, and the log says `AuthorizationUsed`: **settled**, in the transaction that the log names
- true, and the log says `AuthorizationCanceled`: **void**
- anything else, and any node that fails, lags or contradicts itself: **not known**

The bit alone does not tell used from cancelled, a missing log proves nothing (nodes prune logs), and
neither does our own clock. Every question is asked at the block's hash, so that a node that is a crowd of
nodes cannot answer from two histories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from eth_hash.auto import keccak

from coinslot.backend import Outcome, Spent
from coinslot.effects import Flow
from coinslot.node import Block, Node, NodeFailed, quantity, word
from coinslot_base.addresses import address_bytes, argument
from coinslot_base.assets import NETWORKS, Token, token_at

STATE = keccak(b"authorizationState(address,bytes32)")[:4]
USED = "0x" + keccak(b"AuthorizationUsed(address,bytes32)").hex()
CANCELED = "0x" + keccak(b"AuthorizationCanceled(address,bytes32)").hex()

CLOCK_MARGIN = 120
"""Seconds by which our clock may have been ahead of the chain's when we signed."""
WRONG_CLOCK = 86_400
"""Seconds to look back, where the token has seen it and no later log tells: our clock was wrong."""
NEAR_ENOUGH = 600
"""Seconds before that moment from which on a log search may start."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept of a credential for this: enough to find it on the chain, no signed material."""

    token: Token
    payer: str
    nonce: str
    valid_before: int

    def json(self) -> dict[str, Any]:
        """Return it as the ledger keeps it."""
        return {
            "network": self.token.network.id,
            "asset": self.token.asset.address,
            "from": self.payer,
            "nonce": self.nonce,
            "validBefore": self.valid_before,
        }

    @classmethod
    def read(cls, attempt: Spent) -> Self:
        """Read what `json` wrote. Raises ValueError for anything else."""
        kept: Mapping[str, Any] = attempt.evidence
        network = NETWORKS.get(str(kept.get("network")))
        token = token_at(network, str(kept.get("asset"))) if network else None
        payer, nonce, valid_before = kept.get("from"), kept.get("nonce"), kept.get("validBefore")
        if not (token and isinstance(payer, str) and isinstance(nonce, str) and type(valid_before) is int):
            message = "the attempt holds no evidence that this backend wrote"
            raise ValueError(message)
        address_bytes(payer)
        if word(nonce, "nonce") != attempt.nonce:
            message = "the attempt's evidence is of another nonce"
            raise ValueError(message)
        return cls(token, payer, nonce, valid_before)


def outcome(evidence: Evidence, signed_at: int, node: Node) -> Flow[Outcome]:
    """Ask a node whether an authorization, signed at this moment of our clock, was used or never can be."""
    try:
        return (yield from _outcome(evidence, signed_at, node))
    except NodeFailed as error:
        return Outcome("not known", f"nothing is proven either way: {error}")


def _outcome(evidence: Evidence, signed_at: int, node: Node) -> Flow[Outcome]:
    yield from node.check_chain(evidence.token.network.chain_id)
    final = yield from node.block("finalized")
    question = STATE + argument(evidence.payer) + bytes.fromhex(evidence.nonce[2:])
    state = yield from node.call(evidence.token.asset.address, question, final)
    if state == 1:
        return (yield from _used_or_canceled(evidence, signed_at, node, final))
    if state != 0:
        raise NodeFailed("the contract's answer is neither true nor false")
    if final.timestamp >= evidence.valid_before:
        return Outcome(
            "void",
            f"it expired unused: at final block {final.number} ({_moment(final.timestamp)}) the token has "
            f"not seen it, and it was good until {_moment(evidence.valid_before)}",
        )
    return Outcome(
        "not known",
        f"it is still open: the chain is final up to {_moment(final.timestamp)}, and it is good until "
        f"{_moment(evidence.valid_before)} (ask again when that moment is final)",
    )


def _used_or_canceled(evidence: Evidence, signed_at: int, node: Node, final: Block) -> Flow[Outcome]:
    first, _ = yield from node.around(signed_at - CLOCK_MARGIN, final, NEAR_ENOUGH)
    wanted = {
        "address": evidence.token.asset.address,
        "topics": [[USED, CANCELED], "0x" + argument(evidence.payer).hex(), evidence.nonce],
    }
    found, start, end = yield from node.first_logs(wanted, first.number, final.number)
    if found == []:
        earlier, _ = yield from node.around(signed_at - WRONG_CLOCK, final, NEAR_ENOUGH)
        found, start, end = yield from node.first_logs(wanted, earlier.number, first.number)
    if found == []:
        raise NodeFailed(
            "the token has seen it, but the node has no log that tells whether it was used or cancelled"
        )
    event, transaction, number = _read_log(found, evidence, start, end)
    if event == USED:
        return Outcome("settled", f"it was used in block {number}, which is final", transaction)
    return Outcome("void", f"it was cancelled in block {number}, which is final", transaction)


def _read_log(found: object, evidence: Evidence, first: int, last: int) -> tuple[str, str, int]:
    """Read the one log that an authorization leaves. Raises NodeFailed for any other answer."""
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
        raise NodeFailed("the node's logs are not the one that an authorization leaves")
    log = found[0]
    number = quantity(log.get("blockNumber"), "log's block number")
    listed = log.get("topics")
    topics = [word(topic, "log's topic") for topic in listed] if isinstance(listed, list) else []
    ours = (
        str(log.get("address")).lower() == evidence.token.asset.address.lower()
        and topics[1:] == ["0x" + argument(evidence.payer).hex(), evidence.nonce]
        and topics[0] in (USED, CANCELED)
        and first <= number <= last
        and log.get("removed") in (None, False)
    )
    if not ours:
        raise NodeFailed("the node's log is not the one that was asked for")
    return topics[0], word(log.get("transactionHash"), "log's transaction"), number


def _moment(seconds: int) -> str:
    """Write a moment for people; a chain may name one that no calendar has."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"
