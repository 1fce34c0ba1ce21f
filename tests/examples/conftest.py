"""Each example installed as its users would: from its folder, into a place of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

from coinslot.backend import Surroundings
from stablestudio import StableStudio
from tests.examples.shop import ISSUER, SHOP, Shop
from tests.payments.conftest import Clock

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EXAMPLE_MODULES = {"memory_ledger", "own_host_upload", "patient_polling", "prepaid_credits"}
ACCOUNT, SECRET = "ada", "5e" * 32
ENVIRON = {"PREPAID_CREDITS_KEY": f"test:{ACCOUNT}:{SECRET}", "PREPAID_CREDITS_ISSUER": ISSUER}

Install: TypeAlias = Callable[[str], None]
MakeStudio: TypeAlias = Callable[..., StableStudio]


@pytest.fixture(scope="session")
def place_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Install an example once, and return where it is."""

    @cache
    def installed(name: str) -> Path:
        place = tmp_path_factory.mktemp(name)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
        offline = ["--no-index", "--disable-pip-version-check", "--no-compile", "--target", str(place)]
        subprocess.run([*pip, *offline, str(EXAMPLES / name)], check=True, capture_output=True)
        return place

    return installed


@pytest.fixture
def install(place_of: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that installs an example until the test ends."""
    before = set(sys.modules)

    def installed(name: str) -> None:
        monkeypatch.syspath_prepend(str(place_of(name)))

    yield installed
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in EXAMPLE_MODULES:
            del sys.modules[name]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock, {ACCOUNT: bytes.fromhex(SECRET)})


@pytest.fixture
def studio(shop: Shop, clock: Clock) -> Iterator[MakeStudio]:
    """Return a function that makes clients of the shop, closed when the test ends."""
    opened: list[StableStudio] = []

    def made(environ: Mapping[str, str] | None = None, **options: Any) -> StableStudio:
        client = StableStudio(
            base_url=SHOP,
            max_price="0.25",
            transport=httpx.MockTransport(shop),
            surroundings=Surroundings(now=clock.now, monotonic=clock.now, sleep=clock.sleep),
            environ={
                "COINSLOT_HOME": os.environ["COINSLOT_HOME"],
                **(ENVIRON if environ is None else environ),
            },
            **options,
        )
        opened.append(client)
        return client

    yield made
    for client in opened:
        client.close()
