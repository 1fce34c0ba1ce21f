"""Getting at the secret of a stored wallet: a program's own way, with nobody asked unless somebody is there.

Tracebacks can show local variables, so no function here holds a secret or a passphrase when it raises.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from coinslot._forks import free_in_forks
from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot.keys import Key, read_private, read_private_file, split_mark
from coinslot.wallets import keyrings, keystore
from coinslot.wallets.asking import NobodyThere, ask_unseen, somebody_there
from coinslot.wallets.family import KeyFamily
from coinslot.wallets.store import KEYSTORE, StoredWallet, Wallets

TRIES = 3
"""How often a person may mistype a passphrase."""

_opened: dict[tuple[str, str, int], Key] = {}


class _Turn:
    """Whose turn it is to open a wallet; a thread of the parent's opens none for a fork."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        free_in_forks(self)

    @contextmanager
    def taken(self) -> Iterator[None]:
        with self._guard:
            yield


_TURN = _Turn()


def chosen_wallet(environ: Mapping[str, str], family: KeyFamily) -> StoredWallet | None:
    """Return the wallet that pays, by `COINSLOT_…_WALLET` or as the default. Raises ConfigurationError."""
    wallets = Wallets.of(environ)
    if wallets is None:
        return None
    name = environ.get(family.wallet_variable)
    return wallets.get(family.name, name) if name else wallets.default(family.name)


def stored_key(setting: Setting, family: KeyFamily) -> Key | None:
    """Return the key of the wallet that pays, to be opened when it signs; None where there is no wallet.

    It is opened once for a process: several backends may share it. Raises ConfigurationError where it
    cannot be, as far as that is seen without trying.
    """
    wallet = chosen_wallet(setting.environ, family)
    wallets = Wallets.of(setting.environ)
    if wallet is None or wallets is None:
        return None
    if wallet.kept == KEYSTORE:
        keystore.installed()
        path = wallets.keystore(wallet.family, wallet.name)
        read_private(path, f"The keystore {path}")
        asking = not setting.to_quote and needs_asking(wallet, family, setting.environ)
        if asking and not somebody_there():
            raise _nobody(wallet, family)
    elif wallet.kept not in keyrings.SYSTEMS:
        raise ConfigurationError(f"The record of {wallet.title} names no keyring that is known.")
    opening = partial(_once, wallets, wallet, family, setting.environ)
    return Key.sealed(opening, address=wallet.address, test=wallet.test)


def needs_asking(wallet: StoredWallet, family: KeyFamily, environ: Mapping[str, str]) -> bool:
    """Whether somebody must type this wallet's passphrase."""
    return wallet.kept == KEYSTORE and not environ.get(family.password_variable)


def _once(wallets: Wallets, wallet: StoredWallet, family: KeyFamily, environ: Mapping[str, str]) -> Key:
    # Others that need the same wallet meanwhile wait for the one answer.
    with _TURN.taken():
        known = _identity(wallets, wallet)
        if known not in _opened:
            _opened[known] = open_wallet(wallets, wallet, family, environ)
        return _opened[known]


def open_wallet(
    wallets: Wallets,
    wallet: StoredWallet,
    family: KeyFamily,
    environ: Mapping[str, str],
    *,
    named_by: str | None = None,
) -> Key:
    """Open a wallet with the passphrase from its file, or from whoever sits there.

    `named_by` is what errors say of where the file was named, if not by the family's setting.
    Raises ConfigurationError where that does not give the secret of the wallet's own address.
    """
    key = _opened_key(wallets, wallet, family, environ, named_by or family.password_variable)
    if key.test is not wallet.test:
        told, made = ("test", "live") if wallet.test else ("live", "test")
        raise ConfigurationError(
            f"The record of {wallet.title} says that it is a {told} wallet, but its secret shows that it was "
            f"made as a {made} wallet: the record was changed. Nothing was signed. Whoever holds the secret "
            f"can import it under another name, and say there what it is: coinslot wallet import "
            f"{wallet.family}/NAME"
        )
    return key


def mark_of(secret: bytes) -> str:
    """Return what stands in the record of a test wallet. It tells nothing of the secret."""
    return hmac.new(secret, b"coinslot: a test wallet", hashlib.sha256).hexdigest()


def _opened_key(
    wallets: Wallets, wallet: StoredWallet, family: KeyFamily, environ: Mapping[str, str], named_by: str
) -> Key:
    if wallet.kept != KEYSTORE:
        key = _from_keyring(wallet, family)
        if key is None:
            raise ConfigurationError(f"What the keyring holds for {wallet.title} is not its secret.")
        return key
    path = wallets.keystore(wallet.family, wallet.name)
    content = read_private(path, f"The keystore {path}")
    by_file = bool(environ.get(family.password_variable))
    for again in range(1 if by_file else TRIES):
        key = _from_keystore(content, wallet, family, environ, again=again > 0)
        if key is not None:
            return key
    source = f"with the passphrase in the file that {named_by} names" if by_file else "with that passphrase"
    raise ConfigurationError(f"The wallet {wallet.title} does not open {source}.")


def unlocked(content: bytes, passphrase: bytes, wallet: StoredWallet, family: KeyFamily) -> Key | None:
    """Open a keystore of this wallet; None where the passphrase or the address is another."""
    secret = keystore.unseal(content, passphrase, family.keystore_label)
    if secret is None:
        return None
    marked = hmac.compare_digest((wallet.mark or "").encode(), mark_of(secret).encode())
    return _checked(secret, wallet, family, test=marked)


def _from_keystore(
    content: bytes, wallet: StoredWallet, family: KeyFamily, environ: Mapping[str, str], *, again: bool
) -> Key | None:
    return unlocked(content, _passphrase(wallet, family, environ, again=again), wallet, family)


def _from_keyring(wallet: StoredWallet, family: KeyFamily) -> Key | None:
    if wallet.kept not in keyrings.SYSTEMS:
        return None
    text, marked = split_mark(keyrings.get(wallet.kept, wallet.account))
    secret = family.parse(text)
    return None if secret is None else _checked(secret, wallet, family, test=marked)


def _checked(secret: bytes, wallet: StoredWallet, family: KeyFamily, *, test: bool) -> Key | None:
    fits = family.address(secret) == wallet.address and (test or not family.published(secret))
    return Key(secret, test=test) if fits else None


def _passphrase(wallet: StoredWallet, family: KeyFamily, environ: Mapping[str, str], *, again: bool) -> bytes:
    if path := environ.get(family.password_variable):
        return read_private_file(path, family.password_variable).rstrip(b"\r\n")
    if not somebody_there():
        raise _nobody(wallet, family)
    try:
        wrong = "That passphrase does not open it.\n" if again else ""
        asked = f"{wrong}Passphrase of the wallet {wallet.title} ({wallet.address}): "
        return ask_unseen(asked).encode("utf-8", "surrogateescape")
    except NobodyThere:
        raise ConfigurationError(
            f"No passphrase was given for the wallet {wallet.title}. Nothing was signed."
        ) from None


def _nobody(wallet: StoredWallet, family: KeyFamily) -> ConfigurationError:
    return ConfigurationError(
        f"The wallet {wallet.title} needs its passphrase: set {family.password_variable} to the path of "
        "a file with it (mode 0600), or run this in a terminal."
    )


def _identity(wallets: Wallets, wallet: StoredWallet) -> tuple[str, str, int]:
    """Tell this wallet from one that takes its place, in a process that forked or goes on for days."""
    path: Path = wallets.keystore(wallet.family, wallet.name)
    changed = path.stat().st_mtime_ns if wallet.kept == KEYSTORE and path.exists() else 0
    return f"{wallets.folder}/{wallet.title}/{wallet.address}/{wallet.test}", str(os.getpid()), changed
