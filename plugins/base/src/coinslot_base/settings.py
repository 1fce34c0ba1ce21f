"""Reading the environment: the key, the networks and the nodes. No error repeats a value."""

from __future__ import annotations

import json

from coinslot import evm_key
from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot.keys import Key
from coinslot.node import own_node
from coinslot.wallets.family import KeyFamily
from coinslot_base.assets import BASE, BASE_SEPOLIA, NETWORKS, Network

PAID_NETWORKS = "COINSLOT_EVM_NETWORKS"


def read_key(setting: Setting, family: KeyFamily) -> Key:
    """Read the wallet's key. Raises ConfigurationError where there is none, or one that is no key."""
    return evm_key.read_key(setting, _unlock, family)


def paid_networks(setting: Setting, *, test: bool) -> tuple[Network, ...]:
    """Return the networks to pay on: Base, for test keys Base Sepolia too, or those that are named."""
    named = setting.environ.get(PAID_NETWORKS, "").replace(",", " ").split()
    if not named:
        return (BASE, BASE_SEPOLIA) if test else (BASE,)
    if unknown := [name for name in named if name not in NETWORKS]:
        message = f"{PAID_NETWORKS} names {unknown[0][:40]!r}; known are {', '.join(NETWORKS)}."
        raise ConfigurationError(message)
    return tuple(NETWORKS[name] for name in dict.fromkeys(named))


def node_addresses(setting: Setting) -> dict[str, str]:
    """Return the addresses of the user's own nodes, by network id. Raises ConfigurationError."""
    addresses = {}
    for network in NETWORKS.values():
        if address := own_node(setting, network.node_variable):
            addresses[network.id] = address
    return addresses


def _unlock(keystore: bytes, password: bytes) -> bytes:
    # Half a second and more, so only who has a keystore pays for it.
    from eth_account import Account

    return bytes(Account.decrypt(json.loads(keystore), password.decode("utf-8")))
