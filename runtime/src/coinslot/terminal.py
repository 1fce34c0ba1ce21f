"""Words for people at a terminal: lines are broken between words, warnings and mistakes are told in words."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click

LEAST = 20
"""Columns; on anything narrower lines are left to the terminal."""
_WORD = re.compile(r"'[^']*'[^\s']*|\S+")
"""What is in quotes is a command or a name that people copy, and stays in one piece."""


def columns_of(stream: IO[Any]) -> int | None:
    """Return how wide the terminal is that a stream leads to; None where it leads elsewhere."""
    try:
        if not stream.isatty():
            return None
        told = os.environ.get("COLUMNS", "")
        return int(told) if told.isdecimal() and int(told) else os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return None


def fitted(text: str, columns: int | None, *, hang: int = 0) -> str:
    """Break lines between words, so that each fits; lines that follow one begin `hang` columns further in.

    Nothing is broken inside a word, however long it is, and no line that fits is touched.
    """
    if columns is None or columns < LEAST:
        return text
    return "\n".join("\n".join(_lines(line, columns, hang)) for line in text.split("\n"))


def say(text: str, *, err: bool = False, hang: int = 0) -> None:
    """Print words for people."""
    import click

    columns = columns_of(sys.stderr if err else sys.stdout)
    click.echo(fitted(text, columns, hang=hang), err=err)


@contextmanager
def plain_speech(ctx: click.Context, name: str) -> Iterator[None]:
    """Tell in words what a command warns of and refuses, without colour where `NO_COLOR` asks for that.

    `name` is what a person types.
    """
    import click

    if os.environ.get("NO_COLOR"):
        ctx.color = False
    with warnings.catch_warnings():
        warnings.showwarning = _shown(name, warnings.showwarning)
        try:
            yield
        except click.ClickException as error:
            raise _fitting(error) from None


def _fitting(error: click.ClickException) -> click.ClickException:
    import click
    from click.exceptions import NoArgsIsHelpError

    if isinstance(error, NoArgsIsHelpError):
        return error
    begun = len("Error: ")
    columns = columns_of(sys.stderr)
    # The first line stands behind that word: it is put before, and taken away again.
    told = fitted("Error: " + error.format_message(), columns)[begun:]
    made = (
        click.UsageError(told, error.ctx)
        if isinstance(error, click.UsageError)
        else click.ClickException(told)
    )
    # A command may have codes of its own, which scripts rely on.
    made.exit_code = error.exit_code  # type: ignore[misc]
    return made


def _shown(name: str, otherwise: Any) -> Any:
    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        from coinslot.cautions import CoinslotWarning

        if issubclass(category, CoinslotWarning):
            say(f"{name}: {message}", err=True)
        else:
            otherwise(message, category, *where, **more)

    return show


def _lines(line: str, columns: int, hang: int) -> Iterator[str]:
    if len(line) <= columns:
        yield line
        return
    indent = len(line) - len(line.lstrip(" "))
    made, told = " " * indent, indent
    for found in _WORD.finditer(line):
        gap = line[told : found.start()]
        # What fits no line at all stays where it is: the terminal breaks it, and it is still copied whole.
        fits_below = indent + hang + len(found[0]) <= columns
        if made.strip() and fits_below and len(made) + len(gap) + len(found[0]) > columns:
            yield made
            made, gap = " " * (indent + hang), ""
        made += gap + found[0]
        told = found.end()
    yield made
