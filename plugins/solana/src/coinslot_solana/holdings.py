"""What an address holds on a network, as the user's own node says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from coinslot.effects import Flow
from coinslot.offer import Asset
from coinslot_solana.addresses import token_account
from coinslot_solana.assets import Network, Token
from coinslot_solana.node import SolanaNode


def holdings(
    owner: str, network: Network, tokens: Sequence[Token], node_address: str
) -> Flow[Mapping[Asset, int]]:
    """Ask for these tokens, in atomic units. Raises NodeFailed."""
    node = SolanaNode(node_address)
    yield from node.check_network(network)
    held = {}
    for token in tokens:
        account = token_account(owner, token.asset.address, token.program)
        held[token.asset] = yield from node.held(account, token.asset.decimals)
    return held


def tokens_of(network: Network, tokens: Iterable[Token]) -> tuple[Token, ...]:
    """Return what is paid with on a network."""
    return tuple(token for token in tokens if token.network == network)
