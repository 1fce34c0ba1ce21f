"""Programs that are killed at any moment, over and over, against a server in another process.

One program makes one order after the other, on one ledger and with one wallet. It is killed and started again
until it has what it ordered; the line to the server fails now and then as well.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path
from random import Random

import anyio
import pytest

from coinslot.errors import CoinslotError
from coinslot_sandbox import Wallet
from tests.proof.buyers import CAP, Program
from tests.proof.elsewhere import world_elsewhere
from tests.proof.figures import Tally, seed
from tests.proof.mortal import Forked
from tests.proof.truth import ENDED, check_in_the_end, check_limits
from tests.proof.worlds import BACKENDS, Backend, World

KILLS = 120
"""In the whole proof, for each backend."""
A_FEW = 4
RUNS = 20
"""A program that was killed so often is left alone."""
PATIENCE = 1.15
"""So much later than the time before may a program be killed: in the end it gets through."""
LEFT_ALONE = 4
"""A program that was left alone so often (the line fails at times) and has nothing has lost its order."""


def _few(backend: Backend) -> pytest.ParameterSet:
    return pytest.param(backend, marks=[] if backend == "solana" else [pytest.mark.chain])


@pytest.mark.loopback
@pytest.mark.parametrize("backend", [_few(backend) for backend in BACKENDS])
def test_a_few_random_kills(backend: Backend, tmp_path: Path, tally: Tally) -> None:
    kill_at_random(backend, A_FEW, tmp_path, tally)


@pytest.mark.proof
@pytest.mark.loopback
@pytest.mark.parametrize("backend", [_few(backend) for backend in BACKENDS])
def test_hundreds_of_random_kills(backend: Backend, tmp_path: Path, tally: Tally) -> None:
    kill_at_random(backend, KILLS, tmp_path, tally)


def kill_at_random(backend: Backend, kills: int, folder: Path, tally: Tally) -> None:
    with world_elsewhere(backend, seed()) as (world, wallet):
        customer = Customer(world, wallet, folder, Random(f"{seed()} {backend}"))  # noqa: S311 - the same for the same seed
        try:
            customer.warm_up()
            while customer.kills < kills:
                customer.order()
            customer.check()
        except BaseException as failure:
            failure.add_note(f"{backend}, order {customer.orders}, COINSLOT_PROOF_SEED={seed()}")
            raise
        finally:
            moved = len(world.transfers(wallet))
            tally.add("random kills survived", customer.kills)
            tally.add("payments", moved)
            tally.add("double payments", max(0, moved - customer.orders))
            tally.add("losses", customer.lost)


class Customer:
    """Starts programs, kills them, and wants to have what they ordered."""

    def __init__(self, world: World, wallet: Wallet, folder: Path, chance: Random) -> None:
        self.world = world
        self.wallet = wallet
        self.folder = folder
        self.chance = chance
        self.ledger = folder / "ledger" / "ledger.sqlite3"
        self.orders = self.kills = self.lost = 0
        self.earlier: set[str] = set()
        """Attempts of the orders before."""
        self.usual = 1.0
        """Seconds that a program takes which is left alone."""

    def warm_up(self) -> None:
        """Make two orders in this process, which nobody kills: its forks need not load what it has."""
        for _ in range(2):
            started = time.monotonic()
            program = self.program(key=None)
            while not program.image.exists():
                self.work(program, again=False)
            self.usual = time.monotonic() - started

    def program(self, key: str | None) -> Program:
        """Return the program of the next order; every other one is asynchronous."""
        home = self.folder / str(self.orders)
        home.mkdir()
        waits = self.orders % 2 == 1
        self.orders += 1
        self.earlier = {attempt.id for attempt in Program(self.world, self.wallet, self.folder).attempts()}
        return Program(self.world, self.wallet, home, waits=waits, ledger_path=self.ledger, key=key)

    def order(self) -> None:
        """Order one image, and start its program until it is there."""
        # Who makes the call again needs its key; who recovers needs nothing.
        again = self.chance.random() < 0.5
        program = self.program(f"order-{self.orders}" if again else None)
        for number in range(RUNS):
            self.run(program, again=again, within=1.3 * self.usual * PATIENCE**number)
            if program.image.exists():
                return
        told = [self.work(program, again=again) for _ in range(LEFT_ALONE) if not program.image.exists()]
        if not program.image.exists():
            self.lost += 1
            own = [attempt for attempt in program.attempts() if attempt.id not in self.earlier]
            found = [(attempt.money, attempt.delivery, attempt.note) for attempt in own]
            moved = len(self.world.transfers(self.wallet))
            pytest.fail(f"order {self.orders} never came: {told}; {found}; {moved} payments on the chain")

    def run(self, program: Program, *, again: bool, within: float) -> None:
        """Run a program once, and kill it at some moment of so many seconds."""
        started = time.monotonic()
        running = Forked(lambda: self.work(program, again=again))
        running.kill_after(self.chance.uniform(0, within))
        code, _ = running.end()
        assert code in {0, -signal.SIGKILL}
        self.kills += code == -signal.SIGKILL
        if code == 0:
            self.usual = 0.7 * self.usual + 0.3 * (time.monotonic() - started)

    def work(self, program: Program, *, again: bool) -> str:
        """Do what the program does; return the error that it ends with."""

        async def work() -> None:
            async with program.running() as run:
                if not again:
                    await run.bring_home(self.earlier)
                if not program.image.exists():
                    await run.fetch(await run.draw())

        try:
            anyio.run(work)
        except CoinslotError as error:
            return str(error)
        return ""

    def check(self) -> None:
        """Hold the ledger against the chain, once everything is certain."""
        program = Program(self.world, self.wallet, self.folder)

        async def recover() -> None:
            async with program.running() as run:
                await run.recover()

        for _ in range(LEFT_ALONE):
            if all(attempt.money in ENDED for attempt in program.attempts()):
                break
            self.world.outlive()
            anyio.run(recover)
        moved = self.world.transfers(self.wallet)
        check_in_the_end(self.world, program.attempts(), moved)
        check_limits(self.world, moved, CAP)
        jobs = [attempt.job_id for attempt in program.attempts() if attempt.money == "settled"]
        assert len(moved) == len(set(jobs)) == self.orders
