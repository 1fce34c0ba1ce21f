"""Many processes at one ledger, some of them killed: one attempt is resumed once, and one budget holds."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeAlias

import anyio
import pytest

from coinslot.errors import CoinslotError
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from tests.proof.buyers import CAP, Program
from tests.proof.conftest import OpenWorld
from tests.proof.figures import Tally, seed
from tests.proof.mortal import Fate, Forked, in_a_process
from tests.proof.truth import ENDED, check_in_the_end, check_limits, check_so_far
from tests.proof.worlds import BACKENDS, Backend, World

PRICE = Decimal("0.13")
PROCESSES = 10
CALLS = 3
ROUNDS = 8

Errand: TypeAlias = Callable[[Program, Fate | None], Awaitable[None]]

everywhere = pytest.mark.parametrize(
    "backend",
    [pytest.param(name, marks=[] if name == "solana" else [pytest.mark.chain]) for name in BACKENDS],
)


async def buy(program: Program, fate: Fate | None) -> None:
    async with program.running(fate) as run:
        await run.fetch(await run.draw())


async def recover(program: Program, fate: Fate | None) -> None:
    async with program.running(fate) as run:
        await run.bring_home()


def doing(what: Errand, program: Program, at: int) -> Callable[[], str]:
    """Return what a process does that dies at its n-th step; 0: at none."""

    def work() -> str:
        fate = Fate(at)
        try:
            anyio.run(what, program, fate)
        except CoinslotError as error:
            return f"{type(error).__name__}: {error}"
        return "\n".join(fate.steps)

    return work


def steps_of(world: World, folder: Path) -> list[str]:
    """Return the steps of a call that nothing disturbs; all that it loads stays loaded here."""
    program = Program(world, world.wallet(), folder)
    anyio.run(buy, program, Fate(0))
    _, told = in_a_process(doing(buy, Program(world, program.wallet, folder / "again"), 0))
    return told.split("\n")


def conclude(world: World, program: Program) -> None:
    """Recover until everything is certain, and hold the ledger against the chain."""
    anyio.run(recover, program, None)
    if any(attempt.money not in ENDED for attempt in program.attempts()):
        world.outlive()
        anyio.run(recover, program, None)
    moved = world.transfers(program.wallet)
    check_in_the_end(world, program.attempts(), moved)
    check_limits(world, moved, CAP)


def resume_at_once(world: World, folder: Path, chance: Random, first: int, tally: Tally) -> None:
    """Kill a call at a step; let two processes finish it at once, one or both killed as well."""
    program = Program(world, world.wallet(), folder, key="order-1")
    code, _ = in_a_process(doing(buy, program, first))
    assert code == -signal.SIGKILL
    killed = 1
    for _ in range(2):
        fates = [chance.choice([0, chance.randrange(1, 16)]) for _ in range(2)]
        faces = [replace(program, waits=chance.random() < 0.5) for _ in fates]
        two = [
            Forked(doing(chance.choice([buy, recover]), one, at))
            for one, at in zip(faces, fates, strict=True)
        ]
        if chance.random() < 0.3:
            two[0].kill_after(chance.uniform(0, 0.1))
        ends = [process.end()[0] for process in two]
        assert set(ends) <= {0, -signal.SIGKILL}
        killed += sum(code != 0 for code in ends)
        check_so_far(world, program.attempts(), world.transfers(program.wallet))
    anyio.run(recover, program, None)
    anyio.run(buy, program, None)
    conclude(world, program)
    moved = world.transfers(program.wallet)
    jobs = [job for job in world.here.jobs if job.input.get("prompt") == f"as in {folder}"]
    tally.add("pairs of processes at one attempt")
    tally.add("crashes survived", killed)
    tally.add("double payments", max(0, len(moved) - 1))
    tally.add("losses", int(not program.image.exists()))
    assert len(moved) == len(jobs) == 1
    assert program.image.exists()


def around_the_payment(steps: list[str]) -> list[int]:
    return [number for number, name in enumerate(steps, 1) if "paid" in name or "sign" in name]


@pytest.mark.loopback
@everywhere
def test_two_processes_resume_one_attempt_at_once(
    backend: Backend, worlds: OpenWorld, tmp_path: Path, tally: Tally
) -> None:
    resume_everywhere(worlds(backend), tmp_path, tally)


@pytest.mark.proof
@pytest.mark.loopback
@everywhere
def test_two_processes_resume_one_attempt_at_once_over_and_over(
    backend: Backend, worlds: OpenWorld, tmp_path: Path, tally: Tally
) -> None:
    resume_everywhere(worlds(backend), tmp_path, tally, rounds=ROUNDS)


def resume_everywhere(world: World, folder: Path, tally: Tally, rounds: int = 0) -> None:
    """Kill at each step around the payment, so many times; 0: at two of them, once."""
    chance = Random(f"{seed()} {world.backend}")  # noqa: S311 - the same for the same seed
    (folder / "whole" / "again").mkdir(parents=True)
    steps = steps_of(world, folder / "whole")
    around = around_the_payment(steps)
    for number in range(max(rounds, 1)):
        for first in around if rounds else chance.sample(around, 2):
            (home := folder / f"{number}-{first}").mkdir()
            try:
                resume_at_once(world, home, chance, first, tally)
            except BaseException as failure:
                failure.add_note(f"{world.backend}, killed {steps[first - 1]}, COINSLOT_PROOF_SEED={seed()}")
                raise


@pytest.mark.loopback
@everywhere
def test_ten_processes_some_of_them_killed_hold_one_budget(
    backend: Backend, worlds: OpenWorld, tmp_path: Path, tally: Tally
) -> None:
    spend_together(worlds(backend), tmp_path, tally)


def spend_together(world: World, folder: Path, tally: Tally) -> None:
    """Ten processes want more than the day's budget; whatever becomes of them, it holds to the unit."""
    chance = Random(f"{seed()} {world.backend}")  # noqa: S311 - the same for the same seed
    wallet, ledger = world.wallet(), folder / "ledger" / "ledger.sqlite3"
    allowed = chance.randrange(8, 13)
    spare = chance.choice([Decimal(0), PRICE - Decimal("0.000001")])
    fee = Decimal("0.01") if world.backend == "tempo" else Decimal(0)
    budget = allowed * (PRICE + fee) + spare
    policy = Policy(max_price=CAP, daily_budget=budget, payees={world.url: [world.seller]})
    SqliteLedger(ledger).attempts()

    def program(name: str, *, waits: bool = False) -> Program:
        (home := folder / name).mkdir(exist_ok=True)
        return Program(world, wallet, home, waits=waits, ledger_path=ledger, policy=policy)

    async def shop(number: int, fate: Fate) -> None:
        for turn in range(CALLS):
            try:
                await buy(program(f"{number}-{turn}", waits=number % 2 == 1), fate)
            except CoinslotError:
                continue

    def shopping(number: int, at: int) -> str:
        anyio.run(shop, number, Fate(at))
        return ""

    (warm := folder / "warm").mkdir()
    anyio.run(buy, Program(world, world.wallet(), warm), None)
    fates = [chance.choice([0, chance.randrange(5, 60)]) for _ in range(PROCESSES)]
    crowd = [Forked(partial(shopping, number, at)) for number, at in enumerate(fates)]
    ends = [process.end()[0] for process in crowd]
    assert set(ends) <= {0, -signal.SIGKILL}
    check_so_far(world, program("all").attempts(), world.transfers(wallet))
    conclude(world, program("all"))
    moved = world.transfers(wallet)
    spent = sum(Decimal(transfer.amount) / 10**6 for transfer in moved)
    tally.add("processes at one budget", PROCESSES)
    tally.add("crashes survived", sum(code != 0 for code in ends))
    tally.add(
        "double payments",
        len(moved)
        - len({attempt.job_id for attempt in program("all").attempts() if attempt.money == "settled"}),
    )
    assert spent <= sum(attempt.reserved for attempt in program("all").attempts()) <= budget
