"""A server, its clock, and clients of both faces over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coinslot import Job, Quote
from coinslot.ledger import SqliteLedger
from tests.payments.conftest import Clock
from tests.runtime.studio import Draw, ImageResult, Server, Studio, options


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> SqliteLedger:
    return SqliteLedger(tmp_path / "ledger.sqlite3", now=clock.now)


@pytest.fixture
def made(server: Server, clock: Clock, ledger: SqliteLedger) -> dict[str, Any]:
    return {**options(server, clock), "ledger": ledger}


@pytest.fixture
def studio(made: dict[str, Any]) -> Iterator[Studio]:
    with Studio(**made) as client:
        yield client


@pytest.fixture
def draw(studio: Studio) -> Draw[Job[ImageResult], Quote]:
    return Draw(studio)


@pytest.fixture
def job(draw: Draw[Job[ImageResult], Quote]) -> Job[ImageResult]:
    return draw(prompt="a cat")
