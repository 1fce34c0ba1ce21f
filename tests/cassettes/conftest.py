"""Cassettes: recorded against a seller, played without a network, and always to their end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coinslot_sandbox.counter import Network
from tests.cassettes import recorder, seller
from tests.cassettes.recorder import VCR, Cassette
from tests.cassettes.seller import Seller

RECORDINGS = Path(__file__).parent / "recordings"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "play_money: cannot be recorded against the live service")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if seller.live():
        for item in items:
            if item.get_closest_marker("play_money"):
                item.add_marker(pytest.mark.skip(reason="only a sandbox does this when asked"))


def pytest_recording_configure(vcr: VCR) -> None:
    recorder.configure(vcr)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "coinslot-home"


@pytest.fixture
def backend() -> str:
    """What pays; tests that are run once for each backend set it."""
    return "base"


@pytest.fixture
def networks() -> tuple[Network, ...]:
    """What the sandbox takes money on while it is recorded."""
    return seller.ALONE


@pytest.fixture
def shop(record_mode: str, home: Path, backend: str, networks: tuple[Network, ...]) -> Iterator[Seller]:
    """Whom the test buys from."""
    if record_mode == "none":
        yield seller.nobody(home, backend)
    elif origin := seller.live():
        yield seller.service(origin)
    else:
        with seller.sandbox(home, backend, networks) as served:
            yield served


@pytest.fixture
def vcr_config(shop: Seller) -> dict[str, Any]:
    return recorder.options(shop.recorder)


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(RECORDINGS)


@pytest.fixture(autouse=True)
def _played_to_its_end(vcr: Cassette | None, record_mode: str) -> Iterator[None]:
    yield
    if vcr is not None and record_mode == "none":
        recorder.assert_played(vcr)


@pytest.fixture(autouse=True)
def _settled_in_what_is_sent(vcr: Cassette | None, record_mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if vcr is not None and record_mode == "none":
        play = vcr.play_response
        monkeypatch.setattr(vcr, "play_response", lambda request: recorder.settled(play(request), request))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
