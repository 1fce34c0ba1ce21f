"""The official MPP server code, as far as the sandbox uses it; nothing else imports it."""

from __future__ import annotations

from mpp import Challenge, Receipt
from mpp.errors import MalformedCredentialError, PaymentError
from mpp.events import PAYMENT_FAILED, EventDispatcher
from mpp.methods.tempo import TempoAccount
from mpp.methods.tempo._defaults import PATH_USD, USDC
from mpp.methods.tempo.intents import (
    TRANSFER_SELECTOR,
    TRANSFER_TOPIC,
    TRANSFER_WITH_MEMO_SELECTOR,
    TRANSFER_WITH_MEMO_TOPIC,
    ChargeIntent,
    _transaction_sender,
)
from mpp.server.verify import _create_challenge, verify_or_challenge
from mpp.store import MemoryStore

__all__ = [
    "PATH_USD",
    "PAYMENT_FAILED",
    "TRANSFER_SELECTOR",
    "TRANSFER_TOPIC",
    "TRANSFER_WITH_MEMO_SELECTOR",
    "TRANSFER_WITH_MEMO_TOPIC",
    "USDC",
    "Challenge",
    "ChargeIntent",
    "EventDispatcher",
    "MalformedCredentialError",
    "MemoryStore",
    "PaymentError",
    "Receipt",
    "TempoAccount",
    "create_challenge",
    "transaction_sender",
    "verify_or_challenge",
]

create_challenge = _create_challenge
transaction_sender = _transaction_sender
