"""Reading the environment: the key and the nodes. No error repeats a value."""

from __future__ import annotations

import json

from coinslot import evm_key
from coinslot.backend import Setting
from coinslot.keys import Key
from coinslot.node import own_node
from coinslot.wallets.family import KeyFamily
from coinslot_tempo.networks import NETWORKS


def read_key(setting: Setting, family: KeyFamily) -> Key:
    """Read the wallet's key. Raises ConfigurationError where there is none, or one that is no key."""
    return evm_key.read_key(setting, _unlock, family)


def node_addresses(setting: Setting) -> dict[str, str]:
    """Return the addresses of the user's own nodes, by network id. Raises ConfigurationError."""
    addresses = {}
    for network in NETWORKS.values():
        if address := own_node(setting, network.node_variable):
            addresses[network.id] = address
    return addresses


def _unlock(keystore: bytes, password: bytes) -> bytes:
    # It costs a third of a second to import, so only who has a keystore pays for it.
    from eth_keyfile.keyfile import decode_keyfile_json

    # What it annotates as text has to be bytes.
    return decode_keyfile_json(json.loads(keystore), password)  # type: ignore[arg-type]
