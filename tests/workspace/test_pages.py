"""What the pages say of this workspace is there: files, headings and the names of tasks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from coinslot._cli import build
from tests.workspace.distributions import ROOT

FOLDERS = ("runtime", "plugins", "codegen", "generated", "examples", "docs")
PAGES = sorted(
    {*ROOT.glob("*.md")}.union(*(ROOT.glob(f"{folder}/**/*.md") for folder in FOLDERS))
    - {*ROOT.glob("**/node_modules/**")}
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, heading in _links(page):
        assert target.exists(), f"{target.relative_to(ROOT)} is not there"
        assert not heading or heading in _headings(target), f"{target.name} has no heading {heading}"


def test_every_task_is_told_of() -> None:
    tree = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    sessions = {
        one.name for one in functions if any("nox.session" in ast.unparse(by) for by in one.decorator_list)
    }
    told = re.findall(r"^\| `nox -s (\w+)` \|", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    assert set(told) == sessions


def test_every_page_of_the_docs_is_in_the_table_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md", "reference.md"}
    assert {name for name in pages if f"(docs/{name})" not in readme} == set()


def _options() -> Iterator[tuple[str, list[str]]]:
    root = build()
    context = click.Context(root)
    for name in root.list_commands(context):
        yield from _below(root.get_command(context, name), name)


def _below(command: click.Command | None, words: str) -> Iterator[tuple[str, list[str]]]:
    for option in command.params if command is not None else ():
        if isinstance(option, click.Option):
            yield words, option.opts
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from _below(each, f"{words} {name}")


def test_every_option_is_on_a_page() -> None:
    told = "\n".join(page.read_text("utf-8") for page in PAGES)
    named = set(re.findall(r"--?[a-z][\w-]*", told))
    assert [(words, names) for words, names in _options() if not named & {*names}] == []


def test_every_setting_is_on_a_page() -> None:
    told = "\n".join(page.read_text("utf-8") for page in PAGES)
    sources = [path for folder in FOLDERS[:3] for path in ROOT.glob(f"{folder}/**/src/**/*.py")]
    settings = {
        name
        for path in sources
        for name in re.findall(r'"(COINSLOT_[A-Z0-9_]*[A-Z0-9])"', path.read_text("utf-8"))
    }
    prefixes = {"COINSLOT_EVM", "COINSLOT_SOLANA", "COINSLOT_CREDENTIAL"}
    assert {name for name in settings - prefixes if not re.search(rf"{name}\b", told)} == set()


def _links(page: Path) -> Iterator[tuple[Path, str]]:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link in _LINK.findall(text):
        if not re.match(r"[a-z]+:", link):
            path, _, heading = unquote(link).partition("#")
            yield (page.parent / path).resolve() if path else page, heading


def _headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
