"""`docs/many.md` tells what there is."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path

from coinslot import Client, MapOptions, MapReport, Outcome
from coinslot.console._index import COLUMNS
from coinslot.many._course import MAX_CONCURRENCY
from coinslot.many._trouble import SILENCES

PAGE = (Path(__file__).resolve().parents[2] / "docs/many.md").read_text("utf-8")


def test_the_page_names_every_parameter_and_member() -> None:
    parameters = [
        name for name in inspect.signature(Client.map).parameters if name not in {"self", "options"}
    ]
    assert all(f"| `{name}` |" in PAGE for name in (*parameters, *MapOptions.__annotations__))
    assert all(f"`{one.name}`" in PAGE for one in fields(Outcome))
    assert all(f"`report.{name}`" in PAGE for name in ("ok", "failed", "spent", "stopped"))
    assert {"spent", "stopped"} < {one.name for one in fields(MapReport)}


def test_the_page_gives_the_right_figures_and_columns() -> None:
    assert f"from 1 to {MAX_CONCURRENCY} (4)" in PAGE
    assert SILENCES == 5
    assert "leaves five requests in a row unanswered" in PAGE
    assert f"{', '.join(f'`{name}`' for name in COLUMNS)}." in PAGE
