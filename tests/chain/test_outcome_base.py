"""What becomes of a payment on a real EVM node, and that the Base backend sees it.

The chain's own clock is moved, never waited for. A block is final once two more stand on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from coinslot.backend import Credential
from coinslot.effects import Flow, Reply, Request
from coinslot.offer import Terms
from coinslot_base.assets import TOKENS
from coinslot_base.authorization import domain_separator
from coinslot_base.backend import BaseBackend
from tests.base.parts import PAYEE, TEST_KEY, USDC, driven, offer, payer, returned

if TYPE_CHECKING:
    from coinslot_sandbox.chain import LocalChain

pytestmark = [
    pytest.mark.chain,
    # The chain's client library, which loads with the chain, imports what its own dependency has deprecated.
    pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning"),
]

PRICE = 134_000
GAS = hex(300_000)


@dataclass(frozen=True)
class Payment:
    """A signed payment, and what the ledger keeps of it."""

    credential: Credential
    terms: Terms
    signed_at: int

    @property
    def nonce(self) -> str:
        return self.credential.nonce

    @property
    def evidence(self) -> Mapping[str, Any]:
        return self.credential.evidence


@pytest.fixture(scope="module")
def running() -> Iterator[LocalChain]:
    from coinslot_sandbox.chain import local_chain

    with local_chain() as chain:
        yield chain


@pytest.fixture
def chain(running: LocalChain) -> Iterator[LocalChain]:
    with running.undone():
        running.mine(3)
        yield running


@pytest.fixture
def paying(chain: LocalChain) -> BaseBackend:
    """A backend whose clock is the chain's, with a dollar in its wallet."""
    backend = payer({"COINSLOT_BASE_RPC": chain.rpc_url}, now=_time(chain))
    chain.mint(backend.identity.address, 1_000_000)
    return backend


@pytest.fixture
def payment(chain: LocalChain, paying: BaseBackend) -> Payment:
    asked = offer()
    credential = paying.sign(returned(paying.prepare(asked)))
    return Payment(credential, paying.decode(credential, asked), _time(chain))


def test_the_token_signs_as_base_usdc_does(chain: LocalChain) -> None:
    assert chain.domain_separator() == "0x" + domain_separator(TOKENS[0]).hex()


def test_used_and_final_is_settled(chain: LocalChain, paying: BaseBackend, payment: Payment) -> None:
    before = chain.balance(PAYEE)
    transaction = _settle(chain, payment)
    chain.mine(2)

    found = _ask(paying.outcome(payment))

    assert (found.money, found.transaction) == ("settled", transaction)
    assert chain.balance(PAYEE) - before == PRICE
    assert chain.balance(payment.terms.payer) == 1_000_000 - PRICE


def test_used_and_not_final_is_not_known(chain: LocalChain, paying: BaseBackend, payment: Payment) -> None:
    _settle(chain, payment)

    assert _ask(paying.outcome(payment)).money == "not known"


def test_used_long_ago_is_found(chain: LocalChain, paying: BaseBackend, payment: Payment) -> None:
    transaction = _settle(chain, payment)
    chain.rpc("anvil_mine", hex(300), hex(600))

    found = _ask(paying.outcome(payment))

    assert (found.money, found.transaction) == ("settled", transaction)


def test_expired_unused_is_void_once_that_is_final(
    chain: LocalChain, paying: BaseBackend, payment: Payment
) -> None:
    chain.advance(301)
    early = _ask(paying.outcome(payment))
    chain.mine(2)
    late = _ask(paying.outcome(payment))

    assert (early.money, late.money) == ("not known", "void")
    _settle(chain, payment, reverts=True)
    assert chain.balance(payment.terms.payer) == 1_000_000


def test_open_is_not_known(chain: LocalChain, paying: BaseBackend, payment: Payment) -> None:
    chain.mine(5)

    found = _ask(paying.outcome(payment))

    assert found.money == "not known"
    assert "still open" in found.reason


def test_cancelled_is_void_before_it_expires(
    chain: LocalChain, paying: BaseBackend, payment: Payment
) -> None:
    _cancel(chain, payment)
    chain.mine(2)

    found = _ask(paying.outcome(payment))

    assert found.money == "void"
    assert "cancelled" in found.reason


def test_a_reverted_transaction_proves_nothing(
    chain: LocalChain, paying: BaseBackend, payment: Payment
) -> None:
    """The wallet is empty when the facilitator comes, and full again before the payment expires."""
    chain.rpc("anvil_setBalance", payment.terms.payer, hex(10**18))
    chain.rpc("anvil_impersonateAccount", payment.terms.payer)
    everything = (
        "0x"
        + (
            keccak(text="transfer(address,uint256)")[:4] + encode(["address", "uint256"], [PAYEE, 1_000_000])
        ).hex()
    )
    chain.rpc("eth_sendTransaction", {"from": payment.terms.payer, "to": USDC, "data": everything})
    _settle(chain, payment, reverts=True)
    chain.mine(2)
    reverted = _ask(paying.outcome(payment))
    chain.mint(payment.terms.payer, PRICE)
    transaction = _settle(chain, payment)
    chain.mine(2)
    settled = _ask(paying.outcome(payment))

    assert reverted.money == "not known"
    assert (settled.money, settled.transaction) == ("settled", transaction)


def test_another_wallets_payment_with_the_same_nonce_is_not_ours(
    chain: LocalChain, paying: BaseBackend, payment: Payment
) -> None:
    other = payer({"COINSLOT_EVM_KEY": "test:" + "d1" * 32}, now=payment.signed_at)
    credential = other.sign(returned(other.prepare(offer())))
    chain.mint(other.identity.address, PRICE)
    _settle(chain, Payment(credential, other.decode(credential, offer()), payment.signed_at))
    chain.advance(301)
    chain.mine(2)

    assert credential.nonce == payment.nonce
    assert _ask(paying.outcome(payment)).money == "void"


def test_a_node_of_another_chain_proves_nothing(payment: Payment) -> None:
    from coinslot_sandbox.chain import local_chain

    with local_chain(chain_id=84532) as other:
        other.advance(3600)
        other.mine(3)
        found = _ask(payer({"COINSLOT_BASE_RPC": other.rpc_url}).outcome(payment))

    assert found.money == "not known"
    assert "84532" in found.reason


def test_balance(paying: BaseBackend) -> None:
    assert {asset.address: amount for asset, amount in _ask(paying.balance()).items()} == {USDC: 1_000_000}


def _ask(flow: Flow[Any]) -> Any:
    def answer(request: Request) -> Reply:
        with httpx.Client() as client:
            told = client.request(
                request.method, request.url, headers=list(request.headers.items()), content=request.body
            )
        return Reply(told.status_code, body=told.content)

    return driven(flow, answer)


def _time(chain: LocalChain) -> int:
    return int(chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)  # noqa: FBT003 - the wire's


def _settle(chain: LocalChain, payment: Payment, *, reverts: bool = False) -> str:
    """Do what a facilitator does; return the transaction's hash."""
    authorization = payment.credential.payload["authorization"]
    values = [
        authorization["from"],
        authorization["to"],
        int(authorization["value"]),
        int(authorization["validAfter"]),
        int(authorization["validBefore"]),
        bytes.fromhex(authorization["nonce"][2:]),
        bytes.fromhex(payment.credential.payload["signature"][2:]),
    ]
    types = ["address", "address", "uint256", "uint256", "uint256", "bytes32", "bytes"]
    return _send(chain, f"transferWithAuthorization({','.join(types)})", types, values, reverts=reverts)


def _cancel(chain: LocalChain, payment: Payment) -> str:
    domain = {"name": "USD Coin", "version": "2", "chainId": 8453, "verifyingContract": USDC}
    types = {
        "CancelAuthorization": [
            {"name": "authorizer", "type": "address"},
            {"name": "nonce", "type": "bytes32"},
        ]
    }
    message = {"authorizer": payment.terms.payer, "nonce": payment.nonce}
    signed = Account.sign_message(encode_typed_data(domain, types, message), TEST_KEY.removeprefix("test:"))
    values = [payment.terms.payer, bytes.fromhex(payment.nonce[2:]), bytes(signed.signature)]
    parameters = ["address", "bytes32", "bytes"]
    return _send(chain, f"cancelAuthorization({','.join(parameters)})", parameters, values)


def _send(
    chain: LocalChain, signature: str, types: list[str], values: list[Any], *, reverts: bool = False
) -> str:
    data = "0x" + (keccak(text=signature)[:4] + encode(types, values)).hex()
    sender = chain.rpc("eth_accounts")[0]
    call = {"from": sender, "to": USDC, "data": data, **({"gas": GAS} if reverts else {})}
    transaction: str = chain.rpc("eth_sendTransaction", call)
    # The node makes the block at once, but answers before it has.
    asked = (chain.rpc("eth_getTransactionReceipt", transaction) for _ in range(10_000))
    receipt = next(found for found in asked if found is not None)
    assert receipt["status"] == ("0x0" if reverts else "0x1")
    return transaction
