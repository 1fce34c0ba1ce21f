"""x402 over HTTP, versions 1 and 2: reading challenges and receipts, writing credentials.

Strict in what is read: anything odd is a `MalformedChallenge`, raised before anything is signed.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from coinslot.effects import Reply
from coinslot.errors import MalformedChallenge
from coinslot.offer import Challenge, Offer, comparable
from coinslot.text import clean

MAX_HEADER_BYTES = 64 * 1024
MAX_OFFERS = 64
DEFAULT_VALID_SECONDS = 300
_AMOUNT = re.compile(r"[0-9]{1,78}", re.ASCII)
_CAIP2 = re.compile(r"[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}", re.ASCII)
_V1_NETWORK = re.compile(r"[-_a-zA-Z0-9:]{1,64}", re.ASCII)

CHALLENGE_HEADER = "PAYMENT-REQUIRED"
CREDENTIAL_HEADERS = {1: "X-PAYMENT", 2: "PAYMENT-SIGNATURE"}
IDENTIFIER = "payment-identifier"
"""The extension by which a server knows a payment again that is sent twice."""
RECEIPT_HEADERS = ("PAYMENT-RESPONSE", "X-PAYMENT-RESPONSE")


def read_challenge(reply: Reply) -> Challenge | None:
    """Read the x402 challenge of a 402; None where it carries none.

    A header (version 2) rules; a body that also holds offers must agree with it. Without a header
    the body may hold version 1. Raises MalformedChallenge.
    """
    headers = reply.headers.all(CHALLENGE_HEADER)
    if len(headers) > 1:
        message = f"The 402 carries {len(headers)} {CHALLENGE_HEADER} headers; one is allowed."
        raise MalformedChallenge(message)
    body = _body_object(reply)
    if headers:
        declared = decode_header(headers[0], CHALLENGE_HEADER)
        if body is not None and body.get("accepts") and body["accepts"] != declared.get("accepts"):
            message = "The 402's header and body ask for different payments."
            raise MalformedChallenge(message)
        return _challenge(declared, default_version=2)
    if body is not None and "x402Version" in body:
        return _challenge(body, default_version=1)
    return None


def decode_header(value: str, name: str) -> dict[str, Any]:
    """Decode one base64 JSON header into an object. Raises MalformedChallenge."""
    if len(value) > MAX_HEADER_BYTES:
        message = f"{name} is longer than {MAX_HEADER_BYTES} characters."
        raise MalformedChallenge(message)
    text = value.strip()
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8")
        content = json.loads(decoded, parse_constant=_refuse_constant)
    except (binascii.Error, ValueError, RecursionError) as error:
        message = f"{name} is not base64 of JSON ({type(error).__name__})."
        raise MalformedChallenge(message) from None
    if not isinstance(content, dict):
        message = f"{name} holds no JSON object."
        raise MalformedChallenge(message)
    return content


def encode_header(content: Mapping[str, Any]) -> str:
    """Encode an object as a header: compact JSON in UTF-8, standard base64 with padding."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def credential_header(
    challenge: Challenge, offer: Offer, payload: Mapping[str, Any], payment_id: str | None = None
) -> tuple[str, str]:
    """Return the name and value of the header that pays `offer` with a scheme's payload.

    `accepted`, `resource` and `extensions` are echoed as they came; a server that declares the
    extension `payment-identifier` is told `payment_id`.
    """
    envelope: dict[str, Any]
    if challenge.version == 1:
        envelope = {
            "x402Version": 1,
            "scheme": offer.scheme,
            "network": offer.raw["network"],
            "payload": dict(payload),
        }
    else:
        envelope = {"x402Version": 2, "payload": dict(payload), "accepted": dict(offer.raw)}
        if challenge.resource is not None:
            envelope["resource"] = dict(challenge.resource)
        if challenge.extensions:
            envelope["extensions"] = _identified(challenge.extensions, payment_id)
    return CREDENTIAL_HEADERS[challenge.version], encode_header(envelope)


def _identified(extensions: Mapping[str, Any], payment_id: str | None) -> dict[str, Any]:
    declared = extensions.get(IDENTIFIER)
    info = declared.get("info") if isinstance(declared, dict) else None
    if payment_id is None or not isinstance(declared, dict) or not isinstance(info, dict):
        return dict(extensions)
    return {**extensions, IDENTIFIER: {**declared, "info": {**info, "id": payment_id}}}


def read_receipt(reply: Reply) -> dict[str, Any] | None:
    """Read the settlement answer of a reply; None where it carries none that can be read."""
    for name in RECEIPT_HEADERS:
        value = reply.headers.get(name)
        if value is not None:
            try:
                return decode_header(value, name)
            except MalformedChallenge:
                return None
    return None


def receipt_contradiction(receipt: Mapping[str, Any], offer: Offer, payer: str) -> str | None:
    """Say how a receipt contradicts the terms that were signed; None where it confirms them.

    A missing optional member contradicts nothing; a missing transaction does.
    """
    if receipt.get("success") is not True:
        return f"it says success: {receipt.get('success')!r}"
    transaction = receipt.get("transaction")
    if not isinstance(transaction, str) or not transaction.strip():
        return "it names no transaction"
    network = receipt.get("network")
    # Not in a set: what a server tells may be a list.
    if network not in (offer.network, offer.raw.get("network")):
        return f"it names another network ({clean(str(network), 60)})"
    if receipt.get("payer") not in (None, "") and not _is_named(receipt["payer"], offer, payer):
        return f"it names another payer ({clean(str(receipt['payer']), 60)})"
    amount = receipt.get("amount")
    if amount not in (None, "") and str(amount) != str(offer.amount):
        return f"it names another amount ({clean(str(amount), 60)})"
    return None


def _is_named(told: object, offer: Offer, payer: str) -> bool:
    # Some facilitators name who pays the fee, as the offer does.
    known = [comparable(one) for one in (payer, offer.extra.get("feePayer")) if isinstance(one, str)]
    return isinstance(told, str) and comparable(told) in known


def _challenge(content: Mapping[str, Any], *, default_version: int) -> Challenge:
    version = content.get("x402Version", default_version)
    if version not in (1, 2) or isinstance(version, bool):
        message = f"The 402 speaks x402 version {clean(repr(version), 20)}; 1 and 2 are known."
        raise MalformedChallenge(message)
    accepts = content.get("accepts")
    if not isinstance(accepts, list) or len(accepts) > MAX_OFFERS:
        message = "The 402's `accepts` is not a list of offers."
        raise MalformedChallenge(message)
    resource = content.get("resource")
    extensions = content.get("extensions") or {}
    if (resource is not None and not isinstance(resource, dict)) or not isinstance(extensions, dict):
        message = "The 402's `resource` or `extensions` is not an object."
        raise MalformedChallenge(message)
    try:
        encode_header(content)
    except UnicodeEncodeError:
        # JSON can write it all the same, and a credential repeats what it answers.
        message = "The 402 holds half a character, which cannot be said back to the server."
        raise MalformedChallenge(message) from None
    offers: list[Offer] = []
    unreadable: list[str] = []
    for position, entry in enumerate(accepts):
        try:
            offers.append(_offer(entry, position, version))
        except _UnreadableOffer as error:
            unreadable.append(str(error))
    if unreadable and not offers:
        message = f"No offer of the 402 can be read. {' '.join(unreadable)}"
        raise MalformedChallenge(message)
    told = content.get("error")
    return Challenge(
        protocol="x402",
        version=version,
        offers=tuple(offers),
        unreadable=tuple(unreadable),
        resource=resource,
        error=clean(told) if isinstance(told, str) else None,
        extensions=extensions,
    )


class _UnreadableOffer(Exception):
    """One entry of `accepts` is no offer; the others may be."""


def _offer(entry: object, position: int, version: int) -> Offer:
    if not isinstance(entry, dict):
        message = f"Offer {position} is not an object."
        raise _UnreadableOffer(message)
    amount = _text(entry, "amount" if version == 2 else "maxAmountRequired", position)
    if not _AMOUNT.fullmatch(amount):
        message = f"Offer {position} asks for {clean(amount, 40)!r}, which is no count of atomic units."
        raise _UnreadableOffer(message)
    network = _text(entry, "network", position)
    if not (_CAIP2 if version == 2 else _V1_NETWORK).fullmatch(network):
        message = f"Offer {position} names the network {clean(network, 40)!r}, which is no exact chain id."
        raise _UnreadableOffer(message)
    extra = entry.get("extra")
    if extra is not None and not isinstance(extra, dict):
        message = f"Offer {position} has an `extra` that is not an object."
        raise _UnreadableOffer(message)
    seconds = entry.get("maxTimeoutSeconds", DEFAULT_VALID_SECONDS)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
        message = f"Offer {position} has a `maxTimeoutSeconds` that is no count of seconds."
        raise _UnreadableOffer(message)
    return Offer(
        protocol="x402",
        version=version,
        scheme=_text(entry, "scheme", position),
        network=network,
        asset=_text(entry, "asset", position),
        amount=int(amount),
        payee=_text(entry, "payTo", position),
        valid_seconds=seconds or DEFAULT_VALID_SECONDS,
        extra=extra or {},
        raw=entry,
    )


def _text(entry: Mapping[str, Any], member: str, position: int) -> str:
    value = entry.get(member)
    if not isinstance(value, str) or not value or len(value) > 256:
        message = f"Offer {position} has no usable `{member}`."
        raise _UnreadableOffer(message)
    return value


def _body_object(reply: Reply) -> dict[str, Any] | None:
    if not reply.body or len(reply.body) > 16 * MAX_HEADER_BYTES:
        return None
    try:
        content = json.loads(reply.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _refuse_constant(name: str) -> Any:
    message = f"{name} is not JSON"
    raise ValueError(message)
