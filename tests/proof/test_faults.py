"""Every fault, paid in three ways and two faces: the ledger says what the chain says, and one call pays once.

The buyer is a program with the usual loop around its call. Then everything works again: another run of the
program recovers, and where it still has nothing it makes its call once more.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from tests.proof.buyers import CAP, Program, Run, naive
from tests.proof.conftest import OpenWorld
from tests.proof.figures import Tally, seed
from tests.proof.truth import ENDED, check_in_the_end, check_limits, check_so_far
from tests.proof.variants import Case, covering, every_case
from tests.proof.worlds import World

PNG = b"\x89PNG"
PICTURE = PNG + b"\r\n\x1a\n" + bytes(range(256))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    whole = "proof" in metafunc.config.getoption("markexpr")
    marks = [pytest.mark.proof] if whole else []
    metafunc.parametrize(
        "case",
        [
            pytest.param(case, id=str(case), marks=[*marks, pytest.mark.loopback, *_needs(case)])
            for case in (every_case() if whole else covering(seed()))
        ],
    )


def _needs(case: Case) -> list[pytest.MarkDecorator]:
    return [pytest.mark.chain] if case.backend != "solana" else []


def test_a_fault_costs_one_payment_at_most(
    case: Case, worlds: OpenWorld, tmp_path: Path, tally: Tally
) -> None:
    world = worlds(case.backend)
    program = Program(world, world.wallet(), tmp_path, waits=case.face == "async")
    story = Story(case, world, program)
    tally.add("faults tried")
    try:
        anyio.run(story.tell, backend=case.loop)
    except BaseException as failure:
        failure.add_note(f"{case}, COINSLOT_PROOF_SEED={seed()}")
        raise
    finally:
        world.here.faults.clear()
        tally.add("payments", len(story.moved))
        tally.add("double payments", max(0, len(story.moved) - story.calls))
        tally.add("losses", story.losses)


class Story:
    """One case from the first call to the last."""

    def __init__(self, case: Case, world: World, program: Program) -> None:
        self.case = case
        self.world = world
        self.program = program
        self.calls = 1
        self.moved: list[Any] = []
        self.losses = 0
        self.file = program.home / "picture.png"
        self.address: str | None = None
        self.answered = False
        """Whether the caller got what a call gives: to make it again would be another call."""

    async def tell(self) -> None:
        self.file.write_bytes(PICTURE)
        if self.case.kind == "payee":
            await self.get_to_know()
        faults = self.world.here.faults
        before = len(faults.happened)
        faults.add(self.case.fault)
        async with self.program.running() as run:
            await self.errand(run)
        assert {told.kind for told in faults.happened[before:]} == {self.case.kind}
        self.check_so_far()
        faults.clear()
        await self.recover()
        self.check_so_far()
        if any(attempt.money not in ENDED for attempt in self.program.attempts()):
            self.world.outlive()
            await self.recover()
        self.world.finalize()
        await self.recover()
        check_in_the_end(self.world, self.program.attempts(), self.moved)
        if not self.has_all() and not self.answered:
            async with self.program.running() as run:
                await self.errand(run)
            self.check_so_far()
        check_in_the_end(self.world, self.program.attempts(), self.moved)
        self.losses = int(self.paid() and self.server_has_it() and not self.has_all())
        assert not self.losses, "paid for, there, and not brought home"
        assert self.has_all() or self.paid(), "nothing was paid, and nothing bought"

    async def get_to_know(self) -> None:
        """Make an honest call first: the seller is known from then on."""
        async with self.program.running() as run:
            await run.upload(self.file) if self.case.errand == "image" else await run.fetch(await run.draw())
        self.calls += 1

    async def errand(self, run: Run) -> None:
        if self.case.errand == "upload":
            self.address = await naive(lambda: run.upload(self.file)) or self.address
            return
        job = await naive(run.draw)
        if job is not None:
            self.answered = True
            await naive(partial(run.fetch, job))

    async def recover(self) -> None:
        async with self.program.running() as run:
            await run.bring_home()

    def check_so_far(self) -> None:
        self.moved = self.world.transfers(self.program.wallet)
        check_so_far(self.world, self.program.attempts(), self.moved)
        check_limits(self.world, self.moved, CAP)
        assert len(self.moved) <= self.calls, "paid twice"

    def paid(self) -> bool:
        return len(self.moved) == self.calls

    def has_all(self) -> bool:
        if self.case.errand == "upload":
            return self.address is not None and httpx.get(self.address).content == PICTURE
        return self.program.image.exists() and self.program.image.read_bytes().startswith(PNG)

    def server_has_it(self) -> bool:
        """Whether the seller has made what was paid for, and would give it."""
        payer = self.world.payer(self.program.wallet)
        if self.case.errand == "upload":
            return False
        owners = [job.owner for job in self.world.here.jobs if job.fate == "done"]
        return (payer.lower() if payer.startswith("0x") else payer) in owners
