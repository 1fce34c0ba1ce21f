"""`completion`: the script that makes a shell complete commands, options and choices."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from coinslot.console._session import session_of


class _Named(click.Command):
    """A command whose help says PROGRAM where the program's name stands."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = str(self.help).replace("PROGRAM", session_of(ctx).program.name)
        super().format_help_text(ctx, formatter)


@click.command(cls=_Named)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands in a shell.

    \b
    bash:  PROGRAM completion bash >> ~/.bashrc
    zsh:   PROGRAM completion zsh >> ~/.zshrc
    fish:  PROGRAM completion fish > ~/.config/fish/completions/PROGRAM.fish
    """  # noqa: D301 - click's mark for lines that are not to be wrapped
    program = session_of(ctx).program
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"This version of click completes nothing in {shell}.", ctx)
    # As click itself names it.
    variable = f"_{program.name.replace('-', '_').replace('.', '_')}_COMPLETE".upper()
    click.echo(kind(ctx.find_root().command, {}, program.name, variable).source())
