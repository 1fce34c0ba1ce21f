"""Small documents, and the packages that are generated from them."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from coinslot_codegen.document import read
from coinslot_codegen.generation import Generated, generate
from coinslot_codegen.write.folder import fill

Json = dict[str, Any]

PAID: Json = {
    "x-payment-info": {
        "price": {"mode": "fixed", "currency": "USD", "amount": "0.02"},
        "protocols": [{"x402": {}}],
    }
}
"""What makes an operation paid."""


def operation(
    *,
    body: Json | None = None,
    answer: Json | None = None,
    parameters: list[Json] | None = None,
    **more: Any,
) -> Json:
    """Make an operation with JSON bodies."""
    made: Json = {"summary": "Do it", "responses": {"200": {"description": "Done"}}}
    if body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    if answer is not None:
        made["responses"]["200"]["content"] = {"application/json": {"schema": answer}}
    if parameters is not None:
        made["parameters"] = parameters
    return {**made, **more}


def document(paths: Mapping[str, Json], *, schemas: Json | None = None, title: str = "Sample API") -> Json:
    """Make a document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1.0.0"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": dict(paths),
        "components": {"schemas": schemas or {}},
    }


def one(body: Json | None = None, answer: Json | None = None, **more: Any) -> Json:
    """Make a document with the one paid route `POST /api/thing/make`."""
    schemas = more.pop("schemas", None)
    return document(
        {"/api/thing/make": {"post": operation(body=body, answer=answer, **PAID, **more)}}, schemas=schemas
    )


def made(content: Mapping[str, Any], **options: Any) -> Generated:
    """Generate the client of a document."""
    return generate(read(json.dumps(content).encode()), **options)


def source(content: Mapping[str, Any], module: str = "thing/make.py", **options: Any) -> str:
    """Return the text of one module of the package `sample`."""
    return made(content, **options).files[f"src/sample/{module}"].decode()


@contextmanager
def imported(generated: Generated, folder: Path) -> Iterator[ModuleType]:
    """Write a client, import its package, and forget it afterwards."""
    fill(folder, generated.files)
    name = generated.names.package
    sys.path.insert(0, str(folder / "src"))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(folder / "src"))
        for known in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
            del sys.modules[known]


@contextmanager
def package(content: Mapping[str, Any], folder: Path, **options: Any) -> Iterator[ModuleType]:
    """Generate the client of a document, and import its package."""
    with imported(made(content, **options), folder) as found:
        yield found


@contextmanager
def module(content: Mapping[str, Any], folder: Path, name: str = "thing.make") -> Iterator[ModuleType]:
    """Generate a client and import one of its modules."""
    with package(content, folder) as root:
        yield importlib.import_module(f"{root.__name__}.{name}")
