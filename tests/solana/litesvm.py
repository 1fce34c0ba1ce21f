"""A Solana chain in this process: real token and memo programs, blocks, blockhashes that expire, a node.

LiteSVM executes transactions; it knows neither blocks nor history, so both are kept here. Stands alone:
it uses nothing of the code that it tests.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from solders.account import Account
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import MessageV0, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.system_program import ID as SYSTEM_PROGRAM
from solders.token.associated import get_associated_token_address
from solders.token.state import Mint, TokenAccount
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata

MAINNET_GENESIS = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"
TOKEN_PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
ATA_PROGRAM = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"
BLOCKHASH_LIFE = 150
"""Blocks after its own in which a transaction may stand that is built on a blockhash."""
FINALITY = 32
"""Blocks by which the final one is behind the newest."""
CREATE_IDEMPOTENT, MINT_TO = bytes([1]), bytes([7])


class Refused(Exception):
    """The chain or its node does not take this; `code` is the node's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Landed:
    """A transaction in a block, where it stays whether it succeeded or failed."""

    signature: str
    slot: int
    raw: bytes
    error: str | None
    accounts: frozenset[str]


class LocalSolana:
    """One chain with one token, and the node that tells of it."""

    def __init__(
        self,
        mint: str,
        *,
        decimals: int = 6,
        program: str = TOKEN_PROGRAM,
        genesis: str = MAINNET_GENESIS,
        born: int = 1_767_225_200,
    ) -> None:
        self.mint, self.decimals, self.program = mint, decimals, program
        self.genesis = genesis
        self.landed: list[Landed] = []
        self.first_slot = 0
        """The oldest block that the node still has; everything before is forgotten."""
        self.slot, self.height = 1_000, 900
        self._born = born
        self._heights = {self.slot: self.height}
        # The chain decides here which blockhashes are recent, because LiteSVM takes the newest alone.
        self._svm = LiteSVM().with_blockhash_check(check=False)
        self._hashes = {str(self._svm.latest_blockhash()): self.height}
        self._treasury = Keypair()
        self._svm.airdrop(self._treasury.pubkey(), 10**12)
        state = Mint(self._treasury.pubkey(), 0, decimals, is_initialized=True)
        account = Account(10**9, bytes(state), Pubkey.from_string(program), executable=False)
        self._svm.set_account(Pubkey.from_string(mint), account)

    # What a test does to the chain.

    def mine(self, blocks: int = 1, *, skipped: int = 0) -> None:
        """Make so many blocks, after so many slots in which none is made."""
        self.slot += skipped
        for _ in range(blocks):
            self.slot += 1
            self.height += 1
            self._heights[self.slot] = self.height
            self._svm.expire_blockhash()
            self._hashes[self.blockhash] = self.height

    @property
    def blockhash(self) -> str:
        """The newest one."""
        return str(self._svm.latest_blockhash())

    def airdrop(self, owner: str, lamports: int = 10**10) -> None:
        """Give a wallet what it pays fees with."""
        self._svm.airdrop(Pubkey.from_string(owner), lamports)

    def open_account(self, owner: str, amount: int = 0) -> str:
        """Open a wallet's token account and put freshly minted tokens in it."""
        wallet, mint = Pubkey.from_string(owner), Pubkey.from_string(self.mint)
        program, treasury = Pubkey.from_string(self.program), self._treasury.pubkey()
        account = get_associated_token_address(wallet, mint, program)
        create = [
            AccountMeta(treasury, is_signer=True, is_writable=True),
            AccountMeta(account, is_signer=False, is_writable=True),
            *(
                AccountMeta(key, is_signer=False, is_writable=False)
                for key in (wallet, mint, SYSTEM_PROGRAM, program)
            ),
        ]
        mint_to = [
            AccountMeta(mint, is_signer=False, is_writable=True),
            AccountMeta(account, is_signer=False, is_writable=True),
            AccountMeta(treasury, is_signer=True, is_writable=False),
        ]
        steps = [
            Instruction(Pubkey.from_string(ATA_PROGRAM), CREATE_IDEMPOTENT, create),
            Instruction(program, MINT_TO + amount.to_bytes(8, "little"), mint_to),
        ]
        message = MessageV0.try_compile(treasury, steps, [], Hash.from_string(self.blockhash))
        done = self.land(bytes(VersionedTransaction(message, [self._treasury])))
        if done.error:
            raise AssertionError(done.error)
        self.mine()
        return str(account)

    def balance(self, owner: str) -> int:
        """What a wallet holds, in atomic units."""
        account = self._token_account(owner)
        return TokenAccount.from_bytes(account.data[:165]).amount if account else 0

    def lamports(self, owner: str) -> int:
        """What a wallet has to pay fees with."""
        return self._svm.get_balance(Pubkey.from_string(owner)) or 0

    def land(self, raw: bytes) -> Landed:
        """Take a transaction into the newest block. Raises Refused where no validator would."""
        transaction = VersionedTransaction.from_bytes(raw)
        self._check(transaction)
        result = self._svm.send_transaction(transaction)
        error = str(result.err()) if isinstance(result, FailedTransactionMetadata) else None
        accounts = frozenset(str(key) for key in transaction.message.account_keys)
        landed = Landed(str(transaction.signatures[0]), self.slot, raw, error, accounts)
        self.landed.append(landed)
        return landed

    def simulate(self, raw: bytes) -> None:
        """Execute a transaction without taking it. Raises Refused if it would fail."""
        transaction = VersionedTransaction.from_bytes(raw)
        self._check(transaction)
        result = self._svm.simulate_transaction(transaction)
        if isinstance(result, FailedTransactionMetadata):
            raise Refused(-32002, f"Transaction simulation failed: {result.err()}")

    def _check(self, transaction: VersionedTransaction) -> None:
        message = transaction.message
        if not all(transaction.verify_with_results()):
            raise Refused(-32003, "Transaction signature verification failure")
        height = self._hashes.get(str(message.recent_blockhash))
        if height is None or self.height > height + BLOCKHASH_LIFE:
            raise Refused(-32002, "Blockhash not found")
        known = {
            bytes(to_bytes_versioned(VersionedTransaction.from_bytes(old.raw).message)) for old in self.landed
        }
        if bytes(to_bytes_versioned(message)) in known:
            raise Refused(-32002, "This transaction has already been processed")

    def _token_account(self, owner: str) -> Account | None:
        wallet, mint = Pubkey.from_string(owner), Pubkey.from_string(self.mint)
        program = Pubkey.from_string(self.program)
        return self._svm.get_account(get_associated_token_address(wallet, mint, program))

    # What its node answers.

    def answer(self, body: bytes) -> bytes:
        """Answer one JSON-RPC call."""
        call = json.loads(body)
        method: Callable[..., Any] = getattr(self, f"_rpc_{call['method']}", _unknown_method)
        try:
            told: dict[str, Any] = {"result": method(*call["params"])}
        except Refused as error:
            told = {"error": {"code": error.code, "message": str(error)}}
        return json.dumps({"jsonrpc": "2.0", "id": call["id"], **told}).encode()

    def _at(self, config: dict[str, Any]) -> int:
        """The slot of the commitment that is asked for; finality is counted in slots here."""
        reached = (
            self.slot if config.get("commitment") in ("processed", "confirmed") else self.slot - FINALITY
        )
        slot = max(slot for slot in self._heights if slot <= max(reached, min(self._heights)))
        if slot < config.get("minContextSlot", 0):
            raise Refused(-32016, "Minimum context slot has not been reached")
        return slot

    def _with_context(self, config: dict[str, Any], value: Any) -> dict[str, Any]:
        return {"context": {"slot": self._at(config), "apiVersion": "2.3.0"}, "value": value}

    def _rpc_getGenesisHash(self) -> str:  # noqa: N802 - methods' names, here and below
        return self.genesis

    def _rpc_getFirstAvailableBlock(self) -> int:  # noqa: N802
        return self.first_slot

    def _rpc_getEpochInfo(self, config: dict[str, Any]) -> dict[str, int]:  # noqa: N802
        slot = self._at(config)
        return {
            "absoluteSlot": slot,
            "blockHeight": self._heights[slot],
            "epoch": slot // 432_000,
            "slotIndex": slot % 432_000,
            "slotsInEpoch": 432_000,
            "transactionCount": len(self.landed),
        }

    def _rpc_getBlockHeight(self, config: dict[str, Any]) -> int:  # noqa: N802
        return self._heights[self._at(config)]

    def _rpc_getSlot(self, config: dict[str, Any]) -> int:  # noqa: N802
        return self._at(config)

    def _rpc_getLatestBlockhash(self, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        height = self._heights[self._at(config)]
        found = next(text for text, at in self._hashes.items() if at == height)
        return self._with_context(
            config, {"blockhash": found, "lastValidBlockHeight": height + BLOCKHASH_LIFE}
        )

    def _rpc_isBlockhashValid(self, blockhash: str, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        now, made = self._heights[self._at(config)], self._hashes.get(blockhash)
        return self._with_context(config, made is not None and made <= now <= made + BLOCKHASH_LIFE)

    def _rpc_getSignaturesForAddress(self, account: str, config: dict[str, Any]) -> list[Any]:  # noqa: N802
        final = self._at(config)
        listed = [
            {
                "signature": landed.signature,
                "slot": landed.slot,
                "err": landed.error,
                "memo": None,
                "blockTime": self._born + landed.slot * 2 // 5,
                "confirmationStatus": "finalized",
            }
            for landed in reversed(self.landed)
            if account in landed.accounts and self.first_slot <= landed.slot <= final
        ]
        if config.get("before"):
            names = [entry["signature"] for entry in listed]
            listed = listed[names.index(config["before"]) + 1 :] if config["before"] in names else []
        return listed[: config.get("limit", 1000)]

    def _rpc_getTransaction(self, signature: str, config: dict[str, Any]) -> dict[str, Any] | None:  # noqa: N802
        final = self._at(config)
        for landed in self.landed:
            if landed.signature == signature and self.first_slot <= landed.slot <= final:
                return {
                    "slot": landed.slot,
                    "blockTime": self._born + landed.slot * 2 // 5,
                    "transaction": [base64.b64encode(landed.raw).decode(), "base64"],
                    "meta": {"err": landed.error, "fee": 10_000},
                    "version": 0,
                }
        return None

    def _rpc_getBlock(self, slot: int, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if slot not in self._heights or slot < self.first_slot or slot > self._at(config):
            raise Refused(-32007, "Slot was skipped, or missing due to ledger jump to recent snapshot")
        return {"blockHeight": self._heights[slot], "blockTime": None, "parentSlot": slot - 1}

    def _rpc_getTokenAccountBalance(self, account: str, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = self._svm.get_account(Pubkey.from_string(account))
        if found is None:
            raise Refused(-32602, "Invalid param: could not find account")
        amount = TokenAccount.from_bytes(found.data[:165]).amount
        return self._with_context(config, {"amount": str(amount), "decimals": self.decimals})

    def _rpc_getAccountInfo(self, account: str, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = self._svm.get_account(Pubkey.from_string(account))
        value = found and {
            "data": [base64.b64encode(found.data).decode(), "base64"],
            "owner": str(found.owner),
        }
        return self._with_context(config, value)


def _unknown_method(*parameters: Any) -> None:
    raise Refused(-32601, "Method not found")


class FeePayer:
    """Pays fees on a local chain: what the official facilitator code asks its signer to be."""

    def __init__(self, chain: LocalSolana, keypair: Keypair | None = None) -> None:
        self._chain = chain
        self._keypair = keypair or Keypair()
        self.address = str(self._keypair.pubkey())
        chain.airdrop(self.address)

    def get_addresses(self) -> list[str]:
        """Every fee payer there is: one."""
        return [self.address]

    def sign_transaction(self, tx_base64: str, fee_payer: str, network: str) -> str:
        """Put the fee payer's signature in slot 0 of a transaction that the payer has signed."""
        if fee_payer != self.address:
            raise ValueError(f"no signer for {fee_payer}")
        transaction = VersionedTransaction.from_bytes(base64.b64decode(tx_base64))
        own = self._keypair.sign_message(to_bytes_versioned(transaction.message))
        complete = VersionedTransaction.populate(transaction.message, [own, *transaction.signatures[1:]])
        return base64.b64encode(bytes(complete)).decode()

    def simulate_transaction(self, tx_base64: str, network: str) -> None:
        """Raise RuntimeError if the transaction would fail."""
        try:
            self._chain.simulate(base64.b64decode(tx_base64))
        except Refused as error:
            raise RuntimeError(str(error)) from error

    def send_transaction(self, tx_base64: str, network: str) -> str:
        """Send the transaction and return its signature."""
        try:
            return self._chain.land(base64.b64decode(tx_base64)).signature
        except Refused as error:
            raise RuntimeError(str(error)) from error

    def confirm_transaction(self, signature: str, network: str) -> None:
        """Make a block, and raise RuntimeError unless the transaction is on the chain and succeeded."""
        self._chain.mine()
        found = [
            landed
            for landed in self._chain.landed
            if landed.signature == str(Signature.from_string(signature))
        ]
        if not found or found[0].error:
            raise RuntimeError(f"{signature} has not succeeded")
