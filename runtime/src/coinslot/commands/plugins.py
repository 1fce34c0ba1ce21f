"""`coinslot plugins`: what is installed beside the runtime. None of it is imported for that."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

KINDS = {
    "coinslot.backends": "backend",
    "coinslot.key_families": "key family",
    "coinslot.polling": "polling strategy",
    "coinslot.uploads": "upload strategy",
    "coinslot.commands": "command",
    "coinslot.codegen": "generator plugin",
}


@click.command(
    help="What is installed beside the runtime: backends, strategies and commands. Imports none of it."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def plugins(*, as_json: bool) -> None:
    """List entry points by kind."""
    from importlib.metadata import entry_points

    found = [(kind, claim) for group, kind in KINDS.items() for claim in sorted(entry_points(group=group))]
    claims = Counter((kind, claim.name) for kind, claim in found)
    rows = [*_own(), *(_row(kind, claim, twice=claims[kind, claim.name] > 1) for kind, claim in found)]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("kind", "name", "from", "version", ""):
        table.add_column(heading, overflow="fold")
    for row in rows:
        told = "claimed twice: uninstall one" if row["twice"] else ""
        table.add_row(row["kind"], row["name"], row["distribution"], row["version"], told)
    Console().print(table)


def _row(kind: str, claim: EntryPoint, *, twice: bool) -> dict[str, Any]:
    of = claim.dist
    return {
        "kind": kind,
        "name": claim.name,
        "distribution": of.name if of else "unknown",
        "version": of.version if of else "",
        "twice": twice,
    }


def _own() -> list[dict[str, Any]]:
    """Return the strategies that the runtime brings itself."""
    from importlib.metadata import version

    from coinslot.hookspecs import gather

    hooks = gather(()).hook
    offered = {
        "polling strategy": hooks.coinslot_polling_strategies(),
        "upload strategy": hooks.coinslot_upload_strategies(),
    }
    return [
        {
            "kind": kind,
            "name": name,
            "distribution": "coinslot",
            "version": version("coinslot"),
            "twice": False,
        }
        for kind, found in offered.items()
        for strategies in found
        for name in sorted(strategies)
    ]
