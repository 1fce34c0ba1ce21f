"""`coinslot generate SOURCE --output DIR`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("source")
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of the distribution that is written.",
)
@click.option(
    "--package",
    help="Name of the distribution; else the folder's own, or the document's title.",
)
@click.option(
    "--allow-unsupported",
    is_flag=True,
    help="Leave out routes that cannot be generated, and name them, in place of stopping.",
)
def generate(source: str, output: Path, package: str | None, *, allow_unsupported: bool) -> None:
    """Write a typed client of a paid HTTP API.

    SOURCE is the API's OpenAPI document: a file, a URL, an origin that serves it, or - for standard
    input.
    """
    from coinslot_codegen.document import load
    from coinslot_codegen.document.errors import DocumentProblem
    from coinslot_codegen.update import update
    from coinslot_codegen.write.folder import OutputRefused
    from coinslot_codegen.write.format import FormatFailed

    try:
        done = update(load(source), output, package=package, allow_unsupported=allow_unsupported)
    except (DocumentProblem, OutputRefused, FormatFailed) as problem:
        raise click.ClickException(str(problem)) from None
    for missing in done.left_out:
        click.echo(f"left out: {missing}", err=True)
    if not done.changed:
        click.echo(f"{output}: nothing changed")
        return
    click.echo(f"{output}: {done.package}, {done.routes} routes; {_counted(done.changed)}")


def _counted(changed: dict[str, int]) -> str:
    return ", ".join(f"{count} files {word}" for word, count in changed.items() if count)
