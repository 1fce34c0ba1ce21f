"""What a wallet needs to know of the networks that this backend pays on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from coinslot.backend import Setting
from coinslot.evm_key import EvmFamily
from coinslot.keys import Key
from coinslot.wallets.family import Watch
from coinslot_tempo.holdings import assets, holdings
from coinslot_tempo.options import paid_networks
from coinslot_tempo.settings import node_addresses
from coinslot_tempo.wallet import Wallet


class TempoFamily(EvmFamily):
    """secp256k1 keys, and the networks of this backend."""

    def address(self, secret: bytes) -> str:
        """Return the address with its checksum."""
        return Wallet(Key(secret, test=True)).address

    def watches(self, setting: Setting, *, test: bool) -> Sequence[Watch]:
        """Return the networks that are paid on."""
        nodes = node_addresses(setting)
        return tuple(
            Watch(
                network.title,
                network.node_variable,
                assets(network),
                partial(holdings, network=network, node_address=nodes[network.id])
                if network.id in nodes
                else None,
            )
            for network in paid_networks(setting, test=test)
        )


FAMILY = TempoFamily()
