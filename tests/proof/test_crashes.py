"""A process killed at any write and any request: paid once, and neither job nor file is lost.

Real parts throughout: the generated client, its ledger on disk, sockets, and the sandbox, whose payments
are verified and settled by the official code. Children are forked from this warm process.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from coinslot.backend import Surroundings
from coinslot.ledger import SqliteLedger
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server
from stablestudio import StableStudio
from tests.proof.mortal import Fate, MortalLedger, MortalTransport, in_a_process

pytestmark = pytest.mark.loopback

DOCUMENT = Path(__file__).resolve().parents[2] / "generated/stablestudio.openapi.json"
PNG = b"\x89PNG"
STRIDE = 3
"""The quick run stops at every third step and at every step around the payment."""

Open: TypeAlias = Callable[[Path, int], tuple[StableStudio, Fate]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Sandbox(DOCUMENT.read_bytes(), time_scale=0, wallet_dollars="1000").serve() as running:
        yield running


@pytest.fixture(scope="module")
def opened(server: Server) -> Open:
    environ = {"COINSLOT_EVM_KEY": server.wallets[0].key}

    def open_client(home: Path, at: int) -> tuple[StableStudio, Fate]:
        fate = Fate(at)
        return StableStudio(
            pay_with=["base"],
            max_price="0.25",
            base_url=server.url,
            ledger=MortalLedger(home / "ledger.sqlite3", fate),
            transport=MortalTransport(fate),
            environ=environ,
            surroundings=Surroundings(sleep=lambda seconds: None),
        ), fate

    return open_client


def buy(studio: StableStudio, home: Path, key: str | None) -> None:
    """Pay for one image of this folder's own, and save it."""
    studio.nano_banana_pro.generate(prompt=f"as {home}", idempotency_key=key).wait().save(home / "made.png")


@pytest.fixture(scope="module")
def steps(opened: Open, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every step of a whole call that nothing disturbs."""
    home = tmp_path_factory.mktemp("whole")

    def whole() -> str:
        studio, fate = opened(home, 0)
        with studio:
            buy(studio, home, None)
        return "\n".join(fate.steps)

    code, told = in_a_process(whole)
    assert code == 0
    return told.split("\n")


def killed(server: Server, opened: Open, home: Path, at: int, key: str | None) -> tuple[int, int]:
    """Buy in a process that dies at its n-th step; return payments and jobs of the sandbox before it."""
    before = (len(server.sandbox.payments), len(server.sandbox.jobs))

    def work() -> str:
        studio, _ = opened(home, at)
        with studio:
            buy(studio, home, key)
        return ""

    code, _ = in_a_process(work)
    assert code == -signal.SIGKILL
    return before


def made(server: Server, before: tuple[int, int]) -> tuple[int, int]:
    return len(server.sandbox.payments) - before[0], len(server.sandbox.jobs) - before[1]


def check_restarted(server: Server, opened: Open, home: Path, at: int) -> None:
    """The program starts again and makes the same call, by its key."""
    before = killed(server, opened, home, at, "order-1")
    studio, _ = opened(home, 0)
    with studio:
        buy(studio, home, "order-1")

    assert made(server, before) == (1, 1)
    assert (home / "made.png").read_bytes().startswith(PNG)
    attempts = [attempt for attempt in SqliteLedger(home / "ledger.sqlite3").attempts() if attempt.reserved]
    assert [attempt.delivery for attempt in attempts] == ["saved"]


def check_recovered(server: Server, opened: Open, home: Path, at: int, steps: list[str]) -> None:
    """Another program recovers, and makes no call at all."""
    before = killed(server, opened, home, at, None)
    signed = "after sign" in steps[: at - 1] or steps[at - 1] == "after sign"
    studio, _ = opened(home, 0)
    with studio:
        for recovered in studio.recover():
            if recovered.job is not None:
                recovered.job.wait().save(home / "made.png")
        # What no node could prove is named again; nothing of it is lost.
        assert {left.attempt.delivery for left in studio.recover()} <= {"saved"}

    assert made(server, before) == ((1, 1) if signed else (0, 0))
    assert (home / "made.png").exists() is signed
    assert sum(attempt.reserved > 0 for attempt in SqliteLedger(home / "ledger.sqlite3").attempts()) == signed


def stops(steps: list[str]) -> list[int]:
    """Steps of the quick run: those around the payment, and some of the others."""
    around = [number for number, name in enumerate(steps, 1) if "paid" in name or "sign" in name]
    return sorted({*around, *range(1, len(steps) + 1, STRIDE)})


def test_wherever_a_process_is_killed_it_pays_once_and_loses_nothing(
    server: Server, opened: Open, steps: list[str], tmp_path: Path
) -> None:
    for at in stops(steps):
        (home := tmp_path / f"at-{at}").mkdir()
        check_restarted(server, opened, home, at)


def test_whatever_a_killed_process_left_is_recovered(
    server: Server, opened: Open, steps: list[str], tmp_path: Path
) -> None:
    for at in stops(steps):
        (home := tmp_path / f"at-{at}").mkdir()
        check_recovered(server, opened, home, at, steps)


@pytest.mark.proof
def test_every_single_step(server: Server, opened: Open, steps: list[str], tmp_path: Path) -> None:
    for at in range(1, len(steps) + 1):
        for name in ("again", "recovered"):
            (tmp_path / f"{name}-{at}").mkdir()
        check_restarted(server, opened, tmp_path / f"again-{at}", at)
        check_recovered(server, opened, tmp_path / f"recovered-{at}", at, steps)


@pytest.mark.proof
def test_killed_again_while_recovering(
    server: Server, opened: Open, steps: list[str], tmp_path: Path
) -> None:
    """A second and a third process die at what they do, too."""
    for first in stops(steps):
        for second in range(1, 12, 2):
            (home := tmp_path / f"at-{first}-{second}").mkdir()
            before = killed(server, opened, home, first, "order-1")

            def again(home: Path = home, second: int = second) -> str:
                studio, _ = opened(home, second)
                with studio:
                    buy(studio, home, "order-1")
                return ""

            in_a_process(again)
            studio, _ = opened(home, 0)
            with studio:
                buy(studio, home, "order-1")
            assert made(server, before) == (1, 1), (steps[first - 1], second)
            assert (home / "made.png").read_bytes().startswith(PNG)


def test_the_seams_cover_what_matters(steps: list[str]) -> None:
    for wanted in ("plan", "sign", "conclude", "deliver"):
        assert {f"before {wanted}", f"after {wanted}"} <= set(steps)
    assert [name for name in steps if name.startswith("before POST paid")]
