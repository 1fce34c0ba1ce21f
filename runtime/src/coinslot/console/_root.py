"""The root command: the document's groups and our own commands, each loaded when it is named."""

from __future__ import annotations

import re
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import click

from coinslot.console._session import Session

if TYPE_CHECKING:
    from coinslot.console._program import Program

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
BESIDE = "api"
"""Where the document's groups are found whose names mean something of ours."""


class Declared(click.Group):
    """Groups of the document by name; none is imported for its line of help."""

    def __init__(self, program: Program, name: str | None, *, left_out: frozenset[str], **more: Any) -> None:
        super().__init__(name, context_settings=SETTINGS, **more)
        self.program = program
        self.declared = {name: one for name, one in program.groups.items() if name not in left_out}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.declared, *(name for name in super().list_commands(ctx) if name not in self.declared)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        name = {_plain(name): name for name in self.declared}.get(_plain(cmd_name))
        if name is None:
            return None
        module, _ = self.declared[name]
        group: click.Group = import_module(f"{self.program.home}.{module}").commands
        # The name is the program's: the module says what is in it.
        group.name = name
        return group

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            from difflib import get_close_matches

            from coinslot.text import clean

            likely = get_close_matches(name, self.list_commands(ctx))
            meant = f" Did you mean {' or '.join(likely)}?" if likely else ""
            raise click.UsageError(f"There is no command {clean(name, 60)!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # Click's own list would load every group for its first line of help.
        room = formatter.width - 6 - max(map(len, self.list_commands(ctx)), default=0)
        if self.declared:
            with formatter.section("Calls"):
                formatter.write_dl([(name, _cut(told, room)) for name, (_, told) in self.declared.items()])
        ours = [(name, command) for name, command in self.commands.items() if not command.hidden]
        if ours:
            with formatter.section("Commands"):
                formatter.write_dl([(name, command.get_short_help_str(room)) for name, command in ours])


class Priced(Declared):
    """The calls that are paid for; help names only the options that a price can depend on."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        group = super().get_command(ctx, cmd_name)
        if not isinstance(group, click.Group):
            return group
        from coinslot.console._calls import priced

        return click.Group(group.name, commands=priced(group.commands), help=group.help)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if _plain(args[0]) in map(_plain, self.program.unpaid):
            raise click.UsageError("Calls of that group are not paid for, so there is no price to ask.", ctx)
        return super().resolve_command(ctx, args)


class Root(Declared):
    """The whole command line of a program."""

    def __init__(self, program: Program) -> None:
        ours = _ours(program)
        taken = frozenset(ours)
        super().__init__(
            program, program.name, left_out=taken, help=program.about, commands=ours, no_args_is_help=True
        )
        self.params.append(
            click.Option(
                ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
                help="Show the versions of the client and of what it stands on, and exit.",
            )
        )  # fmt: skip
        beside = taken & program.groups.keys()
        if beside:
            left_out = frozenset(program.groups) - beside
            told = f"The API's own calls of {' and '.join(sorted(beside))}."
            self.add_command(Declared(program, BESIDE, left_out=left_out, help=told))

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        # Known before anything is read, for what cannot be read is told to scripts as well.
        session = Session(self.program, as_json="--json" in args)
        return super().make_context(info_name, args, parent, obj=session, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        from coinslot.console._ends import ending

        with ending(ctx):
            return super().invoke(ctx)


class Later(click.Command):
    """A command of ours that is imported when it runs or is asked for its help."""

    def __init__(self, name: str, home: str, told: str) -> None:
        super().__init__(name, short_help=told, help=told)
        self._home = home

    def load(self) -> click.Command:
        """Import the command."""
        command: click.Command = getattr(import_module(f"coinslot.console.{self._home}"), str(self.name))
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        return self.load().make_context(info_name, args, parent, **extra)


def _show_version(ctx: click.Context, _: click.Parameter, value: object) -> None:
    if not value:
        return
    from importlib.metadata import PackageNotFoundError, version

    program = cast("Root", ctx.command).program
    told = f"coinslot {version('coinslot')}"
    # A client inside another's package has no distribution of its own.
    with suppress(PackageNotFoundError):
        told = f"{program.name} {version(program.package.replace('_', '-'))}, {told}"
    click.echo(told)
    ctx.exit()


def _ours(program: Program) -> dict[str, click.Command]:
    commands: dict[str, click.Command] = {}
    for name, home, told, there in (
        ("jobs", "_jobs", "Jobs that were started here: list them, look at one, pick them up.", program.jobs),
        ("upload", "_upload", "Upload a file, and print its address.", program.uploads is not None),
        ("map", "_many", "Make one call for each row of a CSV or JSONL file.", program.paid),
        ("models", "_models", "What can be called, what it costs, and how long it takes.", program.paid),
        ("completion", "_completion", "Print the script that completes commands in a shell.", True),
    ):
        if there:
            commands[name] = Later(name, home, told)
    if program.paid:
        commands["quote"] = _quote(program)
    return dict(sorted(commands.items()))


def _quote(program: Program) -> click.Group:
    def price_only(ctx: click.Context) -> None:
        ctx.find_object(Session).asks_price = True  # type: ignore[union-attr]

    told = "Ask what a call would cost, by writing quote before it. Nothing is signed or paid."
    unpaid = frozenset(program.unpaid)
    return Priced(program, "quote", left_out=unpaid, help=told, callback=click.pass_context(price_only))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: max(room - 1, 20)].rstrip(' ,')}…"
