"""One run of a map at a time: a second one says so at its start, and nothing of the first is its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner

from coinslot import ConflictingCall, Outcome
from coinslot.ledger import SqliteLedger
from coinslot_sandbox.server import Server
from stablestudio import AsyncStableStudio, StableStudio
from tests.many.conftest import options, prompts
from tests.many.painting import PROGRAM
from tests.proof.mortal import Forked, in_a_process

pytestmark = pytest.mark.loopback


def test_a_second_run_is_refused_and_goes_on_after_the_first(server: Server, home: Path) -> None:
    refused: list[ConflictingCall] = []

    def again(outcome: Outcome[object]) -> None:
        with StableStudio(**options(server, home)) as other:
            with pytest.raises(ConflictingCall, match="'cats' is being run already") as caught:
                other.map(other.nano_banana_pro.generate, prompts(2), name="cats")
            refused.append(caught.value)
            # Another map is another matter.
            assert other.map(other.nano_banana_pro.generate, prompts(1), name="dogs").ok

    with StableStudio(**options(server, home)) as studio:
        create = studio.nano_banana_pro.generate
        first = studio.map(create, prompts(2), name="cats", concurrency=1, on_outcome=again)
        second = studio.map(create, prompts(2), name="cats")

    assert len(refused) == 2
    assert "nothing was paid" in str(refused[0]).lower()
    assert first.ok
    assert [outcome.paid_before for outcome in second] == [True, True]
    assert len(server.payments) == 3


@pytest.mark.anyio
async def test_a_second_run_is_refused_asynchronously(server: Server, home: Path) -> None:
    async with AsyncStableStudio(**options(server, home)) as studio:
        create = studio.nano_banana_pro.generate
        refused: list[ConflictingCall] = []
        both = anyio.Event()

        async def asked() -> AsyncIterator[Mapping[str, Any]]:
            # The first run lasts until the others have tried.
            await both.wait()
            for request in prompts(2):
                yield request

        async def one() -> None:
            try:
                await studio.map(create, asked(), name="cats")
            except ConflictingCall as error:
                refused.append(error)
                if len(refused) == 2:
                    both.set()

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(one)
        # One that was cancelled lets the next begin.
        with anyio.CancelScope() as scope:
            await studio.map(create, prompts(3), name="cats", on_outcome=lambda outcome: scope.cancel())
        report = await studio.map(create, prompts(3), name="cats")

    assert len(refused) == 2
    assert report.ok
    assert len(server.payments) == 3


def test_another_process_is_waited_for_by_nobody(server: Server, home: Path) -> None:
    begun, go_on = os.pipe(), os.pipe()

    def hold(outcome: Outcome[object]) -> None:
        os.write(begun[1], b".")
        os.read(go_on[0], 1)

    def draw(count: int, *, held: bool) -> str:
        with StableStudio(**options(server, home)) as studio:
            create, told = studio.nano_banana_pro.generate, hold if held else None
            return str(studio.map(create, prompts(count), name="cats", on_outcome=told))

    first = Forked(partial(draw, 1, held=True))
    assert os.read(begun[0], 1) == b"."
    with pytest.raises(ConflictingCall):
        draw(1, held=False)
    os.write(go_on[1], b".")
    assert first.end()[0] == 0
    assert draw(1, held=False).startswith("1 finished")
    assert len(server.payments) == 1
    for end in (*begun, *go_on):
        os.close(end)


def test_the_index_of_the_first_is_left_alone(server: Server, home: Path) -> None:
    asked, out = home / "asked.csv", home / "cats"
    asked.write_text("prompt\na cat\n")
    environ = {**options(server, home)["environ"], "PAINT_BASE_URL": server.url}
    arguments = ["map", "nano-banana-pro", "generate", str(asked), "-o", str(out), "--max-total", "1"]
    codes: list[int] = []

    def command(outcome: Outcome[object]) -> None:
        (out / "index.csv").write_text("of the first")
        done = CliRunner().invoke(PROGRAM.build(), [*arguments, "--pay-with", "base"], env=environ)
        assert "is being run already" in done.stderr
        codes.append(done.exit_code)

    with StableStudio(**options(server, home)) as studio:
        assert studio.map(studio.nano_banana_pro.generate, prompts(1), save_to=out, on_outcome=command).ok
    assert codes == [3]
    assert (out / "index.csv").read_text() == "of the first"


def test_a_name_is_held_by_one_and_let_go(home: Path) -> None:
    """A child holds nothing of its parent's, and takes nothing of it away when it ends."""
    ledger, other = SqliteLedger(home / "ledger.sqlite3"), SqliteLedger(home / "ledger.sqlite3")

    def child() -> str:
        with ledger.alone("cats") as cats, ledger.alone("dogs") as dogs:
            return f"{cats} {dogs}"

    with ledger.alone("cats") as first:
        with other.alone("cats") as second, other.alone("dogs") as third:
            assert (first, second, third) == (True, False, True)
        for _ in range(2):
            assert in_a_process(child) == (0, "False True")
    assert in_a_process(child) == (0, "True True")
    with other.alone("cats") as again:
        assert again
