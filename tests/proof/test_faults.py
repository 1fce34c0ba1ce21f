"""Every fault, paid in three ways and two faces: the ledger says what the chain says, and one call pays once.

The buyer is a program with the usual loop around its call. Then everything works again: another run of the
program recovers, and where it still has nothing it makes its call once more.
"""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from tests.proof.buyers import Program
from tests.proof.conftest import OpenWorld
from tests.proof.figures import Tally, seed
from tests.proof.story import Story
from tests.proof.variants import Case, covering, every_case


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
        tally.add("double payments", story.double_payments)
        tally.add("losses", story.losses)
