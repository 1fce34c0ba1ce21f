from __future__ import annotations

from importlib.resources import files

import pytest


@pytest.fixture(scope="session")
def example_document() -> bytes:
    """The sandbox's own example document."""
    return (files("coinslot_sandbox") / "example.openapi.json").read_bytes()
