"""The backend `base`: pays x402 `exact` offers on EVM networks by EIP-3009."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from coinslot.backend import Credential, Draft, Identity, Outcome, Setting, Spent, Surroundings
from coinslot.effects import Flow
from coinslot.errors import ConfigurationError, PaymentRefused
from coinslot.node import Node, NodeFailed
from coinslot.offer import Asset, Offer, Refusal, Terms
from coinslot_base.addresses import is_hash
from coinslot_base.assets import Network, Token, token_of
from coinslot_base.authorization import Authorization
from coinslot_base.family import FAMILY
from coinslot_base.holdings import holdings
from coinslot_base.identity import EvmIdentity
from coinslot_base.outcome import Evidence, outcome
from coinslot_base.refusals import refusal
from coinslot_base.settings import node_addresses, paid_networks, read_key
from coinslot_base.wallet import Wallet, signer_of

MAX_VALID_SECONDS = 300
"""A longer life than this only serves who finds a lost credential."""


def backend(setting: Setting) -> BaseBackend:
    """Make the backend from the environment (see the README for its settings).

    Raises ConfigurationError where the key is missing or is none, and where a live key would sign under
    a replaced clock or source of chance.
    """
    wallet = Wallet(read_key(setting, FAMILY))
    if not wallet.test and not setting.surroundings.real:
        raise ConfigurationError("Clock and chance are replaced, as in tests; then only a test key signs.")
    networks = paid_networks(setting, test=wallet.test)
    return BaseBackend(wallet, networks, node_addresses(setting), setting.surroundings)


class BaseBackend:
    """Signs authorizations from one wallet; the server's facilitator sends them to the chain."""

    name = "base"

    def __init__(
        self,
        wallet: Wallet,
        networks: Sequence[Network],
        nodes: Mapping[str, str],
        surroundings: Surroundings,
    ) -> None:
        self._wallet = wallet
        self._networks = tuple(networks)
        self._nodes = dict(nodes)
        self._surroundings = surroundings
        self.test_key = wallet.test
        self.identity: Identity = EvmIdentity(wallet, tuple(network.id for network in networks))

    def __repr__(self) -> str:
        return f"<backend {self.name}: {self._wallet!r} on {', '.join(known.id for known in self._networks)}>"

    @property
    def unlock(self) -> Callable[[], object] | None:
        """What opens the wallet's secret, and may ask for its passphrase; None once it is open."""
        return self._wallet.unlock

    def refuses(self, offer: Offer) -> Refusal | None:
        """Say why this offer cannot be paid by this backend, or None if it can."""
        return refusal(offer, self._networks, self._wallet.address)

    def asset(self, offer: Offer) -> Asset | None:
        """Return the offer's asset from our own table; None if it is not in it."""
        token = token_of(offer)
        return token.asset if token else None

    def prepare(self, offer: Offer) -> Flow[Draft]:
        """Decide nonce and expiry. No node is asked: the token needs nothing else."""
        yield from ()
        self._payable(offer)
        expires_at = int(self._surroundings.now()) + min(offer.valid_seconds, MAX_VALID_SECONDS)
        nonce = "0x" + self._surroundings.random_bytes(32).hex()
        return Draft(offer, self._wallet.address, expires_at, fields={"nonce": nonce})

    def sign(self, draft: Draft) -> Credential:
        """Sign the draft. Raises PaymentRefused for one that this wallet did not prepare."""
        token = self._payable(draft.offer)
        if draft.payer != self._wallet.address:
            raise PaymentRefused("The draft is another wallet's.", slug="payer")
        fields = {
            "from": draft.payer,
            "to": draft.offer.payee,
            "value": str(draft.offer.amount),
            "validAfter": "0",
            "validBefore": str(draft.expires_at),
            "nonce": draft.fields.get("nonce"),
        }
        try:
            authorization = Authorization.read(fields)
        except ValueError as error:
            raise PaymentRefused(f"The draft cannot be signed: {error}.", slug="draft") from None
        signature = self._wallet.sign(authorization.digest(token))
        kept = Evidence(token, draft.payer, authorization.nonce, draft.expires_at)
        return Credential(
            payload={"authorization": authorization.json(), "signature": signature},
            nonce=authorization.nonce,
            evidence=kept.json(),
        )

    def decode(self, credential: Credential, offer: Offer) -> Terms:
        """Read back what the credential commits to, from its own bytes and the signature over them.

        Raises ValueError if it was not signed by this wallet, for this offer, as it stands.
        """
        token = token_of(offer)
        payload = credential.payload
        if token is None or set(payload) != {"authorization", "signature"}:
            raise ValueError("the credential is not an authorization of a token that we know")
        authorization = Authorization.read(payload["authorization"])
        signer = signer_of(authorization.digest(token), str(payload["signature"]))
        if signer != authorization.payer or signer != self._wallet.address:
            raise ValueError("the credential was not signed by this wallet as it stands")
        if authorization.valid_after != 0 or authorization.nonce != credential.nonce:
            raise ValueError("the credential has another start or nonce than was drafted")
        if (authorization.payee, authorization.value) != (offer.payee, offer.amount):
            raise ValueError("the credential pays another payee or amount than the offer's")
        return Terms(
            network=token.network.id,
            asset=token.asset.address,
            amount=authorization.value,
            payee=authorization.payee,
            payer=authorization.payer,
            expires_at=authorization.valid_before,
        )

    def is_transaction(self, told: str) -> bool:
        """Whether a receipt's word can name a transaction of these networks."""
        return is_hash(told)

    def submit(self, credential: Credential) -> Flow[Credential]:
        """Return the credential as it is: the paid origin alone receives it."""
        yield from ()
        return credential

    def outcome(self, attempt: Spent) -> Flow[Outcome]:
        """Ask the user's own node whether the attempt's authorization was used, or never can be."""
        try:
            evidence = Evidence.read(attempt)
        except (ValueError, NodeFailed):
            return Outcome("not known", "the ledger holds no evidence that this backend wrote")
        network = evidence.token.network
        if network.id not in self._nodes:
            return Outcome(
                "not known",
                f"no node is configured that could prove it (set {network.node_variable} to your own "
                f"{network.title} node)",
            )
        return (yield from outcome(evidence, attempt.signed_at, Node(self._nodes[network.id])))

    def balance(self) -> Flow[Mapping[Asset, int]]:
        """Ask the nodes what the wallet holds, in atomic units.

        Networks whose node is not configured, or gives no usable answer, are left out.
        """
        held: dict[Asset, int] = {}
        for network in self._networks:
            if network.id not in self._nodes:
                continue
            try:
                held |= yield from holdings(self._wallet.address, network, self._nodes[network.id])
            except NodeFailed:
                continue
        return held

    def _payable(self, offer: Offer) -> Token:
        token = token_of(offer)
        refused = self.refuses(offer)
        if refused is not None or token is None:
            why = refused or Refusal("asset", "its asset is not known")
            raise PaymentRefused(f"The offer cannot be paid: {why.reason}.", slug=why.slug)
        return token
