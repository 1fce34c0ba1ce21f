"""What an address holds on a network, as the user's own node says."""

from __future__ import annotations

from collections.abc import Mapping

from eth_hash.auto import keccak

from coinslot.effects import Flow
from coinslot.node import Node
from coinslot.offer import Asset
from coinslot_base.addresses import argument
from coinslot_base.assets import TOKENS, Network

BALANCE = keccak(b"balanceOf(address)")[:4]


def holdings(owner: str, network: Network, node_address: str) -> Flow[Mapping[Asset, int]]:
    """Ask for every token that is paid with there, in atomic units. Raises NodeFailed."""
    node = Node(node_address)
    yield from node.check_chain(network.chain_id)
    held = {}
    for asset in assets(network):
        held[asset] = yield from node.call(asset.address, BALANCE + argument(owner))
    return held


def assets(network: Network) -> tuple[Asset, ...]:
    """Return what is paid with on a network."""
    return tuple(token.asset for token in TOKENS if token.network == network)
