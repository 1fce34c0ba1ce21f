"""A Solana chain in this process: real token and memo programs, blocks, blockhashes that expire.

LiteSVM executes transactions; it knows neither blocks nor history, so both are kept here.
"""

from __future__ import annotations

from dataclasses import dataclass

from solders.account import Account
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import MessageV0, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.system_program import ID as SYSTEM_PROGRAM
from solders.token.associated import get_associated_token_address
from solders.token.state import Mint, TokenAccount
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata

MAINNET_GENESIS = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"
TOKEN_PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"  # noqa: S105 # an address
ATA_PROGRAM = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"
BLOCKHASH_LIFE = 150
"""Blocks after its own in which a transaction may stand that is built on a blockhash."""
FINALITY = 32
"""Blocks by which the final one is behind the newest."""
SLOT_SECONDS = 0.4
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
        treasury: Keypair | None = None,
    ) -> None:
        self.mint, self.decimals, self.program = mint, decimals, program
        self.genesis = genesis
        self.landed: list[Landed] = []
        self.first_slot = 0
        """The oldest block that the node still has; everything before is forgotten."""
        self.slot, self.height = 1_000, 900
        self.born = born
        """When slot 0 was, in unix seconds."""
        self._followed: float | None = None
        self.heights = {self.slot: self.height}
        """Height of each block, by its slot."""
        # The chain decides here which blockhashes are recent, because LiteSVM takes the newest alone.
        self._svm = LiteSVM().with_blockhash_check(check=False)
        self.hashes = {str(self._svm.latest_blockhash()): self.height}
        """Height of the block that each blockhash is of."""
        self._treasury = treasury or Keypair()
        self._svm.airdrop(self._treasury.pubkey(), 10**12)
        state = Mint(self._treasury.pubkey(), 0, decimals, is_initialized=True)
        account = Account(10**9, bytes(state), Pubkey.from_string(program), executable=False)
        self._svm.set_account(Pubkey.from_string(mint), account)

    def mine(self, blocks: int = 1, *, skipped: int = 0) -> None:
        """Make so many blocks, after so many slots in which none is made."""
        self.slot += skipped
        for _ in range(blocks):
            self.slot += 1
            self.height += 1
            self.heights[self.slot] = self.height
            self._svm.expire_blockhash()
            self.hashes[self.blockhash] = self.height

    def follow(self, now: float) -> None:
        """Make the blocks that a chain makes until `now`, from when this was first called; 0.4 s for each.

        After a long time the ones in between are left out, and every older blockhash has expired.
        """
        self._followed = now if self._followed is None else self._followed
        due = int((now - self._followed) / SLOT_SECONDS)
        if due <= 0:
            return
        self._followed += due * SLOT_SECONDS
        left_out = max(0, due - 2 * BLOCKHASH_LIFE)
        self.slot += left_out
        self.height += left_out
        self.mine(due - left_out)

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

    def account(self, address: str) -> Account | None:
        """Return an account, if there is one."""
        return self._svm.get_account(Pubkey.from_string(address))

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
        height = self.hashes.get(str(message.recent_blockhash))
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
