"""The runtime's public names: each is listed, told to type checkers, and loads."""

from __future__ import annotations

import ast
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType

import pytest

import coinslot
import coinslot.console


@pytest.mark.parametrize("module", [coinslot, coinslot.console], ids=lambda module: module.__name__)
def test_every_public_name_is_listed_once_for_all_readers(module: ModuleType) -> None:
    imported = _imported_for_type_checkers(module)
    assert set(module.__all__) == set(module._HOMES) == set(imported)
    assert list(module.__all__) == sorted(set(module.__all__), key=lambda name: (not name.isupper(), name))
    for name in module.__all__:
        assert getattr(module, name) is getattr(import_module(imported[name]), name)


def test_the_version_is_the_distributions() -> None:
    assert coinslot.__version__ == metadata.version("coinslot")
    with pytest.raises(AttributeError, match="no attribute 'Cheque'"):
        _ = coinslot.Cheque


def _imported_for_type_checkers(module: ModuleType) -> dict[str, str]:
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    (block,) = [
        node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {
        alias.asname or alias.name: str(node.module)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
