"""One run of the command line: what every command of it is told."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from coinslot.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from coinslot.client import Client
    from coinslot.console._program import Program

BOUNDLESS = 1_000_000
"""Dollars: a ceiling that is none. The price of each call is agreed on here, and given with it."""

_ANEW = "\r\x1b[K"
"""Begins a terminal's line anew."""


@dataclass(slots=True)
class Session:
    """One run of a program."""

    program: Program
    asks_price: bool = False
    """Whether the call that is named is only to be priced (`quote`)."""
    as_json: bool = False
    """Whether standard output is one JSON object."""
    started: float = field(default_factory=time.time)
    """Unix seconds."""
    told: dict[str, Any] = field(default_factory=dict)
    """What is known so far, for the JSON object: also where an error ends the run."""

    drawn: bool = False
    """Whether a line on standard error is not at its end."""

    def client(
        self, *, pay_with: Sequence[str] = (), base_url: str | None = None, tells_uploads: bool = False
    ) -> Client:
        """Make the client. `tells_uploads`: a person is told of files as they go up."""
        on_upload = None
        if tells_uploads and not self.as_json:
            from coinslot.console._uploading import Uploading

            on_upload = Uploading(self)
        made: Client = self.program.load()(
            pay_with=list(pay_with) or None,
            base_url=self.base_url(base_url),
            ceiling=BOUNDLESS,
            on_upload=on_upload,
        )
        return made

    def base_url(self, given: str | None) -> str | None:
        """Return where the API is: as given, or as the environment says; None: where its document says."""
        return given or os.environ.get(self.program.variable("BASE_URL")) or None

    def say(self, text: str) -> None:
        """Tell a person something, beside what the command prints."""
        if self.drawn:
            click.echo(_ANEW, nl=False, err=True)
            self.drawn = False
        say(text, err=True)

    def draw(self, text: str) -> None:
        """Write a line on a terminal that the next words replace."""
        click.echo(_ANEW + text, nl=False, err=True)
        self.drawn = True

    def origin(self, given: str | None) -> str:
        """Return the origin of the API, as the ledger knows it."""
        from coinslot.origin import origin_of

        return origin_of(self.base_url(given) or self.program.load().ORIGIN)

    def finish(self, text: str | None, **told: Any) -> None:
        """Print what the command came to: `text`, or all that was told as one JSON object."""
        self.told.update(told)
        if self.as_json:
            import json

            click.echo(json.dumps(self.told, ensure_ascii=False, default=str))
        elif text:
            click.echo(text)


def session_of(ctx: click.Context) -> Session:
    """Return the run that a command belongs to."""
    session = ctx.find_object(Session)
    if session is None:
        raise TypeError("this command belongs to a Program")
    return session


def amount(price: Decimal) -> str:
    """Return dollars for scripts, as in `0.13`."""
    from coinslot.money import show

    return show(price).removeprefix("$")
