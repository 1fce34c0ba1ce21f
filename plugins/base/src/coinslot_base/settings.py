"""Reading the environment: the key, the networks and the nodes. No error repeats a value."""

from __future__ import annotations

import json
import re

from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot.keys import Key, read_private_file, split_mark
from coinslot.node import own_node
from coinslot_base.assets import BASE, BASE_SEPOLIA, NETWORKS, Network
from coinslot_base.wallet import ORDER

KEY = "COINSLOT_EVM_KEY"
KEYSTORE = "COINSLOT_EVM_KEYSTORE"
PASSWORD_FILE = "COINSLOT_EVM_KEYSTORE_PASSWORD_FILE"  # noqa: S105 - the name of a setting
PAID_NETWORKS = "COINSLOT_EVM_NETWORKS"
_HEX_KEY = re.compile(r"(?:0x)?[0-9a-fA-F]{64}", re.ASCII)

# Tracebacks can show local variables, so no function below holds a secret when it raises: what
# reads one answers with None, and the caller, which knows only the setting, says what is wrong.


def read_key(setting: Setting) -> Key:
    """Read the wallet's key from the environment or from an encrypted keystore file.

    Raises ConfigurationError where there is none, or one that is no key.
    """
    if bool(setting.environ.get(KEY)) == bool(setting.environ.get(KEYSTORE)):
        message = (
            f"Set {KEY} (the private key; a test key is marked test:) or {KEYSTORE} (a path), one of the two."
        )
        raise ConfigurationError(message)
    if setting.environ.get(KEY):
        key = _plain_key(setting)
        problem = f"{KEY} is not a private key: 64 hexadecimal digits, with or without 0x."
    else:
        key = _keystore_key(setting)
        problem = f"The keystore that {KEYSTORE} names does not open with the passphrase in {PASSWORD_FILE}."
    if key is None:
        raise ConfigurationError(problem)
    return key


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


def _plain_key(setting: Setting) -> Key | None:
    text, marked = split_mark(setting.environ[KEY])
    return _key(bytes.fromhex(text.removeprefix("0x")), test=marked) if _HEX_KEY.fullmatch(text) else None


def _keystore_key(setting: Setting) -> Key | None:
    path, marked = split_mark(setting.environ[KEYSTORE])
    password_path = setting.environ.get(PASSWORD_FILE)
    if not password_path:
        message = f"{KEYSTORE} needs {PASSWORD_FILE}: the path of a file with its passphrase."
        raise ConfigurationError(message)
    keystore = read_private_file(path, KEYSTORE)
    password = read_private_file(password_path, PASSWORD_FILE).rstrip(b"\r\n")
    # Half a second and more, so only who has a keystore pays for it.
    from eth_account import Account

    try:
        return _key(bytes(Account.decrypt(json.loads(keystore), password.decode("utf-8"))), test=marked)
    except Exception:  # noqa: BLE001 - whatever is wrong with the file, its content stays out of the error
        return None


def _key(secret: bytes, *, test: bool) -> Key | None:
    return Key(secret, test=test) if 0 < int.from_bytes(secret) < ORDER else None
