"""What only shows when the schemas of all routes are drawn together, as `generate` does."""

from __future__ import annotations

from dataclasses import replace

from coinslot_codegen.document.model import Api, Finding
from coinslot_codegen.schemas.gather import gather


def with_schemas(api: Api) -> Api:
    """Return `api` with the flaws of its schemas, and with what of it cannot be generated."""
    gathered = gather(api)
    left_out = [Finding("unsupported", one.pointer, one.message) for one in gathered.left_out]
    found = {*api.findings, *gathered.flaws, *left_out}
    return replace(api, findings=tuple(sorted(found, key=lambda one: (one.kind, one.pointer, one.message))))
