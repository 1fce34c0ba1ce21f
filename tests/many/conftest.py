"""A sandbox of its own for each test, whose jobs are finished at once, and clients that wait for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from coinslot.backend import Surroundings
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server

DOCUMENT = Path(__file__).resolve().parents[2] / "generated/stablestudio.openapi.json"

Serve: TypeAlias = Callable[..., Server]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves StableStudio's document with these options."""
    with ExitStack() as running:

        def begin(**options: Any) -> Server:
            sandbox = Sandbox(DOCUMENT.read_bytes(), time_scale=0, **options)
            return running.enter_context(sandbox.serve())

        yield begin


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def options(server: Server, home: Path, **changes: Any) -> dict[str, Any]:
    """Return how a client of this sandbox is made; its ledger is in `home`."""
    made = {
        "pay_with": ["base"],
        "max_price": "0.25",
        "base_url": server.url,
        "environ": {**server.wallets[0].environ, "COINSLOT_HOME": str(home / "coinslot")},
        "surroundings": Surroundings(sleep=lambda seconds: None),
    }
    return {**made, **changes}


def prompts(count: int) -> list[Mapping[str, Any]]:
    return [{"prompt": f"A cat, number {number}"} for number in range(count)]


def bought(server: Server) -> list[str]:
    """Return the prompts of all jobs of the sandbox, as they were accepted."""
    return [str(job.input["prompt"]) for job in server.jobs]
