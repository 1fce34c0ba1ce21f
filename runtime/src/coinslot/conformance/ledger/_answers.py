"""What was answered, kept until it is handed out."""

from __future__ import annotations

from dataclasses import replace

from coinslot.attempt import StoredAnswer
from coinslot.conformance.ledger._scenes import (
    CALL,
    KEYED,
    PAYER,
    OpenLedger,
    bought,
    conclude,
    demand,
    envelope,
)

_LARGE = b"\x00\xff" * (1024 * 1024)


class Answers:
    """What was answered, kept until it is handed out."""

    def test_a_large_answer_is_kept_too(self, open_ledger: OpenLedger) -> None:
        """Two megabytes here; what was paid for can be a whole video."""
        ledger = open_ledger()
        owner = bought(ledger, "signed")
        answer = StoredAnswer(200, "application/octet-stream", _LARGE)
        conclude(ledger, owner, "settled", delivery="finished", answer=answer)
        ledger.leave(owner)
        claim = open_ledger().open(CALL, [PAYER], ledger.enter())
        demand(claim is not None and claim.answer == answer, "an answer of any length is kept, byte for byte")

    def test_a_part_of_an_answer_is_kept_as_a_part(self, open_ledger: OpenLedger) -> None:
        """It concludes nothing, and gives way to the whole, which may be longer or shorter."""
        for number, body in enumerate((b"half of it", _LARGE), start=1):
            ledger = open_ledger()
            owner = bought(ledger, "signed", number, call=replace(CALL, fingerprint=f"part {number}"))
            part = StoredAnswer(200, "text/plain", body, partial=True)
            conclude(ledger, owner, "settled", number=number, answer=part)
            ledger.leave(owner)
            owner = ledger.enter()
            claim = open_ledger().claim(f"att_{number}", owner)
            demand(claim is not None and claim.answer == part, "what came is kept, and that it is not all")
            demand(claim is not None and claim.attempt.delivery == "none", "it is no delivery")
            whole = StoredAnswer(200, "text/plain", b"all of it, in other words")
            conclude(ledger, owner, "settled", number=number, delivery="finished", answer=whole)
            ledger.leave(owner)
            claim = open_ledger().claim(f"att_{number}", ledger.enter())
            demand(claim is not None and claim.answer == whole, "the whole takes its place")

    def test_purging_erases_what_is_at_its_end(self, open_ledger: OpenLedger) -> None:
        """Requests and answers of what is over; never what a resend or a match can need."""
        ledger = open_ledger()
        answer = StoredAnswer(200, "text/plain", b"a prompt")
        over = bought(ledger, "signed", 1, call=KEYED)
        conclude(ledger, over, "unknown", number=1, delivery="finished", answer=answer)
        running = bought(ledger, "unknown", 2)
        demand(ledger.purge() == 1, "it is said of how many something was erased")
        demand(open_ledger().purge() == 0, "and there is nothing left to erase")
        for owner in (over, running):
            ledger.leave(owner)
        kept = open_ledger().claim("att_2", ledger.enter())
        demand(kept is not None and kept.envelope == envelope(2), "what a resend can need is not erased")
        erased = open_ledger().open(KEYED, [PAYER], ledger.enter())
        demand(erased is not None and erased.answer is None, "the answer is gone")
        demand(erased is not None and erased.envelope is None, "and so is the request")
        demand(len(ledger.attempts()) == 2, "the attempts stay")

    def test_a_closed_ledger_has_let_go(self, open_ledger: OpenLedger) -> None:
        """What is on record stays there for the next."""
        ledger = open_ledger()
        bought(ledger, "unknown")
        ledger.close()
        demand(len(open_ledger().attempts()) == 1, "closing loses nothing")
