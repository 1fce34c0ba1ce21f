"""Who pays through each installed backend: from which key, with which address. Nothing is opened for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coinslot.backend import Setting
from coinslot.backends import load_backend
from coinslot.errors import ConfigurationError
from coinslot.wallets.family import KeyFamily, Watch, load_families
from coinslot.wallets.opening import chosen_wallet
from coinslot.wallets.store import StoredWallet


@dataclass(frozen=True, slots=True)
class Payer:
    """A backend's wallet, as far as it is known without opening it."""

    backend: str
    family: KeyFamily
    address: str
    test: bool
    source: str
    """The setting or the wallet that the key comes from."""
    wallet: StoredWallet | None
    watches: Sequence[Watch]


@dataclass(frozen=True, slots=True)
class NoPayer:
    """A backend that cannot pay, and why."""

    backend: str
    family: KeyFamily
    reason: str
    missing: bool
    """Whether it is only that no key was given."""


def payers(setting: Setting) -> list[Payer | NoPayer]:
    """Return who pays through each installed first-party backend."""
    return [payer(name, family, setting) for name, family in load_families().items()]


def payer(backend: str, family: KeyFamily, setting: Setting) -> Payer | NoPayer:
    """Return who pays through one backend."""
    try:
        source = key_setting(family, setting.environ)
        wallet = None if source else chosen_wallet(setting.environ, family)
        if source:
            # Its own reading is asked, so that what is said here is what a call will find.
            loaded = load_backend(backend, setting)
            address, test = loaded.identity.address, loaded.test_key
        elif wallet:
            address, test, source = wallet.address, wallet.test, f"wallet {wallet.title}"
        else:
            return NoPayer(backend, family, "it has no key", missing=True)
        watches = family.watches(setting, test=test)
    except ConfigurationError as error:
        return NoPayer(backend, family, str(error), missing=False)
    return Payer(backend, family, address, test, source, wallet, watches)


def key_setting(family: KeyFamily, environ: Mapping[str, str]) -> str | None:
    """Return the setting that names a key, and so goes before all wallets."""
    named = (name for name in (family.key_variable, family.file_variable) if environ.get(name))
    return next(named, None)
