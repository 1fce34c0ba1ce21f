"""Programs that buy something, in either face, and try again as people do."""

from __future__ import annotations

import inspect
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from coinslot.attempt import Attempt
from coinslot.errors import CoinslotError
from coinslot.ledger import SqliteLedger
from stablestudio import AsyncStableStudio, StableStudio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from coinslot_sandbox import Wallet
    from tests.proof.worlds import World

CAP = "0.25"
TRIES = 3
TRUST = ssl.create_default_context()
"""Made once: it takes longer than a call does."""
PATIENCE_SECONDS = 60.0
"""How long a job is waited for, by the world's clock."""


@dataclass
class Program:
    """A program with a wallet, a ledger and a folder; each run of it is another client."""

    world: World
    wallet: Wallet
    home: Path
    waits: bool
    """Whether it uses the asynchronous client."""

    @property
    def image(self) -> Path:
        return self.home / "made.png"

    @property
    def ledger_path(self) -> Path:
        return self.home / "ledger" / "ledger.sqlite3"

    def attempts(self) -> list[Attempt]:
        ledger = SqliteLedger(self.ledger_path)
        try:
            return ledger.attempts()
        finally:
            ledger.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Run]:
        kind: Any = AsyncStableStudio if self.waits else StableStudio
        transport: Any = httpx.AsyncHTTPTransport if self.waits else httpx.HTTPTransport
        studio = kind(
            transport=transport(verify=TRUST),
            pay_with=[self.world.backend],
            max_price=CAP,
            base_url=self.world.url,
            ledger=SqliteLedger(self.ledger_path, now=self.world.clock.now),
            environ=self.world.environ(self.wallet),
            surroundings=self.world.surroundings,
        )
        try:
            yield Run(self, studio)
        finally:
            await _done(studio.aclose() if self.waits else studio.close())


@dataclass
class Run:
    """One run of a program."""

    program: Program
    studio: Any

    async def draw(self) -> Any:
        """Pay for this program's image, and return the job."""
        return await _done(self.studio.nano_banana_pro.generate(prompt=f"as in {self.program.home}"))

    async def fetch(self, job: Any) -> None:
        """Wait for a job and save what it made."""
        result = await _done(job.wait(timeout=PATIENCE_SECONDS))
        await _done((result.asave if self.program.waits else result.save)(self.program.image))

    async def upload(self, path: Path) -> str:
        return str(await _done(self.studio.upload(path)))

    async def recover(self) -> list[Any]:
        return list(await _done(self.studio.recover()))


async def naive(act: Callable[[], Awaitable[Any]]) -> Any:
    """Do it as programs are written: in a loop that catches what it knows, a few times."""
    for _ in range(TRIES):
        try:
            return await act()
        except CoinslotError:
            continue
    return None


async def _done(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value
