"""Our digest of the one structure that is signed, against the general encoder of eth-account."""

from __future__ import annotations

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from hypothesis import given
from hypothesis import strategies as st

from coinslot.evm_key import ORDER
from coinslot.keys import Key
from coinslot_base.addresses import checksummed
from coinslot_base.assets import TOKENS, Token
from coinslot_base.authorization import MAX_WORD, Authorization, domain_separator
from coinslot_base.wallet import Wallet, signer_of

TYPES = {
    "TransferWithAuthorization": [
        {"name": "from", "type": "address"},
        {"name": "to", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "validAfter", "type": "uint256"},
        {"name": "validBefore", "type": "uint256"},
        {"name": "nonce", "type": "bytes32"},
    ],
}
words = st.integers(0, MAX_WORD)
addresses = st.binary(min_size=20, max_size=20).map(checksummed)
keys = st.integers(1, ORDER - 1).map(lambda number: number.to_bytes(32))
authorizations = st.builds(
    Authorization,
    payer=addresses,
    payee=st.one_of(addresses, addresses.map(str.lower)),
    value=words,
    valid_before=words,
    valid_after=words,
    nonce=st.binary(min_size=32, max_size=32).map(lambda raw: f"0x{raw.hex()}"),
)


@given(authorization=authorizations, token=st.sampled_from(TOKENS), secret=keys)
def test_digest_and_signature_equal_eth_accounts(
    authorization: Authorization, token: Token, secret: bytes
) -> None:
    domain = {
        "name": token.name,
        "version": token.version,
        "chainId": token.network.chain_id,
        "verifyingContract": token.asset.address,
    }
    message = {
        "from": authorization.payer,
        "to": authorization.payee,
        "value": authorization.value,
        "validAfter": authorization.valid_after,
        "validBefore": authorization.valid_before,
        "nonce": authorization.nonce,
    }
    theirs = Account.sign_message(encode_typed_data(domain, TYPES, message), secret)
    wallet = Wallet(Key(secret, test=True))

    digest = authorization.digest(token)

    assert digest == bytes(theirs.message_hash)
    assert wallet.sign(digest) == "0x" + theirs.signature.hex().removeprefix("0x")
    assert signer_of(digest, wallet.sign(digest)) == wallet.address == Account.from_key(secret).address


@given(authorizations)
def test_json_round_trip(authorization: Authorization) -> None:
    assert Authorization.read(authorization.json()) == authorization


@pytest.mark.parametrize(
    ("token", "separator"),
    [
        (TOKENS[0], "02fa7265e7c5d81118673727957699e4d68f74cd74b7db77da710fe8a2c7834f"),
        (TOKENS[1], "71f17a3b2ff373b803d70a5a07c046c1a2bc8e89c09ef722fcb047abe94c9818"),
    ],
    ids=["base", "base-sepolia"],
)
def test_domain_separator_is_the_tokens_published_one(token: Token, separator: str) -> None:
    assert domain_separator(token).hex() == separator


@given(st.binary(min_size=20, max_size=20))
def test_checksum_equals_eth_accounts(raw: bytes) -> None:
    from eth_utils.address import to_checksum_address

    assert checksummed(raw) == to_checksum_address(raw)
