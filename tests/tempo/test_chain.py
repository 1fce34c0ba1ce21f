"""What we sign, on a real Tempo node: it is taken, and moves exactly the price, and the fee if it is ours."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from coinslot.backend import Credential, Draft, Setting, Spent, Surroundings
from coinslot.offer import Offer, Terms
from coinslot_tempo.backend import TempoBackend, backend
from tests.tempo.chain import PAYER_KEY, SPONSOR, SPONSOR_KEY, TempoChain, fee_of, tempo_chain
from tests.tempo.parts import PATH_USD, PAYEE, offer

pytestmark = [
    pytest.mark.chain,
    # The chain's tools load a client library whose own dependency has deprecated what it imports.
    pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning"),
]

PRICE = 134_000
CHALLENGES = itertools.count()
FRESH = "0x00000000000000000000000000000000c0ffee%02x"


@pytest.fixture(scope="module")
def running() -> Iterator[TempoChain]:
    with tempo_chain() as running:
        # Blocks only for transactions, and where a test makes them: what is final is then the test's choice.
        running.rpc("evm_setAutomine", True)  # noqa: FBT003 - by position on the wire
        yield running


@pytest.fixture
def chain(running: TempoChain) -> Iterator[TempoChain]:
    with running.undone():
        running.mine(3)
        yield running


@dataclass
class Payment:
    """A signed payment on a chain whose clock is the backend's, and what the ledger keeps of it."""

    chain: TempoChain
    details: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signed_at = self.chain.now()
        environ = {"COINSLOT_EVM_KEY": PAYER_KEY, "COINSLOT_TEMPO_RPC": self.chain.rpc_url, **self.environ}
        fixed = Surroundings(now=lambda: self.signed_at)
        self.paying: TempoBackend = backend(Setting(environ, fixed))
        fresh = {"id": f"challenge {next(CHALLENGES)}"}
        self.offer: Offer = offer(currency=PATH_USD, details=self.details, raw=fresh)
        self.draft: Draft = self.chain.asked(self.paying.prepare(self.offer))
        self.credential: Credential = self.paying.sign(self.draft)
        self.terms: Terms = self.paying.decode(self.credential, self.offer)
        self.nonce = self.credential.nonce
        self.evidence = self.credential.evidence
        self.before = {address: self.chain.balance(address) for address in self._addresses()}

    @property
    def sent(self) -> str:
        return str(self.credential.payload["signature"])

    def moved(self) -> dict[str, int]:
        """What each balance gained since it was signed."""
        return {
            address: self.chain.balance(address) - before
            for address, before in self.before.items()
            if self.chain.balance(address) != before
        }

    def outcome(self) -> Any:
        spent: Spent = self
        return self.chain.asked(self.paying.outcome(spent))

    def _addresses(self) -> list[str]:
        splits = [split["recipient"] for split in self.details.get("splits", [])]
        return [self.paying.identity.address, PAYEE, SPONSOR, *splits]


def cosigned(payment: Payment) -> str:
    """Let the official server's sponsor sign, under its own policy."""
    from mpp.methods.tempo import TempoAccount
    from mpp.methods.tempo.intents import ChargeIntent
    from mpp.methods.tempo.schemas import ChargeRequest

    sponsor = ChargeIntent(rpc_url=payment.chain.rpc_url, fee_payer=TempoAccount.from_key(SPONSOR_KEY))
    request = ChargeRequest.model_validate(dict(payment.offer.raw["decoded"]))
    # The node's clock may have been moved, and the sponsor's is the machine's.
    signed, _ = sponsor._cosign_as_fee_payer(
        payment.sent, PATH_USD, request=request, require_remaining_validity=False, allow_expired=True
    )
    return str(signed)


def test_plain(chain: TempoChain) -> None:
    payment = Payment(chain)

    receipt = chain.send(payment.sent)

    fee = fee_of(receipt)
    assert receipt["status"] == "0x1"
    assert receipt["transactionHash"] == payment.evidence["transaction"]
    assert payment.moved() == {payment.terms.payer: -PRICE - fee, PAYEE: PRICE}
    assert 0 < fee <= payment.draft.max_fee


def test_plain_without_a_node_to_ask(chain: TempoChain) -> None:
    payment = Payment(chain, environ={"COINSLOT_TEMPO_RPC": ""})

    receipt = chain.send(payment.sent)

    assert payment.moved() == {payment.terms.payer: -PRICE - fee_of(receipt), PAYEE: PRICE}
    assert fee_of(receipt) <= payment.draft.max_fee == 40_000


def test_sponsored(chain: TempoChain) -> None:
    payment = Payment(chain, {"feePayer": True})

    receipt = chain.send(cosigned(payment))

    assert payment.sent.startswith("0x78")
    assert payment.draft.max_fee == 0
    assert payment.moved() == {payment.terms.payer: -PRICE, PAYEE: PRICE, SPONSOR: -fee_of(receipt)}


def test_pushed(chain: TempoChain) -> None:
    """By option only, and after it is on record: we send it, and show the server its hash."""
    payment = Payment(chain, {"supportedModes": ["push"]}, {"COINSLOT_TEMPO_PUSH": "1"})
    untouched = payment.moved()

    chain.asked(payment.paying.submit(payment.credential))

    receipt = chain.rpc("eth_getTransactionReceipt", payment.credential.payload["hash"])
    assert untouched == {}
    assert receipt["status"] == "0x1"
    assert payment.moved() == {payment.terms.payer: -PRICE - fee_of(receipt), PAYEE: PRICE}


@pytest.mark.parametrize("environ", [{}, {"COINSLOT_TEMPO_RPC": ""}], ids=["node", "no-node"])
def test_ten_splits_to_new_accounts(chain: TempoChain, environ: dict[str, str]) -> None:
    """The node would take back all of it if the gas did not suffice for opening eleven accounts."""
    first = 100 if environ else 0
    splits = [{"amount": str(1000 + number), "recipient": FRESH % (first + number)} for number in range(10)]
    splits[3]["memo"] = "0x" + "ab" * 32
    payment = Payment(chain, {"splits": splits}, environ)

    receipt = chain.send(payment.sent)

    parts = {split["recipient"]: int(split["amount"]) for split in splits}
    left = PRICE - sum(parts.values())
    assert payment.moved() == {payment.terms.payer: -PRICE - fee_of(receipt), PAYEE: left, **parts}
    assert payment.terms.amount == PRICE


def test_a_second_of_the_same_moves_nothing(chain: TempoChain) -> None:
    payment = Payment(chain)
    first = chain.send(payment.sent)
    after = payment.moved()
    again = chain.send(payment.sent)

    assert again["transactionHash"] == first["transactionHash"]
    assert payment.moved() == after


def test_settled_once_it_is_final(chain: TempoChain) -> None:
    payment = Payment(chain)
    chain.send(payment.sent)
    early = payment.outcome()
    chain.mine(3)
    late = payment.outcome()

    assert (early.money, late.money) == ("not known", "settled")
    assert late.transaction == payment.evidence["transaction"]


def test_sponsored_is_settled_once_it_is_final(chain: TempoChain) -> None:
    payment = Payment(chain, {"feePayer": True})
    receipt = chain.send(cosigned(payment))
    early = payment.outcome()
    chain.mine(3)
    late = payment.outcome()

    assert (early.money, late.money) == ("not known", "settled")
    assert late.transaction == receipt["transactionHash"]


@pytest.mark.parametrize("details", [{}, {"feePayer": True}], ids=["plain", "sponsored"])
def test_settled_long_ago_is_found(chain: TempoChain, details: dict[str, Any]) -> None:
    payment = Payment(chain, details)
    receipt = chain.send(cosigned(payment) if details else payment.sent)
    chain.rpc("anvil_mine", hex(300), hex(10))

    found = payment.outcome()

    assert (found.money, found.transaction) == ("settled", receipt["transactionHash"])


@pytest.mark.parametrize("details", [{}, {"feePayer": True}], ids=["plain", "sponsored"])
def test_expired_unused_is_void_once_that_is_final(chain: TempoChain, details: dict[str, Any]) -> None:
    chain.send(Payment(chain).sent)
    payment = Payment(chain, details)
    sent = cosigned(payment) if details else payment.sent
    chain.mine(3)
    soon = payment.outcome()
    chain.advance(26)
    early = payment.outcome()
    chain.mine(3)
    late = payment.outcome()

    assert (soon.money, early.money, late.money) == ("not known", "not known", "void")
    with pytest.raises(RuntimeError, match=r"expired|valid_before|validBefore"):
        chain.send(sent)
    assert payment.moved() == {}


@pytest.mark.parametrize(
    ("early", "taken"), [(1, True), (0, False)], ids=["the second before", "the second itself"]
)
def test_no_block_takes_it_at_its_end(chain: TempoChain, early: int, *, taken: bool) -> None:
    """What `void` rests on: a payment is in no block whose time is not before its end."""
    payment = Payment(chain)
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - by position on the wire
    chain.rpc("eth_sendRawTransaction", payment.sent)
    chain.rpc("evm_setNextBlockTimestamp", payment.terms.expires_at - early)
    chain.mine()
    chain.rpc("evm_setAutomine", True)  # noqa: FBT003 - as above

    assert chain.now() == payment.terms.expires_at - early
    assert (chain.rpc("eth_getTransactionReceipt", payment.evidence["transaction"]) is not None) is taken


def test_another_payment_with_the_same_terms_is_not_ours(chain: TempoChain) -> None:
    """Only the memo tells two sponsored payments of one price to one payee apart."""
    payment = Payment(chain, {"feePayer": True})
    chain.advance(1)
    other = Payment(chain, {"feePayer": True})
    chain.send(cosigned(other))
    chain.advance(26)
    chain.mine(3)

    assert (payment.outcome().money, other.outcome().money) == ("void", "settled")


def test_landed_and_failed_is_void_when_it_has_expired(chain: TempoChain) -> None:
    """The wallet had enough when it was asked, and no longer when the server sent the payment."""
    payment = Payment(chain)
    held = chain.balance(payment.terms.payer)
    rest = Payment(chain)
    drain = rest.paying.sign(_paying_all(rest, held - 100_000))
    chain.send(str(drain.payload["signature"]))
    receipt = chain.send(payment.sent)
    chain.mine(3)
    early = payment.outcome()
    chain.advance(26)
    chain.mine(3)
    late = payment.outcome()

    assert receipt["status"] == "0x0"
    assert (early.money, late.money) == ("not known", "void")
    assert "failed" in late.reason


def _paying_all(payment: Payment, amount: int) -> Draft:
    return replace(payment.draft, offer=offer(currency=PATH_USD, amount=amount, recipient=SPONSOR))
