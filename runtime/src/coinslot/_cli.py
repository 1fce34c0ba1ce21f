"""The command `coinslot`: a root whose subcommands other distributions bring.

Each is an entry point of the group `coinslot.commands`, and is loaded only when it is named.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import click

GROUP = "coinslot.commands"


def main() -> None:
    """Run the command line; where its packages are missing, say in one line what to install."""
    try:
        root = build()
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.exit("coinslot: the command line needs more packages: pip install 'coinslot[cli]'")
    root(prog_name="coinslot")


def build() -> click.Group:
    """Make the root command."""
    import click

    class Root(click.Group):
        """Finds subcommands by name, and imports no other."""

        def list_commands(self, ctx: click.Context) -> list[str]:
            return sorted({*super().list_commands(ctx), *_installed()})

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            claims = _installed().get(cmd_name, [])
            if len(claims) > 1:
                owners = ", ".join(sorted(_owner(claim) for claim in claims))
                raise click.ClickException(
                    f"{cmd_name!r} is claimed by several distributions ({owners}): uninstall all but one."
                )
            if not claims:
                return super().get_command(ctx, cmd_name)
            try:
                command = claims[0].load()
            except ImportError as error:
                raise click.ClickException(
                    f"{cmd_name!r} cannot be loaded ({error}): "
                    f"reinstall it with pip install '{_owner(claims[0])}[cli]'"
                ) from error
            if not isinstance(command, click.Command):
                raise click.ClickException(f"{cmd_name!r} of {_owner(claims[0])} is not a command.")
            return command

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            # Click's own list would load every subcommand for its first line of help.
            installed = _installed()
            rows = [(name, _origin(installed[name])) for name in self.list_commands(ctx) if name in installed]
            if rows:
                with formatter.section("Commands"):
                    formatter.write_dl(rows)

    @click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
    def root() -> None:
        """Typed Python clients for paid HTTP APIs.

        coinslot COMMAND --help tells about one command.
        """

    return root


def _installed() -> dict[str, list[EntryPoint]]:
    """Return every claim on every subcommand."""
    from importlib.metadata import entry_points

    claims: dict[str, list[EntryPoint]] = {}
    for claim in entry_points(group=GROUP):
        claims.setdefault(claim.name, []).append(claim)
    return claims


def _owner(claim: EntryPoint) -> str:
    return claim.dist.name if claim.dist is not None else "an unknown distribution"


def _origin(claims: list[EntryPoint]) -> str:
    return " and ".join(f"({_owner(claim)})" for claim in claims)
