"""How a cassette stands on disk: YAML in which JSON, also that inside headers, is readable.

A serializer for VCR.py. In memory everything is as on the wire.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

import yaml

from tests.cassettes.masks import numbered
from tests.cassettes.terms import CODED, read, write

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The quicker one where there is one."""


class _Dumper(yaml.SafeDumper):
    # A header and a body may hold the same object, and stand in full each.
    def ignore_aliases(self, data: Any) -> bool:
        return True


def serialize(cassette: dict[str, Any]) -> str:
    """Return a cassette's text."""
    content = {
        "version": cassette["version"],
        "interactions": [
            {
                "request": {
                    "method": entry["request"]["method"],
                    "uri": entry["request"]["uri"],
                    **_shown(entry["request"]["headers"], entry["request"]["body"]),
                },
                "response": {
                    "status": entry["response"]["status"],
                    **_shown(entry["response"]["headers"], entry["response"]["body"]["string"]),
                },
            }
            for entry in cassette["interactions"]
        ],
    }
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def deserialize(text: str) -> dict[str, Any]:
    """Return the cassette that a text stands for."""
    content: dict[str, Any] = yaml.load(text, Loader=LOADER)  # noqa: S506 - it is a safe loader
    for number, entry in enumerate(content["interactions"]):
        for side in (entry["request"], entry["response"]):
            side["headers"] = {
                name: [_carried(name, _numbered(said, number))] for name, said in side["headers"].items()
            }
        entry["request"]["body"] = _bytes(entry["request"].pop("body", {}))
        entry["response"]["body"] = {"string": _bytes(entry["response"].pop("body", {}))}
    return content


def _shown(headers: dict[str, list[str]], body: str | bytes | None) -> dict[str, Any]:
    shown = {name: read(name, value) if name in CODED else value for name, (value,) in headers.items()}
    return {"headers": shown, **({"body": _readable(body)} if body else {})}


def _numbered(said: Any, number: int) -> Any:
    """Return a receipt whose masked transaction is one of its own: each payment settles in another one."""
    if not isinstance(said, dict) or not number:
        return said
    return {
        name: numbered(value, number) if isinstance(value, str) else value for name, value in said.items()
    }


def _carried(name: str, said: Any) -> str:
    return write(name, said) if name in CODED else str(said)


def _readable(body: str | bytes) -> dict[str, Any]:
    if isinstance(body, bytes):
        # Films without compression of their own are nine parts zeros.
        packed = zlib.compress(body, 9)
        return {"deflated": packed} if len(packed) < len(body) / 2 else {"binary": body}
    try:
        content = json.loads(body)
    except ValueError:
        return {"text": body}
    return {"json": content}


def _bytes(body: dict[str, Any]) -> bytes:
    if "json" in body:
        return json.dumps(body["json"], separators=(",", ":"), ensure_ascii=False).encode()
    if "deflated" in body:
        return zlib.decompress(body["deflated"])
    if "binary" in body:
        return bytes(body["binary"])
    return str(body.get("text", "")).encode()
