"""`coinslot generate SOURCE --output DIR`: write a typed client from a document."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coinslot_codegen.diff import Change


@click.command()
@click.argument("source")
@click.option(
    "--output",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of the distribution that is written.",
)
@click.option(
    "--package",
    metavar="NAME",
    help="Name of the distribution; else the folder's own, or the document's title.",
)
@click.option(
    "--embed",
    is_flag=True,
    help="Write a package into another's: DIR is its folder, and nothing stands beside it.",
)
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    metavar="NAME",
    help="A plugin of the generator, as in distribution:name; may stand several times.",
)
@click.option(
    "--templates",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of templates that stand in for the generator's own.",
)
@click.option(
    "--jobs",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Rules (TOML) that tell how routes start jobs, where the document does not show it.",
)
@click.option("--cli", is_flag=True, help="With --embed: write a command line too; others always have one.")
@click.option("--docs", is_flag=True, help="Write a Markdown page for each route into DIR/docs.")
@click.option(
    "--plain",
    is_flag=True,
    help="Forget the plugins, templates, rules and pages that the client in DIR was made with.",
)
@click.option("--force", is_flag=True, help="Make everything anew, also where nothing changed.")
@click.option(
    "--allow-unsupported",
    is_flag=True,
    help="Leave out routes that cannot be generated, and name them, in place of stopping.",
)
def generate(
    source: str,
    output: Path,
    package: str | None,
    *,
    plugins: tuple[str, ...],
    templates: Path | None,
    jobs: Path | None,
    embed: bool,
    docs: bool,
    cli: bool,
    plain: bool,
    force: bool,
    allow_unsupported: bool,
) -> None:
    """Write a typed client of a paid HTTP API.

    SOURCE is the API's OpenAPI document: a file, a URL, an origin that serves it, or - for standard
    input. Where DIR holds a client already, what changed is shown first, and only the files that it
    changes are touched. What a client is made with (plugins, templates, rules, pages) its manifest
    remembers, so that it need not be said again.
    """
    if embed and package:
        raise click.UsageError("an embedded client is named after its folder: --package has no place there")
    if package and not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:[._-]+[A-Za-z0-9]+)*", package):
        raise click.UsageError(
            f"--package {package!r} can name no distribution: letters, figures, and - _ . between them"
        )
    from coinslot_codegen.document import load
    from coinslot_codegen.document.errors import DocumentError, DocumentProblem
    from coinslot_codegen.extending.options import Options
    from coinslot_codegen.inspection.lines import printable
    from coinslot_codegen.update import update
    from coinslot_codegen.write.folder import OutputRefused
    from coinslot_codegen.write.format import FormatFailed

    try:
        with _progress() as (progress, stop):

            def report(changes: Sequence[Change]) -> None:
                stop()
                _report(changes)

            done = update(
                load(source),
                output,
                package=package,
                allow_unsupported=allow_unsupported,
                embed=embed,
                force=force,
                options=Options(plugins, templates, jobs, docs, cli),
                plain=plain,
                report=report,
                progress=progress,
            )
    except DocumentError as problem:
        raise click.ClickException(
            f"{printable(str(problem))} (--allow-unsupported goes on without)"
        ) from None
    except (DocumentProblem, OutputRefused, FormatFailed) as problem:
        raise click.ClickException(printable(str(problem))) from None
    for flaw in done.flaws:
        click.echo(printable(f"flaw: {flaw.pointer}: {flaw.message}"), err=True)
    for missing in done.left_out:
        click.echo(f"left out: {missing}", err=True)
    for finding in done.shown:
        click.echo(f"changed: {printable(finding.message)}", err=True)
    if not done.changed:
        click.echo(f"{output}: nothing changed")
        return
    click.echo(f"{output}: {done.package}, {done.routes} routes; {_counted(done.changed)}")


@contextmanager
def _progress() -> Iterator[tuple[Callable[[str], object] | None, Callable[[], object]]]:
    """Show what is done next, on a terminal, until it is stopped: a large document takes a minute."""
    if not sys.stderr.isatty():
        yield None, lambda: None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner

    spinner = Spinner("line", "reading the document")
    # Standard output may be a file, and what is printed there meanwhile belongs there.
    with Live(
        spinner, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as live:
        yield lambda text: spinner.update(text=text), live.stop


def _report(changes: Sequence[Change]) -> None:
    from coinslot_codegen.diff import page

    if changes:
        page.show(changes)


def _counted(changed: dict[str, int]) -> str:
    return ", ".join(f"{count} files {word}" for word, count in changed.items() if count)
