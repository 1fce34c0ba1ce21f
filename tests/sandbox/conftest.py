from __future__ import annotations

import time
from collections.abc import Callable
from importlib.resources import files
from typing import Any, TypeAlias

import pytest

from coinslot_sandbox import ManualClock, Sandbox

MakeSandbox: TypeAlias = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def example() -> bytes:
    """The package's own example document."""
    return (files("coinslot_sandbox") / "example.openapi.json").read_bytes()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at the machine's time, by which the official client signs."""
    return ManualClock(time.time())


@pytest.fixture
def make(example: bytes) -> MakeSandbox:
    """Make sandboxes of the example document."""

    def made(**options: Any) -> Sandbox:
        return Sandbox(example, **options)

    return made
