"""What the house keeps out of its source: products and chains from its floors, machines from its files."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspace.distributions import CODEGEN, ROOT, RUNTIME, STABLESTUDIO, Distribution

CHAIN_OR_PRODUCT = re.compile(
    r"(?<![a-z])(solana|tempo|usdc|stablestudio)(?![a-z])|eip155:8453", re.IGNORECASE
)
CHAIN = re.compile(r"(?<![a-z])(base|solana|tempo|usdc|eip155)(?![a-z0-9])", re.IGNORECASE)
TEXT = {".py", ".jinja", ".j2", ".md", ".toml", ".json", ".yaml"}

# Written so that no pattern matches itself.
MACHINE = re.compile(r"/(?:root|work|opt|home|Users)/\w|[A-Z]:\\Users|/tmp/(?:cs|ws)\b")
REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|registry\.(?:npmjs|yarnpkg)\.|npmmirror\.")


@pytest.mark.parametrize("floor", [RUNTIME, CODEGEN], ids=str)
def test_runtime_and_generator_know_no_product_and_no_chain(floor: Distribution) -> None:
    source = floor.root / "src"
    assert not [
        f"{path.relative_to(ROOT)}:{number}: {found[0]}"
        for path in sorted(source.rglob("*"))
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (found := CHAIN_OR_PRODUCT.search(line))
    ]


@pytest.mark.parametrize("floor", [RUNTIME, CODEGEN, STABLESTUDIO], ids=str)
def test_code_names_no_chain_not_even_in_a_text(floor: Distribution) -> None:
    found = []
    for path in sorted((floor.root / "src").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if id(node) not in documentation:
                found += [f"{path.relative_to(ROOT)}: {word}" for word in _words(node) if CHAIN.search(word)]
    assert not found


@pytest.mark.parametrize("floor", [RUNTIME, CODEGEN], ids=str)
def test_templates_name_no_chain(floor: Distribution) -> None:
    templates = [path for path in sorted((floor.root / "src").rglob("*")) if path.suffix in {".jinja", ".j2"}]
    # An attribute of what is rendered, as in `route.base`, is no chain; nor is a browser's `base-uri`.
    texts = {path: re.sub(r"\w+\.base\b|\bbase-uri\b", "", path.read_text("utf-8")) for path in templates}
    assert not [str(path.relative_to(ROOT)) for path, text in texts.items() if CHAIN.search(text)]


def _words(node: ast.AST) -> Iterator[str]:
    """Yield what a node says by itself: its text or its name, without what is a base but no chain."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.sub(r"base[_ -]ur[li]|base units", "", node.value, flags=re.IGNORECASE)
    for member in ("id", "attr", "arg", "name"):
        name = getattr(node, member, None)
        if isinstance(name, str):
            yield re.sub("base", "", name, flags=re.IGNORECASE)


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in _tracked():
        text = path.read_bytes().decode("utf-8", errors="replace")
        hits = [*MACHINE.findall(text), *REGISTRY.findall(text)]
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in hits]
    assert not found


def _tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: what is tracked cannot be told")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
