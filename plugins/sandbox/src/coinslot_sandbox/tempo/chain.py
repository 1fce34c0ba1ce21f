"""A Tempo chain in memory: dollar tokens, a block each second, transactions that expire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from coinslot_sandbox.clock import Clock
from coinslot_sandbox.tempo.official import TRANSFER_TOPIC, TRANSFER_WITH_MEMO_TOPIC
from coinslot_sandbox.tempo.transaction import Transaction, Transfer, Unreadable, read

BASE_FEE = 20_000_000_000
"""Attodollars for one gas."""
GAS_USED = 60_000
"""Gas that every transaction takes here."""
WINDOW_SECONDS = 300
"""The longest that a transaction with an expiring nonce may still be good for."""
EXPIRING = 2**256 - 1
PAST_SECONDS = 600
"""How old the chain is when it begins."""
FINALITY = 2
"""Blocks by which the final one is behind the newest."""

_ATTO_PER_MICRO = 10**12


class Rejected(Exception):
    """No block takes the transaction."""


@dataclass(frozen=True, slots=True)
class Landed:
    """A transaction in a block."""

    transaction: Transaction
    block: int
    succeeded: bool
    fee: int
    """Atomic units."""
    logs: tuple[dict[str, Any], ...]


class MemoryTempo:
    """Balances by token and address, and what has landed. Addresses are kept in lower case."""

    def __init__(self, clock: Clock, tokens: tuple[str, ...], *, chain_id: int = 4217) -> None:
        self.chain_id = chain_id
        self.landed: dict[str, Landed] = {}
        self.sponsor: str | None = None
        """Who pays the fees of sponsored transactions."""
        self._clock = clock
        self._born = int(clock.now()) - PAST_SECONDS
        self._held: dict[str, dict[str, int]] = {token.lower(): {} for token in tokens}
        self._nonces: dict[tuple[str, int], int] = {}

    @property
    def newest(self) -> int:
        """The newest block's number."""
        return max(0, int(self._clock.now()) - self._born)

    def time(self, block: int) -> int:
        """Return when a block was made, in unix seconds."""
        return self._born + block

    def balance(self, token: str, address: str) -> int:
        """Return what an address holds of a token, in atomic units."""
        return self._held.get(token.lower(), {}).get(address.lower(), 0)

    def mint(self, token: str, address: str, amount: int) -> None:
        """Give an address `amount` atomic units out of nothing."""
        self._held[token.lower()][address.lower()] = self.balance(token, address) + amount

    def nonce(self, address: str, lane: int = 0) -> int:
        """Return the next nonce of an address."""
        return self._nonces.get((address.lower(), lane), 0)

    def send(self, raw: bytes) -> Landed:
        """Take a signed transaction into the newest block; raises `Rejected`."""
        try:
            transaction = read(raw)
        except Unreadable as flaw:
            raise Rejected(str(flaw)) from flaw
        self._check(transaction)
        payer = self._fee_payer(transaction)
        token = transaction.fee_token or transaction.transfers[0].token
        price = min(transaction.gas_price, BASE_FEE)
        fee = -(-GAS_USED * price // _ATTO_PER_MICRO)
        if self.balance(token, payer) < -(-transaction.gas_limit * price // _ATTO_PER_MICRO):
            raise Rejected("insufficient funds for gas")
        self.mint(token, payer, -fee)
        succeeded = self.moves(transaction.sender, transaction.transfers)
        logs: list[dict[str, Any]] = []
        for transfer in transaction.transfers if succeeded else ():
            logs += _logs(transaction.sender, transfer)
        if transaction.nonce_key != EXPIRING:
            self._nonces[transaction.sender, transaction.nonce_key] = transaction.nonce + 1
        landed = Landed(transaction, self.newest, succeeded, fee, tuple(logs))
        self.landed[transaction.hash] = landed
        return landed

    def moves(self, sender: str, transfers: tuple[Transfer, ...]) -> bool:
        """Move the money of all transfers, or of none where one is not covered."""
        before = {token: dict(held) for token, held in self._held.items()}
        for transfer in transfers:
            if transfer.token not in self._held or self.balance(transfer.token, sender) < transfer.amount:
                self._held = before
                return False
            self.mint(transfer.token, sender, -transfer.amount)
            self.mint(transfer.token, transfer.payee, transfer.amount)
        return True

    def _check(self, transaction: Transaction) -> None:
        now = self._clock.now()
        good_until = transaction.valid_before
        if transaction.hash in self.landed:
            raise Rejected("already known")
        if transaction.chain_id != self.chain_id:
            raise Rejected("invalid chain id")
        if not transaction.transfers:
            raise Rejected("no calls")
        _check_gas(transaction)
        if good_until is not None and good_until <= now:
            raise Rejected("transaction expired")
        if transaction.valid_after is not None and transaction.valid_after > now:
            raise Rejected("transaction not yet valid")
        if transaction.nonce_key == EXPIRING:
            if transaction.nonce or good_until is None or good_until > now + WINDOW_SECONDS:
                raise Rejected("expiring nonce transaction is not within its window")
        elif transaction.nonce != self.nonce(transaction.sender, transaction.nonce_key):
            raise Rejected("nonce mismatch")

    def _fee_payer(self, transaction: Transaction) -> str:
        if not transaction.sponsored:
            return transaction.sender
        if self.sponsor is None:
            raise Rejected("unknown fee payer")
        return self.sponsor.lower()


def _check_gas(transaction: Transaction) -> None:
    if transaction.gas_price < BASE_FEE:
        raise Rejected("max fee per gas less than block base fee")
    if transaction.gas_limit < GAS_USED:
        raise Rejected("intrinsic gas too low")


def block_hash(number: int) -> str:
    """Return a block's hash."""
    return "0x" + keccak(text=f"block {number}").hex()


def _logs(sender: str, transfer: Transfer) -> list[dict[str, Any]]:
    def topic(address: str) -> str:
        return "0x" + address[2:].rjust(64, "0")

    parties = [topic(sender), topic(transfer.payee)]
    log = {"address": transfer.token, "data": f"0x{transfer.amount:064x}"}
    logs = [{**log, "topics": [TRANSFER_TOPIC, *parties]}]
    if transfer.memo is not None:
        logs.append({**log, "topics": [TRANSFER_WITH_MEMO_TOPIC, *parties, transfer.memo]})
    return logs
