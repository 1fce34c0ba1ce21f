"""The backend `credits`: pays x402 offers of the scheme `prepaid` with vouchers."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from coinslot.backend import Credential, Draft, Identity, Outcome, Setting, Spent, Surroundings
from coinslot.effects import Flow
from coinslot.errors import PaymentRefused
from coinslot.node import own_node
from coinslot.offer import Asset, Offer, Refusal, Terms
from prepaid_credits.account import Account, read_account
from prepaid_credits.refusals import DEMO, refusal
from prepaid_credits.statement import NoStatement, ask
from prepaid_credits.voucher import PURPOSE, Voucher

ISSUER = "PREPAID_CREDITS_ISSUER"
MAX_VALID_SECONDS = 300


def backend(setting: Setting) -> CreditsBackend:
    """Make the backend from the environment. Raises ConfigurationError where the account is missing."""
    return CreditsBackend(
        read_account(setting, DEMO.network), own_node(setting, ISSUER), setting.surroundings
    )


class CreditsBackend:
    """Signs vouchers of one account; the paid server has them cashed by the issuer."""

    name = "credits"

    def __init__(self, account: Account, issuer: str | None, surroundings: Surroundings) -> None:
        self._account = account
        self._issuer = issuer
        self._surroundings = surroundings
        self.test_key = account.test
        self.identity: Identity = account

    def refuses(self, offer: Offer) -> Refusal | None:
        """Say why this offer cannot be paid with credits, or None if it can."""
        return refusal(offer, self._account.address)

    def asset(self, offer: Offer) -> Asset | None:
        """Return the credit as our own table knows it; None for an offer in anything else."""
        return DEMO if (offer.network, offer.asset) == (DEMO.network, DEMO.address) else None

    def prepare(self, offer: Offer) -> Flow[Draft]:
        """Decide nonce and expiry. The issuer is not asked: a voucher needs nothing of it."""
        yield from ()
        expires_at = int(self._surroundings.now()) + min(offer.valid_seconds, MAX_VALID_SECONDS)
        nonce = self._surroundings.random_bytes(16).hex()
        return Draft(offer, self._account.address, expires_at, fields={"nonce": nonce})

    def sign(self, draft: Draft) -> Credential:
        """Sign the draft. Raises PaymentRefused for one that this account cannot pay."""
        refused = self.refuses(draft.offer)
        if refused is not None or draft.payer != self._account.address:
            why = refused or Refusal("payer", "the draft is another account's")
            raise PaymentRefused(f"The offer cannot be paid: {why.reason}.", slug=why.slug)
        voucher = Voucher(
            account=draft.payer,
            amount=str(draft.offer.amount),
            asset=DEMO.address,
            expires=draft.expires_at,
            network=DEMO.network,
            nonce=draft.fields["nonce"],
            payee=draft.offer.payee,
        )
        mac = self._account.mac(PURPOSE, voucher.text())
        return Credential(payload={"voucher": voucher.json(), "mac": mac}, nonce=voucher.nonce)

    def decode(self, credential: Credential, offer: Offer) -> Terms:
        """Read back what the credential commits to, from its own bytes and the code over them.

        Raises ValueError if it was not signed by this account, for this offer, as it stands.
        """
        if set(credential.payload) != {"voucher", "mac"}:
            raise ValueError("the credential is not a voucher")
        voucher = Voucher.read(credential.payload["voucher"])
        mac = self._account.mac(PURPOSE, voucher.text())
        if not hmac.compare_digest(mac, str(credential.payload["mac"])):
            raise ValueError("the voucher was not signed by this account as it stands")
        if (voucher.payee, voucher.amount) != (offer.payee, str(offer.amount)):
            raise ValueError("the voucher pays another payee or amount than the offer's")
        return Terms(
            network=voucher.network,
            asset=voucher.asset,
            amount=int(voucher.amount),
            payee=voucher.payee,
            payer=voucher.account,
            expires_at=voucher.expires,
        )

    def submit(self, credential: Credential) -> Flow[Credential]:
        """Return the credential as it is: the paid origin alone receives it."""
        yield from ()
        return credential

    def outcome(self, attempt: Spent) -> Flow[Outcome]:
        """Ask the issuer whether the voucher was taken, or never can be."""
        if self._issuer is None:
            return Outcome("not known", f"no issuer is configured that could prove it (set {ISSUER})")
        try:
            statement = yield from ask(self._issuer, self._account, DEMO, self._surroundings.now())
        except NoStatement as error:
            return Outcome("not known", str(error))
        taken = statement.vouchers.get(attempt.nonce)
        if taken is None and statement.moment >= attempt.terms.expires_at:
            return Outcome("void", "the issuer did not take the voucher before it expired")
        if taken is None:
            return Outcome("not known", "the issuer did not take the voucher yet, and still may")
        paid = {"amount": str(attempt.terms.amount), "payee": attempt.terms.payee}
        if not isinstance(taken, dict) or not paid.items() <= taken.items():
            return Outcome("not known", "the issuer took a voucher of this nonce with other terms")
        return Outcome("settled", "the issuer took the voucher", f"{taken.get('reference') or attempt.nonce}")

    def balance(self) -> Flow[Mapping[Asset, int]]:
        """Ask the issuer what the account holds; nothing where it gives no usable answer."""
        if self._issuer is None:
            return {}
        try:
            statement = yield from ask(self._issuer, self._account, DEMO, self._surroundings.now())
        except NoStatement:
            return {}
        return {DEMO: statement.balance}
