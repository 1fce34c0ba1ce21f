"""The networks and tokens that we know, and the signing domain of each token.

A token is known by network and address together. The names and versions are the tokens' own
EIP-712 domains, which differ between networks; a wrong one gives a signature that no chain takes.
"""

from __future__ import annotations

from dataclasses import dataclass

from coinslot.offer import Asset, Offer


@dataclass(frozen=True, slots=True)
class Network:
    """An EVM network."""

    chain_id: int
    title: str
    node_variable: str
    """The environment variable with the address of the user's own node."""
    old_name: str | None
    """What x402 version 1 calls it."""

    @property
    def id(self) -> str:
        """CAIP-2 id."""
        return f"eip155:{self.chain_id}"


@dataclass(frozen=True, slots=True)
class Token:
    """A token that takes EIP-3009 authorizations."""

    network: Network
    asset: Asset
    name: str
    """`name` of its EIP-712 domain."""
    version: str
    """`version` of its EIP-712 domain."""


BASE = Network(8453, "Base", "COINSLOT_BASE_RPC", "base")
BASE_SEPOLIA = Network(84532, "Base Sepolia", "COINSLOT_BASE_SEPOLIA_RPC", "base-sepolia")
ETHEREUM = Network(1, "Ethereum", "COINSLOT_ETHEREUM_RPC", "ethereum")
POLYGON = Network(137, "Polygon", "COINSLOT_POLYGON_RPC", "polygon")
ARBITRUM = Network(42161, "Arbitrum One", "COINSLOT_ARBITRUM_RPC", None)

NETWORKS = {network.id: network for network in (BASE, BASE_SEPOLIA, ETHEREUM, POLYGON, ARBITRUM)}
_OLD_NAMES = {network.old_name: network for network in NETWORKS.values() if network.old_name}


def _usdc(network: Network, address: str, name: str) -> Token:
    return Token(network, Asset(network.id, address, "USDC", 6), name, "2")


TOKENS = (
    _usdc(BASE, "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", "USD Coin"),
    _usdc(BASE_SEPOLIA, "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "USDC"),
    _usdc(ETHEREUM, "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", "USD Coin"),
    _usdc(POLYGON, "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359", "USD Coin"),
    _usdc(ARBITRUM, "0xaf88d065e77c8cC2239327C5EDb3A432268e5831", "USD Coin"),
)
_BY_ADDRESS = {(token.network.id, token.asset.address.lower()): token for token in TOKENS}


def network_of(offer: Offer) -> Network | None:
    """Return the offer's network if we know it. Only version 1 of x402 may use names."""
    named = _OLD_NAMES.get(offer.network) if offer.version == 1 else None
    return named or NETWORKS.get(offer.network)


def token_at(network: Network, address: str) -> Token | None:
    """Return the token at an address, whatever the case of its letters."""
    return _BY_ADDRESS.get((network.id, address.lower()))


def token_of(offer: Offer) -> Token | None:
    """Return the offer's token if we know it."""
    network = network_of(offer)
    return token_at(network, offer.asset) if network else None
