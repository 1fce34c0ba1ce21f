"""Bytes to data: JSON, or YAML read so that both spellings of one document come out equal.

YAML is read by the rules of its version 1.2 ("core schema"). PyYAML's own loader follows 1.1,
where `on` is a truth value, `1:1` the number 61 and `2024-05-01` a date; an aspect ratio in an
enum would silently become an integer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Hashable, Mapping
from typing import Any, Final

import yaml

from coinslot_codegen.document.errors import SourceError
from coinslot_codegen.document.model import Finding
from coinslot_codegen.document.slips import Slips
from coinslot_codegen.document.spelled import read_as_meant

MOST_NODES: Final = 2_000_000
"""Values in one document. YAML anchors can multiply a few lines into billions."""
DEEPEST: Final = 200

_FLOW: Final = re.compile(r"\s*\{\s*[A-Za-z]")
"""How YAML in braces begins where nobody meant JSON."""
_COMMENT: Final = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
"""A text of JSON, which stays, or a comment."""
_PLAIN: Final = (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$",
        "-+.0123456789",
    ),
    ("tag:yaml.org,2002:merge", r"^<<$", "<"),
)


_Base: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""Ten times as fast where libyaml is there; large documents take seconds without it."""


class _Loader(_Base):  # type: ignore[misc]  # one of two, and both are loaders
    """Plain scalars by YAML 1.2, mapping keys always as the text that was written."""

    slips: Slips
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    written = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    loader.flatten_mapping(node)
    made: dict[Hashable, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(
                None, None, "a mapping key is not plain text", key.start_mark
            )
        made[key.value] = loader.construct_object(value, deep=True)
    if len(set(written)) != len(written):
        loader.slips.repeated(made, written)
    return made


def _integer(_: _Loader, node: yaml.ScalarNode) -> int:
    return int(node.value)


def _number(_: _Loader, node: yaml.ScalarNode) -> float:
    return float(node.value)


for _tag, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def parse(data: bytes) -> Mapping[str, Any]:
    """The document as data; raises `SourceError` unless it is an OpenAPI 3 document with paths."""
    return parse_with_slips(data)[0]


def parse_with_slips(data: bytes) -> tuple[Mapping[str, Any], list[Finding]]:
    """The document as data, and what is wrong with how it is written down. Raises as `parse`."""
    slips = Slips()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("not JSON or YAML: the bytes are not UTF-8 text") from None
    if not text.strip():
        raise SourceError("is empty")
    if text.lstrip()[:1] == "<":
        raise SourceError("is a page (HTML or XML), not an OpenAPI document")
    document = _as_data(text, slips)
    if not isinstance(document, dict):
        raise SourceError("not an OpenAPI document: the top level is not an object")
    _check_size(document)
    # Unquoted, YAML's `openapi: 3.0` is a number.
    version = str(document.get("openapi", "")).strip().lower().removeprefix("v")
    if version != "3" and not version.startswith("3."):
        said = (
            "`swagger: 2.0` has to be converted first (`npx swagger2openapi` does)"
            if "swagger" in document
            else "no `openapi: 3.x` member"
        )
        raise SourceError(f"not an OpenAPI 3 document: {said}")
    if not isinstance(document.get("paths"), dict) or not document["paths"]:
        raise SourceError("the document has no paths")
    return document, [*slips.findings(document), *read_as_meant(document)]


def _as_data(text: str, slips: Slips) -> object:
    text = _without_comments(text, slips)
    try:
        return json.loads(text, parse_constant=slips.no_number, object_pairs_hook=slips.members)
    except RecursionError:
        raise SourceError("not an OpenAPI document: nested too deeply") from None
    except ValueError as as_json:
        if text.lstrip()[:1] in {"{", "["} and isinstance(as_json, json.JSONDecodeError):
            # Flow style YAML begins like JSON; only the reader of both can tell.
            fallback = f"not JSON: {as_json.msg} in line {as_json.lineno}"
            if not _FLOW.match(text):
                slips.no_json(as_json.lineno)
        else:
            fallback = ""
    try:
        loader = _Loader(text)
        loader.slips = slips
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        said = fallback or f"not JSON or YAML: {problem.problem or 'unreadable'} in line {line}"
        raise SourceError(" ".join(said.split())) from None
    except (yaml.YAMLError, ValueError):
        raise SourceError(fallback or "not JSON or YAML") from None
    except RecursionError:
        raise SourceError("not an OpenAPI document: nested too deeply") from None


def _without_comments(text: str, slips: Slips) -> str:
    begins = text.lstrip()[:2]
    is_json = begins[:1] in {"{", "["} or begins in {"//", "/*"}
    if not is_json or _FLOW.match(text):
        return text
    plain = _COMMENT.sub(_uncommented, text)
    if plain != text:
        slips.comments()
    return plain


def _uncommented(found: re.Match[str]) -> str:
    """Return a text as it is, and a comment as nothing but its ends of lines."""
    return found[0] if found[0][0] == '"' else "\n" * found[0].count("\n") or " "


def _check_size(document: object) -> None:
    """Refuse what anchors have blown up or tied into a ring, and numbers that JSON does not have."""
    nodes = 0
    waiting: list[tuple[object, int]] = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        nodes += 1
        if depth > DEEPEST or nodes > MOST_NODES:
            raise SourceError("not an OpenAPI document: nested too deeply or too large")
        if isinstance(value, dict):
            waiting.extend((child, depth + 1) for child in value.values())
        elif isinstance(value, list):
            waiting.extend((child, depth + 1) for child in value)
        elif isinstance(value, float) and not math.isfinite(value):
            raise SourceError("not an OpenAPI document: a number is infinite")
