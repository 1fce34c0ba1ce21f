"""The contract between the payment flow and whatever pays.

A backend pays offers of certain networks. The runtime finds it by name (entry-point group
`coinslot.backends`, a callable that takes a `Setting` and returns a `Backend`) and knows no chain.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from coinslot.effects import Flow, Unlock
from coinslot.offer import Asset, Offer, Refusal, Terms


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Time and chance. Replaceable in tests, and then only test keys may sign."""

    now: Callable[[], float] = time.time
    """Unix seconds."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    """Waits for so many seconds. A replaced one serves both faces, so it must not block."""
    random_bytes: Callable[[int], bytes] = secrets.token_bytes

    async def asleep(self, seconds: float) -> None:
        """Wait without blocking the event loop."""
        if self.sleep is not time.sleep:
            self.sleep(seconds)
            seconds = 0.0
        import anyio

        await anyio.sleep(seconds)

    @property
    def real(self) -> bool:
        """Whether nothing was replaced."""
        return self == Surroundings()


@dataclass(frozen=True, slots=True)
class Setting:
    """What a backend is made from."""

    environ: Mapping[str, str] = field(repr=False)
    """Where keys, keystore and node addresses are looked up (`os.environ` by default)."""
    surroundings: Surroundings = field(default_factory=Surroundings)
    to_quote: bool = False
    """Whether nothing is signed, so that a stored wallet will do that nobody here could open."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that will be signed, decided before anything is."""

    offer: Offer
    payer: str
    expires_at: int
    """Unix seconds."""
    max_fee: int = 0
    """The most that the payer may be charged above the price, in atomic units of the asset."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The backend's own values (nonce, blockhash, ...), JSON only."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A signed payment. Whoever holds it can collect it, so it is never shown."""

    payload: Mapping[str, Any] = field(repr=False)
    """The scheme's payload (x402 `payload`, MPP `payload`), JSON only."""
    nonce: str
    """What makes it unique on its chain; kept after the credential is erased."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """What `outcome` needs to know later; JSON only and no signed material.

    Where the transaction is known by then, it is its `transaction`: a receipt of another proves nothing.
    """
    source: str | None = None
    """MPP `source`, where the protocol wants one."""
    to_submit: bytes | None = field(default=None, repr=False)
    """Signed material that `submit` hands to others than the paid origin; never stored."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the chain says of an attempt."""

    money: Literal["settled", "void", "not known"]
    reason: str
    """A sentence for people: the proof, or why there is none."""
    transaction: str | None = None


class Spent(Protocol):
    """The part of a ledger row that `Backend.outcome` reads."""

    @property
    def terms(self) -> Terms:
        """What the credential commits to."""
        ...

    @property
    def nonce(self) -> str:
        """What makes it unique on its chain."""
        ...

    @property
    def evidence(self) -> Mapping[str, Any]:
        """What the backend kept for this question when it signed."""
        ...

    @property
    def signed_at(self) -> int:
        """Unix seconds."""
        ...


@runtime_checkable
class Identity(Protocol):
    """The wallet as who it is (SIGN-IN-WITH-X), not as what it pays with."""

    @property
    def address(self) -> str:
        """As it stands in the sign-in text. Asking for it may load the signer."""
        ...

    chains: tuple[str, ...]
    """CAIP-2 ids that it can sign in for, the preferred one first."""
    signature_type: str
    """`eip191` or `ed25519`."""
    account_kind: str
    """The word before `account:` in the sign-in text."""
    blank_line_without_statement: bool
    """Whether a text without statement keeps the statement's empty line (EIP-4361 does)."""

    def sign(self, text: str) -> str:
        """Sign a sign-in text and return the signature as the header carries it."""
        ...


@runtime_checkable
class Backend(Protocol):
    """Pays offers of certain networks from one wallet.

    `refuses`, `asset`, `sign` and `decode` do no I/O. Flows ask only the user's own node. One whose secret
    is opened late says so in `unlock` besides (see `unlocked`); address and `test_key` are known before. One
    that knows how transactions are named on its networks says so in `is_transaction` (see `can_name`).
    """

    @property
    def name(self) -> str:
        """What it is called in `pay_with`."""
        ...

    @property
    def test_key(self) -> bool:
        """Whether its key is a test key: then it signs only for loopback and private origins."""
        ...

    @property
    def identity(self) -> Identity:
        """The wallet as who it is."""
        ...

    def refuses(self, offer: Offer) -> Refusal | None:
        """Say why this offer cannot be paid by this backend, or None if it can."""
        ...

    def asset(self, offer: Offer) -> Asset | None:
        """Return the offer's asset from our own table; None if it is not in it."""
        ...

    def prepare(self, offer: Offer) -> Flow[Draft]:
        """Decide everything that will be signed; may ask the node. Nothing is signed."""
        ...

    def sign(self, draft: Draft) -> Credential:
        """Sign the draft."""
        ...

    def decode(self, credential: Credential, offer: Offer) -> Terms:
        """Read back what the credential commits to; raises ValueError if it proves nothing."""
        ...

    def submit(self, credential: Credential) -> Flow[Credential]:
        """Hand signed material to others than the paid origin, where a scheme needs that."""
        ...

    def outcome(self, attempt: Spent) -> Flow[Outcome]:
        """Ask the chain whether the attempt's credential settled or never can."""
        ...

    def balance(self) -> Flow[Mapping[Asset, int]]:
        """Ask the node what the wallet holds, in atomic units."""
        ...


def locked(backend: Backend) -> Callable[[], object] | None:
    """Return what opens the backend's secret, and may ask a person for that; None where it is open."""
    unlock: Callable[[], object] | None = getattr(backend, "unlock", None)
    return unlock


def unlocked(backend: Backend) -> Flow[None]:
    """Open the backend's secret, where it is not open yet; to be done before time begins to count."""
    unlock = locked(backend)
    if unlock is not None:
        yield Unlock(unlock)


def can_name(backend: Backend | None, transaction: str) -> bool:
    """Whether a receipt's word can name a transaction of the backend's; yes where it cannot tell."""
    known: Callable[[str], bool] | None = getattr(backend, "is_transaction", None)
    return known is None or known(transaction)
