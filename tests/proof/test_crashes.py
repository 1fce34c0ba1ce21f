"""A process killed at any write and any request: paid once, and neither job nor file is lost.

Real parts throughout: the generated client, its ledger on disk, sockets, the sandbox and the chain that it
settles on. Children are forked from this warm process, and die where they are told to: before or after each
write of the ledger; before each request, at the head of its answer and after its last byte. That takes in
paying, polling, downloading, the steps of an upload, and recovering from all of that.
"""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Literal, TypeAlias

import anyio
import httpx
import pytest

from coinslot.errors import CoinslotError, PaymentOutcomeUnknown
from tests.proof.buyers import CAP, Program, Run
from tests.proof.conftest import OpenWorld
from tests.proof.figures import Tally, seed
from tests.proof.mortal import Fate, in_a_process
from tests.proof.truth import ENDED, check_in_the_end, check_limits, check_so_far
from tests.proof.variants import FACES, Errand, Face
from tests.proof.worlds import BACKENDS, Backend, World

PNG = b"\x89PNG"
PICTURE = PNG + b"\r\n\x1a\n" + bytes(range(256))
MANY = 1000
"""More steps than any recovery takes."""
STRIDE = 6
"""The quick run stops at every sixth step and at half of those around the payment."""

Way: TypeAlias = Literal["again", "again, keyed", "recovered"]
ERRANDS: tuple[Errand, ...] = ("image", "upload")
WAYS: dict[Errand, tuple[Way, ...]] = {
    "image": ("again", "again, keyed", "recovered"),
    # A file is the same upload for ever: it needs no key, and there is no other way to recover it.
    "upload": ("again",),
}

everywhere = pytest.mark.parametrize(
    "backend",
    [pytest.param(name, marks=[] if name == "solana" else [pytest.mark.chain]) for name in BACKENDS],
)
errands = pytest.mark.parametrize("errand", ERRANDS)
faces = pytest.mark.parametrize("face", FACES)
pytestmark = [pytest.mark.loopback, everywhere]


class Victim:
    """A program with one errand, which is killed and started again."""

    def __init__(self, world: World, folder: Path, errand: Errand, face: Face, *, keyed: bool) -> None:
        folder.mkdir(parents=True)
        self.world = world
        self.errand = errand
        key = "order-1" if keyed else None
        self.program = Program(world, world.wallet(), folder, waits=face == "async", key=key)
        self.file = folder / "picture.png"
        self.file.write_bytes(PICTURE)
        self.address = folder / "address"

    async def call(self, run: Run) -> None:
        """Make the call, and bring home what it gives."""
        if self.errand == "image":
            await run.fetch(await run.draw())
        else:
            self.address.write_text(await run.upload(self.file))

    async def recover(self, run: Run) -> None:
        await run.bring_home()

    def run(self, what: Callable[[Run], Awaitable[None]], at: int = 0) -> list[str]:
        """Do something in this process, or until it dies of it in a fork; return the steps that it took."""

        async def done() -> None:
            async with self.program.running(fate) as run:
                await what(run)

        fate = Fate(at)
        anyio.run(done)
        return fate.steps

    def dies(self, what: Callable[[Run], Awaitable[None]], at: int) -> bool:
        """Do something in a fork that is killed at its n-th step; return whether it got so far."""

        def work() -> str:
            try:
                self.run(what, at)
            except CoinslotError as error:
                return str(error)
            return ""

        code, _ = in_a_process(work)
        assert code in {0, -signal.SIGKILL}
        self.check_so_far()
        return code != 0

    def check_so_far(self) -> None:
        check_so_far(self.world, self.program.attempts(), self.moved)

    @property
    def moved(self) -> list[Any]:
        return self.world.transfers(self.program.wallet)

    def has_all(self) -> bool:
        if self.errand == "upload":
            return self.address.exists() and httpx.get(self.address.read_text()).content == PICTURE
        return self.program.image.exists() and self.program.image.read_bytes().startswith(PNG)

    def check(self, payments: int, tally: Tally, *, had: bool | None = None) -> None:
        """Hold ledger against chain when everything is certain, and count; what was paid for must be had."""
        had = bool(payments) if had is None else had
        if any(attempt.money not in ENDED for attempt in self.program.attempts()):
            self.world.outlive()
            self.run(self.recover)
        moved = self.moved
        jobs = [job for job in self.world.here.jobs if job.owner in _spellings(self.world, self.program)]
        tally.add("double payments", max(0, len(moved) - 1))
        tally.add("losses", int(had and not self.has_all()))
        check_in_the_end(self.world, self.program.attempts(), moved)
        check_limits(self.world, moved, CAP)
        assert len(moved) == payments
        assert len(jobs) == (payments if self.errand == "image" else 0)
        assert self.has_all() is had


def _spellings(world: World, program: Program) -> set[str]:
    payer = world.payer(program.wallet)
    return {payer, payer.lower()}


def steps_of(world: World, folder: Path, errand: Errand, face: Face) -> list[str]:
    """Return the steps of a call that nothing disturbs; what it loads stays loaded for the forks."""
    whole = Victim(world, folder / f"whole-{errand}-{face}", errand, face, keyed=False)
    return whole.run(whole.call)


def made_again(victim: Victim, at: int, steps: list[str], tally: Tally) -> None:
    """The program starts again and makes the same call."""
    assert victim.dies(victim.call, at)
    tally.add("crashes survived")
    if victim.errand == "upload" and at in answered_unrecorded(steps):
        # The token went with the answer, and no server gives it twice: it must not be paid for twice.
        with pytest.raises(PaymentOutcomeUnknown):
            victim.run(victim.call)
        tally.add("answers that no server gives again")
        victim.check(1, tally, had=False)
        return
    victim.run(victim.call)
    victim.check(1, tally)


def answered_unrecorded(steps: list[str]) -> range:
    """Return the steps at which the server has answered a payment, and that is not on record yet."""
    head = next(number for number, name in enumerate(steps, 1) if name.startswith("at the head of POST paid"))
    return range(head, steps.index("before conclude") + 2)


def recovered(victim: Victim, at: int, steps: list[str], tally: Tally) -> None:
    """Another program recovers, and makes no call at all."""
    assert victim.dies(victim.call, at)
    tally.add("crashes survived")
    victim.run(victim.recover)
    victim.check(int(was_signed(steps, at)), tally)


def was_signed(steps: list[str], at: int) -> bool:
    return "after sign" in steps[:at]


class Killing:
    """Kills the calls of one errand in one world, and counts."""

    def __init__(self, world: World, folder: Path, errand: Errand, face: Face, tally: Tally) -> None:
        self.world = world
        self.folder = folder
        self.errand = errand
        self.face = face
        self.tally = tally
        self.steps = steps_of(world, folder, errand, face)
        self.home = len(self.steps) - self.steps[::-1].index("after deliver")
        """The step from which on it is on record that all is home: the same call is a new one then."""
        self.around = [n for n, name in enumerate(self.steps, 1) if "paid" in name or "sign" in name]
        self.chance = Random(f"{seed()} {world.backend} {errand}")  # noqa: S311 - the same for the same seed

    def at(self, step: int, way: Way) -> None:
        """Kill a call at one step; then it is made again, with a key or without, or recovered."""
        folder = self.folder / f"{step} {way}"
        victim = Victim(self.world, folder, self.errand, self.face, keyed=way == "again, keyed")
        try:
            if way == "recovered":
                recovered(victim, step, self.steps, self.tally)
            else:
                made_again(victim, step, self.steps, self.tally)
        except BaseException as failure:
            failure.add_note(f"{self.told(step)}, {way}")
            raise

    def ways(self, step: int) -> list[Way]:
        """Return how a call that was killed at a step can get what it paid for."""
        return [
            way for way in WAYS[self.errand] if way != "again" or self.errand == "upload" or step < self.home
        ]

    def and_again(self, first: int, seconds: range) -> None:
        """Kill a call at one step, and what recovers it at further ones, until that gets through."""
        for second in seconds:
            folder = self.folder / f"{first}-and-{second}"
            victim = Victim(self.world, folder, self.errand, self.face, keyed=False)
            try:
                assert victim.dies(victim.call, first)
                died_again = victim.dies(victim.recover, second)
                self.tally.add("crashes survived", 1 + died_again)
                if not victim.has_all():
                    victim.run(victim.recover)
                victim.check(int(was_signed(self.steps, first)), self.tally)
            except BaseException as failure:
                failure.add_note(f"{self.told(first)}; then at step {second} of recovering")
                raise
            if not died_again:
                return

    def told(self, step: int) -> str:
        who = f"{self.world.backend}, {self.errand}, {self.face}"
        return f"{who}, killed {self.steps[step - 1]} (step {step}), COINSLOT_PROOF_SEED={seed()}"


def drawn(backend: Backend) -> tuple[Errand, Face]:
    """Return what a backend's quick run kills: one of the three uploads, one of them is asynchronous."""
    number = BACKENDS.index(backend)
    errand: Errand = "upload" if number == seed() % len(BACKENDS) else "image"
    return errand, "async" if number == seed() // len(BACKENDS) % len(BACKENDS) else "sync"


def test_wherever_a_process_is_killed_it_pays_once_and_loses_nothing(
    backend: Backend, worlds: OpenWorld, tmp_path: Path, tally: Tally
) -> None:
    errand, face = drawn(backend)
    killing = Killing(worlds(backend), tmp_path, errand, face, tally)
    chance, around = killing.chance, killing.around
    some = range(1 + chance.randrange(STRIDE), len(killing.steps) + 1, STRIDE)
    for step in sorted({*chance.sample(around, len(around) // 2), *some}):
        killing.at(step, chance.choice(killing.ways(step)))


def test_killed_again_while_recovering(
    backend: Backend, worlds: OpenWorld, tmp_path: Path, tally: Tally
) -> None:
    killing = Killing(worlds(backend), tmp_path, "image", drawn(backend)[1], tally)
    offset = 1 + killing.chance.randrange(6)
    killing.and_again(killing.chance.choice(killing.around), range(offset, MANY, 6))


@pytest.mark.proof
@faces
@errands
def test_every_single_step(
    backend: Backend, errand: Errand, face: Face, *, worlds: OpenWorld, tmp_path: Path, tally: Tally
) -> None:
    killing = Killing(worlds(backend), tmp_path, errand, face, tally)
    for step in range(1, len(killing.steps) + 1):
        for way in killing.ways(step):
            killing.at(step, way)


@pytest.mark.proof
@faces
def test_every_single_step_of_the_recovery(
    backend: Backend, face: Face, worlds: OpenWorld, tmp_path: Path, tally: Tally
) -> None:
    """The second process dies at each of its steps in turn, too; a third one recovers."""
    killing = Killing(worlds(backend), tmp_path, "image", face, tally)
    for first in killing.around:
        killing.and_again(first, range(1, MANY))


@faces
def test_the_seams_cover_what_matters(
    backend: Backend, face: Face, worlds: OpenWorld, tmp_path: Path
) -> None:
    """Every write and every send of a whole call and a whole upload is a place to die at."""
    world = worlds(backend)
    image, upload = (steps_of(world, tmp_path, errand, face) for errand in ERRANDS)
    for write in ("open", "plan", "sign", "conclude", "hand_out", "deliver"):
        assert {f"before {write}", f"after {write}"} <= set(image)
    for steps, sends in (
        (image, ("POST /api/generate", "POST paid", "GET /api/jobs/", "GET /_sandbox/media/")),
        (upload, ("POST paid", "PUT ", "POST /api/upload/confirm")),
    ):
        for send, moment in product(sends, ("before", "at the head of", "after")):
            assert [name for name in steps if name.startswith(f"{moment} {send}")], (moment, send)
