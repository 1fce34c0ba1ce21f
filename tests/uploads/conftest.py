"""The host of other files, and calls that refer to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import Job, Quote
from tests.runtime.conftest import anyio_backend, clock, ledger, made, server
from tests.runtime.studio import PNG, ImageResult
from tests.uploads.editing import Edit, Host, Studio

__all__ = ["anyio_backend", "clock", "ledger", "made", "server"]


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def options(host: Host, made: dict[str, Any]) -> dict[str, Any]:
    return {**made, "transport": httpx.MockTransport(host)}


@pytest.fixture
def edit(options: dict[str, Any]) -> Edit[Job[ImageResult], Quote]:
    return Edit(Studio(**options))


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    path.write_bytes(PNG)
    return path
