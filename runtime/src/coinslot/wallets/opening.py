"""Getting at the secret of a stored wallet: a program's own way, with nobody asked unless somebody is there.

Tracebacks can show local variables, so no function here holds a secret or a passphrase when it raises.
"""

from __future__ import annotations

import getpass
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot.keys import Key, read_private, read_private_file, split_mark
from coinslot.wallets import keyrings, keystore
from coinslot.wallets.family import KeyFamily
from coinslot.wallets.store import KEYSTORE, StoredWallet, Wallets

TRIES = 3
"""How often a person may mistype a passphrase."""

_opened: dict[tuple[str, str, int], Key] = {}
_guard = threading.Lock()


def chosen_wallet(environ: Mapping[str, str], family: KeyFamily) -> StoredWallet | None:
    """Return the wallet that pays, by `COINSLOT_…_WALLET` or as the default. Raises ConfigurationError."""
    wallets = Wallets.of(environ)
    if wallets is None:
        return None
    name = environ.get(family.wallet_variable)
    return wallets.get(family.name, name) if name else wallets.default(family.name)


def stored_key(setting: Setting, family: KeyFamily) -> Key | None:
    """Return the key of the wallet that pays; None where there is no wallet.

    Opens it once for a process: several backends may share it. Raises ConfigurationError where it does
    not open.
    """
    wallet = chosen_wallet(setting.environ, family)
    wallets = Wallets.of(setting.environ)
    if wallet is None or wallets is None:
        return None
    with _guard:
        known = _identity(wallets, wallet)
        if known not in _opened:
            _opened[known] = open_wallet(wallets, wallet, family, setting.environ)
        return _opened[known]


def open_wallet(wallets: Wallets, wallet: StoredWallet, family: KeyFamily, environ: Mapping[str, str]) -> Key:
    """Open a wallet with the passphrase from its file, or from whoever sits there.

    Raises ConfigurationError where that does not give the secret of the wallet's own address.
    """
    if wallet.kept != KEYSTORE:
        key = _from_keyring(wallet, family)
        if key is None:
            raise ConfigurationError(f"What the keyring holds for {wallet.title} is not its secret.")
        return key
    path = wallets.keystore(wallet.family, wallet.name)
    content = read_private(path, f"The keystore {path}")
    by_file = bool(environ.get(family.password_variable))
    for _ in range(1 if by_file else TRIES):
        key = _from_keystore(content, wallet, family, environ)
        if key is not None:
            return key
    source = f"with the passphrase in {family.password_variable}" if by_file else "with that passphrase"
    raise ConfigurationError(f"The wallet {wallet.title} does not open {source}.")


def unlocked(content: bytes, passphrase: bytes, wallet: StoredWallet, family: KeyFamily) -> Key | None:
    """Open a keystore of this wallet; None where the passphrase or the address is another."""
    secret = keystore.unseal(content, passphrase, family.keystore_label)
    return None if secret is None else _checked(secret, wallet, family)


def _from_keystore(
    content: bytes, wallet: StoredWallet, family: KeyFamily, environ: Mapping[str, str]
) -> Key | None:
    return unlocked(content, _passphrase(wallet, family, environ), wallet, family)


def _from_keyring(wallet: StoredWallet, family: KeyFamily) -> Key | None:
    if wallet.kept not in keyrings.SYSTEMS:
        return None
    text, marked = split_mark(keyrings.get(wallet.kept, wallet.account))
    secret = family.parse(text)
    return None if secret is None or marked != wallet.test else _checked(secret, wallet, family)


def _checked(secret: bytes, wallet: StoredWallet, family: KeyFamily) -> Key | None:
    return Key(secret, test=wallet.test) if family.address(secret) == wallet.address else None


def _passphrase(wallet: StoredWallet, family: KeyFamily, environ: Mapping[str, str]) -> bytes:
    if path := environ.get(family.password_variable):
        return read_private_file(path, family.password_variable).rstrip(b"\r\n")
    if not _somebody_there():
        raise ConfigurationError(
            f"The wallet {wallet.title} needs its passphrase: set {family.password_variable} to the path of "
            "a file with it (mode 0600), or run this in a terminal."
        )
    try:
        return getpass.getpass(f"Passphrase of the wallet {wallet.title} ({wallet.address}): ").encode(
            "utf-8"
        )
    except EOFError:
        raise ConfigurationError(f"No passphrase was given for the wallet {wallet.title}.") from None


def _somebody_there() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


def _identity(wallets: Wallets, wallet: StoredWallet) -> tuple[str, str, int]:
    """Tell this wallet from one that takes its place, in a process that forked or goes on for days."""
    path: Path = wallets.keystore(wallet.family, wallet.name)
    changed = path.stat().st_mtime_ns if wallet.kept == KEYSTORE and path.exists() else 0
    return f"{wallets.folder}/{wallet.title}/{wallet.address}/{wallet.test}", str(os.getpid()), changed
