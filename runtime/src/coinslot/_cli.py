"""The command `coinslot`: a root whose subcommands other distributions bring.

Each is an entry point of the group `coinslot.commands`, and is loaded only when it is named.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from coinslot._installed import Listed, headline, listed

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import click

GROUP = "coinslot.commands"
SHOW_TRACEBACK = "COINSLOT_TRACEBACK"

_BROUGHT_BY = {
    **dict.fromkeys(("check", "diff", "generate", "inspect"), "./codegen"),
    "mcp": "./plugins/mcp",
    "sandbox": "./codegen ./plugins/sandbox",
}
"""Our own subcommands that other distributions bring, and the folders of these."""


def main() -> None:
    """Run the command line; where its packages are missing, say in one line what to install."""
    try:
        root = build()
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.exit("coinslot: the command line needs more packages: pip install 'coinslot[cli]'")
    try:
        root(prog_name="coinslot")
    except Exception as error:
        # A person at a terminal can do nothing with a traceback.
        if os.environ.get(SHOW_TRACEBACK):
            raise
        print(_last_words(error), file=sys.stderr)  # noqa: T201 - click may be what failed
        # A command whose codes are verdicts gives what failed in it another one.
        sys.exit(getattr(error, "exit_code", 1))


def build() -> click.Group:
    """Make the root command."""
    import click

    class Root(click.Group):
        """Finds subcommands by name, and imports no other."""

        def list_commands(self, ctx: click.Context) -> list[str]:
            return sorted({*super().list_commands(ctx), *listed(GROUP)})

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            claims = listed(GROUP).get(cmd_name) or _found_slowly(cmd_name)
            return _loaded(cmd_name, claims) if claims else super().get_command(ctx, cmd_name)

        def resolve_command(
            self, ctx: click.Context, args: list[str]
        ) -> tuple[str | None, click.Command | None, list[str]]:
            folders = _BROUGHT_BY.get(args[0])
            if folders is not None and self.get_command(ctx, args[0]) is None:
                ctx.fail(
                    f"'coinslot {args[0]}' is not installed: pip install {folders} in the folder of "
                    "coinslot's sources."
                )
            return super().resolve_command(ctx, args)

        def invoke(self, ctx: click.Context) -> Any:
            from coinslot.terminal import plain_speech

            with plain_speech(ctx, "coinslot"):
                return super().invoke(ctx)

        def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
            # Click's own list would load every subcommand for its first line of help.
            rows = [(name, _told(claims)) for name, claims in sorted(listed(GROUP).items())]
            if rows:
                with formatter.section("Commands"):
                    formatter.write_dl(rows)

    @click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
    @click.option(
        "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
        help="Show the version and exit.",
    )  # fmt: skip
    def root() -> None:
        """Typed Python clients for paid HTTP APIs.

        coinslot COMMAND --help tells about one command.
        """

    return root


def _show_version(ctx: click.Context, _: click.Parameter, value: object) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        print(f"coinslot {version('coinslot')}")  # noqa: T201 - click is not at hand here
        ctx.exit()


def _found_slowly(name: str) -> list[Listed]:
    """Return every claim on a subcommand, also of what is installed in unusual ways."""
    from importlib.metadata import entry_points

    return [
        Listed(_owner(claim), claim.name, claim.module, claim.attr)
        for claim in entry_points(group=GROUP, name=name)
    ]


def _loaded(name: str, claims: list[Listed]) -> click.Command:
    from importlib import import_module
    from operator import attrgetter

    import click

    claim = claims[0]
    if len(claims) > 1:
        owners = ", ".join(sorted(claim.distribution for claim in claims))
        raise click.ClickException(
            f"{name!r} is claimed by several distributions ({owners}): uninstall all but one."
        )
    try:
        command = attrgetter(claim.attribute)(import_module(claim.module))
    except (ImportError, AttributeError) as error:
        raise click.ClickException(
            f"{name!r} cannot be loaded ({error}): {claim.distribution} is not whole. "
            "Install it again as you installed it, with the packages that it needs."
        ) from error
    if not isinstance(command, click.Command):
        raise click.ClickException(f"{name!r} of {claim.distribution} is not a command.")
    return command


def _owner(claim: EntryPoint) -> str:
    return claim.dist.name if claim.dist is not None else "an unknown distribution"


def _told(claims: list[Listed]) -> str:
    """Return what a subcommand does, and whose it is unless it is one of ours."""
    owners = [claim.distribution for claim in claims]
    if len(claims) > 1:
        return f"(claimed by {' and '.join(owners)}: uninstall all but one)"
    told = headline(claims[0]) or ""
    ours = owners[0] == "coinslot" or owners[0].startswith("coinslot-")
    return told if told and ours else f"{told} ({owners[0]})".strip()


def _last_words(error: Exception) -> str:
    """Return one line for an error that a command did not tell itself."""
    from coinslot.errors import CoinslotError
    from coinslot.text import clean

    if isinstance(error, CoinslotError):
        return f"Error: {clean(str(error))}"
    if isinstance(error, OSError) and error.strerror:
        where = f"{clean(str(error.filename))}: " if error.filename else ""
        return f"Error: {where}{clean(error.strerror)}"
    told = f"Error: coinslot itself failed ({type(error).__name__}), which is a defect."
    return f"{told} {SHOW_TRACEBACK}=1 shows where; please report it with that."
