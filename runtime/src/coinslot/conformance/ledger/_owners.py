"""Who is at work on an attempt, and who may take it over."""

from __future__ import annotations

from dataclasses import replace

from coinslot.attempt import ForbiddenMove
from coinslot.conformance.ledger._scenes import (
    CALL,
    ORIGIN,
    PAYER,
    TERMS,
    OpenLedger,
    bought,
    conclude,
    demand,
    refused,
    stands,
)
from coinslot.errors import ConflictingCall


class Owners:
    """Who is at work on an attempt, and who may take it over."""

    def test_what_the_living_hold_is_not_taken_over(self, open_ledger: OpenLedger) -> None:
        """Until they leave, or let go of it."""
        ledger = open_ledger()
        owner, heir = bought(ledger, "signed"), ledger.enter()
        demand(owner != heir, "each owner is another")
        demand(open_ledger().claim("att_1", heir) is None, "what the living hold is not taken over")
        ledger.release("att_1", heir)
        demand(open_ledger().claim("att_1", heir) is None, "only who holds an attempt can let go of it")
        ledger.release("att_1", owner)
        demand(open_ledger().claim("att_1", heir) is not None, "what was let go of can be taken over")

    def test_a_plan_of_the_dead_is_not_claimed(self, open_ledger: OpenLedger) -> None:
        """It is given up."""
        ledger = open_ledger()
        ledger.leave(bought(ledger, "planned"))
        demand(
            open_ledger().claim("att_1", ledger.enter()) is None, "there is nothing to finish about a plan"
        )
        demand(stands(ledger).money == "abandoned", "it is abandoned")

    def test_an_equal_call_is_refused_while_one_is_recovered(self, open_ledger: OpenLedger) -> None:
        """It would pay for what recovery is about to find."""
        ledger = open_ledger()
        ledger.leave(bought(ledger, "unknown"))
        recovering = ledger.enter(recovering=True)
        demand(ledger.claim("att_1", recovering) is not None, "recovery takes over what the dead left")
        with refused(ConflictingCall, "an equal call waits for recovery"):
            open_ledger().open(CALL, [PAYER], ledger.enter())
        ledger.leave(recovering)
        demand(open_ledger().open(CALL, [PAYER], ledger.enter()) is not None, "and resumes it after that")

    def test_unfinished_is_what_can_still_be_finished(self, open_ledger: OpenLedger) -> None:
        """Money that is not certain, and work that was not brought home."""
        ledger = open_ledger()
        for number, money in enumerate(("planned", "signed", "refused", "unknown", "settled")):
            bought(ledger, money, number)
        bought(ledger, "void", 10)
        bought(ledger, "abandoned", 11)
        for number, step in enumerate(("accepted", "finished", "lost"), start=20):
            owner = bought(ledger, "signed", number)
            conclude(ledger, owner, "settled", number=number, delivery="accepted", job_id=f"job-{number}")
            ledger.deliver(f"att_{number}", step)  # type: ignore[arg-type]
        for number, step in enumerate(("saved", "failed"), start=30):
            owner = bought(ledger, "signed", number)
            conclude(ledger, owner, "settled", number=number, delivery="accepted", job_id=f"job-{number}")
            if step == "saved":
                ledger.deliver(f"att_{number}", "finished")
            ledger.deliver(f"att_{number}", step)  # type: ignore[arg-type]
        found = [attempt.id for attempt in open_ledger().unfinished([PAYER])]
        expected = [f"att_{number}" for number in (0, 1, 2, 3, 4, 20, 21, 22)]
        demand(found == expected, "what is unfinished is listed, in order, and nothing else")
        demand(ledger.unfinished(["0xSomeoneElse"]) == [], "another wallet's is not")
        demand(len(ledger.unfinished([PAYER], ORIGIN)) == len(found), "an origin's own is found by it")
        demand(ledger.unfinished([PAYER], "https://api.example.org") == [], "another origin's is not")

    def test_a_person_resolves_what_nobody_is_at_work_on(self, open_ledger: OpenLedger) -> None:
        """Also where its owner died before an answer came."""
        ledger = open_ledger()
        owner = bought(ledger, "signed")
        with refused(ConflictingCall, "what is being worked on is not resolved"):
            ledger.resolve("att_1", "void", "looked")
        ledger.leave(owner)
        demand(ledger.resolve("att_1", "settled", "looked").money == "settled", "a person's word is written")
        demand("looked" in (stands(open_ledger()).note or ""), "with how they know it")

    def test_a_person_calls_nothing_void_that_can_still_settle(self, open_ledger: OpenLedger) -> None:
        """A credential that has not expired can be used by whoever holds it."""
        ledger = open_ledger()
        for number, expires_at in ((1, TERMS.expires_at), (2, 1)):
            terms = replace(TERMS, expires_at=expires_at)
            ledger.leave(bought(ledger, "unknown", number, terms=terms))
        with refused(ForbiddenMove, "what has not expired is not called void"):
            ledger.resolve("att_1", "void", "looked")
        demand(stands(open_ledger(), 1).money == "unknown", "and nothing is written")
        demand(ledger.resolve("att_2", "void", "looked").money == "void", "what has expired may be")

    def test_a_person_gives_up_an_answer_that_was_paid_for(self, open_ledger: OpenLedger) -> None:
        """From then on the same call is a new one; the money stays spent."""
        ledger = open_ledger()
        owner = bought(ledger, "unknown")
        ledger.leave(owner)
        with refused(ForbiddenMove, "the money has to be certain before its answer is given up"):
            ledger.resolve("att_1", "lost", "it never came")
        ledger.resolve("att_1", "settled", "looked")
        given_up = ledger.resolve("att_1", "lost", "it never came")
        demand((given_up.money, given_up.delivery) == ("settled", "lost"), "a person's word is written")
        demand("it never came" in (given_up.note or ""), "with how they know it")
        demand(open_ledger().open(CALL, [PAYER], ledger.enter()) is None, "the same call is a new one")
