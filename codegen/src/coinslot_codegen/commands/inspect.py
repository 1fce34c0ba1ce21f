"""`coinslot inspect SOURCE`: what the generator understood, and everything that it did not."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="Print data for tools instead of text.")
@click.option("--allow-unsupported", is_flag=True, help="Report references that lead nowhere, and go on.")
@click.option("--plugin", "plugins", multiple=True, metavar="NAME", help="Read with a plugin.")
@click.option(
    "--jobs", type=click.Path(path_type=Path), metavar="FILE", help="Read with rules for jobs (TOML)."
)
def inspect(
    source: str, *, plugins: tuple[str, ...], jobs: Path | None, as_json: bool, allow_unsupported: bool
) -> None:
    """Print what SOURCE says: routes, prices, times, polling, results, and every disagreement.

    SOURCE is a file (JSON or YAML), `-`, a URL, or an origin such as https://example.com.
    """
    from coinslot_codegen.document import DocumentError, DocumentProblem, load
    from coinslot_codegen.extending.extensions import Extensions
    from coinslot_codegen.extending.options import Options
    from coinslot_codegen.inspection import data, page
    from coinslot_codegen.inspection.lines import printable
    from coinslot_codegen.inspection.schemas import with_schemas

    try:
        extensions = Extensions.load(Options(plugins, jobs=jobs))
        api = with_schemas(extensions.read(load(source), allow_unsupported=allow_unsupported))
    except DocumentError as problem:
        said = printable(str(problem))
        raise click.ClickException(f"{said} (--allow-unsupported reports it and goes on)") from None
    except DocumentProblem as problem:
        raise click.ClickException(printable(str(problem))) from None
    if as_json:
        click.echo(json.dumps(data.as_data(api), indent=2, ensure_ascii=False))
    else:
        page.show(api)
