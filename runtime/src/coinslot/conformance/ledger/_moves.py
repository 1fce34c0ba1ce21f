"""Which states an attempt may go through."""

from __future__ import annotations

import itertools
from dataclasses import replace

from coinslot.attempt import DELIVERY_MOVES, MONEY_MOVES, Delivery, ForbiddenMove
from coinslot.conformance.ledger._scenes import (
    CALL,
    OFFER,
    PRINTED,
    STYLE,
    TERMS,
    OpenLedger,
    bought,
    conclude,
    demand,
    plan,
    refused,
    stands,
    walk,
)
from coinslot.errors import PaymentOutcomeUnknown
from coinslot.ledger import Ledger

_DELIVERIES: dict[str, tuple[Delivery, ...]] = {
    "none": (),
    "accepted": ("accepted",),
    "finished": ("accepted", "finished"),
    "saved": ("accepted", "finished", "saved"),
    "failed": ("accepted", "failed"),
    "lost": ("lost",),
}


class Moves:
    """Which states an attempt may go through."""

    def test_an_attempt_reads_back_as_it_was_planned(self, open_ledger: OpenLedger) -> None:
        """All that a plan says is on record, for whoever opens the ledger next."""
        ledger = open_ledger()
        owner = ledger.enter()
        ledger.plan(plan(), owner)
        read = stands(open_ledger())
        demand((read.offer, read.terms, read.call) == (OFFER, TERMS, CALL), "offer, terms and call are kept")
        demand((read.price, read.max_fee) == (plan().price, plan().max_fee), "sums are kept exactly")
        demand((read.money, read.delivery) == ("planned", "none"), "a planned attempt is nothing more")
        demand((read.job_style, read.route_path) == (STYLE, "/draw"), "the route and its jobs are kept")
        demand((read.backend, read.created_at) == ("coin", plan().now), "backend and time are kept")
        demand(read.printed == PRINTED, "what the document says of price and time is kept")

    def test_where_a_file_was_saved_is_kept(self, open_ledger: OpenLedger) -> None:
        """The place that was told last, also where the delivery moves no more."""
        ledger = open_ledger()
        ledger.plan(plan(), ledger.enter())
        ledger.deliver("att_1", "accepted")
        ledger.deliver("att_1", "finished")
        demand(stands(ledger).saved_to is None, "nothing is said of a file that nobody saved")
        for place in ("/first.png", "/second.png"):
            ledger.deliver("att_1", "saved", saved_to=place)
            read = stands(open_ledger())
            demand((read.delivery, read.saved_to) == ("saved", place), "the last place is kept")

    def test_where_a_file_was_uploaded_to_is_kept(self, open_ledger: OpenLedger) -> None:
        """The address of an upload is no job: several may have the same."""
        ledger, address = open_ledger(), "https://files.example/1"
        for number in (1, 2):
            ledger.plan(plan(number), ledger.enter())
            ledger.deliver(f"att_{number}", "finished")
            ledger.deliver(f"att_{number}", "saved", address=address)
            ledger.deliver(f"att_{number}", "saved", saved_to="/first.png")
            read = stands(open_ledger(), number)
            demand((read.address, read.job_id) == (address, None), "the address is kept, and is no job")

    def test_the_money_moves_as_named_and_no_other_way(self, open_ledger: OpenLedger) -> None:
        """Every pair of states is tried; a move that no rule names changes nothing."""
        for number, (old, new) in enumerate(itertools.product(MONEY_MOVES, MONEY_MOVES)):
            if new != "planned":
                _try_money(open_ledger(), old, new, number)

    def test_the_delivery_moves_as_named_and_no_other_way(self, open_ledger: OpenLedger) -> None:
        """The same for the delivery; saying the same twice changes nothing."""
        for number, (old, new) in enumerate(itertools.product(DELIVERY_MOVES, DELIVERY_MOVES)):
            ledger, told = open_ledger(), f"the delivery goes from {old} to {new} only where a rule says so"
            ledger.plan(plan(number), ledger.enter())
            for step in _DELIVERIES[old]:
                ledger.deliver(f"att_{number}", step)
            if new in DELIVERY_MOVES[old] or old == new:
                ledger.deliver(f"att_{number}", new)  # type: ignore[arg-type]
                demand(stands(ledger, number).delivery == new, told)
            else:
                with refused(ForbiddenMove, told):
                    ledger.deliver(f"att_{number}", new)  # type: ignore[arg-type]
                demand(stands(ledger, number).delivery == old, told)

    def test_a_forbidden_move_takes_nothing_else_with_it(self, open_ledger: OpenLedger) -> None:
        """A conclusion is written whole or not at all."""
        ledger = open_ledger()
        owner = bought(ledger, "void")
        with refused(ForbiddenMove, "void money does not settle"):
            conclude(ledger, owner, "settled", delivery="accepted", job_id="job-1", transaction="0x1")
        read = stands(open_ledger())
        demand(
            (read.money, read.delivery, read.job_id, read.transaction) == ("void", "none", None, None),
            "a conclusion that is refused leaves nothing behind",
        )

    def test_what_an_answer_made_true_is_kept(self, open_ledger: OpenLedger) -> None:
        """Money, receipt, transaction, job and note of a conclusion stand together."""
        ledger = open_ledger()
        owner = bought(ledger, "signed")
        told = conclude(
            ledger,
            owner,
            "settled",
            settled_by="server",
            receipt={"success": True},
            transaction="0x1",
            delivery="accepted",
            job_id="job-1",
        )
        read = stands(open_ledger())
        demand(read == told, "what is returned is what is on record")
        demand(
            (read.money, read.settled_by, read.transaction) == ("settled", "server", "0x1"), "money is kept"
        )
        demand(read.receipt == {"success": True}, "the receipt is kept")
        demand((read.delivery, read.job_id, read.matched) == ("accepted", "job-1", False), "the job is kept")
        demand(read.note == "as the test says", "the note is kept")

    def test_attempts_are_listed_in_order(self, open_ledger: OpenLedger) -> None:
        """The oldest first, also where their clocks say otherwise."""
        ledger = open_ledger()
        for number in (3, 1, 2):
            ledger.plan(plan(number), ledger.enter())
        listed = [attempt.id for attempt in open_ledger().attempts()]
        demand(listed == ["att_3", "att_1", "att_2"], "attempts are listed in the order of their plans")
        demand(ledger.attempt("att_9") is None, "an attempt that is not there is None")


def _try_money(ledger: Ledger, old: str, new: str, number: int) -> None:
    promise = f"the money goes from {old} to {new} only where a rule says so"
    # An origin where too much came to nothing is paid no more.
    owner = bought(ledger, old, number, call=replace(CALL, origin=f"https://{number}.example.com"))
    if new in MONEY_MOVES[old] or (old == new and new not in {"signed", "abandoned"}):
        walk(ledger, owner, new, number=number)
        demand(stands(ledger, number).money == new, promise)
        return
    with refused((ForbiddenMove, PaymentOutcomeUnknown), promise):
        walk(ledger, owner, new, number=number)
    demand(stands(ledger, number).money == old, promise)
