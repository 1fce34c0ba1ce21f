"""Kinds of keys, as backends bring them: what a wallet needs to know of a chain, so that no command must.

A backend offers its kind under its own name in the entry-point group `coinslot.key_families`. Several may
share one: then one wallet pays through all of them.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from coinslot.backend import Setting
from coinslot.backends import claim_of, first_party
from coinslot.effects import Flow
from coinslot.errors import ConfigurationError
from coinslot.offer import Asset
from coinslot.text import clean

GROUP = "coinslot.key_families"


@dataclass(frozen=True, slots=True)
class Watch:
    """A network on which a wallet pays, and how to ask what it holds there."""

    title: str
    node_variable: str
    """The environment variable with the address of the user's own node."""
    assets: tuple[Asset, ...]
    """What it pays with there."""
    ask: Callable[[str], Flow[Mapping[Asset, int]]] | None = field(repr=False)
    """Asks the node what an address holds, in atomic units; raises NodeFailed, also for a node of another
    chain. None where no node is configured."""


class KeyFamily(ABC):
    """One kind of key: how it is made, read, and what its address is."""

    name: str
    """What people call it, and the folder of its wallets."""
    title: str
    """What it is, in a few words."""
    prefix: str
    """How its settings begin, as in `COINSLOT_EVM`."""
    file_variable: str
    """The setting that names a file with the key, beside `{prefix}_KEY`."""
    forms: str | None = None
    """What a secret is written as, in a clause: what `parse` takes."""
    keystore_label: str | None = None
    """What its keystore files are marked with; None: they are standard V3 files."""

    @property
    def key_variable(self) -> str:
        """The setting that holds a key itself."""
        return f"{self.prefix}_KEY"

    @property
    def wallet_variable(self) -> str:
        """The setting that names the wallet to use, where it is not the default one."""
        return f"{self.prefix}_WALLET"

    @property
    def password_variable(self) -> str:
        """The setting that names a file with the passphrase of keystores."""
        return f"{self.prefix}_KEYSTORE_PASSWORD_FILE"

    def generate(self) -> bytes:
        """Make a new secret."""
        return secrets.token_bytes(32)

    @abstractmethod
    def parse(self, text: str) -> bytes | None:
        """Read a secret in any form that people have it in; None for what is none. Never raises."""

    @abstractmethod
    def address(self, secret: bytes) -> str:
        """Return the address of a secret as `parse` or `generate` gave it."""

    @abstractmethod
    def published(self, secret: bytes) -> bool:
        """Whether this secret is known to everybody, and can be a test key only."""

    @abstractmethod
    def watches(self, setting: Setting, *, test: bool) -> Sequence[Watch]:
        """Return the networks on which a test or live key pays. Raises ConfigurationError."""

    def __repr__(self) -> str:
        return f"<key family {self.name}>"


@cache
def load_families() -> Mapping[str, KeyFamily]:
    """Return the key family of every installed first-party backend, by the backend's name.

    They are looked for once in a process: what is installed does not change under it.
    """
    return MappingProxyType({name: load_family(name) for name in first_party(GROUP)})


def load_family(backend: str) -> KeyFamily:
    """Return the key family of a backend. Raises ConfigurationError."""
    try:
        family = claim_of(backend, GROUP).load()
    except ImportError as error:
        raise ConfigurationError(f"{clean(backend, 60)} cannot be loaded ({clean(str(error))}).") from None
    if not isinstance(family, KeyFamily):
        raise ConfigurationError(f"{clean(backend, 60)} offers something that is no key family.")
    return family
