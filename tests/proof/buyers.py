"""Programs that buy something, in either face, and try again as people do."""

from __future__ import annotations

import inspect
import ssl
from collections.abc import Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from coinslot.attempt import Attempt
from coinslot.errors import CoinslotError
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from stablestudio import AsyncStableStudio, StableStudio
from tests.proof.mortal import Fate, MortalLedger, MortalTransport
from tests.proof.witness import Witness

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from coinslot_sandbox import Wallet
    from tests.proof.worlds import World

CAP = "0.25"
TRIES = 3
TRUST = ssl.create_default_context()
"""Made once: it takes longer than a call does."""
PATIENCE_SECONDS = 20.0
"""How long a job is waited for, by the world's clock."""


@dataclass
class Program:
    """A program with a wallet, a ledger and a folder; each run of it is another client."""

    world: World
    wallet: Wallet
    home: Path
    waits: bool = False
    """Whether it uses the asynchronous client."""
    ledger_path: Path = field(default=Path())
    policy: Policy | None = None
    key: str | None = None
    """The idempotency key of its call."""
    answers: list[dict[str, Any]] = field(default_factory=list)
    """What came back whole for its payments, as the wire had it."""

    def __post_init__(self) -> None:
        if self.ledger_path == Path():
            self.ledger_path = self.home / "ledger" / "ledger.sqlite3"

    @property
    def image(self) -> Path:
        return self.home / "made.png"

    def attempts(self) -> list[Attempt]:
        ledger = SqliteLedger(self.ledger_path)
        try:
            return ledger.attempts()
        finally:
            ledger.close()

    @asynccontextmanager
    async def running(self, fate: Fate | None = None) -> AsyncIterator[Run]:
        """Open a client, which kills its process at the step that is its fate."""
        kind: Any = AsyncStableStudio if self.waits else StableStudio
        transport: Any = httpx.AsyncHTTPTransport if self.waits else httpx.HTTPTransport
        plain = transport(verify=TRUST)
        now = self.world.clock.now
        limits = {"max_price": CAP} if self.policy is None else {"policy": self.policy}
        studio = kind(
            **limits,
            transport=Witness(plain, self.answers) if fate is None else MortalTransport(plain, fate),
            pay_with=[self.world.backend],
            base_url=self.world.url,
            ledger=SqliteLedger(self.ledger_path, now=now)
            if fate is None
            else MortalLedger(self.ledger_path, fate, now=now),
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
        prompt = f"as in {self.program.home}"
        call = self.studio.nano_banana_pro.generate
        return await _done(call(prompt=prompt, idempotency_key=self.program.key))

    async def fetch(self, job: Any) -> None:
        """Wait for a job and save what it made."""
        result = await _done(job.wait(timeout=PATIENCE_SECONDS))
        await _done((result.asave if self.program.waits else result.save)(self.program.image))

    async def upload(self, path: Path) -> str:
        return str(await _done(self.studio.upload(path)))

    async def bring_home(self, others: Collection[str] = ()) -> None:
        """Recover, and fetch all that is found but what attempts of other programs came to."""
        for found in await self.recover():
            if found.job is not None and found.attempt.id not in others:
                await naive(partial(self.fetch, found.job))

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
