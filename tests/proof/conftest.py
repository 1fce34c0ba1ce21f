"""Proofs that take their time run when they are asked for: `pytest -m proof`."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "proof" in config.getoption("markexpr"):
        return
    left_out = [item for item in items if item.get_closest_marker("proof")]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
