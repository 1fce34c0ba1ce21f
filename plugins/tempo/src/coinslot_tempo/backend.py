"""The backend `tempo`: pays MPP charges on Tempo, by transfers that the server hands to the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eth_hash.auto import keccak

from coinslot.backend import Credential, Draft, Outcome, Setting, Spent, Surroundings
from coinslot.effects import Flow, NoReply
from coinslot.errors import ConfigurationError, PaymentRefused
from coinslot.mpp import binding_refusal
from coinslot.node import Node, NodeFailed
from coinslot.offer import Asset, Offer, Refusal, Terms
from coinslot_tempo import settings
from coinslot_tempo.addresses import address_bytes, checksummed
from coinslot_tempo.charge import Charge, Options, Unpayable, read_charge
from coinslot_tempo.fees import check_limits, choose_fee, held
from coinslot_tempo.networks import TOKENS, Network, fee_tokens, network_of, token_at
from coinslot_tempo.outcome import Evidence, outcome
from coinslot_tempo.proof import proof_digest
from coinslot_tempo.transaction import Signed, Transaction
from coinslot_tempo.wallet import EvmIdentity, Wallet, signer_of

LEAST_LIFE = 5
"""Seconds that a payment must have left when it is signed, to arrive at all."""
LEAST_SPONSORED_LIFE = 15
"""The same where a sponsor has to sign; official servers refuse less."""
SIGN_IN_CHAINS = ("eip155:8453", "eip155:4217", "eip155:1", "eip155:137", "eip155:42161")
"""Chains that servers sign wallets in for, the one that nearly all of them know first."""
TEST_SIGN_IN_CHAINS = ("eip155:84532", "eip155:42431")


@dataclass(frozen=True, slots=True)
class Habits:
    """What the user set."""

    valid_seconds: int = settings.DEFAULT_VALID_SECONDS
    proof_version: int = settings.NEWEST_PROOF


def backend(setting: Setting) -> TempoBackend:
    """Make the backend from the environment (see the README for its settings).

    Raises ConfigurationError where the key is missing or is none, and where a live key would sign under
    a replaced clock or source of chance.
    """
    wallet = Wallet(settings.read_key(setting))
    if not wallet.test and not setting.surroundings.real:
        raise ConfigurationError("Clock and chance are replaced, as in tests; then only a test key signs.")
    nodes = settings.node_addresses(setting)
    options = Options(
        networks=settings.paid_networks(setting, test=wallet.test),
        payer=wallet.address,
        client=settings.client_name(setting),
        push=settings.may_push(setting),
    )
    habits = Habits(settings.valid_seconds(setting), settings.proof_version(setting))
    return TempoBackend(wallet, options, habits, nodes, setting.surroundings)


class TempoBackend:
    """Signs transfers from one wallet; the server sends them to the chain, or its sponsor does."""

    name = "tempo"

    def __init__(
        self,
        wallet: Wallet,
        options: Options,
        habits: Habits,
        nodes: Mapping[str, str],
        surroundings: Surroundings,
    ) -> None:
        self._wallet = wallet
        self._options = options
        self._habits = habits
        self._nodes = dict(nodes)
        self._surroundings = surroundings
        self.test_key = wallet.test
        self.identity = EvmIdentity(wallet, SIGN_IN_CHAINS + (TEST_SIGN_IN_CHAINS if wallet.test else ()))

    def __repr__(self) -> str:
        paid = ", ".join(network.id for network in self._options.networks)
        return f"<backend {self.name}: {self._wallet!r} on {paid}>"

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
        """Decide fee and expiry; asks the node, where there is one, about chain, fee and balance.

        Raises PaymentRefused where the node is on another chain, a limit is passed or time is short.
        """
        charge = self._payable(offer)
        fee = yield from choose_fee(charge, self._wallet.address, self._node(charge.network))
        fields = {
            "gasLimit": fee.gas_limit,
            "gasPrice": fee.gas_price,
            "tip": fee.tip,
            "feeToken": fee.token.asset.address if fee.token else None,
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
            transaction = _transaction(charge, draft)
        except (KeyError, ValueError) as error:
            raise PaymentRefused(f"The draft cannot be signed: {error}.", slug="draft") from None
        digest = transaction.digest()
        sent = transaction.signed(self._wallet.sign(digest), address_bytes(self._wallet.address))
        paid = charge.transfers[0]
        kept = Evidence(
            token=charge.token,
            payer=self._wallet.address,
            payee=checksummed(paid.payee),
            amount=paid.amount,
            memo="0x" + paid.memo.hex(),
            valid_before=transaction.valid_before,
            transaction=None if charge.sponsored else "0x" + keccak(sent).hex(),
        )
        return Credential(
            payload={"type": "transaction", "signature": "0x" + sent.hex()},
            nonce="0x" + digest.hex(),
            evidence={**kept.json(), "pushed": charge.pushed},
            source=self._source(charge.network),
        )

    def decode(self, credential: Credential, offer: Offer) -> Terms:
        """Read back what the credential commits to, from the transaction and the signature over it.

        Raises ValueError if it was not signed by this wallet, for this offer and within our limits.
        """
        try:
            charge = read_charge(offer, self._options)
        except Unpayable as error:
            raise ValueError(str(error)) from None
        signed = Signed.read(_sent(credential))
        transaction = signed.transaction
        digest = transaction.digest()
        if signer_of(digest, signed.signature) != self._wallet.address:
            raise ValueError("the transaction was not signed by this wallet as it stands")
        if signed.sender not in (None, address_bytes(self._wallet.address)):
            raise ValueError("the envelope names another sender")
        if credential.nonce != "0x" + digest.hex() or credential.source != self._source(charge.network):
            raise ValueError("the credential names another transaction or payer than its own")
        _check_against(transaction, charge)
        return Terms(
            network=charge.network.id,
            asset=charge.token.asset.address,
            amount=sum(transfer.amount for transfer in transaction.transfers),
            payee=offer.payee,
            payer=self._wallet.address,
            expires_at=transaction.valid_before,
        )

    def submit(self, credential: Credential) -> Flow[Credential]:
        """Send a payment to the chain ourselves where the server wants that (`push`, by option only).

        Any other credential is returned as it is: the paid origin alone receives it. Raises NoReply where
        the node does not say that it took the transaction.
        """
        if credential.evidence.get("pushed") is not True:
            return credential
        network = self._kept(credential.evidence).token.network
        node = self._node(network)
        if node is None:
            raise NoReply(f"no node is configured (set {network.node_variable})")
        sent = _sent(credential)
        try:
            yield from node.ask("eth_sendRawTransactionSync", "0x" + sent.hex())
        except NodeFailed as error:
            raise NoReply(str(error)) from None
        shown = {"type": "hash", "hash": "0x" + keccak(sent).hex()}
        return Credential(shown, credential.nonce, credential.evidence, credential.source)

    def outcome(self, attempt: Spent) -> Flow[Outcome]:
        """Ask the user's own node whether the attempt's payment was carried out, or never can be."""
        try:
            evidence = self._kept(attempt.evidence)
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
        found: dict[Asset, int] = {}
        for token in TOKENS:
            node = self._node(token.network)
            if token.network not in self._options.networks or node is None:
                continue
            try:
                yield from node.check_chain(token.network.chain_id)
                found[token.asset] = yield from held(node, token, self._wallet.address)
            except NodeFailed:
                continue
        return found

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
            self._habits.proof_version,
            network.chain_id,
            self._wallet.address,
            str(offer.raw["id"]),
            str(offer.raw["realm"]),
        )
        payload = {"type": "proof", "signature": "0x" + self._wallet.sign(digest).hex()}
        return Credential(payload, "0x" + digest.hex(), source=self._source(network))

    def _payable(self, offer: Offer) -> Charge:
        refused = self.refuses(offer)
        if refused is not None:
            raise PaymentRefused(f"The offer cannot be paid: {refused.reason}.", slug=refused.slug)
        return read_charge(offer, self._options)

    def _expiry(self, offer: Offer, *, sponsored: bool) -> int:
        """Return the second from which on no block takes the payment."""
        now = int(self._surroundings.now())
        expires_at = now + self._habits.valid_seconds
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

    def _source(self, network: Network) -> str:
        return f"did:pkh:{network.id}:{self._wallet.address}"

    @staticmethod
    def _kept(evidence: Mapping[str, object]) -> Evidence:
        return Evidence.read(evidence)


def _transaction(charge: Charge, draft: Draft) -> Transaction:
    """Build what is signed. Raises KeyError or ValueError for a draft that is not ours."""
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
    _check_against(transaction, charge)
    return transaction


def _check_against(transaction: Transaction, charge: Charge) -> None:
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


def _sent(credential: Credential) -> bytes:
    """Return the signed transaction of a credential. Raises ValueError."""
    payload = credential.payload
    signature = payload.get("signature")
    if set(payload) != {"type", "signature"} or payload["type"] != "transaction":
        raise ValueError("the credential holds no transaction")
    sent = bytes.fromhex(str(signature).removeprefix("0x"))
    if signature != "0x" + sent.hex():
        raise ValueError("the credential's transaction is not in plain hexadecimal")
    return sent


def _count(value: object) -> int:
    if type(value) is not int or not 0 < value < 2**64:
        raise ValueError("a number of the draft is none that can be signed")
    return value
