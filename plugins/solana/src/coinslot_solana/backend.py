"""The backend `solana`: pays x402 `exact` offers on Solana with transactions that it writes itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from coinslot.backend import Credential, Draft, Identity, Outcome, Setting, Spent, Surroundings
from coinslot.effects import Flow, Sleep
from coinslot.errors import ConfigurationError, PaymentRefused
from coinslot.node import NodeFailed, NodeRefused
from coinslot.offer import Asset, Offer, Refusal, Terms
from coinslot_solana.addresses import is_signature, token_account
from coinslot_solana.assets import Network, Token, token_of
from coinslot_solana.distinct import VARIATIONS, Distinct
from coinslot_solana.evidence import Bound, Evidence, Sought
from coinslot_solana.family import FAMILY
from coinslot_solana.holdings import holdings, tokens_of
from coinslot_solana.identity import SolanaIdentity
from coinslot_solana.memo import NONCE_BYTES, memo_fits, seller_memo, units_for
from coinslot_solana.node import SolanaNode
from coinslot_solana.outcome import outcome
from coinslot_solana.refusals import refusal
from coinslot_solana.settings import known_tokens, node_addresses, paid_networks, read_key
from coinslot_solana.transaction import Transfer, envelop, read
from coinslot_solana.wallet import Wallet

LIFE_SECONDS = 90
"""How long a payment is of use: a blockhash lives 150 blocks, 60 to 90 seconds."""
LIFE_BLOCKS = 150
"""For how many blocks after its own a blockhash is good."""
UNSEEN_BLOCKS = 150
"""Blocks that a node may be behind the server whose blockhash it does not know."""
CROWD_SECONDS = 1.0
"""Wait before a node is asked again: it is often a crowd of nodes, of which some lag a little."""


def backend(setting: Setting) -> SolanaBackend:
    """Make the backend from the environment (see the README for its settings).

    Raises ConfigurationError where the key is missing or is none, and where a live key would sign under
    a replaced clock or source of chance.
    """
    wallet = Wallet(read_key(setting, FAMILY))
    if not wallet.test and not setting.surroundings.real:
        raise ConfigurationError("Clock and chance are replaced, as in tests; then only a test key signs.")
    networks = paid_networks(setting, test=wallet.test)
    return SolanaBackend(
        wallet, networks, known_tokens(setting), node_addresses(setting), setting.surroundings
    )


class SolanaBackend:
    """Signs transfers from one wallet; the server's facilitator pays the fee and sends them to the chain."""

    name = "solana"

    def __init__(
        self,
        wallet: Wallet,
        networks: Sequence[Network],
        tokens: Sequence[Token],
        nodes: Mapping[str, str],
        surroundings: Surroundings,
    ) -> None:
        self._wallet = wallet
        self._networks = tuple(networks)
        self._tokens = tuple(tokens)
        self._nodes = dict(nodes)
        self._surroundings = surroundings
        self._distinct = Distinct()
        self.test_key = wallet.test
        self.identity: Identity = SolanaIdentity(wallet, tuple(network.id for network in networks))

    def __repr__(self) -> str:
        return f"<backend {self.name}: {self._wallet!r} on {', '.join(known.id for known in self._networks)}>"

    @property
    def unlock(self) -> Callable[[], object] | None:
        """What opens the wallet's secret, and may ask for its passphrase; None once it is open."""
        return self._wallet.unlock

    def refuses(self, offer: Offer) -> Refusal | None:
        """Say why this offer cannot be paid by this backend, or None if it can."""
        return refusal(offer, self._networks, self._tokens, self._nodes, self.identity.address)

    def asset(self, offer: Offer) -> Asset | None:
        """Return the offer's asset from our own table; None if it is not in it."""
        token = token_of(offer, self._tokens)
        return token.asset if token else None

    def prepare(self, offer: Offer) -> Flow[Draft]:
        """Decide blockhash, memo and compute limit, and ask our node until when the payment can settle.

        Raises PaymentRefused where a node is configured and does not answer: without its word a lost
        payment could never be told from an open one.
        """
        token = self._payable(offer)
        blockhash: str | None = offer.extra.get("recentBlockhash")
        bound: Bound | None = None
        if token.network.id in self._nodes:
            blockhash, bound = yield from self._ask_node(blockhash, token.network)
        memo = seller_memo(offer)
        if memo is None:
            memo = self._surroundings.random_bytes(NONCE_BYTES).hex().encode("ascii")
        transfer = self._transfer(offer, token, str(blockhash), memo, units_for(memo))
        units = self._distinct.units(transfer, transfer.units, self._surroundings.random_bytes)
        fields = {
            "blockhash": transfer.blockhash,
            "memo": memo.decode("utf-8"),
            "units": units,
            "bound": bound.json() if bound else None,
        }
        expires_at = int(self._surroundings.now()) + LIFE_SECONDS
        return Draft(offer, self.identity.address, expires_at, fields=fields)

    def sign(self, draft: Draft) -> Credential:
        """Sign the draft. Raises PaymentRefused for one that this wallet did not prepare."""
        token = self._payable(draft.offer)
        if draft.payer != self.identity.address:
            raise PaymentRefused("The draft is another wallet's.", slug="payer")
        try:
            fields = draft.fields
            memo, bound = str(fields["memo"]).encode("utf-8"), Bound.read(fields["bound"])
            transfer = self._transfer(draft.offer, token, fields["blockhash"], memo, fields["units"])
            _check(transfer, draft.offer)
            message = transfer.message()
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise PaymentRefused(f"The draft cannot be signed: {error}.", slug="draft") from None
        signature = self._wallet.sign(message)
        kept = Evidence(
            network=token.network,
            payer=draft.payer,
            source=transfer.source,
            expires_at=draft.expires_at,
            bound=bound,
        )
        return Credential({"transaction": envelop(message, signature)}, signature, kept.json())

    def decode(self, credential: Credential, offer: Offer) -> Terms:
        """Read back what the credential commits to, from its own bytes and the signature over them.

        Raises ValueError if it was not signed by this wallet, for this offer, as it stands. The expiry is
        the draft's, from the evidence: a transaction says none in seconds.
        """
        token = token_of(offer, self._tokens)
        if token is None or set(credential.payload) != {"transaction"}:
            raise ValueError("the credential is not a transaction in a token that we know")
        transfer, signature = read(credential.payload["transaction"])
        if transfer.payer != self.identity.address or signature != credential.nonce:
            raise ValueError("the credential was not signed by this wallet as it was drafted")
        wanted = self._transfer(offer, token, transfer.blockhash, transfer.memo, transfer.units)
        if transfer != wanted:
            raise ValueError("the credential pays other accounts, tokens or amounts than the offer's")
        _check(transfer, offer)
        expires_at = credential.evidence.get("expiresAt")
        if type(expires_at) is not int:
            raise ValueError("the credential's evidence has no expiry")
        return Terms(
            network=token.asset.network,
            asset=token.asset.address,
            amount=transfer.amount,
            payee=offer.payee,
            payer=transfer.payer,
            expires_at=expires_at,
        )

    def is_transaction(self, told: str) -> bool:
        """Whether a receipt's word can name a transaction of these networks."""
        return is_signature(told)

    def submit(self, credential: Credential) -> Flow[Credential]:
        """Return the credential as it is: the paid origin alone receives it."""
        yield from ()
        return credential

    def outcome(self, attempt: Spent) -> Flow[Outcome]:
        """Ask the user's own node whether the attempt's transaction landed, or never can."""
        try:
            sought = Sought.read(attempt)
        except ValueError:
            return Outcome("not known", "the ledger holds no evidence that this backend wrote")
        network = sought.evidence.network
        if network.id not in self._nodes:
            return Outcome(
                "not known",
                f"no node is configured that could prove it (set {network.node_variable} to your own "
                f"{network.title} node)",
            )
        return (yield from outcome(sought, SolanaNode(self._nodes[network.id])))

    def balance(self) -> Flow[Mapping[Asset, int]]:
        """Ask the nodes what the wallet holds, in atomic units.

        Networks whose node is not configured, or gives no usable answer, are left out.
        """
        held: dict[Asset, int] = {}
        for network in self._networks:
            if network.id not in self._nodes:
                continue
            tokens = tokens_of(network, self._tokens)
            try:
                held |= yield from holdings(self.identity.address, network, tokens, self._nodes[network.id])
            except NodeFailed:
                continue
        return held

    def _payable(self, offer: Offer) -> Token:
        token = token_of(offer, self._tokens)
        refused = self.refuses(offer)
        if refused is not None or token is None:
            why = refused or Refusal("asset", "its asset is not known")
            raise PaymentRefused(f"The offer cannot be paid: {why.reason}.", slug=why.slug)
        return token

    def _ask_node(self, given: str | None, network: Network) -> Flow[tuple[str, Bound]]:
        node = SolanaNode(self._nodes[network.id])
        try:
            yield from node.check_network(network)
            try:
                return (yield from _bounded(given, node))
            except NodeRefused:
                yield Sleep(CROWD_SECONDS)
                return (yield from _bounded(given, node))
        except NodeFailed as error:
            raise PaymentRefused(
                f"Your {network.title} node could not be asked until when the payment can settle: {error}. "
                f"(It is the one that {network.node_variable} names.)",
                slug="node",
            ) from None

    def _transfer(self, offer: Offer, token: Token, blockhash: str, memo: bytes, units: int) -> Transfer:
        mint, payer = token.asset.address, self.identity.address
        return Transfer(
            fee_payer=str(offer.extra.get("feePayer")),
            payer=payer,
            source=token_account(payer, mint, token.program),
            destination=token_account(offer.payee, mint, token.program),
            mint=mint,
            program=token.program,
            amount=offer.amount,
            decimals=token.asset.decimals,
            blockhash=blockhash,
            memo=memo,
            units=units,
        )


def _bounded(given: str | None, node: SolanaNode) -> Flow[tuple[str, Bound]]:
    """Take the blockhash that was given, or our node's own, and ask how far the chain has come with it."""
    if given is None:
        blockhash, slot = yield from node.latest_blockhash()
        known = True
    else:
        blockhash = given
        known, slot = yield from node.knows_blockhash(given)
    now = yield from node.moment("confirmed", not_before=slot)
    life = LIFE_BLOCKS if known else LIFE_BLOCKS + UNSEEN_BLOCKS
    return blockhash, Bound(now.slot, now.height + life)


def _check(transfer: Transfer, offer: Offer) -> None:
    """Check what a server may leave open and we decided. Raises ValueError."""
    given = offer.extra.get("recentBlockhash")
    if given not in (None, transfer.blockhash):
        raise ValueError("the payment is built on another blockhash than the offer's")
    if not memo_fits(transfer.memo, offer):
        raise ValueError("the payment has another memo than the offer's")
    enough = units_for(transfer.memo)
    if not enough <= transfer.units <= enough + VARIATIONS:
        raise ValueError("the payment has another compute limit than ours")
