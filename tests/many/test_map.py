"""`studio.map`: many requests, several at a time, out of one budget, each paid once for its map's name."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from pydantic import ValidationError

from coinslot import (
    ConfigurationError,
    JobFailed,
    LedgerUnavailable,
    Outcome,
    PaymentRefused,
    ServerUnavailable,
)
from coinslot.attempt import Attempt
from coinslot.backend import Surroundings
from coinslot.ledger import Plan, SqliteLedger
from coinslot_sandbox import Fault, payable
from coinslot_sandbox.names import Names
from coinslot_sandbox.server import Server
from stablestudio import AsyncStableStudio, StableStudio
from tests.many.conftest import Serve, bought, options, prompts

pytestmark = pytest.mark.loopback

PRICE = Decimal("0.13")


def test_every_request_comes_to_its_file(server: Server, home: Path) -> None:
    asked = prompts(9)
    with StableStudio(**options(server, home)) as studio:
        report = studio.map(studio.nano_banana_pro.generate, asked, save_to=home / "cats")

    assert report.ok
    assert [outcome.request for outcome in report] == asked
    assert [outcome.index for outcome in report] == list(range(9))
    assert {outcome.price for outcome in report} == {PRICE}
    assert report.spent == 9 * PRICE
    assert sorted(bought(server)) == sorted(request["prompt"] for request in asked)
    for outcome in report:
        (file,) = outcome.saved
        assert file.read_bytes().startswith(b"\x89PNG")
        assert (file.parent, file.suffix) == (home / "cats", ".png")
        assert (outcome.job, outcome.result) != (None, None)
        assert getattr(outcome.result, "job_id", "") == getattr(outcome.job, "id", None)


@pytest.mark.anyio
async def test_every_request_comes_to_its_file_asynchronously(server: Server, home: Path) -> None:
    async def asked() -> AsyncIterator[Mapping[str, Any]]:
        for request in prompts(6):
            await anyio.lowlevel.checkpoint()
            yield request

    async with AsyncStableStudio(**options(server, home)) as studio:
        report = await studio.map(studio.nano_banana_pro.generate, asked(), save_to=home / "cats")
        again = await studio.map(studio.nano_banana_pro.generate, prompts(6), save_to=home / "cats")

    assert report.ok
    assert [outcome.request for outcome in report] == prompts(6)
    assert [outcome.saved for outcome in again] == [outcome.saved for outcome in report]
    assert len(server.payments) == len(list((home / "cats").iterdir())) == 6


def test_requests_are_read_as_they_are_needed(server: Server, home: Path) -> None:
    read, through = 0, 0
    ahead: list[int] = []

    def asked() -> Iterator[Mapping[str, Any]]:
        nonlocal read
        for request in prompts(8):
            read += 1
            ahead.append(read - through)
            yield request

    def count(outcome: Outcome[Any]) -> None:
        nonlocal through
        through += outcome.ok

    with StableStudio(**options(server, home)) as studio:
        studio.map(studio.nano_banana_pro.generate, asked(), concurrency=3, on_outcome=count)

    assert through == 8
    assert max(ahead) == 3


def test_one_budget_is_never_overspent_and_can_be_raised(server: Server, home: Path) -> None:
    with StableStudio(**options(server, home)) as studio:
        create = studio.nano_banana_pro.generate
        first = studio.map(create, prompts(12), name="cats", concurrency=8, max_total="0.65")
        assert len(server.payments) == 5
        assert sum(payment.amount for payment in server.payments) == 650_000
        second = studio.map(create, prompts(12), name="cats", concurrency=8, max_total="0.6500001")
        assert len(server.payments) == 5
        third = studio.map(create, prompts(12), name="cats", concurrency=8, max_total="1.56")

    assert isinstance(first.stopped, PaymentRefused)
    assert first.stopped.slug == "budget"
    assert "no more is bought" in str(first)
    assert [outcome.ok for outcome in second if outcome.paid_before] == [True] * 5
    assert third.ok
    assert third.spent == Decimal("1.56")
    assert sorted(bought(server)) == sorted(request["prompt"] for request in prompts(12))


@pytest.mark.anyio
async def test_one_budget_is_never_overspent_asynchronously(server: Server, home: Path) -> None:
    async with AsyncStableStudio(**options(server, home)) as studio:
        report = await studio.map(
            studio.nano_banana_pro.generate, prompts(12), concurrency=12, max_total="0.53"
        )

    assert len(server.payments) == 4
    assert report.stopped is not None
    assert sum(outcome.ok for outcome in report) == 4


def test_requests_without_end_are_made_until_the_budget_is_spent(server: Server, home: Path) -> None:
    for _ in range(2):
        with StableStudio(**options(server, home)) as studio:
            endless = itertools.cycle([{"prompt": "A cat"}])
            report = studio.map(studio.nano_banana_pro.generate, endless, name="cats", max_total="0.40")
            assert report.spent == 3 * PRICE

    assert len(server.payments) == 3


def test_a_request_that_fails_leaves_the_others_alone_and_is_not_paid_again(serve: Serve, home: Path) -> None:
    server = serve(fail_marker="dog")
    asked = [{"prompt": "a cat"}, {"prompt": "a dog"}, {"prompts": "a typo"}, {"prompt": "another cat"}]
    with StableStudio(**options(server, home)) as studio:
        create = studio.nano_banana_pro.generate
        first = studio.map(create, asked, name="pets")
        second = studio.map(create, asked, name="pets")

    assert [type(outcome.error) for outcome in first] == [type(None), JobFailed, TypeError, type(None)]
    assert [type(outcome.error) for outcome in second] == [type(None), JobFailed, TypeError, type(None)]
    assert [outcome.price for outcome in second] == [PRICE, PRICE, None, PRICE]
    assert first.stopped is None
    assert len(first.failed) == 2
    assert len(server.payments) == 3


def test_what_the_route_does_not_take_is_refused_before_anything_is_asked(server: Server, home: Path) -> None:
    with StableStudio(**options(server, home)) as studio:
        (outcome,) = studio.map(studio.nano_banana_pro.generate, [{"prompt": "x", "aspect_ratio": "9:1"}])

    assert isinstance(outcome.error, ValidationError)
    assert server.payments == ()


def test_edited_requests_keep_what_was_paid(server: Server, home: Path) -> None:
    """Equal ones are told apart by their order, and a place among the others means nothing."""
    a, b, c, d = prompts(4)
    with StableStudio(**options(server, home)) as studio:
        create = studio.nano_banana_pro.generate
        first = studio.map(create, [a, b, a], save_to=home / "cats")
        assert len(bought(server)) == 3
        second = studio.map(create, [c, a, d, b, a, a], save_to=home / "cats")

    assert len(server.payments) == 6
    assert [outcome.paid_before for outcome in second] == [False, True, False, True, True, False]
    assert second[1].saved == first[0].saved
    assert second[4].saved == first[2].saved
    assert len({outcome.saved for outcome in second}) == 6


def test_another_name_is_another_map(server: Server, home: Path) -> None:
    with StableStudio(**options(server, home)) as studio:
        for name in ("one", "two"):
            studio.map(studio.nano_banana_pro.generate, prompts(2), name=name)
        for _ in range(2):
            studio.map(studio.nano_banana_pro.generate, prompts(1))

    assert len(server.payments) == 6


def test_a_file_that_was_lost_is_fetched_again_and_not_paid_again(server: Server, home: Path) -> None:
    with StableStudio(**options(server, home)) as studio:
        create = studio.nano_banana_pro.generate
        first = studio.map(create, prompts(3), save_to=home / "cats")
        first[1].saved[0].unlink()
        second = studio.map(create, prompts(3), save_to=home / "cats")

    assert second[1].saved == first[1].saved
    assert first[1].saved[0].read_bytes().startswith(b"\x89PNG")
    assert len(server.payments) == 3


@pytest.mark.parametrize(
    "ids", [["job:1", "job-1"], ["-a", "a"], ["日", "本"], ["j" * 100, "j" * 101]], ids=str
)
def test_files_of_jobs_with_similar_ids_are_told_apart(
    server: Server, home: Path, monkeypatch: pytest.MonkeyPatch, ids: list[str]
) -> None:
    given = iter(ids)
    monkeypatch.setattr(Names, "job", lambda names: next(given))
    with StableStudio(**options(server, home)) as studio:
        create = studio.nano_banana_pro.generate
        first = studio.map(create, prompts(2), save_to=home / "cats", concurrency=1)
        again = studio.map(create, prompts(2), save_to=home / "cats", concurrency=1)

    assert first.ok
    assert [outcome.saved for outcome in again] == [outcome.saved for outcome in first]
    assert len(list((home / "cats").iterdir())) == 2


def test_ctrl_c_leaves_a_state_that_resumes(serve: Serve, home: Path) -> None:
    server = serve(polls=2)

    def interrupt(outcome: Outcome[Any]) -> None:
        raise KeyboardInterrupt

    with StableStudio(**options(server, home)) as studio:
        create = studio.nano_banana_pro.generate
        with pytest.raises(KeyboardInterrupt):
            studio.map(create, prompts(8), save_to=home / "cats", on_outcome=interrupt)
        paid = len(server.payments)
        report = studio.map(create, prompts(8), save_to=home / "cats")

    assert paid < 8
    assert report.ok
    assert len(server.payments) == len(list((home / "cats").iterdir())) == 8


@pytest.mark.anyio
async def test_a_cancelled_map_leaves_a_state_that_resumes(serve: Serve, home: Path) -> None:
    server = serve(polls=2)
    async with AsyncStableStudio(**options(server, home)) as studio:
        create = studio.nano_banana_pro.generate
        with anyio.CancelScope() as scope:
            await studio.map(
                create, prompts(8), save_to=home / "cats", on_outcome=lambda outcome: scope.cancel()
            )
        report = await studio.map(create, prompts(8), save_to=home / "cats")

    assert report.ok
    assert len(server.payments) == len(list((home / "cats").iterdir())) == 8


def test_requests_that_cannot_be_read_on_end_the_map_after_what_was_begun(server: Server, home: Path) -> None:
    def asked() -> Iterator[Mapping[str, Any]]:
        yield from prompts(3)
        raise RuntimeError("the file is broken")

    seen: list[Outcome[Any]] = []
    with (
        StableStudio(**options(server, home)) as studio,
        pytest.raises(RuntimeError, match="the file is broken"),
    ):
        studio.map(studio.nano_banana_pro.generate, asked(), name="cats", on_outcome=seen.append)

    assert {attempt.delivery for attempt in _attempts(home)} == {"finished"}
    assert len(server.payments) == 3


def test_another_payee_ends_the_buying(server: Server, home: Path) -> None:
    other = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
    server.faults.add(Fault(kind="payee", value=other, route="/api/generate/*", times=None, after=6))
    with StableStudio(**options(server, home)) as studio:
        report = studio.map(studio.nano_banana_pro.generate, prompts(30), concurrency=2)

    assert isinstance(report.stopped, PaymentRefused)
    assert report.stopped.slug == "payee-changed"
    assert len(report) < 12
    assert 0 < len(server.payments) == sum(outcome.ok for outcome in report) < 8


class FullLedger(SqliteLedger):
    """A ledger whose disk is full after so many plans."""

    def __init__(self, path: Path, plans: int) -> None:
        super().__init__(path)
        self.plans = plans

    def plan(self, plan: Plan, owner: str) -> Attempt:
        if not self.plans:
            raise LedgerUnavailable("The disk is full.")
        planned = super().plan(plan, owner)
        self.plans -= 1
        return planned


def test_a_ledger_that_fails_ends_the_buying(server: Server, home: Path) -> None:
    ledger = FullLedger(home / "ledger.sqlite3", plans=4)
    with StableStudio(**options(server, home, ledger=ledger)) as studio:
        report = studio.map(studio.nano_banana_pro.generate, prompts(30), concurrency=2)

    assert isinstance(report.stopped, LedgerUnavailable)
    assert len(server.payments) == sum(outcome.ok for outcome in report) == 4


def test_a_server_that_is_gone_ends_the_buying(server: Server, home: Path) -> None:
    server.faults.add("drop-request:/api/generate/*:always")
    with StableStudio(**options(server, home)) as studio:
        report = studio.map(studio.nano_banana_pro.generate, prompts(30), concurrency=2)

    assert isinstance(report.stopped, ServerUnavailable)
    assert len(report) < 10
    assert server.payments == ()


def test_too_many_at_once_are_made_again_when_the_server_says(server: Server, home: Path) -> None:
    server.faults.add("rate-limit=7:/api/generate/*:3")
    slept: list[float] = []
    with StableStudio(**options(server, home, surroundings=Surroundings(sleep=slept.append))) as studio:
        report = studio.map(studio.nano_banana_pro.generate, prompts(4))

    assert report.ok
    assert slept.count(7.0) == 3
    assert len(server.payments) == 4


@pytest.mark.parametrize("backend", payable())
def test_every_backend_pays_many_at_once(backend: str, serve: Serve, home: Path) -> None:
    server = serve(networks=[backend])
    with StableStudio(**options(server, home, pay_with=[backend])) as studio:
        report = studio.map(studio.nano_banana_pro.generate, [{"prompt": "the same cat"}] * 6, concurrency=6)

    assert report.ok, report.failed
    assert len({payment.transaction for payment in server.payments}) == len(server.payments) == 6
    assert len({outcome.job.id for outcome in report if outcome.job is not None}) == 6


def test_a_file_of_many_requests_is_uploaded_once_and_paid_out_of_the_budget(
    server: Server, home: Path
) -> None:
    (home / "still.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    asked = [{"prompt": f"Edit {number}", "images": [home / "still.png"]} for number in range(4)]
    patient = Surroundings(sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
    for _ in range(2):
        with StableStudio(**options(server, home, surroundings=patient)) as studio:
            report = studio.map(studio.nano_banana_pro.edit, asked, name="edits")
        assert report.ok, report.failed

    assert report.spent == 4 * PRICE + Decimal("0.01")
    assert len(server.payments) == 5


def test_what_is_no_map_is_refused(server: Server, home: Path) -> None:
    with StableStudio(**options(server, home)) as studio, StableStudio(**options(server, home)) as other:
        create = studio.nano_banana_pro.generate
        with pytest.raises(ConfigurationError, match="concurrency must be 1 to 64"):
            studio.map(create, prompts(1), concurrency=0)
        with pytest.raises(ConfigurationError, match="printable"):
            studio.map(create, prompts(1), name="two\nlines")
        with pytest.raises(ConfigurationError, match="another client"):
            studio.map(other.nano_banana_pro.generate, prompts(1))
        with pytest.raises(TypeError, match="a client's paid call"):
            studio.map(studio.jobs.list, prompts(1))  # type: ignore[call-overload]
        (named, odd) = studio.map(create, [{"prompt": "x", "idempotency_key": "y"}, {"prompt": object()}])

    assert "leave idempotency_key out" in str(named.error)
    assert "cannot be known again" in str(odd.error)
    assert server.payments == ()


def _attempts(home: Path) -> list[Attempt]:
    ledger = SqliteLedger(home / "coinslot" / "ledger.sqlite3")
    try:
        return ledger.attempts()
    finally:
        ledger.close()
