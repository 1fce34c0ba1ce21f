"""No sum of money is a float, and no float becomes one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from coinslot.policy import Policy
from tests.conftest import ROOT

PACKAGES = {
    "": ROOT / "runtime/src/coinslot",
    **{
        f"{name}/": ROOT / f"plugins/{name}/src/coinslot_{name}"
        for name in ("base", "solana", "tempo", "mcp")
    },
}
"""What pays, and what sells it to agents; by how its modules are named here."""
MONEY = frozenset({"coinslot.money", "decimal"})
NO_MONEY = {
    "client.py": {"30.0"},
    "conformance/ledger/_scenes.py": {"1800000000.0", "5.0", "12.5"},
    "jobs/_work.py": {"0.0", "float(told[:9])"},
    "route.py": {"15.0"},
    "spending/_entries.py": {"0.0"},
    "transport.py": {"30.0", "float(read)"},
    "uploads.py": {"0.25"},
    "mcp/quotes.py": {"300.0"},
    "mcp/server.py": {"float(value)"},
}
"""What counts seconds in a module of money."""
DRAWN = "spending/report/"
"""Where sums become lengths of a picture."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Give each module that knows money."""
    for prefix, package in PACKAGES.items():
        for path in sorted(package.rglob("*.py")):
            module = ast.parse(path.read_text("utf-8"))
            if MONEY & set(_imported(module)):
                yield prefix + path.relative_to(package).as_posix(), module


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (str(node.module), *(f"{node.module}.{name.name}" for name in node.names))


def _is_float(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "float"
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def test_t38_no_module_of_money_knows_floats() -> None:
    known = dict(modules())
    assert {"money.py", "policy.py", "ledger/_budgets.py", "mcp/caps.py"} <= set(known)
    found = {
        name: {ast.unparse(node) for node in ast.walk(module) if _is_float(node)}
        for name, module in known.items()
        if not name.startswith(DRAWN)
    }
    assert {name: floats for name, floats in found.items() if floats} == NO_MONEY


@pytest.mark.parametrize("price", [0.25, float("nan"), True])
def test_t38_a_float_is_no_price(price: Any) -> None:
    with pytest.raises(TypeError):
        Policy(max_price=price)
