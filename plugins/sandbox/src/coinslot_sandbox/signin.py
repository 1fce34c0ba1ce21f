"""Routes that ask who you are: SIGN-IN-WITH-X, as Merit's servers do it.

The signature is checked by the official x402 extension. What Merit does differently is done here:
a 402 with nothing to pay, the same JSON in body and header, refusals of their own form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from eth_account import Account
from eth_account.messages import encode_defunct
from eth_keys.exceptions import BadSignature
from hexbytes import HexBytes
from starlette.responses import Response

from coinslot_sandbox.cashier import same_case
from coinslot_sandbox.clock import Clock, SystemClock, timestamp
from coinslot_sandbox.intake import Refused
from coinslot_sandbox.names import Names
from coinslot_sandbox.official import (
    SIWxPayload,
    SIWxValidationOptions,
    SIWxVerifyOptions,
    build_siwx_schema,
    parse_siwx_header,
    verify_siwx_signature,
)
from coinslot_sandbox.payment.clocked import sign_in_validator
from coinslot_sandbox.reply import encoded, refusal, reply

LIFETIME_SECONDS = 300
STATEMENT = "Sign in to verify your wallet identity"

SIGN_IN_CODES = (
    "siwx_missing_header",
    "siwx_malformed",
    "siwx_expired",
    "siwx_nonce_used",
    "siwx_invalid_signature",
)
"""What Merit's servers say of a sign-in that they refuse."""

_MERIT_CODES = {
    "invalid_siwx_expired": "siwx_expired",
    "invalid_siwx_issued_at_too_old": "siwx_expired",
    "invalid_siwx_nonce": "siwx_nonce_used",
    "invalid_siwx_signature": "siwx_invalid_signature",
    "invalid_siwx_malformed_signature": "siwx_invalid_signature",
    "invalid_siwx_verifier_error": "siwx_invalid_signature",
}


class Doorman:
    """Checks sign-ins; each nonce counts once."""

    def __init__(
        self, networks: Sequence[str], clock: Clock, names: Names, *, bare_host: bool = False
    ) -> None:
        self._networks = networks
        self._clock = clock
        self._names = names
        self._bare_host = bare_host
        self._validate = sign_in_validator(clock)
        self._nonces: dict[str, float] = {}

    async def identify(self, header: str | None, origin: str, path: str) -> str:
        """Return the signer's address, hexadecimal in lower case; raises `Refused`."""
        if not header:
            raise Refused(self.challenge(origin, path))
        try:
            payload = parse_siwx_header(header)
        except (ValueError, RecursionError) as flaw:
            raise Refused(refusal(402, "siwx_malformed", str(flaw)[:200])) from flaw
        if payload.chain_id not in self._networks:
            raise Refused(refusal(402, "siwx_malformed", f"{payload.chain_id[:40]} is not supported"))
        validation = await self._validate(
            self._with_port(payload, origin), origin, SIWxValidationOptions(checkNonce=self._is_fresh)
        )
        if not validation.is_valid:
            raise Refused(_refusal(validation.invalid_reason, validation.invalid_message))
        options = SIWxVerifyOptions()
        if not isinstance(self._clock, SystemClock):
            options = SIWxVerifyOptions(evm_verifier=_timeless)
        verification = await verify_siwx_signature(payload, options)
        if not verification.is_valid or verification.payer is None:
            raise Refused(_refusal(verification.invalid_reason, verification.invalid_message))
        self._remember(payload.nonce)
        return same_case(verification.payer)

    def challenge(self, origin: str, path: str) -> Response:
        """Return the 402 that asks for a sign-in and offers nothing to pay for."""
        now = self._clock.now()
        host = urlsplit(origin)
        info = {
            "domain": (host.hostname or "") if self._bare_host else host.netloc,
            "uri": origin + path,
            "version": "1",
            **_chain(self._networks[0]),
            "nonce": self._names.hex(16),
            "issuedAt": timestamp(now),
            "expirationTime": timestamp(now + LIFETIME_SECONDS),
            "statement": STATEMENT,
        }
        chains = [_chain(network) for network in self._networks]
        extension = {"info": info, "supportedChains": chains, "schema": build_siwx_schema()}
        content: dict[str, Any] = {
            "x402Version": 2,
            "error": "SIWX authentication required",
            "resource": {"url": origin + path},
            "accepts": [],
            "extensions": {"sign-in-with-x": extension},
        }
        return reply(402, content, {"PAYMENT-REQUIRED": encoded(content), "Cache-Control": "no-store"})

    def _with_port(self, payload: SIWxPayload, origin: str) -> SIWxPayload:
        """Let a domain without a port stand for this host: Merit's servers leave the port out."""
        host = urlsplit(origin)
        if payload.domain == host.hostname:
            return payload.model_copy(update={"domain": host.netloc})
        return payload

    def _is_fresh(self, nonce: str) -> bool:
        now = self._clock.now()
        # Older sign-ins are refused for their age, so their nonces need no memory.
        self._nonces = {seen: until for seen, until in self._nonces.items() if until > now}
        return nonce not in self._nonces

    def _remember(self, nonce: str) -> None:
        self._nonces[nonce] = self._clock.now() + 2 * LIFETIME_SECONDS


async def _timeless(*, address: str, message: str, signature: str) -> bool:
    """Check a signature alone: the official check would also read the machine's time, not the clock."""
    try:
        signer: str = Account.recover_message(encode_defunct(text=message), signature=HexBytes(signature))
    except (ValueError, TypeError, BadSignature):
        return False
    return signer.lower() == address.lower()


def _chain(network: str) -> dict[str, str]:
    return {"chainId": network, "type": "ed25519" if network.startswith("solana:") else "eip191"}


def _refusal(reason: str | None, message: str | None) -> Response:
    return refusal(402, _MERIT_CODES.get(reason or "", "siwx_malformed"), message or "sign-in refused")
