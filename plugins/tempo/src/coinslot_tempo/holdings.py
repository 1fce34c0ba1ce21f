"""What an address holds on a network, as the user's own node says."""

from __future__ import annotations

from collections.abc import Mapping

from coinslot.effects import Flow
from coinslot.node import Node
from coinslot.offer import Asset
from coinslot_tempo.fees import held
from coinslot_tempo.networks import TOKENS, Network


def holdings(owner: str, network: Network, node_address: str) -> Flow[Mapping[Asset, int]]:
    """Ask for every token that is paid with there, in atomic units. Raises NodeFailed."""
    node = Node(node_address)
    yield from node.check_chain(network.chain_id)
    found = {}
    for token in TOKENS:
        if token.network == network:
            found[token.asset] = yield from held(node, token, owner)
    return found


def assets(network: Network) -> tuple[Asset, ...]:
    """Return what is paid with on a network."""
    return tuple(token.asset for token in TOKENS if token.network == network)
