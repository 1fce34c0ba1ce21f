"""The networks, tokens and fee limits that we know. A challenge must agree with them; it never decides.

Gas is priced in attodollars (10^-18 dollars), tokens count microdollars (10^-6). The limits are those that
the official servers put on what they sponsor, so that both kinds of payment stay under one roof.
"""

from __future__ import annotations

from dataclasses import dataclass

from coinslot.offer import Asset

ATTO_PER_MICRO = 10**12
"""Attodollars in one atomic unit of a token."""
GAS_LIMIT = 1_000_000
"""Gas that is allowed for at least: a transfer takes up to 600,000, and what is not used is not paid."""
SPLIT_GAS = 400_000
"""Gas for each split above that, where no node can estimate it: opening an account is what costs."""
MAX_GAS_PRICE = 100_000_000_000
"""Attodollars for one gas."""
MAX_SPLITS = 10
"""Splits in one payment."""
TOKEN_PREFIX = bytes.fromhex("20c000000000000000000000")
"""How the address of every token begins; none of them can be paid."""


@dataclass(frozen=True, slots=True)
class Network:
    """A Tempo network."""

    chain_id: int
    title: str
    node_variable: str
    """The environment variable with the address of the user's own node."""
    gas_price: int
    """Attodollars for one gas that are offered where no node can be asked: twice the fixed base fee."""
    sponsored_tip: int
    """Attodollars for one gas above the base fee: the most that official servers sponsor."""

    @property
    def id(self) -> str:
        """CAIP-2 id."""
        return f"eip155:{self.chain_id}"


@dataclass(frozen=True, slots=True)
class Token:
    """A token (TIP-20), worth one dollar."""

    network: Network
    asset: Asset
    pays_fees: bool
    """Whether the chain takes its fees in it."""

    @property
    def raw(self) -> bytes:
        """The address as 20 bytes."""
        return bytes.fromhex(self.asset.address[2:])


TEMPO = Network(4217, "Tempo", "COINSLOT_TEMPO_RPC", 40_000_000_000, 10_000_000_000)
MODERATO = Network(42431, "Tempo Moderato", "COINSLOT_TEMPO_MODERATO_RPC", 40_000_000_000, 50_000_000_000)
NETWORKS = {network.id: network for network in (TEMPO, MODERATO)}
_BY_CHAIN = {network.chain_id: network for network in NETWORKS.values()}

_PATH_USD = "0x20c0000000000000000000000000000000000000"
_USDC_E = "0x20C000000000000000000000b9537d11c60E8b50"
_OUSD = "0x20c0000000000000000000006a37DA5C996874BE"


def _token(network: Network, address: str, symbol: str, *, pays_fees: bool = True) -> Token:
    return Token(network, Asset(network.id, address, symbol, 6), pays_fees)


TOKENS = (
    _token(TEMPO, _PATH_USD, "pathUSD"),
    _token(TEMPO, _USDC_E, "USDC.e"),
    _token(TEMPO, _OUSD, "OUSD", pays_fees=False),
    _token(MODERATO, _PATH_USD, "pathUSD"),
    _token(MODERATO, _OUSD, "OUSD", pays_fees=False),
)
_BY_ADDRESS = {(token.network.id, token.asset.address.lower()): token for token in TOKENS}


def network_of(chain_id: object) -> Network | None:
    """Return the network of a chain id if we know it."""
    return _BY_CHAIN.get(chain_id) if type(chain_id) is int else None


def token_at(network: Network, address: str) -> Token | None:
    """Return the token at an address, whatever the case of its letters."""
    return _BY_ADDRESS.get((network.id, address.lower()))


def fee_tokens(network: Network) -> tuple[Token, ...]:
    """Return the tokens that the network takes its fees in."""
    return tuple(token for token in TOKENS if token.network == network and token.pays_fees)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one transaction may take."""

    gas: int
    fee: int
    """Attodollars."""


def limits(splits: int, *, sponsored: bool) -> Limits:
    """Return the limits of a payment: five cents, and two more for each split that we pay for ourselves."""
    more = 0 if sponsored else splits
    return Limits(2_000_000 + more * 600_000, (50 + more * 20) * 10**15)


def in_units(attodollars: int) -> int:
    """Return a fee in atomic units of its token, as the chain rounds it: up."""
    return -(-attodollars // ATTO_PER_MICRO)
