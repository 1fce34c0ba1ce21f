"""A till of MPP: charges on Tempo, verified and settled by the official server."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import SimpleNamespace
from typing import Any

import httpx

from coinslot_sandbox.clock import Clock, SystemClock, timestamp
from coinslot_sandbox.names import Names
from coinslot_sandbox.payment.clocked import rebound
from coinslot_sandbox.payment.declined import Declined
from coinslot_sandbox.tempo.official import (
    PAYMENT_FAILED,
    USDC,
    Challenge,
    ChargeIntent,
    EventDispatcher,
    MalformedCredentialError,
    MemoryStore,
    PaymentError,
    Receipt,
    TempoAccount,
    create_challenge,
    verify_or_challenge,
)

NETWORK = "eip155:4217"
CHAIN_ID = 4217

_METHOD = "tempo"


@dataclass(frozen=True, slots=True)
class Tip20:
    """A token as a challenge names it."""

    network: str = NETWORK
    address: str = USDC
    name: str = "USDC.e"
    decimals: int = 6


class TokenPurse:
    """One token's balances on a chain."""

    def __init__(self, chain: Any, token: str) -> None:
        self._chain = chain
        self._token = token

    def balance(self, address: str) -> int:
        """Return what an address holds, in atomic units."""
        return int(self._chain.balance(self._token, address))

    def mint(self, address: str, amount: int) -> None:
        """Give an address `amount` atomic units."""
        self._chain.mint(self._token, address, amount)


@dataclass(frozen=True, slots=True)
class Taken:
    """A charge that was settled."""

    payer: str
    amount: int
    """Atomic units."""
    transaction: str
    receipt: str
    """The header's value."""


class TempoTill:
    """Offers charges of one token, and takes what pays them."""

    def __init__(
        self,
        pay_to: str,
        asset: Tip20,
        purse: TokenPurse,
        intent: Any,
        *,
        clock: Clock,
        names: Names,
        seconds: int = 300,
        sponsored: bool = False,
    ) -> None:
        self.asset = asset
        self.purse = purse
        self._pay_to = pay_to
        self._clock = clock
        self._seconds = seconds
        self._sponsored = sponsored
        self._intent = intent
        self._secret = names.hex(32)
        self._create, self._verify = _official(clock, names)

    def charge(self, amount: int) -> dict[str, Any]:
        """Return MPP's request for an amount in atomic units."""
        details: dict[str, Any] = {"chainId": CHAIN_ID}
        if self._sponsored:
            details["feePayer"] = True
        return {
            "amount": str(amount),
            "currency": self.asset.address,
            "recipient": self._pay_to,
            "methodDetails": details,
        }

    def challenge(self, charge: Mapping[str, Any], realm: str, *, expired: bool = False) -> str:
        """Return the `WWW-Authenticate` value that asks for a charge."""
        made: Challenge = self._create(
            _METHOD, "charge", dict(charge), realm, self._secret, None, None, self._expires(expired=expired)
        )
        return made.to_www_authenticate(realm)

    async def take(
        self,
        header: str,
        charges: Sequence[Mapping[str, Any]],
        realm: str,
        verified: Callable[[str], Awaitable[None]],
    ) -> Taken:
        """Verify a credential for one of the charges, call `verified` with its payer, and settle it.

        Raises `Declined`, and whatever `verified` raises.
        """
        named = _request(header)
        charge = next((charge for charge in charges if charge == named), charges[0])
        failures: list[Any] = []
        events = EventDispatcher()
        events.on(PAYMENT_FAILED, lambda told: failures.append(told["error"]))
        intent = _Watched(self._intent, verified)
        try:
            result = await self._verify(
                authorization=header,
                intent=intent,
                request=dict(charge),
                realm=realm,
                secret_key=self._secret,
                method=_METHOD,
                expires=self._expires(),
                events=events,
            )
        except PaymentError as error:
            raise _declined(error) from error
        if isinstance(result, Challenge):
            raise _declined(failures[0] if failures else MalformedCredentialError())
        _, receipt = result
        amount = int(charge["amount"])
        return Taken(receipt.payer or intent.payer, amount, receipt.reference, receipt.to_payment_receipt())

    def _expires(self, *, expired: bool = False) -> str:
        return timestamp(self._clock.now() + (-60 if expired else self._seconds))


class _Watched:
    """The official charge, with a word in between its two halves."""

    name = "charge"

    def __init__(self, official: Any, verified: Callable[[str], Awaitable[None]]) -> None:
        self._official = official
        self._verified = verified
        self.payer = ""

    async def validate(self, credential: Any, request: dict[str, Any]) -> Any:
        validation = await self._official.validate(credential, request)
        self.payer = validation.payer or ""
        await self._verified(self.payer)
        return validation

    async def broadcast(self, credential: Any, request: dict[str, Any]) -> Receipt:
        receipt: Receipt = await self._official.broadcast(credential, request)
        return receipt


def charge_intent(
    clock: Clock, to_node: httpx.AsyncBaseTransport, rpc_url: str, sponsor_key: str | None = None
) -> Any:
    """Return the official charge at the clock's time, which reaches its node by a transport of ours."""
    return _clocked(clock)(
        chain_id=CHAIN_ID,
        rpc_url=rpc_url,
        http_client=httpx.AsyncClient(transport=to_node),
        store=MemoryStore(),
        fee_payer=TempoAccount.from_key(sponsor_key) if sponsor_key else None,
    )


def _clocked(clock: Clock) -> Any:
    if isinstance(clock, SystemClock):
        return ChargeIntent

    def expired(expires: str) -> bool:
        return datetime.fromisoformat(expires).timestamp() <= clock.now()

    # Each of these reads the time by one name of its module.
    functions = ("_prepare_credential", "_broadcast_transaction")
    members = {name: rebound(getattr(ChargeIntent, name), _challenge_expired=expired) for name in functions}
    return type("ChargeIntent", (ChargeIntent,), members)


def _official(clock: Clock, names: Names) -> tuple[Any, Any]:
    create = rebound(create_challenge, secrets=SimpleNamespace(token_hex=names.hex))
    if isinstance(clock, SystemClock):
        return create, rebound(verify_or_challenge, _create_challenge=create)

    class Present(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # official code only compares it
            return datetime.fromtimestamp(clock.now(), tz or UTC)

    return create, rebound(verify_or_challenge, _create_challenge=create, datetime=Present)


def _request(header: str) -> Any:
    """Return the request that a credential echoes; None where it is none."""
    try:
        credential = json.loads(base64.urlsafe_b64decode(header.partition(" ")[2].strip() + "=="))
        return json.loads(base64.urlsafe_b64decode(credential["challenge"]["request"] + "=="))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _declined(error: Any) -> Declined:
    if not hasattr(error, "to_problem_details"):
        return Declined(
            500, {"type": "about:blank", "title": "Internal", "status": 500, "detail": str(error)}
        )
    return Declined(error.status, error.to_problem_details())
