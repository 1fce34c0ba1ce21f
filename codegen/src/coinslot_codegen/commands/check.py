"""`coinslot check DIR`: whether a generated client is current, unharmed and ours."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--source", metavar="SOURCE", help="The document to compare with; else only the folder itself is judged."
)
def check(folder: Path, source: str | None) -> None:
    """Say whether the client in DIR is what this generator would write.

    One line for each thing that is wrong: stale, edited by hand, missing or foreign files, made by
    another generator. Exit codes: 0 all is well, 1 something is not.
    """
    from coinslot_codegen.checking import problems
    from coinslot_codegen.document import DocumentProblem
    from coinslot_codegen.inspection.lines import printable

    try:
        found = problems(folder, source)
    except DocumentProblem as problem:
        raise click.ClickException(printable(str(problem))) from None
    for line in found:
        click.echo(f"{folder}: {printable(line)}")
    if found:
        raise SystemExit(1)
    click.echo(f"{folder}: current")
