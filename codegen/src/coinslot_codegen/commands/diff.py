"""`coinslot diff OLD NEW`: what changed, and what of it breaks or costs."""

from __future__ import annotations

import json
from typing import Any

import click

NOTHING, COMPATIBLE, GRAVE, FAILED = 0, 1, 2, 3


class Failing(click.ClickException):
    """Neither side's fault: the two could not be compared at all."""

    exit_code = FAILED


class WronglyAsked(click.UsageError):
    """The arguments make no sense; click's own exit code would look like a verdict."""

    exit_code = FAILED


class DiffCommand(click.Command):
    """A command whose failures cannot be taken for a verdict."""

    def make_context(self, *arguments: Any, **words: Any) -> click.Context:
        """Parse the arguments."""
        try:
            return super().make_context(*arguments, **words)
        except click.UsageError as error:
            raise WronglyAsked(str(error.format_message()), ctx=error.ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run; what fails unforeseen, and is told elsewhere, has the code of a failure, too."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            error.exit_code = FAILED  # type: ignore[attr-defined]
            raise


@click.command(cls=DiffCommand)
@click.argument("old")
@click.argument("new")
@click.option(
    "--format",
    "shape",
    type=click.Choice(("text", "markdown", "json")),
    default="text",
    metavar="FORMAT",
    help="text, for people; markdown, for a pull request; json, for tools.",
)
def diff(old: str, new: str, shape: str) -> None:
    """List what changed from OLD to NEW, and what of it breaks code or changes what is paid.

    Both are documents (files, `-`, URLs, origins) or folders that `coinslot generate` wrote.

    Exit codes: 0 nothing changed, 1 only compatible changes, 2 something breaks or costs otherwise,
    3 the two could not be compared.
    """
    from coinslot_codegen.diff import changes, page, sides, verdict
    from coinslot_codegen.document import DocumentProblem
    from coinslot_codegen.inspection.lines import printable

    try:
        before, after = sides.side(old, new), sides.side(new, old)
    except DocumentProblem as problem:
        raise Failing(printable(str(problem))) from None
    listed = changes(before, after)
    if shape == "json":
        click.echo(json.dumps(page.as_data(before, after, listed), indent=2, ensure_ascii=False))
    elif shape == "markdown":
        click.echo(page.markdown(listed), nl=False)
    else:
        page.show(listed)
    found = verdict(listed)
    raise SystemExit(NOTHING if found is None else COMPATIBLE if found == "compatible" else GRAVE)
