"""Who is on the other side: nobody while cassettes are played, else the sandbox or the live service.

Live is what `COINSLOT_RECORD_LIVE` names. Then the clock, the chance and the wallet are the real ones,
and attempts stand in the user's own ledger.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import httpx
from eth_account import Account

from coinslot.attempt import Attempt
from coinslot.backend import Surroundings
from coinslot.errors import ConfigurationError
from coinslot.ledger import SqliteLedger, default_path
from coinslot.origin import is_loopback
from coinslot_sandbox import Sandbox
from coinslot_sandbox.clock import ManualClock
from coinslot_sandbox.counter import Network
from coinslot_sandbox.names import seeded_entropy
from stablestudio import AsyncStableStudio, StableStudio
from tests.cassettes.recorder import Recorder

DOCUMENT = Path(__file__).resolve().parents[2] / "generated/stablestudio.openapi.json"
ORIGIN = "http://127.0.0.1:4020"
"""Where the API is in every cassette."""
START = 1_770_000_000
"""When every cassette begins, in unix seconds."""
LIVE = "COINSLOT_RECORD_LIVE"
KEY = "COINSLOT_EVM_KEY"
SOLANA_KEY = "COINSLOT_SOLANA_KEY"
FILE_HOST = "https://vercel.com"
"""Where the document sends files; beside the sandbox, to the sandbox."""
PRIVATE_KEY = "0x" + hashlib.sha256(b"coinslot cassettes").hexdigest()
"""Known to everybody, so worthless."""
SOLANA_SEED = hashlib.sha256(b"coinslot sandbox: solana test:" + PRIVATE_KEY.encode()).hexdigest()
"""The key that the sandbox makes of it and funds."""
ALONE: tuple[Network, ...] = ("base",)
EVERYWHERE: tuple[Network, ...] = ("base", "solana", "tempo")
"""Networks that one 402 offers, in that order."""
DOOMED = "(doomed)"
"""Jobs of the sandbox fail when their prompt holds this."""
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A file to upload: a PNG."""
# As it was before the tests' fixtures moved the user's ledger out of reach.
_ENVIRON = dict(os.environ)


@dataclass(frozen=True)
class Seller:
    """The API's place, and what a client of it is made with."""

    origin: str
    environ: Mapping[str, str]
    surroundings: Surroundings
    recorder: Recorder
    file_host: str
    """Where files are put."""
    backend: str = "base"
    """What pays."""

    def attempts(self) -> list[Attempt]:
        """Return what the ledger holds, the oldest first."""
        with closing(SqliteLedger(default_path(self.environ))) as ledger:
            return ledger.attempts()

    def studio(self, max_price: str, transport: httpx.HTTPTransport | None = None) -> StableStudio:
        """Return a client that may spend `max_price` dollars a call."""
        # Named, because a client without one asks where hosts are before it fetches from them.
        return StableStudio(
            transport=transport or httpx.HTTPTransport(verify=_trusted()), **self._options(max_price)
        )

    def async_studio(self, max_price: str) -> AsyncStableStudio:
        """Return its asynchronous twin."""
        return AsyncStableStudio(
            transport=httpx.AsyncHTTPTransport(verify=_trusted()), **self._options(max_price)
        )

    def _options(self, max_price: str) -> dict[str, Any]:
        return {
            "pay_with": [self.backend],
            "max_price": max_price,
            "ceiling": "2.00",
            "base_url": self.origin,
            "environ": self.environ,
            "surroundings": self.surroundings,
        }


def live() -> str | None:
    """Return the live service's origin, if that is what is recorded."""
    return os.environ.get(LIVE)


def nobody(home: Path, backend: str = "base") -> Seller:
    """Return the seller of a replay: there is only the cassette."""
    return _played(home, ManualClock(START), ORIGIN, backend)


@contextmanager
def sandbox(home: Path, backend: str = "base", networks: Sequence[Network] = ALONE) -> Iterator[Seller]:
    """Serve the document with a clock that stands still and a chance that repeats itself."""
    clock = ManualClock(START)
    served = Sandbox(
        DOCUMENT.read_bytes(),
        clock=clock,
        entropy=seeded_entropy("the sandbox of the cassettes"),
        keys=[f"test:{PRIVATE_KEY}"],
        polls=2,
        page_size=2,
        fail_marker=DOOMED,
        networks=networks,
    )
    with served.serve() as server:
        yield _played(home, clock, server.url, backend)


def service(origin: str, environ: Mapping[str, str] = _ENVIRON) -> Seller:
    """Return the live service at `origin`, paid by the wallet of the environment."""
    if KEY not in environ:
        raise ConfigurationError(f"What is recorded live is paid by the wallet in {KEY}: set it.")
    surroundings = Surroundings()
    payer = _payer(environ[KEY].removeprefix("test:"))
    replaced = {**_places(origin), FILE_HOST: ORIGIN, payer: _payer(PRIVATE_KEY)}
    recorder = Recorder(surroundings.now, replaced, drift=START - int(surroundings.now()))
    return Seller(origin, environ, surroundings, recorder, origin if is_loopback(origin) else FILE_HOST)


@cache
def _trusted() -> SSLContext:
    # Read once: a replay that never connects would spend most of its time on certificates.
    return httpx.create_ssl_context()


def _played(home: Path, clock: ManualClock, origin: str, backend: str) -> Seller:
    surroundings = Surroundings(
        now=clock.now,
        monotonic=clock.now,
        sleep=clock.advance,
        random_bytes=seeded_entropy("the payer of the cassettes"),
    )
    environ = {
        KEY: f"test:{PRIVATE_KEY}",
        SOLANA_KEY: f"test:{SOLANA_SEED}",
        "COINSLOT_HOME": str(home),
    }
    return Seller(origin, environ, surroundings, Recorder(clock.now, _places(origin)), origin, backend)


def _places(origin: str) -> dict[str, str]:
    if origin == ORIGIN:
        return {}
    # The origin first: a host alone is what a sign-in names.
    return {origin: ORIGIN, urlsplit(origin).netloc: urlsplit(ORIGIN).netloc}


def _payer(key: str) -> str:
    return str(Account.from_key(key).address)
