"""Names of wallets on the command line, `FAMILY` or `FAMILY/NAME`; no error repeats what was typed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from coinslot.errors import CoinslotError, ConfigurationError

if TYPE_CHECKING:
    from coinslot.wallets.family import KeyFamily
    from coinslot.wallets.store import StoredWallet, Wallets

MAIN = "main"
"""The name of a wallet that is given none."""


class WalletName(NamedTuple):
    """A wallet as it was named."""

    family: str
    name: str | None


class _WalletType(click.ParamType[WalletName]):
    """Reads a name. People type secrets where names belong, so nothing of it is shown."""

    name = "wallet"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> WalletName:
        if isinstance(value, WalletName):
            return value
        from coinslot.wallets.family import load_families
        from coinslot.wallets.store import check_name

        family, separator, name = str(value).partition("/")
        try:
            known = sorted({each.name for each in load_families().values()})
            if family not in known:
                self.fail(_families_told(known), param, ctx)
            return WalletName(family, check_name(name) if separator else None)
        except ConfigurationError as error:
            return self.fail(str(error), param, ctx)


WALLET = _WalletType()


def _families_told(known: list[str]) -> str:
    if not known:
        from coinslot.backends import HOW_TO_INSTALL

        return f"no payment backend is installed: {HOW_TO_INSTALL}."
    return (
        f"say {' or '.join(known)}, with /NAME behind it for another than {MAIN}, and never a secret. Other "
        "kinds of keys come with their payment backends."
    )


@contextmanager
def problems_told() -> Iterator[None]:
    """Show our own errors as one line."""
    try:
        yield
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None


def wallets_here() -> Wallets:
    """Return the user's wallets."""
    from coinslot.wallets.store import Wallets

    wallets = Wallets.of(os.environ)
    assert wallets is not None  # noqa: S101 - the process's own environment always leads to a folder
    return wallets


def stored(wallets: Wallets, name: WalletName) -> StoredWallet:
    """Return the wallet that was named; by its family alone the one that pays."""
    if name.name is not None:
        return wallets.get(name.family, name.name)
    pays = wallets.default(name.family)
    if pays is None:
        raise ConfigurationError(f"There is no wallet yet: coinslot wallet new {name.family}")
    return pays


def family_of(name: WalletName | None) -> KeyFamily:
    """Return the key family that was named, or the only one that is installed. Raises ConfigurationError."""
    from coinslot.wallets.family import load_families

    families = {family.name: family for family in load_families().values()}
    if name is not None and name.family in families:
        return families[name.family]
    if not families:
        from coinslot.backends import HOW_TO_INSTALL

        raise ConfigurationError(f"No payment backend is installed: {HOW_TO_INSTALL}.")
    if len(families) > 1:
        told = " or ".join(f"{family.name} ({family.title})" for family in families.values())
        raise ConfigurationError(
            f"Say which kind of wallet: {told}, as in coinslot wallet new {min(families)}."
        )
    return next(iter(families.values()))
