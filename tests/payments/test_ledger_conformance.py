"""The published promises of a ledger: both ledgers keep them, and broken ones are found out."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coinslot.attempt import Attempt, CallIdentity, Conclusion, Envelope
from coinslot.backend import Credential
from coinslot.conformance.ledger import LedgerConformance, OpenLedger
from coinslot.errors import PaymentRefused
from coinslot.ledger import Claim, Ledger, Limits, Payee, Plan, SqliteLedger
from coinslot.ledger.rules import Standing, Which
from memory_ledger import MemoryLedger
from memory_ledger.kept import Kept


class TestSqliteLedger(LedgerConformance):
    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> OpenLedger:
        return lambda: SqliteLedger(tmp_path / "ledger.sqlite3")


class TestMemoryLedger(LedgerConformance):
    @pytest.fixture
    def open_ledger(self) -> OpenLedger:
        ledger = MemoryLedger()
        return lambda: ledger


class SpendsTwice(MemoryLedger):
    """Checks, and reserves when all the eight that plan at once have checked."""

    def __init__(self) -> None:
        super().__init__()
        self._checked = threading.Barrier(8)

    def plan(self, plan: Plan, owner: str) -> Attempt:
        fork = MemoryLedger()
        fork._kept, fork._payees, fork._living = dict(self._kept), list(self._payees), self._living
        fork.plan(plan, owner)
        self._checked.wait(60)
        return super().plan(replace(plan, limits=Limits()), owner)


class ForgetsBudgets(MemoryLedger):
    def plan(self, plan: Plan, owner: str) -> Attempt:
        return super().plan(replace(plan, limits=Limits(), budget=None), owner)


class BelievesRefusals(MemoryLedger):
    """Takes a server's word for it that money did not move."""

    def _standings(self, which: Which) -> Iterable[Standing]:
        return [one for one in super()._standings(which) if one.money != "refused"]


class PaysAnyone(MemoryLedger):
    def plan(self, plan: Plan, owner: str) -> Attempt:
        return super().plan(replace(plan, payees=()), owner)


class SignsAgain(MemoryLedger):
    """Lets one credential serve two attempts."""

    def sign(
        self, attempt_id: str, owner: str, credential: Credential, envelope: Envelope, now: float
    ) -> Attempt:
        self._used.clear()
        return super().sign(attempt_id, owner, credential, envelope, now)


class SecondCredential(MemoryLedger):
    """Lets one attempt have two credentials."""

    def sign(
        self, attempt_id: str, owner: str, credential: Credential, envelope: Envelope, now: float
    ) -> Attempt:
        kept = self._owned(attempt_id, owner)
        self._keep(replace(kept, attempt=replace(kept.attempt, money="planned")))
        return super().sign(attempt_id, owner, credential, envelope, now)


class TakesFromTheLiving(MemoryLedger):
    def _alive(self, owner: str | None) -> bool:
        return False


class NobodyDies(MemoryLedger):
    def leave(self, owner: str) -> None:
        pass


class KeepsPlansOfTheDead(MemoryLedger):
    def _bury(self) -> None:
        pass


class HearsTheDead(MemoryLedger):
    """Lets whoever was taken over write on."""

    def _owned(self, attempt_id: str, owner: str) -> Kept:
        return self._known(attempt_id)


class ForgetsKeys(MemoryLedger):
    def _of_key(self, call: CallIdentity) -> Kept | None:
        return None


class LosesAnswers(MemoryLedger):
    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        return super().conclude(attempt_id, owner, replace(conclusion, answer=None))


class TakesPartsForAll(MemoryLedger):
    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        answer = conclusion.answer and replace(conclusion.answer, partial=False)
        return super().conclude(attempt_id, owner, replace(conclusion, answer=answer))


class LosesRequests(MemoryLedger):
    def claim(self, attempt_id: str, owner: str) -> Claim | None:
        claim = super().claim(attempt_id, owner)
        return replace(claim, envelope=None) if claim is not None else None


class SharesJobs(MemoryLedger):
    def by_job(self, origin: str, job_id: str) -> Attempt | None:
        return None


class ResumesForOthers(MemoryLedger):
    """Gives one wallet's attempts to another."""

    def open(self, call: CallIdentity, payers: Sequence[str], owner: str) -> Claim | None:
        return super().open(call, [one.terms.payer for one in self.attempts()], owner)


class MovesAnywhere(MemoryLedger):
    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        kept = self._owned(attempt_id, owner)
        return self._keep(kept.having(money=conclusion.money or kept.attempt.money, note=conclusion.note))


class ForgetsTrust(MemoryLedger):
    def trust(self, payee: Payee) -> None:
        pass


BROKEN: dict[type[MemoryLedger], str] = {
    SpendsTwice: "test_plans_at_once_do_not_overspend",
    ForgetsBudgets: "test_each_budget_counts_its_own",
    BelievesRefusals: "test_only_void_and_abandoned_release_a_reservation",
    PaysAnyone: "test_the_first_payee_is_kept_and_another_refused",
    SignsAgain: "test_a_credential_stands_in_the_ledger_once",
    SecondCredential: "test_an_attempt_is_signed_once",
    TakesFromTheLiving: "test_what_the_living_hold_is_not_taken_over",
    NobodyDies: "test_an_equal_call_resumes_what_its_owner_left",
    KeepsPlansOfTheDead: "test_a_plan_of_the_dead_holds_no_budget",
    HearsTheDead: "test_only_the_owner_writes",
    ForgetsKeys: "test_one_key_is_one_attempt_for_ever",
    LosesAnswers: "test_a_large_answer_is_kept_too",
    TakesPartsForAll: "test_a_part_of_an_answer_is_kept_as_a_part",
    LosesRequests: "test_a_credential_and_its_request_are_on_record_when_sign_returns",
    SharesJobs: "test_a_job_belongs_to_one_attempt",
    ResumesForOthers: "test_an_equal_call_resumes_what_its_owner_left",
    MovesAnywhere: "test_the_money_moves_as_named_and_no_other_way",
    ForgetsTrust: "test_a_trusted_payee_is_not_new",
}


@pytest.mark.parametrize(("broken", "name"), BROKEN.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_ledger_is_found_out(broken: type[MemoryLedger], name: str) -> None:
    ledger = broken()
    with pytest.raises((AssertionError, PaymentRefused)):
        getattr(LedgerConformance(), name)(lambda: ledger)


def test_a_ledger_that_forgets_what_it_was_told_keeps_no_promise() -> None:
    names = [name for name in dir(LedgerConformance) if name.startswith("test_")]
    kept = [name for name in names if not _fails(getattr(LedgerConformance(), name), MemoryLedger)]
    # What asks one opened ledger alone cannot tell.
    assert len(kept) < len(names) / 2


def test_a_ledger_needs_nothing_else_to_pay(make_buyer: Any, shop: Any) -> None:
    ledger: Ledger = MemoryLedger()
    buyer = make_buyer(ledger=ledger)
    assert buyer.draw(idempotency_key="k").status_code == 200
    assert buyer.draw(idempotency_key="k").json()["jobId"] == "job-1"
    (attempt,) = ledger.attempts()
    assert (attempt.money, attempt.job_id, len(shop.paid)) == ("settled", "job-1", 1)


def _fails(test: Any, make: OpenLedger) -> bool:
    try:
        test(make)
    except Exception:  # noqa: BLE001 - a ledger may break in any way
        return True
    return False
