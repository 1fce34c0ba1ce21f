"""Which call is which."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from coinslot.attempt import Delivery, StoredAnswer
from coinslot.conformance.ledger._scenes import (
    CALL,
    KEYED,
    PAYER,
    OpenLedger,
    bought,
    conclude,
    demand,
    plan,
    refused,
    sign,
    stands,
)
from coinslot.errors import ConflictingCall


class Calls:
    """Which call is which."""

    def test_an_equal_call_resumes_what_its_owner_left(self, open_ledger: OpenLedger) -> None:
        """So a loop around a call pays once; calls that are alive at the same time are distinct."""
        ledger = open_ledger()
        owner, heir = bought(ledger, "signed"), ledger.enter()
        demand(open_ledger().open(CALL, [PAYER], heir) is None, "equal calls that are alive are distinct")
        ledger.leave(owner)
        other = replace(CALL, fingerprint="fingerprint-2")
        demand(ledger.open(other, [PAYER], heir) is None, "another request resumes nothing")
        demand(ledger.open(CALL, ["0xSomeoneElse"], heir) is None, "another payer resumes nothing")
        demand(ledger.open(KEYED, [PAYER], heir) is None, "a call with a key resumes only that key's")
        claim = open_ledger().open(CALL, [PAYER], heir)
        demand(claim is not None and claim.attempt.id == "att_1", "an equal call resumes what was left open")
        conclude(ledger, heir, "unknown")

    def test_the_oldest_is_resumed_first_and_by_one(self, open_ledger: OpenLedger) -> None:
        """Taking over is one step: whoever comes second finds an owner at work."""
        ledger = open_ledger()
        for number in (1, 2):
            ledger.leave(bought(ledger, "unknown", number))
        first = open_ledger().open(CALL, [PAYER], ledger.enter())
        second = open_ledger().open(CALL, [PAYER], ledger.enter())
        third = open_ledger().open(CALL, [PAYER], ledger.enter())
        found = [claim.attempt.id for claim in (first, second) if claim is not None]
        demand(found == ["att_1", "att_2"], "each is taken over once, the oldest first")
        demand(third is None, "what the living hold is not taken over")

    def test_a_call_is_new_when_its_answer_was_handed_out(self, open_ledger: OpenLedger) -> None:
        """And not before: until then the same call gets that answer, and pays nothing."""
        ledger = open_ledger()
        owner = bought(ledger, "signed")
        answer = StoredAnswer(200, "text/plain", b"paid for \xff")
        conclude(ledger, owner, "settled", delivery="accepted", job_id="job-1", answer=answer)
        ledger.leave(owner)
        heir = ledger.enter()
        claim = open_ledger().open(CALL, [PAYER], heir)
        demand(claim is not None and claim.answer == answer, "an answer that nobody got is kept")
        ledger.hand_out("att_1")
        ledger.leave(heir)
        demand(
            open_ledger().open(CALL, [PAYER], ledger.enter()) is None,
            "after that, the same call is a new one",
        )

    def test_a_call_is_new_when_its_job_was_seen_at_its_end(self, open_ledger: OpenLedger) -> None:
        """Whoever saw it has it, also where the answer itself was handed to nobody."""
        ledger = open_ledger()
        every: tuple[list[Delivery], ...] = (["finished"], ["finished", "saved"], ["failed"], ["lost"])
        for number, ends in enumerate(every, 1):
            ledger.leave(bought(ledger, "settled", number))
            answer = StoredAnswer(200, "text/plain", b"{}")
            owner = ledger.enter()
            claim = open_ledger().open(CALL, [PAYER], owner)
            demand(claim is not None and claim.attempt.id == f"att_{number}", "before, it is resumed")
            job = f"job-{number}"
            conclude(ledger, owner, None, number=number, delivery="accepted", job_id=job, answer=answer)
            ledger.leave(owner)
            for end in ends:
                ledger.deliver(f"att_{number}", end)
            demand(open_ledger().open(CALL, [PAYER], ledger.enter()) is None, f"it is over: {end}")

    def test_a_later_answer_was_handed_to_nobody(self, open_ledger: OpenLedger) -> None:
        """The first could not be read, and the job was found elsewhere: the same call gets that."""
        ledger = open_ledger()
        owner = bought(ledger, "signed")
        conclude(ledger, owner, "settled", answer=StoredAnswer(200, "text/html", b"<html>"))
        ledger.hand_out("att_1")
        answer = StoredAnswer(200, "text/plain", b"{}")
        conclude(ledger, owner, None, delivery="accepted", job_id="job-1", matched=True, answer=answer)
        ledger.leave(owner)
        claim = open_ledger().open(CALL, [PAYER], ledger.enter())
        demand(claim is not None and claim.answer == answer, "an answer that nobody got is given")

    def test_what_was_taken_back_goes_to_the_next_equal_call(self, open_ledger: OpenLedger) -> None:
        """Who had the answer could not bring home what it names, and makes the call again."""
        ledger = open_ledger()
        answer = StoredAnswer(200, "text/plain", b"{}")
        owner = bought(ledger, "signed")
        conclude(ledger, owner, "settled", delivery="accepted", job_id="job-1", answer=answer)
        ledger.leave(owner)
        for seen in (False, True):
            ledger.hand_out("att_1")
            if seen:
                ledger.deliver("att_1", "finished")
            ledger.take_back("att_1")
            heir = ledger.enter()
            claim = open_ledger().open(CALL, [PAYER], heir)
            demand(claim is not None and claim.answer == answer, "what was taken back is given again")
            ledger.leave(heir)
        ledger.hand_out("att_1")
        demand(open_ledger().open(CALL, [PAYER], ledger.enter()) is None, "until it is handed out again")
        ledger.deliver("att_1", "saved")
        ledger.take_back("att_1")
        demand(open_ledger().open(CALL, [PAYER], ledger.enter()) is None, "what is at home stays there")

    def test_a_plan_without_signature_is_given_up_with_its_owner(self, open_ledger: OpenLedger) -> None:
        """Nothing was signed, so nothing is held."""
        ledger = open_ledger()
        ledger.leave(bought(ledger, "planned"))
        demand(open_ledger().open(CALL, [PAYER], ledger.enter()) is None, "a plan of the dead is not resumed")
        demand(stands(ledger).money == "abandoned", "a plan of the dead is abandoned when it is met")
        ledger.leave(bought(ledger, "planned", 2, call=KEYED))
        demand(open_ledger().open(KEYED, [PAYER], ledger.enter()) is None, "also where it has a key")

    def test_one_key_is_one_attempt_for_ever(self, open_ledger: OpenLedger) -> None:
        """Whatever became of it, and whoever pays."""
        ledger = open_ledger()
        owner = bought(ledger, "signed", call=KEYED)
        with refused(ConflictingCall, "a key that is in use is not used twice"):
            open_ledger().open(KEYED, [PAYER], ledger.enter())
        with refused(ConflictingCall, "a key has one plan"):
            open_ledger().plan(plan(2, call=KEYED), ledger.enter())
        answer = StoredAnswer(200, "text/plain", b"")
        conclude(ledger, owner, "settled", delivery="finished", answer=answer)
        ledger.hand_out("att_1")
        ledger.leave(owner)
        other = replace(KEYED, fingerprint="fingerprint-2")
        with refused(ConflictingCall, "a key belongs to one request"):
            open_ledger().open(other, [PAYER], ledger.enter())
        for _ in range(2):
            heir = ledger.enter()
            claim = open_ledger().open(KEYED, [PAYER], heir)
            demand(claim is not None and claim.answer == answer, "the same key gives the same answer")
            ledger.leave(heir)
        elsewhere = replace(KEYED, origin="https://api.example.org")
        demand(ledger.open(elsewhere, [PAYER], ledger.enter()) is None, "a key is an origin's own")

    def test_a_job_belongs_to_one_attempt(self, open_ledger: OpenLedger) -> None:
        """What is true of the money is written all the same."""
        ledger = open_ledger()
        first, second = bought(ledger, "signed", 1), bought(ledger, "signed", 2)
        conclude(ledger, first, "settled", number=1, delivery="accepted", job_id="job-1", matched=True)
        conclude(ledger, second, "settled", number=2, job_id="job-1")
        read = stands(open_ledger(), 2)
        demand((read.money, read.job_id) == ("settled", None), "a job that is taken stays where it is")
        found = open_ledger().by_job(CALL.origin, "job-1")
        demand(found is not None and found.id == "att_1" and found.matched, "a job leads to its attempt")
        demand(ledger.by_job("https://api.example.org", "job-1") is None, "a job is an origin's own")
        demand(ledger.by_job(CALL.origin, "job-9") is None, "a job that nobody has leads nowhere")

    def test_a_transaction_pays_for_one_attempt(self, open_ledger: OpenLedger) -> None:
        """An answer that names the one of another is the answer of another: it proves nothing."""
        ledger = open_ledger()
        first, second = bought(ledger, "signed", 1), bought(ledger, "signed", 2)
        told: dict[str, Any] = {"settled_by": "server", "receipt": {"success": True}, "transaction": "0xaa"}
        job: dict[str, Any] = {"delivery": "accepted", "job_id": "job-1"}
        conclude(ledger, first, "settled", number=1, **told, **job)
        answer = StoredAnswer(200, "application/json", b"{}")
        conclude(ledger, second, "settled", number=2, answer=answer, **told, **job)
        read = stands(open_ledger(), 2)
        demand((read.money, read.settled_by) == ("unknown", None), "what paid for another proves nothing")
        demand((read.transaction, read.receipt) == (None, None), "and is not kept")
        demand((read.delivery, read.job_id) == ("none", None), "another's answer is not taken for its own")
        proven = conclude(ledger, second, "settled", number=2, settled_by="chain", transaction="0xaa")
        demand(proven.transaction == "0xaa", "what a chain says of a transaction is written")

    def test_a_transaction_may_have_paid_for_the_job_that_it_comes_with(
        self, open_ledger: OpenLedger
    ) -> None:
        """A job that was found in a list is another attempt's, and what paid for that was never told."""
        ledger = open_ledger()
        first, second = bought(ledger, "signed", 1), bought(ledger, "signed", 2)
        conclude(ledger, first, "unknown", number=1, delivery="accepted", job_id="job-1", matched=True)
        told: dict[str, Any] = {"settled_by": "server", "transaction": "0xaa"}
        conclude(ledger, second, "settled", number=2, delivery="accepted", job_id="job-1", **told)
        read = stands(open_ledger(), 2)
        demand((read.money, read.settled_by) == ("unknown", None), "it proves nothing of this one")
        demand((read.delivery, read.job_id) == ("none", None), "and its answer is not this one's")

    def test_alike_are_the_paid_and_unanswered(self, open_ledger: OpenLedger) -> None:
        """Equal calls, whoever holds them, that may have been paid and lack their answer."""
        ledger = open_ledger()
        for number, money in enumerate(("planned", "signed", "unknown", "settled", "void", "abandoned")):
            bought(ledger, money, number)
        owner = ledger.enter()
        ledger.plan(plan(10), owner)
        sign(ledger, owner, 10)
        conclude(ledger, owner, "settled", number=10, delivery="accepted", job_id="job-10")
        bought(ledger, "unknown", 11, call=replace(CALL, fingerprint="fingerprint-2"))
        found = [attempt.money for attempt in open_ledger().alike(CALL)]
        demand(found == ["signed", "unknown", "settled"], "alike are the paid and unanswered, in order")
