"""Where a document comes from: a file, standard input, a URL, or a bare origin."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from coinslot_codegen.document.errors import SourceError
from coinslot_codegen.document.syntax import parse

if TYPE_CHECKING:
    import httpx

LARGEST: Final = 32 * 1024 * 1024
"""Bytes. The largest public documents have about 10 MB."""
WELL_KNOWN: Final = ("/openapi.json", "/api/openapi.json")
_HOST: Final = re.compile(
    r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?|localhost(?::\d+)?|127\.0\.0\.1(?::\d+)?", re.IGNORECASE
)
_FILE_ENDINGS: Final = (".json", ".yaml", ".yml", ".txt")


def load(source: str) -> bytes:
    """The document's bytes, checked to be OpenAPI 3 with paths.

    `source` is a file's path, `-` for standard input, a URL, or an origin such as
    `https://example.com`, where `/openapi.json` and `/api/openapi.json` are tried. Raises
    `SourceError` with one line that names the source.
    """
    if source == "-":
        return _checked(sys.stdin.buffer.read(LARGEST + 1), "standard input")
    url = _as_url(source)
    if url is None:
        return _checked(_file(source), source)
    return _fetch(url)


def _as_url(source: str) -> str | None:
    if re.match(r"https?://", source, re.IGNORECASE):
        return source
    if "://" in source:
        raise SourceError(f"{source}: only http and https addresses can be fetched")
    if Path(source).exists() or source.lower().endswith(_FILE_ENDINGS) or not _HOST.fullmatch(source):
        return None
    loopback = source.split(":", maxsplit=1)[0] in {"localhost", "127.0.0.1"}
    return f"{'http' if loopback else 'https'}://{source}"


def _file(source: str) -> bytes:
    path = Path(source)
    try:
        if path.is_dir():
            raise SourceError(f"{source}: is a folder, not a document")
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise SourceError(f"{source}: no such file") from None
    except (OSError, ValueError) as problem:
        said = problem.strerror if isinstance(problem, OSError) else None
        raise SourceError(f"{source}: cannot be read ({said or 'not a path'})") from None


def _checked(data: bytes, name: str) -> bytes:
    if len(data) > LARGEST:
        raise SourceError(f"{name}: larger than {LARGEST // 2**20} MB")
    try:
        parse(data)
    except SourceError as problem:
        raise SourceError(f"{name}: {problem}") from None
    return data


def _fetch(url: str) -> bytes:
    # Only a fetched document pays for this import.
    import httpx

    try:
        parts = urlsplit(url)
        is_origin = parts.path in {"", "/"} and not parts.query
        root = f"{parts.scheme}://{parts.netloc}"
        addresses = tuple(root + path for path in WELL_KNOWN) if is_origin else (url,)
        with httpx.Client(follow_redirects=True, timeout=20, max_redirects=5) as client:
            problem: SourceError | None = None
            for address in addresses:
                try:
                    return _checked(_get(client, address), address)
                except SourceError as seen:
                    problem = problem or seen
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as seen:
        reason = " ".join(str(seen).split()) or type(seen).__name__
        raise SourceError(f"{url}: unreachable ({reason})") from None
    if is_origin:
        tried = " nor ".join(WELL_KNOWN)
        raise SourceError(f"{url}: no document at {tried} ({str(problem).removeprefix(root)})")
    raise problem or SourceError(f"{url}: unreachable")


def _get(client: httpx.Client, address: str) -> bytes:
    with client.stream("GET", address, headers={"accept": "application/json, */*;q=0.5"}) as reply:
        if reply.status_code != 200:
            raise SourceError(f"{address}: the server answered {reply.status_code}")
        data = b""
        for piece in reply.iter_bytes():
            data += piece
            if len(data) > LARGEST:
                break
        return data
