"""What signed transactions say, read by libraries that did not write them.

The x402 credential on Solana and the MPP credential on Tempo hold a whole transaction each. Here it becomes
an object of its calls, accounts and amounts; signatures, blockhash and nonces are left to the masks.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import rlp  # type: ignore[import-untyped]  # it has no types
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from solders.message import MessageV0
from solders.transaction import VersionedTransaction

from tests.cassettes.masks import NONCE

_COMPUTE_BUDGET = "ComputeBudget111111111111111111111111111111"
_TOKEN_PROGRAMS = (
    "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
    "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
)
_MEMO = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"
_EMPTY = bytes(64)
_SELF_PAID, _SPONSORED = b"\x76", b"\x78"
_TEMPO_TYPES = (_SELF_PAID, _SPONSORED)
_TRANSFER_WITH_MEMO = keccak(text="transferWithMemo(address,uint256,bytes32)")[:4]
_EXPIRING = 2**256 - 1
_ATTRIBUTION = keccak(text="mpp")[:4] + b"\x01"


def opened(credential: Mapping[str, Any]) -> dict[str, Any]:
    """Return a credential with the transaction in it, where there is one that can be read, as an object."""
    payload = credential.get("payload")
    if not isinstance(payload, dict):
        return dict(credential)
    read = dict(payload)
    try:
        if isinstance(payload.get("transaction"), str):
            read["transaction"] = solana(payload["transaction"])
        elif payload.get("type") == "transaction" and isinstance(payload.get("signature"), str):
            # MPP calls the whole signed transaction its signature.
            read["signature"] = tempo(payload["signature"], credential.get("challenge", {}))
    except ValueError:
        return dict(credential)
    return {**credential, "payload": read}


def own_name(credential: Mapping[str, Any]) -> str | None:
    """Return what the chain will call the transaction of a credential, where whoever signed it knows that."""
    text = credential.get("payload", {}).get("signature")
    if not (isinstance(text, str) and text.startswith("0x" + _SELF_PAID.hex())):
        return None
    return "0x" + keccak(bytes.fromhex(text.removeprefix("0x"))).hex()


def solana(text: str) -> dict[str, Any]:
    """Read base64 of a version 0 transaction. Raises ValueError for anything else."""
    try:
        transaction = VersionedTransaction.from_bytes(base64.b64decode(text, validate=True))
    except Exception as error:
        raise ValueError("it is no Solana transaction") from error
    message = transaction.message
    if not isinstance(message, MessageV0) or message.address_table_lookups:
        raise ValueError("the transaction takes addresses from elsewhere")
    keys = [str(key) for key in message.account_keys]
    roles = [
        f"{key}{', signs' * message.is_signer(place)}{', changes' * message.is_maybe_writable(place)}"
        for place, key in enumerate(keys)
    ]
    return {
        "feePayer": keys[0],
        "signatures": [
            {"by": by, "signature": "" if bytes(signature) == _EMPTY else str(signature)}
            for by, signature in zip(keys, transaction.signatures, strict=False)
        ],
        "blockhash": str(message.recent_blockhash),
        "instructions": [
            {
                "program": keys[step.program_id_index],
                **_instruction(keys[step.program_id_index], bytes(step.data)),
                "accounts": [roles[place] for place in step.accounts],
            }
            for step in message.instructions
        ],
    }


def tempo(text: str, challenge: Mapping[str, Any]) -> dict[str, Any]:
    """Read a signed transaction of type 0x76, or a sponsor's envelope of type 0x78. Raises ValueError.

    The memo is compared with the challenge: it names the realm and the id by their hashes alone.
    """
    raw = bytes.fromhex(text.removeprefix("0x"))
    if raw[:1] not in _TEMPO_TYPES:
        raise ValueError("it is no Tempo transaction")
    try:
        fields: Any = rlp.decode(raw[1:])
        *fields, signature = fields
        chain, tip, price, gas, calls, access, key, nonce, before, after, token, sponsor, *further = fields
        nonce_key = int.from_bytes(key)
        return {
            "type": hex(raw[0]),
            "chainId": int.from_bytes(chain),
            "maxPriorityFeePerGas": int.from_bytes(tip),
            "maxFeePerGas": int.from_bytes(price),
            "gasLimit": int.from_bytes(gas),
            "calls": [_call(call, challenge) for call in calls],
            "accessList": _shown(access),
            "nonceKey": "expiring" if nonce_key == _EXPIRING else nonce_key,
            "sequence": int.from_bytes(nonce),
            "validBefore": int.from_bytes(before),
            "validAfter": int.from_bytes(after),
            "feeToken": _address(token),
            "sender" if raw[:1] == _SPONSORED else "sponsor": _address(sponsor),
            "authorizations": _shown(further),
            "signature": "0x" + signature.hex(),
        }
    except Exception as error:
        raise ValueError("the Tempo transaction cannot be read") from error


def _instruction(program: str, data: bytes) -> dict[str, Any]:
    match program, data[:1]:
        case (known, b"\x02") if known == _COMPUTE_BUDGET:
            return {"computeLimit": int.from_bytes(data[1:], "little")}
        case (known, b"\x03") if known == _COMPUTE_BUDGET:
            return {"computePrice": int.from_bytes(data[1:], "little")}
        case (known, b"\x0c") if known in _TOKEN_PROGRAMS:
            amount = int.from_bytes(data[1:9], "little")
            return {"transferChecked": {"amount": str(amount), "decimals": int.from_bytes(data[9:])}}
        case (known, _) if known == _MEMO:
            return {"memo": _memo(data.decode("utf-8"))}
    return {"data": data.hex()}


def _memo(text: str) -> str:
    """Hide the payer's nonce; what a seller wants to be told is a term."""
    return NONCE if len(text) == 32 and set(text) <= set("0123456789abcdef") else text


def _call(call: Sequence[bytes], challenge: Mapping[str, Any]) -> dict[str, Any]:
    to, value, data = call
    shown: dict[str, Any] = {"to": _address(to), "value": int.from_bytes(value)}
    if data[:4] != _TRANSFER_WITH_MEMO or len(data) != 100:
        return {**shown, "data": data.hex()}
    transfer = {
        "to": _address(data[16:36]),
        "amount": str(int.from_bytes(data[36:68])),
        "memo": _attribution(data[68:], challenge),
    }
    return {**shown, "transferWithMemo": transfer}


def _attribution(memo: bytes, challenge: Mapping[str, Any]) -> Any:
    if not memo.startswith(_ATTRIBUTION):
        return memo.hex(" ", 8)
    realm, client, identifier = memo[5:15], memo[15:25], memo[25:]
    return {
        "realm": _named(realm, challenge.get("realm")),
        "client": client.hex() if any(client) else None,
        "challenge": "its own" if _named(identifier, challenge.get("id")) == challenge.get("id") else "other",
    }


def _named(part: bytes, text: object) -> object:
    """Return the text whose hash begins with this part; the part, if it is not this text's."""
    return text if isinstance(text, str) and keccak(text=text).startswith(part) else part.hex()


def _address(raw: bytes) -> str | None:
    return to_checksum_address(raw) if len(raw) == 20 else raw.hex() or None


def _shown(item: Any) -> Any:
    return item.hex() if isinstance(item, bytes) else [_shown(part) for part in item]
