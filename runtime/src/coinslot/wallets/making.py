"""Keeping a secret for good: stored, read back from where it was stored, and its backup opened."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

from coinslot.errors import ConfigurationError
from coinslot.keys import TEST_PREFIX, Key, read_private
from coinslot.wallets import keyrings, keystore
from coinslot.wallets.family import KeyFamily
from coinslot.wallets.opening import mark_of, unlocked
from coinslot.wallets.store import KEYSTORE, StoredWallet, Wallets, write_new

LEAST_PASSPHRASE = 8


def keep_in_file(
    wallets: Wallets, family: KeyFamily, name: str, key: Key, *, passphrase: bytes, today: date
) -> StoredWallet:
    """Keep a key in an encrypted keystore. Its address is derived again from the file as it was written.

    Raises ConfigurationError; then nothing was kept.
    """
    wallets.check_free(family.name, name)
    wallet = _described(family, name, key, KEYSTORE, today)
    path = wallets.keystore(family.name, name)
    write_new(path, keystore.seal(key.reveal(), passphrase, wallet.address, family.keystore_label))
    if unlocked(read_private(path, f"The keystore {path}"), passphrase, wallet, family) is None:
        path.unlink()
        raise ConfigurationError(f"{path} did not open again as it was written, so it was removed.")
    wallets.add(wallet)
    return wallet


def keep_in_keyring(
    wallets: Wallets, family: KeyFamily, name: str, key: Key, *, system: str, today: date
) -> StoredWallet:
    """Keep a key in a system keyring. Its address is derived again from what the keyring gives back.

    Raises ConfigurationError; then nothing was kept.
    """
    wallets.check_free(family.name, name)
    wallet = _described(family, name, key, system, today)
    keyrings.put(system, wallet.account, (TEST_PREFIX if key.test else "") + key.reveal().hex())
    kept = family.parse(keyrings.get(system, wallet.account).removeprefix(TEST_PREFIX))
    if kept is None or family.address(kept) != wallet.address:
        del kept
        keyrings.forget(system, wallet.account)
        raise ConfigurationError("The keyring did not give back what it was given, so it was removed there.")
    wallets.add(wallet)
    return wallet


def check_place(path: Path) -> None:
    """Raise ConfigurationError for a path at which no backup can be written, as far as that shows before."""
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder: name a new file in it.")
    if path.exists():
        raise ConfigurationError(f"{path} is there already, and is never overwritten: name a new file.")
    there = next(folder for folder in path.absolute().parents if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ConfigurationError(f"Nothing can be written in {there}: name a file in a folder of yours.")


def write_backup(path: Path, wallet: StoredWallet, family: KeyFamily, key: Key, passphrase: bytes) -> None:
    """Write an encrypted copy of a wallet. Raises ConfigurationError where a file is there already."""
    write_new(path, keystore.seal(key.reveal(), passphrase, wallet.address, family.keystore_label))


def tested_backup(
    path: Path, wallets: Wallets, wallet: StoredWallet, family: KeyFamily, *, passphrase: bytes, today: date
) -> StoredWallet | None:
    """Open a backup as one would who has nothing else, and note that it did; None where it does not open."""
    if unlocked(read_private(path, f"The backup {path}"), passphrase, wallet, family) is None:
        return None
    tested = replace(wallet, backup=today.isoformat())
    wallets.update(tested)
    return tested


def _described(family: KeyFamily, name: str, key: Key, kept: str, today: date) -> StoredWallet:
    address = family.address(key.reveal())
    mark = mark_of(key.reveal()) if key.test and kept == KEYSTORE else None
    return StoredWallet(family.name, name, address, key.test, kept, today.isoformat(), mark=mark)
