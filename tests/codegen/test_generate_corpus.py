"""Other people's documents, where they are at hand: what comes out is whole and imports.

The folder is `../shared/spec/others`, or what the environment variable `CORPUS` names.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from pathlib import Path

import pytest

from coinslot_codegen.document import read
from coinslot_codegen.generation import generate
from tests.codegen.generating import imported

FOLDER = Path(os.environ.get("CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "spec" / "others")
DOCUMENTS = sorted(FOLDER.glob("*.json"))
LATER = ("cannot be sent yet", "holds an object")
"""What is refused by name, for now: bodies that are no JSON, and objects in a query."""

pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="needs a folder of other documents")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_operation_comes_out_or_is_named(path: Path, tmp_path: Path) -> None:
    api = read(path.read_bytes(), allow_unsupported=True)
    generated = generate(api, allow_unsupported=True)
    assert generated.routes + len(generated.left_out) == len(api.routes)
    assert all(problem.message.endswith(LATER) for problem in generated.left_out), generated.left_out
    with imported(generated, tmp_path) as package:
        walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        modules = [importlib.import_module(one.name) for one in walked]
    assert sum(hasattr(module, "ROUTE") for module in modules) == generated.routes
