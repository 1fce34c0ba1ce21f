"""What a generated command line says of itself."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A command line, as its package declares it."""

    name: str
    """What a person types."""
    home: str
    """The package that holds its groups' modules, as in `paint.cli`; the client's package lies above."""
    client: str
    """Name of the client's class."""
    about: str
    """What the API is, for the first page of help."""
    groups: Mapping[str, tuple[str, str]]
    """By name: the module below `home` that holds the group, and a line of help."""
    uploads: str | None = None
    """The client's attribute that takes files; None: the API takes none."""
    jobs: bool = False
    """Whether any call starts a job."""
    paid: bool = False
    """Whether any call is paid for."""
    unpaid: Collection[str] = ()
    """Names of the groups in which no call is."""

    def main(self) -> None:
        """Run the command line; where its packages are missing, say in one line what to install."""
        try:
            root = self.build()
        except ModuleNotFoundError as error:
            if error.name not in {"click", "rich"}:
                raise
            # A client inside another's package has no distribution of its own.
            package = "coinslot" if "." in self.package else self.package.replace("_", "-")
            sys.exit(f"{self.name}: the command line needs more packages: pip install '{package}[cli]'")
        root(prog_name=self.name)

    def build(self) -> click.Group:
        """Make the root command."""
        from coinslot.console._root import Root

        return Root(self)

    def variable(self, name: str) -> str:
        """Return the name of an environment variable of this program."""
        return f"{self.name.upper().replace('-', '_').replace('.', '_')}_{name}"

    @property
    def package(self) -> str:
        """The client's package."""
        return self.home.rpartition(".")[0]

    def load(self) -> type[Any]:
        """Import the client's class."""
        from importlib import import_module

        kind: type[Any] = getattr(import_module(self.package), self.client)
        return kind
