"""What a buyer meets in one case of the matrix, and how it is judged: by the chain, the wire and the files.

Nothing that the ledger or the client says is evidence of what came home.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx

from tests.proof.buyers import CAP, Program, Run, naive
from tests.proof.truth import ENDED, check_in_the_end, check_limits, check_so_far
from tests.proof.variants import Case
from tests.proof.worlds import World

PNG = b"\x89PNG"
PICTURE = PNG + b"\r\n\x1a\n" + bytes(range(256))
TOKEN = "clientToken"
"""The member of an answer that gives the right to upload."""


class Story:
    """One case from the first call to the last; what it comes to is judged at its end."""

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
        self.check_in_the_end()
        if not self.has_all() and not self.answered:
            async with self.program.running() as run:
                await self.errand(run)
            self.check_so_far()
        self.check_in_the_end()
        self.judge()

    def judge(self) -> None:
        """Count what was paid for and not brought home, and find nothing."""
        self.losses = int(self.paid() and self.could_be_had() and not self.has_all())
        assert not self.losses, "paid for, there, and not brought home"
        # What the seller never made, or told where nobody heard it, is paid for and cannot be had.
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
        assert not self.double_payments, "paid twice"

    def check_in_the_end(self) -> None:
        """Hold what is certain against the chain as it is now, where what was under way may have arrived."""
        attempts = self.program.attempts()
        self.moved = self.world.transfers(self.program.wallet)
        check_in_the_end(self.world, attempts, self.moved)

    @property
    def double_payments(self) -> int:
        return max(0, len(self.moved) - self.calls)

    def paid(self) -> bool:
        return len(self.moved) == self.calls

    def has_all(self) -> bool:
        if self.case.errand == "upload":
            return self.address is not None and httpx.get(self.address).content == PICTURE
        return self.program.image.exists() and self.program.image.read_bytes().startswith(PNG)

    def could_be_had(self) -> bool:
        """Whether the seller has made what was paid for and would give it, or has given what it takes."""
        if self.case.errand == "upload":
            return any(TOKEN in answer for answer in self.program.answers)
        payer = self.world.payer(self.program.wallet)
        owners = [job.owner for job in self.world.here.jobs if job.fate == "done"]
        return (payer.lower() if payer.startswith("0x") else payer) in owners
