"""Paths: their segments, their parameters, and whether two spellings mean one route."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_COLON: Final = re.compile(r":([A-Za-z_][\w-]*)")
_BRACES: Final = re.compile(r"\{([^{}/]+)\}")
_VERSION: Final = re.compile(r"v\d+(?:[._]\d+)*(?:(?:alpha|beta)\d*)?|\d{4}-\d{2}-\d{2}", re.IGNORECASE)
_FORMAT: Final = re.compile(r"(?<=[^.])\.json$", re.IGNORECASE)
"""What some paths end in, which says nothing of what they do."""


def normal(path: str) -> str:
    """The path with `:id` spelled as `{id}`, which is how every route is kept."""
    return "/".join(_COLON.sub(r"{\1}", part) if _COLON.fullmatch(part) else part for part in path.split("/"))


def parameters(path: str) -> tuple[str, ...]:
    """Names of the parameters of a normal path, in their order, each once."""
    return tuple(dict.fromkeys(_BRACES.findall(path)))


def is_parameter(segment: str) -> bool:
    """Whether a segment holds a parameter."""
    return bool(_BRACES.search(segment))


@dataclass(frozen=True, slots=True)
class Shape:
    """A path for naming: static segments without `/api` and version prefixes."""

    static: tuple[str, ...]
    ends_with_parameter: bool
    version: str = ""
    """The last of those prefixes that is a version."""


def shape(path: str) -> Shape:
    """What the names of a call are made from."""
    segments = [part for part in path.split("/") if part]
    static = [_FORMAT.sub("", part) for part in segments if not is_parameter(part)]
    version = ""
    while len(static) > 1 and (static[0].lower() == "api" or _VERSION.fullmatch(static[0])):
        version = version if static[0].lower() == "api" else static[0]
        static = static[1:]
    return Shape(tuple(static), bool(segments) and is_parameter(segments[-1]), version)


def key(path: str) -> str:
    """What two spellings of one route have in common.

    `https://host/api/jobs/:jobId?x=1`, `/api/jobs/<id>/` and `/api/jobs/{jobId}` are the same.
    """
    bare = urlsplit(path).path if "://" in path else path.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]
    parts = [part for part in bare.split("/") if part]
    return "/" + "/".join(
        "{}" if re.fullmatch(r"\{[^{}]*\}|:[\w-]+|<[^<>]*>|\$\w+", part) else part for part in parts
    )


def fits(pattern: str, path: str) -> bool:
    """Whether a pattern such as `/api/generate/{model}/edit` or `/api/generate/foo-*/edit` covers `path`.

    Both are keys. A parameter of the pattern stands for one segment, whatever it is.
    """
    asked, given = pattern.split("/"), path.split("/")
    if len(asked) != len(given):
        return False
    return all(_segment_fits(one, other) for one, other in zip(asked, given, strict=True))


def _segment_fits(asked: str, given: str) -> bool:
    if asked in {"{}", given}:
        return True
    parts = [re.escape(part) for part in re.split(r"\*|\{\}", asked)]
    return len(parts) > 1 and re.fullmatch("[^/]*".join(parts), given) is not None
