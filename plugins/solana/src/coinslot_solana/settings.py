"""Reading the environment: the key, the networks, the nodes and further tokens. No error repeats a value."""

from __future__ import annotations

import json
import re

from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot.keys import Key, read_private_file, split_mark
from coinslot.node import own_node
from coinslot.offer import Asset
from coinslot.wallets.family import KeyFamily
from coinslot_solana import base58
from coinslot_solana.addresses import TOKEN_2022_PROGRAM, TOKEN_PROGRAM, is_address
from coinslot_solana.assets import DEVNET, MAINNET, NETWORKS, USDC, Network, Token

KEY = "COINSLOT_SOLANA_KEY"
KEYFILE = "COINSLOT_SOLANA_KEYFILE"
PAID_NETWORKS = "COINSLOT_SOLANA_NETWORKS"
TOKENS = "COINSLOT_SOLANA_TOKENS"
_HEX_SEED = re.compile(r"(?:0x)?[0-9a-fA-F]{64}", re.ASCII)
_TOKEN = re.compile(
    r"(?P<network>solana:\w{32}):(?P<mint>\w{32,44}):(?P<symbol>\w{1,12}):(?P<decimals>[0-9]|1[0-8])"
    r"(?P<program>:token-2022)?",
    re.ASCII,
)
_LENGTHS = (64, 32)
"""Bytes of a key: seed and public key, or the seed alone."""

# Tracebacks can show local variables, so no function below holds a secret when it raises: what
# reads one answers with None, and the caller, which knows only the setting, says what is wrong.


def read_key(setting: Setting, family: KeyFamily) -> Key:
    """Read the wallet's key from the environment, from a key file, or from the chosen wallet.

    Raises ConfigurationError where there is none, or one that is no key.
    """
    named = [name for name in (KEY, KEYFILE) if setting.environ.get(name)]
    if not named:
        # The stored wallets stand beside the ledger, whose database is not loaded for a key that is set.
        from coinslot.wallets.opening import stored_key

        stored = stored_key(setting, family)
        if stored is not None:
            return stored
    if len(named) != 1:
        message = (
            f"Set {KEY} (the key; a test key is marked test:) or {KEYFILE} (a path), one of the two"
            f"{'' if named else f', or make a wallet: coinslot wallet new {family.name}'}."
        )
        raise ConfigurationError(message)
    if setting.environ.get(KEY):
        key = _key(*split_mark(setting.environ[KEY]))
        problem = f"{KEY} is not a private key: base58, 64 hexadecimal digits, or a JSON list of 64 bytes."
    else:
        key = _stored_key(setting)
        problem = f"The file that {KEYFILE} names holds no private key, as `solana-keygen` writes one."
    if key is None:
        raise ConfigurationError(problem)
    return key


def paid_networks(setting: Setting, *, test: bool) -> tuple[Network, ...]:
    """Return the networks to pay on: Solana, for test keys its devnet too, or those that are named."""
    named = setting.environ.get(PAID_NETWORKS, "").replace(",", " ").split()
    if not named:
        return (MAINNET, DEVNET) if test else (MAINNET,)
    if unknown := [name for name in named if name not in NETWORKS]:
        message = f"{PAID_NETWORKS} names {unknown[0][:40]!r}; known are {', '.join(NETWORKS)}."
        raise ConfigurationError(message)
    return tuple(NETWORKS[name] for name in dict.fromkeys(named))


def known_tokens(setting: Setting) -> tuple[Token, ...]:
    """Return USDC and whatever tokens the user declares to be worth one dollar.

    Each is written `NETWORK:MINT:SYMBOL:DECIMALS`, with `:token-2022` behind it where that program moves it.
    """
    declared = setting.environ.get(TOKENS, "").replace(",", " ").split()
    return (*USDC, *(_token(entry) for entry in declared))


def node_addresses(setting: Setting) -> dict[str, str]:
    """Return the addresses of the user's own nodes, by network id. Raises ConfigurationError."""
    addresses = {network.id: own_node(setting, network.node_variable) for network in NETWORKS.values()}
    return {network: address for network, address in addresses.items() if address is not None}


def _token(entry: str) -> Token:
    read = _TOKEN.fullmatch(entry)
    network = NETWORKS.get(read["network"]) if read else None
    if read is None or network is None or not is_address(read["mint"]):
        message = f"{TOKENS} holds an entry that is not NETWORK:MINT:SYMBOL:DECIMALS[:token-2022]."
        raise ConfigurationError(message)
    if any(known.network is network and known.asset.address == read["mint"] for known in USDC):
        raise ConfigurationError(f"{TOKENS} declares USDC, which is known already.")
    asset = Asset(network.id, read["mint"], read["symbol"], int(read["decimals"]))
    return Token(network, asset, TOKEN_2022_PROGRAM if read["program"] else TOKEN_PROGRAM)


def _stored_key(setting: Setting) -> Key | None:
    path, marked = split_mark(setting.environ[KEYFILE])
    content = read_private_file(path, KEYFILE)
    try:
        return _key(content.decode("utf-8"), marked)
    except UnicodeDecodeError:
        return None


def parse_key(text: str) -> bytes | None:
    """Read a key in any form: 32 bytes of a seed, or 64 with the public key; None for what is none."""
    text = text.strip()
    return _listed(text) if text.startswith("[") else _written(text)


def _key(text: str, marked: bool) -> Key | None:  # noqa: FBT001 - as `split_mark` returns them
    secret = parse_key(text)
    return None if secret is None else Key(secret, test=marked)


def _listed(text: str) -> bytes | None:
    """Read a JSON list of bytes, the form of `solana-keygen`."""
    try:
        values = json.loads(text)
        return (
            bytes(values) if len(values) in _LENGTHS and all(type(byte) is int for byte in values) else None
        )
    except (ValueError, RecursionError):
        return None


def _written(text: str) -> bytes | None:
    """Read a seed in hexadecimal, or a seed or key in base58."""
    if _HEX_SEED.fullmatch(text):
        return bytes.fromhex(text.removeprefix("0x"))
    for length in _LENGTHS:
        try:
            return base58.decode(text, length)
        except ValueError:
            continue
    return None
