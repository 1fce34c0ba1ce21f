"""The credential of a charge: made from what was drafted, and read back from its own bytes."""

from __future__ import annotations

from eth_hash.auto import keccak

from coinslot.backend import Credential, Draft
from coinslot_tempo.addresses import address_bytes, checksummed
from coinslot_tempo.charge import Charge
from coinslot_tempo.fees import check_limits
from coinslot_tempo.networks import Network, fee_tokens
from coinslot_tempo.outcome import Evidence
from coinslot_tempo.transaction import Signed, Transaction
from coinslot_tempo.wallet import Wallet, signer_of


def drafted_transaction(charge: Charge, draft: Draft) -> Transaction:
    """Return what will be signed. Raises KeyError or ValueError for a draft that is not ours."""
    fields = draft.fields
    fee_token = fields["feeToken"]
    transaction = Transaction(
        chain_id=charge.network.chain_id,
        tip=_count(fields["tip"]),
        gas_price=_count(fields["gasPrice"]),
        gas_limit=_count(fields["gasLimit"]),
        token=charge.token.raw,
        transfers=charge.transfers,
        valid_before=_count(draft.expires_at),
        fee_token=None if fee_token is None else address_bytes(str(fee_token).lower()),
    )
    _check(transaction, charge)
    return transaction


def signed_credential(
    charge: Charge, transaction: Transaction, wallet: Wallet, since: int | None
) -> Credential:
    """Sign a transaction; `since` is the number of a block that is final already, where one is known.

    What the server gets is the transaction, or its hash where we are to send it ourselves.
    """
    digest = transaction.digest()
    sent = transaction.signed(wallet.sign(digest), address_bytes(wallet.address))
    name = "0x" + keccak(sent).hex()
    paid = charge.transfers[0]
    kept = Evidence(
        token=charge.token,
        payer=wallet.address,
        payee=checksummed(paid.payee),
        amount=paid.amount,
        memo="0x" + paid.memo.hex(),
        valid_before=transaction.valid_before,
        transaction=None if charge.sponsored else name,
        since=since,
    )
    whole = {"type": "transaction", "signature": "0x" + sent.hex()}
    return Credential(
        payload={"type": "hash", "hash": name} if charge.pushed else whole,
        nonce="0x" + digest.hex(),
        evidence=kept.json(),
        source=source(charge.network, wallet.address),
        to_submit=sent if charge.pushed else None,
    )


def read_credential(credential: Credential, charge: Charge, payer: str) -> Transaction:
    """Read back the transaction of a credential.

    Raises ValueError if it was not signed by `payer`, for this charge and within our limits.
    """
    sent = _pushed(credential) if charge.pushed else _pulled(credential)
    signed = Signed.read(sent)
    transaction = signed.transaction
    digest = transaction.digest()
    if signer_of(digest, signed.signature) != payer:
        raise ValueError("the transaction was not signed by this wallet as it stands")
    if signed.sender not in (None, address_bytes(payer)):
        raise ValueError("the envelope names another sender")
    if credential.nonce != "0x" + digest.hex() or credential.source != source(charge.network, payer):
        raise ValueError("the credential names another transaction or payer than its own")
    _check(transaction, charge)
    return transaction


def source(network: Network, payer: str) -> str:
    """Return the payer as MPP names it."""
    return f"did:pkh:{network.id}:{payer}"


def _check(transaction: Transaction, charge: Charge) -> None:
    """Raise ValueError where a transaction is not the one payment that a charge asks for."""
    check_limits(charge, transaction.gas_limit, transaction.gas_price, transaction.tip)
    if transaction.chain_id != charge.network.chain_id:
        raise ValueError("the transaction is for another chain")
    if transaction.token != charge.token.raw or transaction.transfers != charge.transfers:
        raise ValueError("the transaction moves something else than the offer asks for")
    if (transaction.fee_token is None) is not charge.sponsored:
        raise ValueError("the transaction's fee is left to somebody else than the offer says")
    allowed = {token.raw for token in fee_tokens(charge.network)}
    if transaction.fee_token is not None and transaction.fee_token not in allowed:
        raise ValueError("the transaction's fee is in a token that is not in our table")


def _pulled(credential: Credential) -> bytes:
    payload = credential.payload
    signature = payload.get("signature")
    if set(payload) != {"type", "signature"} or payload["type"] != "transaction" or credential.to_submit:
        raise ValueError("the credential holds no transaction")
    sent = bytes.fromhex(str(signature).removeprefix("0x"))
    if signature != "0x" + sent.hex():
        raise ValueError("the credential's transaction is not in plain hexadecimal")
    return sent


def _pushed(credential: Credential) -> bytes:
    sent = credential.to_submit or b""
    if credential.payload != {"type": "hash", "hash": "0x" + keccak(sent).hex()}:
        raise ValueError("the credential names another transaction than the one to be sent")
    return sent


def _count(value: object) -> int:
    if type(value) is not int or not 0 < value < 2**64:
        raise ValueError("a number of the draft is none that can be signed")
    return value
