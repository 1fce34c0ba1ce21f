"""Whether a transaction that a node tells of is our payment."""

from __future__ import annotations

import base64
import binascii

from coinslot.node import NodeFailed
from coinslot_solana.evidence import Sought
from coinslot_solana.node import Entry


def carries(text: str, entry: Entry, sought: Sought) -> bool:
    """Whether this transaction, in base64, carries our signature in slot 1.

    Raises NodeFailed for one that is not what its name says: a node that tells a wrong transaction under
    a right name could hide ours.
    """
    from solders.message import to_bytes_versioned
    from solders.pubkey import Pubkey
    from solders.transaction import VersionedTransaction

    try:
        transaction = VersionedTransaction.from_bytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise NodeFailed("the node's transaction cannot be decoded") from None
    signatures, keys = transaction.signatures, transaction.message.account_keys
    message = to_bytes_versioned(transaction.message)
    if (
        not signatures
        or not keys
        or str(signatures[0]) != entry.signature
        or not signatures[0].verify(keys[0], message)
    ):
        raise NodeFailed("the node's transaction is not the one that was asked for")
    if len(signatures) < 2 or str(signatures[1]) != sought.signature:
        return False
    if not signatures[1].verify(Pubkey.from_string(sought.evidence.payer), message):
        raise NodeFailed("the node shows our signature under a transaction that we did not sign")
    return True
