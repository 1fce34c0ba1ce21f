"""Proofs that take their time run when they are asked for: `pytest -m proof`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tests.proof.figures import Tally

if TYPE_CHECKING:
    from tests.proof.worlds import Backend, World

OpenWorld: TypeAlias = "Callable[[Backend], World]"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "proof" in config.getoption("markexpr"):
        return
    left_out = [item for item in items if item.get_closest_marker("proof")]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Takes down figures, which are printed at the end of the run."""
    return Tally(request.node)


@pytest.fixture(scope="session")
def worlds() -> Iterator[OpenWorld]:
    """Return what opens a world; each is opened once and serves all tests."""
    from tests.proof.worlds import world

    opened: dict[Backend, World] = {}
    with ExitStack() as running:

        def open_world(backend: Backend) -> World:
            if backend not in opened:
                opened[backend] = running.enter_context(world(backend))
            return opened[backend]

        yield open_world
