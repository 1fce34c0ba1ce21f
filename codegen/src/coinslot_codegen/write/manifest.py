"""The manifest: which document and generator made a folder, and what of it users rely on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coinslot_codegen.document.model import RouteSpec
from coinslot_codegen.schemas.gather import Use

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an earlier run left."""

    content: Mapping[str, Any]

    @property
    def files(self) -> Mapping[str, str]:
        """SHA-256 of each generated file, by its path below the distribution."""
        found = self.content.get("files", {})
        return found if isinstance(found, dict) else {}

    @property
    def order(self) -> Mapping[str, Sequence[str]]:
        """Orders of members that differ from the document copy's own, by JSON pointer."""
        found = self.content.get("order", {})
        return found if isinstance(found, dict) else {}


def find(folder: Path) -> tuple[Path, Manifest] | None:
    """Return the manifest in a distribution's folder, or an embedded client's, and where it lies; or None."""
    for path in (folder / NAME, *sorted(folder.glob(f"src/*/{NAME}"))):
        try:
            content = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(content, dict) and {"distribution", "files", "generator"} <= content.keys():
            return path, Manifest(content)
    return None


def sha256(content: bytes) -> str:
    """Return the hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def meaning(document: Mapping[str, Any]) -> str:
    """Return the hash of what a document says, whatever the order of its keys and its layout."""
    plain = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(plain.encode("utf-8", "surrogatepass"))


def written(content: Mapping[str, Any]) -> bytes:
    """Return a manifest's bytes."""
    return (json.dumps(content, indent=2, ensure_ascii=True) + "\n").encode()


def route_entry(use: Use) -> dict[str, Any]:
    """Return what the manifest keeps of one route, for comparing it with a later document."""
    route = use.route
    entry: dict[str, Any] = {
        "route": f"{route.method} {route.path}",
        "call": f"{route.group}.{route.name}",
        "access": route.access,
    }
    if route.price:
        price = route.price
        entry["price"] = {"low": price.low, "high": price.high or price.low, "unit": price.unit}
        entry["price"]["from"] = price.provenance
    if route.time:
        entry["typical_seconds"] = [route.time.low, route.time.high]
    if route.job:
        entry["job"] = route.job.status_path
        entry["poll_seconds"] = route.poll_seconds
        entry["poll_from"] = route.poll_provenance
        entry["result_lifetime_seconds"] = route.result_lifetime_seconds
    if route.result:
        entry["result"] = {"name": route.result.name, "members": list(route.result.members)}
    return {**entry, **_networks(route)}


def _networks(route: RouteSpec) -> dict[str, Any]:
    return {"protocols": [dict(one) for one in route.payment.protocols]} if route.payment else {}
