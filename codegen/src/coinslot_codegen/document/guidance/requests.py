"""Requests as texts show them: `curl` commands, blocks of raw HTTP, and lines of prose with code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from coinslot_codegen.document.guidance.blocks import Block, Fence, Paragraph
from coinslot_codegen.document.guidance.clauses import codes

_PUT: Final = re.compile(r"\bPUT\s+(?P<url>https://[^\s`'\"]+)")
_FIELD: Final = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]*)\s*:\s*(?P<value>\S.*)")
_PLACEHOLDER: Final = re.compile(r"\$\{(\w+)\}|\$(\w+)|\{\{\s*(\w+)\s*\}\}|\{(\w+)\}|<([\w -]+)>")


@dataclass(frozen=True, slots=True)
class ShownPut:
    """A PUT to an absolute https address, with its header fields in their order."""

    line: int
    url: str
    headers: tuple[tuple[str, str], ...]


def shown_put(block: Block) -> ShownPut | None:
    """The PUT that a block shows; None if it shows none to a constant kind of address."""
    if isinstance(block, Fence):
        found = _from_curl(block.content) if "curl" in block.content else _from_http(block.content)
    elif isinstance(block, Paragraph):
        found = _from_prose(block)
    else:
        return None
    return ShownPut(block.place.line, found[0], tuple(found[1])) if found else None


def placeholders(text: str) -> list[str]:
    """Names that stand for something: `$x`, `${x}`, `{x}`, `{{x}}`, `<x>`."""
    return ["".join(groups) for groups in _PLACEHOLDER.findall(text)]


def _from_curl(content: str) -> tuple[str, list[tuple[str, str]]] | None:
    try:
        parts = shlex.split(re.sub(r"\\\s*\n", " ", content), comments=True)
    except ValueError:
        return None
    method, url, headers = "", "", []
    for name, value in zip(parts, [*parts[1:], ""], strict=True):
        if name in {"-X", "--request"}:
            method = value
        elif name in {"-H", "--header"}:
            headers += list(_fields([value]))
        elif name in {"-T", "--upload-file"}:
            method = method or "PUT"
        elif name.startswith("https://"):
            url = name
    return (url, headers) if method.upper() == "PUT" and url else None


def _from_http(content: str) -> tuple[str, list[tuple[str, str]]] | None:
    lines = content.strip().splitlines()
    found = _PUT.match(lines[0].strip()) if lines else None
    if found is None:
        return None
    head = lines[1 : next((index for index, line in enumerate(lines) if not line.strip()), len(lines))]
    return found["url"], list(_fields(head))


def _from_prose(block: Paragraph) -> tuple[str, list[tuple[str, str]]] | None:
    marked = codes(block.text.plain)
    found = next((hit for code in marked if (hit := _PUT.fullmatch(code.strip()))), None)
    return (found["url"], list(_fields(marked))) if found else None


def _fields(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        found = _FIELD.fullmatch(line.strip())
        if found and not found["value"].startswith("//"):
            yield found["name"], found["value"]
