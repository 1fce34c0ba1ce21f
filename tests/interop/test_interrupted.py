"""Programs that are killed, cancelled or crowded while they pay an official server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from coinslot.errors import CoinslotError, UnexpectedAnswer
from stablestudio import AsyncStableStudio, StableStudio
from tests.interop import faults
from tests.interop.evm import KEY, PAYEE, PRICE, Market
from tests.interop.proxy import Answer, Asked, Fault, Forward

pytestmark = pytest.mark.chain
PROGRAM = """
import sys
from stablestudio import StableStudio
with StableStudio(base_url=sys.argv[1], pay_with=["base"], max_price="0.24") as studio:
    studio.nano_banana_pro.generate(prompt="a lighthouse")
"""


def check(here: Market, job_ids: list[str]) -> None:
    """As many payments and jobs as calls, and each call has its own."""
    assert here.moved() == {PAYEE: len(job_ids) * PRICE}
    assert sorted(job["id"] for job in here.shop.jobs) == sorted(job_ids)


@pytest.mark.parametrize(
    ("leg", "after", "again"),
    [
        ("unpaid", True, "call"),
        ("paid", True, "call"),
        ("paid", False, "call"),
        ("paid", True, "recover"),
        ("paid", False, "recover"),
        ("paid", True, "recover, then call"),
        ("paid", False, "recover, then call"),
    ],
)
def test_killed(here: Market, tmp_path: Path, leg: str, again: str, after: bool) -> None:  # noqa: FBT001 - a column
    """The next program finds what this one paid for, whether it calls again or recovers."""
    running: list[subprocess.Popen[bytes]] = []

    def kill(asked: Asked, forward: Forward) -> Answer | None:
        if after:
            forward()
        os.kill(running[0].pid, signal.SIGKILL)
        running[0].wait()
        return None

    here.line.plan(leg, kill)
    environ = {**os.environ, "COINSLOT_HOME": str(tmp_path), "COINSLOT_EVM_KEY": KEY}
    # The guard keeps the proxy waiting until the program's number is known.
    with here.line.held():
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", PROGRAM, here.line.origin], env=environ, stderr=subprocess.PIPE
            )
        )
    with running[0]:
        assert running[0].wait(60) == -signal.SIGKILL
    options = {
        **here.options(),
        "ledger": None,
        "environ": here.options()["environ"] | {"COINSLOT_HOME": str(tmp_path)},
    }
    with StableStudio(base_url=here.line.origin, max_price="0.24", **options) as studio:
        if again == "recover":
            found = [one.job.id for one in studio.recover() if one.job is not None]
        else:
            if again == "recover, then call":
                studio.recover()
            found = [studio.nano_banana_pro.generate(prompt="a lighthouse").id]

    check(here, found)


@pytest.mark.anyio
async def test_cancelled_while_the_answer_is_on_its_way(here: Market) -> None:
    settled, cancelled = threading.Event(), threading.Event()

    def hold(asked: Asked, forward: Forward) -> Answer | None:
        answer = forward()
        settled.set()
        cancelled.wait(30)
        return answer

    here.line.plan("paid", hold)
    async with AsyncStableStudio(base_url=here.line.origin, max_price="0.24", **here.options()) as studio:

        async def draw() -> None:
            await studio.nano_banana_pro.generate(prompt="a lighthouse")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(draw)
            await anyio.to_thread.run_sync(settled.wait, 30)
            tasks.cancel_scope.cancel()
        cancelled.set()
        (attempt,) = here.ledger.attempts()
        assert attempt.money == "unknown"
        job = await studio.nano_banana_pro.generate(prompt="a lighthouse")

    check(here, [job.id])


def test_the_job_of_an_unreadable_answer_that_was_recovered_is_the_same_calls(here: Market) -> None:
    """Nobody had that answer, so whoever makes the call again means this job."""
    here.line.plan("paid", faults.unreadable)
    with StableStudio(base_url=here.line.origin, max_price="0.24", **here.options()) as studio:
        with pytest.raises(UnexpectedAnswer):
            studio.nano_banana_pro.generate(prompt="a lighthouse")
        (recovered,) = studio.recover()
        assert recovered.job is not None
        job = studio.nano_banana_pro.generate(prompt="a lighthouse")

    assert job.id == recovered.job.id
    check(here, [job.id])


@pytest.mark.parametrize("fault", [faults.fine, faults.lost, faults.cut_in_body, faults.never_came])
def test_equal_calls_at_the_same_time(here: Market, fault: Fault) -> None:
    """Four threads ask for the same image: four payments, four jobs, one for each, whatever gets lost."""
    with StableStudio(base_url=here.line.origin, max_price="0.24", **here.options()) as studio:
        # A payee gets one payment at a time until the result of one was read.
        first = studio.nano_banana_pro.generate(prompt="a mill")
        first.wait()
        here.line.plan("paid", *[fault] * 4)

        def draw(_: int) -> str:
            for _ in range(6):
                try:
                    return studio.nano_banana_pro.generate(prompt="a lighthouse").id
                except CoinslotError:
                    # Whose job is whose is told by the order of final payments.
                    here.chain.mine(2)
            return "lost"

        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(draw, range(4)))

    check(here, [first.id, *found])


@pytest.mark.parametrize("kept_from", ["the result", "the file"])
def test_a_naive_loop_around_call_and_wait_pays_once(here: Market, tmp_path: Path, kept_from: str) -> None:
    """A call whose job could not be brought home is made again, and gets that job."""
    place = None
    if kept_from == "the result":
        here.line.plan("poll", *[faults.status(400, after=False)] * 2)
    else:
        # The shop's pictures lie nowhere.
        place = tmp_path
    found: list[str] = []
    with StableStudio(base_url=here.line.origin, max_price="0.24", **here.options()) as studio:
        for _ in range(3):
            try:
                job = studio.nano_banana_pro.generate(prompt="a lighthouse")
                found.append(job.id)
                job.wait(save_to=place)
                break
            except CoinslotError:
                continue

    assert found == [job.id] * 3
    check(here, [job.id])


@pytest.mark.parametrize("how", ["wait", "poll"])
def test_a_job_that_was_brought_home_after_all_is_not_the_same_calls(here: Market, how: str) -> None:
    here.line.plan("poll", faults.status(400, after=False))
    with StableStudio(base_url=here.line.origin, max_price="0.24", **here.options()) as studio:
        job = studio.nano_banana_pro.generate(prompt="a lighthouse")
        with pytest.raises(CoinslotError):
            job.wait()
        getattr(job, how)()
        another = studio.nano_banana_pro.generate(prompt="a lighthouse")

    check(here, [job.id, another.id])


@pytest.mark.anyio
async def test_a_wait_that_was_cancelled_leaves_its_job_to_the_same_call(here: Market) -> None:
    asked, over = threading.Event(), threading.Event()

    def hold(told: Asked, forward: Forward) -> Answer | None:
        asked.set()
        over.wait(30)
        return forward()

    here.line.plan("poll", hold)
    async with AsyncStableStudio(base_url=here.line.origin, max_price="0.24", **here.options()) as studio:
        job = await studio.nano_banana_pro.generate(prompt="a lighthouse")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(job.wait)
            await anyio.to_thread.run_sync(asked.wait, 30)
            tasks.cancel_scope.cancel()
        over.set()
        again = await studio.nano_banana_pro.generate(prompt="a lighthouse")
        await again.wait()
        another = await studio.nano_banana_pro.generate(prompt="a lighthouse")

    assert again.id == job.id
    check(here, [job.id, another.id])


def test_what_is_said_of_another_job_is_not_taken_for_this_one(here: Market) -> None:
    """Something on the way keeps answers, and gives one to the next who asks."""
    kept: list[Answer] = []

    def keep(asked: Asked, forward: Forward) -> Answer | None:
        kept.append(forward())
        return kept[0]

    here.line.plan("poll", keep, lambda asked, forward: kept[0])
    with StableStudio(base_url=here.line.origin, max_price="0.24", **here.options()) as studio:
        first = studio.nano_banana_pro.generate(prompt="a mill")
        first.wait()
        second = studio.nano_banana_pro.generate(prompt="a lighthouse")
        second.wait()

    assert (first.state.raw["id"], second.state.raw["id"]) == (first.id, second.id)
    check(here, [first.id, second.id])
