"""What is asked of the user's own Solana node, with every answer read strictly.

Numbers of blocks come in two kinds. A *slot* is a turn to make a block, and some make none; a *height*
counts the blocks. Blockhashes expire by height, everything else is ordered by slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from coinslot.effects import Flow
from coinslot.node import Node, NodeFailed, NodeRefused
from coinslot_solana import base58
from coinslot_solana.assets import Network

PAGE = 1000
"""Entries of one answer of `getSignaturesForAddress`; nodes may give fewer."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How far the chain has come."""

    slot: int
    height: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction of an account's history."""

    signature: str
    """The fee payer's, by which the chain names the transaction."""
    slot: int
    time: int | None
    """Unix seconds as the chain counts them, where the node knows."""


class SolanaNode:
    """One conversation with a node."""

    def __init__(self, address: str) -> None:
        self._node = Node(address)

    def __repr__(self) -> str:
        return "<node>"

    def check_network(self, network: Network) -> Flow[None]:
        """Raise NodeFailed unless the node serves this network."""
        if (yield from self._node.ask("getGenesisHash")) != network.genesis:
            raise NodeFailed(f"the node does not serve {network.title}")

    def latest_blockhash(self) -> Flow[tuple[str, int]]:
        """Return a recent blockhash and a slot by which the node knew it."""
        told = yield from self._node.ask("getLatestBlockhash", {"commitment": "confirmed"})
        slot, value = _contextual(told)
        blockhash = value.get("blockhash") if isinstance(value, dict) else None
        return _letters(blockhash, 32, "blockhash"), slot

    def knows_blockhash(self, blockhash: str) -> Flow[tuple[bool, int]]:
        """Ask whether the node knows this blockhash as recent, and return with which slot it looked.

        Only a yes says something: the hash is of no later block. A no may come from a node that lags.
        """
        told = yield from self._node.ask("isBlockhashValid", blockhash, {"commitment": "confirmed"})
        slot, value = _contextual(told)
        if not isinstance(value, bool):
            _malformed("answer on a blockhash")
        return value, slot

    def moment(self, commitment: str, not_before: int = 0) -> Flow[Moment]:
        """Read how far the chain has come, from a node that has reached the slot `not_before`."""
        wanted = {"commitment": commitment, "minContextSlot": not_before}
        told = yield from self._node.ask("getEpochInfo", wanted)
        if not isinstance(told, dict):
            _malformed("epoch")
        now = Moment(
            _count(told.get("absoluteSlot"), "slot"), _count(told.get("blockHeight"), "block height")
        )
        if now.slot < not_before or now.height > now.slot:
            raise NodeFailed("the node's slot and height contradict each other or what it said before")
        return now

    def first_slot(self) -> Flow[int]:
        """Return the slot of the oldest block that the node still has."""
        return _count((yield from self._node.ask("getFirstAvailableBlock")), "first block")

    def history(self, account: str, final: Moment, before: str | None) -> Flow[list[Entry]]:
        """Read a page of an account's final transactions, newest first, from before the one named."""
        wanted = {"commitment": "finalized", "limit": PAGE, "minContextSlot": final.slot}
        if before is not None:
            wanted["before"] = before
        told = yield from self._node.ask("getSignaturesForAddress", account, wanted)
        if not isinstance(told, list):
            _malformed("history")
        return [_entry(item) for item in told]

    def transaction(self, entry: Entry) -> Flow[tuple[str, bool]]:
        """Read a final transaction: its bytes in base64, and whether it succeeded."""
        wanted = {"commitment": "finalized", "encoding": "base64", "maxSupportedTransactionVersion": 0}
        told = yield from self._node.ask("getTransaction", entry.signature, wanted)
        if told is None:
            raise NodeFailed("the node no longer has a transaction of its own history")
        carried, meta = (
            (told.get("transaction"), told.get("meta")) if isinstance(told, dict) else (None, None)
        )
        if not isinstance(carried, list) or len(carried) != 2 or carried[1] != "base64":
            _malformed("transaction")
        if not isinstance(carried[0], str) or not isinstance(meta, dict) or "err" not in meta:
            _malformed("transaction")
        if told.get("slot") != entry.slot:
            raise NodeFailed("the node tells two slots of one transaction")
        return carried[0], meta["err"] is None

    def height_at(self, slot: int) -> Flow[int]:
        """Return the height of the block in this slot."""
        wanted = {"commitment": "finalized", "transactionDetails": "none", "rewards": False}
        wanted["maxSupportedTransactionVersion"] = 0
        told = yield from self._node.ask("getBlock", slot, wanted)
        if not isinstance(told, dict):
            _malformed("block")
        return _count(told.get("blockHeight"), "block height")

    def held(self, account: str, decimals: int) -> Flow[int]:
        """Return the balance of a token account, in atomic units; 0 where there is no such account."""
        try:
            told = yield from self._node.ask("getTokenAccountBalance", account, {"commitment": "confirmed"})
        except NodeRefused:
            wanted = {"commitment": "confirmed", "encoding": "base64"}
            found = yield from self._node.ask("getAccountInfo", account, wanted)
            if _contextual(found)[1] is None:
                return 0
            raise
        _, value = _contextual(told)
        amount = value.get("amount") if isinstance(value, dict) else None
        if not isinstance(amount, str) or not amount.isascii() or not amount.isdecimal() or len(amount) > 20:
            _malformed("balance")
        if value["decimals"] != decimals:
            raise NodeFailed("the node tells other decimals of the token than our table")
        return int(amount)


def _entry(item: Any) -> Entry:
    if not isinstance(item, dict) or item.get("confirmationStatus", "finalized") not in (None, "finalized"):
        _malformed("history")
    time = item.get("blockTime")
    return Entry(
        _letters(item.get("signature"), 64, "signature"),
        _count(item.get("slot"), "slot"),
        None if time is None else _count(time, "block time"),
    )


def _contextual(told: Any) -> tuple[int, Any]:
    """Read an answer that says of which slot it speaks."""
    context = told.get("context") if isinstance(told, dict) else None
    if not isinstance(context, dict) or "value" not in told:
        _malformed("answer")
    return _count(context.get("slot"), "slot"), told["value"]


def _letters(value: object, length: int, name: str) -> str:
    if isinstance(value, str):
        try:
            base58.decode(value, length)
        except ValueError:
            _malformed(name)
        return value
    return _malformed(name)


def _count(value: object, name: str) -> int:
    if type(value) is not int or not 0 <= value < 2**64:
        _malformed(name)
    return value


def _malformed(name: str) -> NoReturn:
    raise NodeFailed(f"the node's {name} is malformed")
