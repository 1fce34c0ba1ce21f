from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from coinslot_sandbox.chain import LocalChain
    from tests.interop.evm import Market, Stall


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def _stall(evm_chain_process: LocalChain) -> Iterator[Stall]:
    from tests.interop.evm import stall

    with stall(evm_chain_process) as opened:
        yield opened


@pytest.fixture
def here(_stall: Stall, tmp_path: Path) -> Iterator[Market]:
    """A shop that runs official code, and a wallet with money, on a chain of this machine."""
    with _stall.market(tmp_path) as market:
        yield market
