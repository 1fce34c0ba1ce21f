"""The token behaves as the one whose place it takes, judged by the official client's signatures."""

from __future__ import annotations

import secrets
import time
from typing import Any, TypeAlias

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from coinslot_sandbox.chain import LocalChain
from coinslot_sandbox.official import Web3

pytestmark = pytest.mark.chain

PUBLISHED = "0x02fa7265e7c5d81118673727957699e4d68f74cd74b7db77da710fe8a2c7834f"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
PAYEE = "0x00000000000000000000000000000000000000A1"

Members: TypeAlias = list[tuple[str, str]]
UINT, ADDRESS, WORD = "uint256", "address", "bytes32"
TRANSFER = [
    ("from", ADDRESS),
    ("to", ADDRESS),
    ("value", UINT),
    ("validAfter", UINT),
    ("validBefore", UINT),
    ("nonce", WORD),
]
CANCEL = [("authorizer", ADDRESS), ("nonce", WORD)]
SPLIT = [("v", "uint8"), ("r", WORD), ("s", WORD)]
WHOLE = [("signature", "bytes")]


def interface(name: str, inputs: Members) -> list[dict[str, Any]]:
    members = [{"name": each, "type": kind} for each, kind in inputs]
    described = {"type": "function", "name": name, "inputs": members, "outputs": []}
    return [described | {"stateMutability": "nonpayable"}]


class Payer:
    """A funded account and the token as it sees it."""

    def __init__(self, chain: LocalChain, dollars: int = 5) -> None:
        self.chain = chain
        self.account = Account.create()
        chain.mint(self.account.address, dollars * 10**6)
        self.nonce = secrets.token_bytes(32)

    def terms(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        terms = {
            "from": self.account.address,
            "to": PAYEE,
            "value": 1_250_000,
            "validAfter": 0,
            "validBefore": now + 300,
            "nonce": self.nonce,
        }
        return terms | changes

    def sign(self, kind: str, members: Members, message: dict[str, Any]) -> Any:
        asset = self.chain.asset
        domain = {
            "name": "USD Coin",
            "version": "2",
            "chainId": asset.chain_id,
            "verifyingContract": asset.address,
        }
        types = {kind: [{"name": name, "type": of} for name, of in members]}
        return self.account.sign_message(encode_typed_data(domain, types, message))

    def call(self, name: str, members: Members, proof: Members, *values: Any) -> Any:
        """Send a transaction from the node's own account and return its receipt; raises with its reason."""
        web3 = Web3(Web3.HTTPProvider(self.chain.rpc_url))
        address = Web3.to_checksum_address(self.chain.asset.address)
        token = web3.eth.contract(address=address, abi=interface(name, [*members, *proof]))
        terms: Any = {"from": web3.eth.accounts[0], "gas": 300_000}
        asked = token.functions[name](*values)
        asked.call(terms)  # the node says why a call would fail only when it is asked, not when it is sent
        sent = asked.transact(terms)
        return web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.005)

    def transfer(self, terms: dict[str, Any], signature: Any = None, *, whole: bool = False) -> Any:
        signed = self.sign("TransferWithAuthorization", TRANSFER, terms)
        v, r, s = signature or (signed.v, signed.r, signed.s)
        parts = (v, r.to_bytes(32, "big"), s.to_bytes(32, "big"))
        name, values = "transferWithAuthorization", list(terms.values())
        if whole:
            return self.call(name, TRANSFER, WHOLE, *values, parts[1] + parts[2] + bytes([v]))
        return self.call(name, TRANSFER, SPLIT, *values, *parts)


def reverts(payer: Payer, terms: dict[str, Any], reason: str, **how: Any) -> None:
    before = payer.chain.balance(payer.account.address), payer.chain.balance(PAYEE)
    with pytest.raises(Exception, match=reason):
        payer.transfer(terms, **how)
    assert (payer.chain.balance(payer.account.address), payer.chain.balance(PAYEE)) == before


def test_its_domain_separator_is_the_published_one(evm_chain: LocalChain) -> None:
    assert evm_chain.domain_separator() == PUBLISHED


@pytest.mark.parametrize("whole", [False, True])
def test_an_authorization_moves_its_value_once(evm_chain: LocalChain, whole: bool) -> None:  # noqa: FBT001
    payer = Payer(evm_chain)
    receipt = payer.transfer(payer.terms(), whole=whole)
    assert receipt["status"] == 1
    assert evm_chain.balance(PAYEE) == 1_250_000
    assert evm_chain.balance(payer.account.address) == 3_750_000
    assert evm_chain.is_used(payer.account.address, payer.nonce)
    used, transfer = (log["topics"][0].hex().removeprefix("0x") for log in receipt["logs"])
    assert used == Web3.keccak(text="AuthorizationUsed(address,bytes32)").hex().removeprefix("0x")
    assert transfer == Web3.keccak(text="Transfer(address,address,uint256)").hex().removeprefix("0x")
    reverts(payer, payer.terms(), "authorization is used")


def test_a_canceled_authorization_never_moves_anything(evm_chain: LocalChain) -> None:
    payer = Payer(evm_chain)
    message = {"authorizer": payer.account.address, "nonce": payer.nonce}
    signed = payer.sign("CancelAuthorization", CANCEL, message)
    parts = (signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big"))
    receipt = payer.call("cancelAuthorization", CANCEL, SPLIT, *message.values(), *parts)
    canceled = Web3.keccak(text="AuthorizationCanceled(address,bytes32)")
    assert [bytes(log["topics"][0]) for log in receipt["logs"]] == [bytes(canceled)]
    reverts(payer, payer.terms(), "authorization is used or canceled")


def test_time_is_the_blocks_time(evm_chain: LocalChain) -> None:
    payer = Payer(evm_chain)
    reverts(payer, payer.terms(validAfter=int(time.time()) + 100), "not yet valid")
    terms = payer.terms()
    evm_chain.advance(400)
    reverts(payer, terms, "authorization is expired")


def test_only_the_payers_own_low_signature_counts(evm_chain: LocalChain) -> None:
    payer = Payer(evm_chain)
    terms = payer.terms()
    signed = payer.sign("TransferWithAuthorization", TRANSFER, terms)
    flipped = 55 - signed.v
    reverts(payer, terms, "'s' value", signature=(flipped, signed.r, ORDER - signed.s))
    reverts(payer, terms, "'v' value", signature=(signed.v - 27, signed.r, signed.s))
    reverts(payer, terms, "invalid signature", signature=(flipped, signed.r, signed.s))
    reverts(payer, terms | {"from": PAYEE}, "invalid signature")


def test_an_empty_purse_pays_nothing(evm_chain: LocalChain) -> None:
    payer = Payer(evm_chain, dollars=1)
    reverts(payer, payer.terms(), "exceeds balance")
