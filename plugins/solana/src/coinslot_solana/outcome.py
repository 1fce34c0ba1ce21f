"""What the chain says became of a payment.

The chain names a transaction by its fee payer's signature, which only the facilitator knows. What we know
is our own signature, in slot 1. So the final history of the charged token account is read:

- a transaction in it carries our signature, and succeeded: **settled**
- it carries our signature, and failed: **void**, because a transaction is taken once
- none does, back to the slot where the chain was before we signed, and the final height is past the one at
  which the payment's blockhash expires: **void**
- anything else, and any node that fails, lags, has forgotten or contradicts itself: **not known**

Both limits are what our own node said when we signed. The server's `lastValidBlockHeight` is a claim, our
clock is not the chain's, and that a node does not know a blockhash says nothing about the payment.
"""

from __future__ import annotations

from collections.abc import Sequence

from coinslot.backend import Outcome
from coinslot.effects import Flow
from coinslot.node import NodeFailed
from coinslot_solana.evidence import Sought
from coinslot_solana.landed import carries
from coinslot_solana.node import Entry, Moment, SolanaNode

MAX_PAGES = 50
MAX_TRANSACTIONS = 400
"""Transactions that are read one by one, at most, in one search."""
STRIDE = 16
"""Transactions that are read before it is asked whether the next are too late to matter."""
CLOCK_MARGIN = 3600
"""Seconds by which our clock and the chain's may differ, where nothing better is known."""


def outcome(sought: Sought, node: SolanaNode) -> Flow[Outcome]:
    """Ask a node whether a payment landed or never can."""
    try:
        return (yield from _outcome(sought, node))
    except NodeFailed as error:
        return Outcome("not known", f"nothing is proven either way: {error}")


def _outcome(sought: Sought, node: SolanaNode) -> Flow[Outcome]:
    yield from node.check_network(sought.evidence.network)
    final = yield from node.moment("finalized")
    entries = yield from _history(sought, final, node)
    found = yield from _find(sought, entries, node)
    if found is not None:
        entry, succeeded = found
        landed = f"it landed in slot {entry.slot}, which is final"
        if succeeded:
            return Outcome("settled", landed, entry.signature)
        return Outcome("void", f"{landed}, and failed there", entry.signature)
    bound = sought.evidence.bound
    if bound is None:
        raise NodeFailed(
            "it has not landed so far, but no node was asked when it was signed, so nobody knows until when "
            "it can"
        )
    if final.height <= bound.last_height:
        return Outcome(
            "not known",
            f"it is still open: the chain is final up to block {final.height}, and it is good until block "
            f"{bound.last_height} (ask again when a later one is final)",
        )
    kept = yield from node.first_slot()
    if kept > bound.first_slot:
        raise NodeFailed(f"the node has forgotten the time of signing: it begins at slot {kept}")
    return Outcome(
        "void",
        "it never landed and cannot any more: no final transaction of the wallet's token account carries "
        f"it, and the chain is final up to block {final.height}, past block {bound.last_height}",
    )


def _history(sought: Sought, final: Moment, node: SolanaNode) -> Flow[list[Entry]]:
    """Read the account's final transactions since the signing, the oldest first. Raises NodeFailed."""
    entries: list[Entry] = []
    for _ in range(MAX_PAGES):
        last = entries[-1].signature if entries else None
        page = yield from node.history(sought.evidence.source, final, last)
        _check_order([*entries, *page])
        entries += page
        if not page or _earlier(page[-1], sought):
            return [entry for entry in reversed(entries) if not _earlier(entry, sought)]
    raise NodeFailed("the account's history since the signing is too long to be read")


def _earlier(entry: Entry, sought: Sought) -> bool:
    """Whether this transaction is from before the payment was signed.

    Without a bound the clocks are compared, widely: then nothing is proven by what is not found.
    """
    if sought.evidence.bound:
        return entry.slot < sought.evidence.bound.first_slot
    return entry.time is not None and entry.time < sought.signed_at - CLOCK_MARGIN


def _check_order(entries: Sequence[Entry]) -> None:
    slots = [entry.slot for entry in entries]
    if slots != sorted(slots, reverse=True) or len({entry.signature for entry in entries}) != len(entries):
        raise NodeFailed("the node's history is not in the order of time")


def _find(sought: Sought, entries: Sequence[Entry], node: SolanaNode) -> Flow[tuple[Entry, bool] | None]:
    """Read transactions until one is ours: where it is, and whether it succeeded.

    Those in blocks past the bound cannot be, however many a busy wallet has made since.
    """
    for number, entry in enumerate(entries):
        if number and number % STRIDE == 0 and (yield from _too_late(entry, sought, node)):
            return None
        if number >= MAX_TRANSACTIONS:
            raise NodeFailed("the wallet has made more payments since than can be read one by one")
        carried, succeeded = yield from node.transaction(entry)
        if carries(carried, entry, sought):
            return entry, succeeded
    return None


def _too_late(entry: Entry, sought: Sought, node: SolanaNode) -> Flow[bool]:
    """Ask whether a transaction's block is past the bound; no answer is a no, and reading goes on."""
    if sought.evidence.bound is None:
        return False
    try:
        height = yield from node.height_at(entry.slot)
    except NodeFailed:
        return False
    return height > sought.evidence.bound.last_height
