"""Reading the environment: the key, the networks, the nodes and the options. No error repeats a value."""

from __future__ import annotations

import json

from coinslot import evm_key
from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot.keys import Key
from coinslot.node import own_node
from coinslot_tempo.networks import MODERATO, NETWORKS, TEMPO, Network

PAID_NETWORKS = "COINSLOT_TEMPO_NETWORKS"
VALID_SECONDS = "COINSLOT_TEMPO_VALID_SECONDS"
CLIENT = "COINSLOT_TEMPO_CLIENT"
PUSH = "COINSLOT_TEMPO_PUSH"
PROOF_VERSION = "COINSLOT_TEMPO_PROOF_VERSION"

DEFAULT_VALID_SECONDS = 25
"""Every version of the chain takes 30; the newest takes 300."""
LEAST_VALID_SECONDS = 5
MOST_VALID_SECONDS = 300
NEWEST_PROOF = 3


def read_key(setting: Setting) -> Key:
    """Read the wallet's key. Raises ConfigurationError where there is none, or one that is no key."""
    return evm_key.read_key(setting, _unlock)


def paid_networks(setting: Setting, *, test: bool) -> tuple[Network, ...]:
    """Return the networks to pay on: the main one, for test keys the test one too, or those named."""
    named = setting.environ.get(PAID_NETWORKS, "").replace(",", " ").split()
    if not named:
        return (TEMPO, MODERATO) if test else (TEMPO,)
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


def valid_seconds(setting: Setting) -> int:
    """Return how long a payment lives, at most. Raises ConfigurationError."""
    return _number(setting, VALID_SECONDS, DEFAULT_VALID_SECONDS, (LEAST_VALID_SECONDS, MOST_VALID_SECONDS))


def proof_version(setting: Setting) -> int:
    """Return which shape of proof is signed. Raises ConfigurationError."""
    return _number(setting, PROOF_VERSION, NEWEST_PROOF, (1, NEWEST_PROOF))


def may_push(setting: Setting) -> bool:
    """Whether the user allows to send payments to the chain ourselves. Raises ConfigurationError."""
    return _number(setting, PUSH, 0, (0, 1)) == 1


def client_name(setting: Setting) -> str | None:
    """Return the name whose hash stands in memos, if there is one."""
    return setting.environ.get(CLIENT, "").strip() or None


def _number(setting: Setting, name: str, default: int, bounds: tuple[int, int]) -> int:
    text = setting.environ.get(name, "").strip() or str(default)
    least, most = bounds
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        message = f"{name} must be a number from {least} to {most}."
        raise ConfigurationError(message)
    return int(text)


def _unlock(keystore: bytes, password: bytes) -> bytes:
    # It costs a third of a second to import, so only who has a keystore pays for it.
    from eth_keyfile.keyfile import decode_keyfile_json

    # What it annotates as text has to be bytes.
    return decode_keyfile_json(json.loads(keystore), password)  # type: ignore[arg-type]
