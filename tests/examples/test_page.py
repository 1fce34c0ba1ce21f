"""The page on plugins says what is: its code is the examples', its lists are the specifications'."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from coinslot import Ledger
from coinslot.backend import Backend, Identity
from coinslot.hookspecs import PROJECT, Hooks

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
SOURCES = [
    path.read_text("utf-8")
    for path in [*sorted((ROOT / "examples").rglob("*")), ROOT / "tests/payments/test_ledger_conformance.py"]
    if path.suffix in {".py", ".toml"}
]


def listed(heading: str) -> list[str]:
    """Return the first column of the table with this heading."""
    table = re.search(rf"^\| {heading} \|.*\n\|.*\n((?:\|.*\n)+)", PAGE, flags=re.MULTILINE)
    assert table is not None
    return re.findall(r"^\| `([^`]+)` \|", table[1], flags=re.MULTILINE)


def members(protocol: type[Any]) -> set[str]:
    own = {*vars(protocol), *protocol.__annotations__}
    return {name for name in own if not name.startswith("_")}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_code_stands_in_the_examples(block: str) -> None:
    spellings = [textwrap.indent(block, " " * depth) for depth in (0, 4, 8)]
    assert any(spelling in source for source in SOURCES for spelling in spellings)


def test_hooks_are_those_that_are_specified() -> None:
    specified = [name for name, member in vars(Hooks).items() if hasattr(member, f"{PROJECT}_spec")]
    assert listed("hook") == specified


@pytest.mark.parametrize(
    ("heading", "protocol"),
    [("member \\| does", Backend), ("member \\| says", Identity), ("method \\| promises", Ledger)],
    ids=["backend", "identity", "ledger"],
)
def test_members_are_those_of_the_protocol(heading: str, protocol: type[Any]) -> None:
    listed_members = listed(heading)
    assert len(listed_members) == len(set(listed_members))
    assert set(listed_members) == members(protocol)


@pytest.mark.parametrize("group", listed("entry-point group"))
def test_entry_point_groups_are_looked_up(group: str) -> None:
    runtime = ROOT / "runtime" / "src"
    assert any(f'"{group}"' in path.read_text("utf-8") for path in runtime.rglob("*.py"))
