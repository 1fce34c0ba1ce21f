"""The backend `tempo`: pays MPP charges on Tempo, by transfers that the server hands to the chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from coinslot.backend import Credential, Draft, Outcome, Setting, Spent, Surroundings
from coinslot.effects import Flow, NoReply
from coinslot.errors import ConfigurationError, PaymentRefused
from coinslot.mpp import binding_refusal
from coinslot.node import Node, NodeFailed
from coinslot.offer import Asset, Offer, Refusal, Terms
from coinslot_tempo.addresses import is_hash
from coinslot_tempo.charge import Charge, Unpayable, read_charge
from coinslot_tempo.credential import drafted_transaction, read_credential, signed_credential, source
from coinslot_tempo.family import FAMILY
from coinslot_tempo.fees import choose_fee
from coinslot_tempo.holdings import holdings
from coinslot_tempo.networks import Network, network_of, token_at
from coinslot_tempo.options import Options, read_options
from coinslot_tempo.outcome import Evidence, final_block, outcome
from coinslot_tempo.proof import proof_digest
from coinslot_tempo.settings import node_addresses, read_key
from coinslot_tempo.wallet import EvmIdentity, Wallet

LEAST_LIFE = 5
"""Seconds that a payment must have left when it is signed, to arrive at all."""
LEAST_SPONSORED_LIFE = 15
"""The same where a sponsor has to sign; official servers refuse less."""
SIGN_IN_CHAINS = ("eip155:8453", "eip155:4217", "eip155:1", "eip155:137", "eip155:42161")
"""Chains that servers sign wallets in for, the one that nearly all of them know first."""
TEST_SIGN_IN_CHAINS = ("eip155:84532", "eip155:42431")


def backend(setting: Setting) -> TempoBackend:
    """Make the backend from the environment (see the README for its settings).

    Raises ConfigurationError where the key is missing or is none, and where a live key would sign under
    a replaced clock or source of chance.
    """
    wallet = Wallet(read_key(setting, FAMILY))
    if not wallet.test and not setting.surroundings.real:
        raise ConfigurationError("Clock and chance are replaced, as in tests; then only a test key signs.")
    options = read_options(setting, wallet.address, test=wallet.test)
    return TempoBackend(wallet, options, node_addresses(setting), setting.surroundings)


class TempoBackend:
    """Signs transfers from one wallet; the server sends them to the chain, or its sponsor does."""

    name = "tempo"

    def __init__(
        self,
        wallet: Wallet,
        options: Options,
        nodes: Mapping[str, str],
        surroundings: Surroundings,
    ) -> None:
        self._wallet = wallet
        self._options = options
        self._nodes = dict(nodes)
        self._surroundings = surroundings
        self.test_key = wallet.test
        self.identity = EvmIdentity(wallet, SIGN_IN_CHAINS + (TEST_SIGN_IN_CHAINS if wallet.test else ()))

    def __repr__(self) -> str:
        paid = ", ".join(network.id for network in self._options.networks)
        return f"<backend {self.name}: {self._wallet!r} on {paid}>"

    @property
    def unlock(self) -> Callable[[], object] | None:
        """What opens the wallet's secret, and may ask for its passphrase; None once it is open."""
        return self._wallet.unlock

    def refuses(self, offer: Offer) -> Refusal | None:
        """Say why this offer cannot be paid by this backend, or None if it can."""
        try:
            charge = read_charge(offer, self._options)
        except Unpayable as error:
            return error.refusal
        if charge.pushed and charge.network.id not in self._nodes:
            return Refusal("node", f"`push` needs a node: set {charge.network.node_variable} to your own")
        return None

    def asset(self, offer: Offer) -> Asset | None:
        """Return the offer's asset from our own table; None if it is not in it."""
        network = network_of(offer.extra.get("chainId"))
        token = token_at(network, offer.asset) if network else None
        return token.asset if token else None

    def prepare(self, offer: Offer) -> Flow[Draft]:
        """Decide fee and expiry; asks the node, where there is one, about chain, fee, balance and block.

        Raises PaymentRefused where the node is on another chain, a limit is passed or time is short.
        """
        charge = self._payable(offer)
        node = self._node(charge.network)
        fee = yield from choose_fee(charge, self._wallet.address, node)
        fields = {
            "gasLimit": fee.gas_limit,
            "gasPrice": fee.gas_price,
            "tip": fee.tip,
            "feeToken": fee.token.asset.address if fee.token else None,
            "since": (yield from final_block(node)) if node is not None else None,
        }
        # The clock is read after the questions, so that none of the short life is spent on them.
        expires_at = self._expiry(offer, sponsored=charge.sponsored)
        return Draft(offer, self._wallet.address, expires_at, fee.units, fields)

    def sign(self, draft: Draft) -> Credential:
        """Sign the draft. Raises PaymentRefused for one that this wallet did not prepare."""
        charge = self._payable(draft.offer)
        if draft.payer != self._wallet.address:
            raise PaymentRefused("The draft is another wallet's.", slug="payer")
        try:
            transaction = drafted_transaction(charge, draft)
        except (KeyError, ValueError) as error:
            raise PaymentRefused(f"The draft cannot be signed: {error}.", slug="draft") from None
        return signed_credential(charge, transaction, self._wallet, draft.fields.get("since"))

    def decode(self, credential: Credential, offer: Offer) -> Terms:
        """Read back what the credential commits to, from the transaction and the signature over it.

        Raises ValueError if it was not signed by this wallet, for this offer and within our limits.
        """
        try:
            charge = read_charge(offer, self._options)
        except Unpayable as error:
            raise ValueError(str(error)) from None
        transaction = read_credential(credential, charge, self._wallet.address)
        return Terms(
            network=charge.network.id,
            asset=charge.token.asset.address,
            amount=sum(transfer.amount for transfer in transaction.transfers),
            payee=offer.payee,
            payer=self._wallet.address,
            expires_at=transaction.valid_before,
        )

    def is_transaction(self, told: str) -> bool:
        """Whether a receipt's word can name a transaction of these networks."""
        return is_hash(told)

    def submit(self, credential: Credential) -> Flow[Credential]:
        """Send a payment to the chain ourselves where the server wants that (`push`, by option only).

        Any other credential is returned as it is: the paid origin alone receives it. Raises NoReply where
        the node does not say that it took the transaction.
        """
        if credential.to_submit is None:
            return credential
        network = Evidence.read(credential.evidence).token.network
        node = self._node(network)
        if node is None:
            raise NoReply(f"no node is configured (set {network.node_variable})")
        try:
            yield from node.ask("eth_sendRawTransactionSync", "0x" + credential.to_submit.hex())
        except NodeFailed as error:
            raise NoReply(str(error)) from None
        return credential

    def outcome(self, attempt: Spent) -> Flow[Outcome]:
        """Ask the user's own node whether the attempt's payment was carried out, or never can be."""
        try:
            evidence = Evidence.read(attempt.evidence)
        except ValueError:
            return Outcome("not known", "the ledger holds no evidence that this backend wrote")
        network = evidence.token.network
        node = self._node(network)
        if node is None:
            return Outcome(
                "not known",
                f"no node is configured that could prove it (set {network.node_variable} to your own "
                f"{network.title} node)",
            )
        return (yield from outcome(evidence, attempt, node))

    def balance(self) -> Flow[Mapping[Asset, int]]:
        """Ask the nodes what the wallet holds, in atomic units.

        Networks whose node is not configured, or gives no usable answer, are left out.
        """
        held: dict[Asset, int] = {}
        for network in self._options.networks:
            if network.id not in self._nodes:
                continue
            try:
                held |= yield from holdings(self._wallet.address, network, self._nodes[network.id])
            except NodeFailed:
                continue
        return held

    def prove(self, offer: Offer, url: str, body: bytes = b"") -> Credential:
        """Sign a zero-amount proof of who asks, for a server that takes one in place of a sign-in.

        Moves no money. Raises PaymentRefused for an offer that asks for any, speaks for another host than
        that of `url`, or names no chain that we know.
        """
        network = network_of(offer.extra.get("chainId"))
        misplaced = binding_refusal(offer, url, body)
        if offer.protocol != "mpp" or offer.scheme != "tempo/charge" or offer.amount != 0:
            raise PaymentRefused("The challenge asks for no proof.", slug="proof")
        if misplaced is not None or network is None:
            reason = misplaced or "it names no chain that is known"
            raise PaymentRefused(f"No proof is signed: {reason}.", slug="proof")
        digest = proof_digest(
            self._options.proof_version,
            network.chain_id,
            self._wallet.address,
            str(offer.raw["id"]),
            str(offer.raw["realm"]),
        )
        payload = {"type": "proof", "signature": "0x" + self._wallet.sign(digest).hex()}
        return Credential(payload, "0x" + digest.hex(), source=source(network, self._wallet.address))

    def _payable(self, offer: Offer) -> Charge:
        refused = self.refuses(offer)
        if refused is not None:
            raise PaymentRefused(f"The offer cannot be paid: {refused.reason}.", slug=refused.slug)
        return read_charge(offer, self._options)

    def _expiry(self, offer: Offer, *, sponsored: bool) -> int:
        """Return the second from which on no block takes the payment."""
        now = int(self._surroundings.now())
        expires_at = now + self._options.valid_seconds
        if offer.expires_at is not None:
            # The challenge may be answered until this second is over; blocks end at the next.
            expires_at = min(expires_at, offer.expires_at + 1)
        left, least = expires_at - now, LEAST_SPONSORED_LIFE if sponsored else LEAST_LIFE
        if left < least:
            raise PaymentRefused(
                f"The payment would live {max(left, 0)} s, and under {least} s none arrives.", slug="validity"
            )
        return expires_at

    def _node(self, network: Network) -> Node | None:
        address = self._nodes.get(network.id)
        return Node(address) if address else None
