"""The project's transcription of StableStudio's document: every fact of the original, in words of our own.

The original lies outside the repository, in `shared` beside it; where it is absent only the
transcription's own figures are checked, and the other tests say that they were skipped.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "generated" / "stablestudio.openapi.json"
ORIGINAL = ROOT.parent / "shared" / "spec" / "openapi.json"

PROSE_KEYS = ("description", "summary", "x-guidance")
SENTENCE_WORDS = 6
"""From this many words on, text is prose and must be our own; below, it may be a bare label."""
PRICE = re.compile(r"\$(?P<low>\d+(?:\.\d+)?)(?:\N{EN DASH}\$(?P<high>\d+(?:\.\d+)?))?(?:/s)?")

with_original = pytest.mark.skipif(
    not ORIGINAL.exists(), reason="the original document is not beside this repository (../shared)"
)


@cache
def load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


@cache
def guidance(path: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(load(path)["info"]["x-guidance"])


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, operation) for path, item in document["paths"].items() for operation in item.values()]


def ordered(node: Any, *, names: bool = False) -> Any:
    """Objects as lists of pairs, so that the order of members counts; prose becomes a blank.

    `names` says that the keys of `node` are names of request or response members, not keywords.
    """
    if isinstance(node, dict):
        return [
            (key, ordered(value, names=key == "properties" and not names))
            if names or key not in PROSE_KEYS
            else (key, "")
            for key, value in node.items()
        ]
    return [ordered(value) for value in node] if isinstance(node, list) else node


def prose(node: Any, *, names: bool = False) -> Iterator[str]:
    """Every description and summary below `node`."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("description", "summary") and not names:
                yield value
            else:
                yield from prose(value, names=key == "properties" and not names)
    elif isinstance(node, list):
        for value in node:
            yield from prose(value)


def is_sentence(text: str) -> bool:
    return len(text.split()) >= SENTENCE_WORDS


def texts(tokens: list[Token]) -> list[Token]:
    return [token for token in tokens if token.type == "inline"]


def cells(tokens: list[Token]) -> list[str]:
    """Body cells of all tables, row by row."""
    return [after.content for token, after in pairwise(tokens) if token.type == "td_open"]


def facts(text: Token) -> tuple[set[str], set[str], list[Any]]:
    """What a reworded passage must still name: code, figures and link targets."""
    children = text.children or []
    plain = "".join(child.content for child in children if child.type == "text")
    figures = set(re.findall(r"(?<![A-Za-z\d.])\d+(?:\.\d+)*", plain))
    code = {child.content for child in children if child.type == "code_inline"}
    return code, figures, [child.attrGet("href") for child in children if child.type == "link_open"]


def sample(node: Any) -> Any:
    """A fenced JSON sample in which a prompt counts by the references that it makes, not by its words."""
    if isinstance(node, dict):
        return [(key, sample(value)) for key, value in node.items()]
    if isinstance(node, list):
        return [sample(value) for value in node]
    return sorted(re.findall(r"@\w+", node)) if isinstance(node, str) and is_sentence(node) else node


def fence(token: Token) -> tuple[str, Any]:
    return token.info, sample(json.loads(token.content)) if token.info == "json" else token.content


def test_every_operation_is_there() -> None:
    document = load(OURS)
    found = [operation for _, operation in operations(document)]
    assert len(found) == 30
    assert sum("x-payment-info" in operation for operation in found) == 26
    assert sum({"siwx": []} in operation.get("security", []) for operation in found) == 4


def test_every_paid_route_has_a_price_that_can_be_read() -> None:
    rows = cells(guidance(OURS))
    priced = {
        rows[at].strip("`"): rows[at + 1] for at in range(len(rows) - 2) if rows[at].startswith("`/api/")
    }
    paid = {path for path, operation in operations(load(OURS)) if "x-payment-info" in operation}
    assert set(priced) == paid
    for path, price in priced.items():
        figures = PRICE.fullmatch(price)
        assert figures, f"{path}: {price}"
        assert figures["high"] is None or float(figures["low"]) < float(figures["high"])


def test_the_file_is_written_plainly() -> None:
    assert OURS.read_text(encoding="utf-8") == json.dumps(load(OURS), indent=2, ensure_ascii=False) + "\n"


@with_original
def test_the_document_states_the_same_facts_in_the_same_order() -> None:
    assert ordered(load(OURS)) == ordered(load(ORIGINAL))


@with_original
def test_the_guidance_has_the_same_structure() -> None:
    ours, original = guidance(OURS), guidance(ORIGINAL)
    assert [(token.type, token.tag) for token in ours] == [(token.type, token.tag) for token in original]


@with_original
def test_the_guidance_has_the_same_table_cells() -> None:
    named = re.compile(r"[\d`/]|instant|minutes")
    for ours, original in zip(cells(guidance(OURS)), cells(guidance(ORIGINAL)), strict=True):
        if named.search(original):
            assert ours == original


@with_original
def test_the_guidance_has_the_same_fenced_blocks() -> None:
    ours, original = (
        [fence(token) for token in guidance(path) if token.type == "fence"] for path in (OURS, ORIGINAL)
    )
    assert ours == original


@with_original
def test_the_guidance_names_the_same_things_in_the_same_places() -> None:
    for ours, original in zip(texts(guidance(OURS)), texts(guidance(ORIGINAL)), strict=True):
        assert facts(ours) == facts(original)


@with_original
def test_descriptions_are_our_own() -> None:
    original = set(prose(load(ORIGINAL)))
    assert not [text for text in prose(load(OURS)) if is_sentence(text) and text in original]


@with_original
def test_the_guidance_is_our_own() -> None:
    original = {token.content for token in texts(guidance(ORIGINAL))}
    assert not [
        token.content
        for token in texts(guidance(OURS))
        if is_sentence(token.content) and token.content in original
    ]
