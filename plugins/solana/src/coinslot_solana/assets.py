"""The networks and tokens that we know: a token's program and decimals are ours to say.

A token is known by network and mint together. What a server says of one is compared, never believed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coinslot.offer import Asset, Offer
from coinslot_solana.addresses import TOKEN_PROGRAM


@dataclass(frozen=True, slots=True)
class Network:
    """A Solana cluster."""

    genesis: str
    """The hash of its first block, by which a node proves which cluster it serves."""
    title: str
    node_variable: str
    """The environment variable with the address of the user's own node."""
    old_name: str
    """What x402 version 1 calls it."""

    @property
    def id(self) -> str:
        """CAIP-2 id, which has room for 32 letters of the genesis hash."""
        return f"solana:{self.genesis[:32]}"


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and the program that moves it."""

    network: Network
    asset: Asset
    program: str


MAINNET = Network("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d", "Solana", "COINSLOT_SOLANA_RPC", "solana")
DEVNET = Network(
    "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG",
    "Solana Devnet",
    "COINSLOT_SOLANA_DEVNET_RPC",
    "solana-devnet",
)
NETWORKS = {network.id: network for network in (MAINNET, DEVNET)}
_OLD_NAMES = {network.old_name: network for network in NETWORKS.values()}


def _usdc(network: Network, mint: str) -> Token:
    return Token(network, Asset(network.id, mint, "USDC", 6), TOKEN_PROGRAM)


USDC = (
    _usdc(MAINNET, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
    _usdc(DEVNET, "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU"),
)


def network_of(offer: Offer) -> Network | None:
    """Return the offer's network if we know it. Only version 1 of x402 may use names."""
    named = _OLD_NAMES.get(offer.network) if offer.version == 1 else None
    return named or NETWORKS.get(offer.network)


def token_of(offer: Offer, tokens: Iterable[Token]) -> Token | None:
    """Return the offer's token if it is one of these."""
    network = network_of(offer)
    return next(
        (known for known in tokens if known.network is network and known.asset.address == offer.asset), None
    )
