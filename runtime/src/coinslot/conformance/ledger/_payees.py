"""Whom an origin may be paid at."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from coinslot.conformance.ledger._scenes import (
    CALL,
    OFFER,
    ORIGIN,
    OTHER_PAYEE,
    PAYEE,
    TERMS,
    OpenLedger,
    bought,
    conclude,
    demand,
    plan,
    refused,
    stands,
)
from coinslot.errors import PaymentRefused
from coinslot.ledger import Ledger, Payee, Plan

_TO_OTHER = {"terms": replace(TERMS, payee=OTHER_PAYEE), "offer": replace(OFFER, payee=OTHER_PAYEE)}


class Payees:
    """Whom an origin may be paid at."""

    def test_the_first_payee_is_kept_and_another_refused(self, open_ledger: OpenLedger) -> None:
        """Until a person trusts the other."""
        ledger = open_ledger()
        _finished(ledger, 1, payees=None)
        with refused(PaymentRefused, "another payee than the one on record is refused"):
            open_ledger().plan(plan(2, payees=None, **_TO_OTHER), ledger.enter())
        demand([known.address for known in ledger.payees(ORIGIN)] == [PAYEE], "the first payee is on record")
        ledger.trust(Payee(ORIGIN, TERMS.network, TERMS.asset, OTHER_PAYEE))
        open_ledger().plan(plan(3, payees=None, **_TO_OTHER), ledger.enter())
        listed = [known.address for known in open_ledger().payees(ORIGIN)]
        demand(listed == [PAYEE, OTHER_PAYEE], "payees are listed, the first known first")
        demand(ledger.payees("https://api.example.org") == [], "payees are an origin's own")

    def test_two_spellings_of_an_address_are_one(self, open_ledger: OpenLedger) -> None:
        """Hexadecimal has no case."""
        ledger = open_ledger()
        _finished(ledger, 1, payees=None)
        spelled = replace(TERMS, payee=PAYEE.upper().replace("0X", "0x"), asset=TERMS.asset.lower())
        ledger.plan(plan(2, payees=None, terms=spelled), ledger.enter())

    def test_a_new_payee_is_paid_little_and_once(self, open_ledger: OpenLedger) -> None:
        """Until a payment to it has settled and its result was read."""
        ledger = open_ledger()
        with refused(PaymentRefused, "a payee of first use gets at most a dollar"):
            ledger.plan(plan(1, payees=None, price=Decimal("1.01")), ledger.enter())
        owner = bought(ledger, "signed", 2, payees=None)
        with refused(
            PaymentRefused, "a payee of first use gets no second payment before the first came to be"
        ):
            ledger.plan(plan(3, payees=None), ledger.enter())
        conclude(ledger, owner, "settled", number=2, delivery="finished")
        ledger.plan(plan(4, payees=None, price=Decimal("1.01")), ledger.enter())

    def test_a_plan_of_the_dead_holds_no_payee_back(self, open_ledger: OpenLedger) -> None:
        """It came to no payment, so the first one is still to be made."""
        ledger = open_ledger()
        ledger.leave(bought(ledger, "planned", 1, payees=None))
        other = replace(CALL, fingerprint="fingerprint-2")
        open_ledger().plan(plan(2, call=other, payees=None), ledger.enter())
        demand(stands(ledger, 1).money == "abandoned", "what a dead owner planned is abandoned")

    def test_a_trusted_payee_is_not_new(self, open_ledger: OpenLedger) -> None:
        """A person decided."""
        ledger = open_ledger()
        ledger.trust(Payee(ORIGIN, TERMS.network, TERMS.asset, PAYEE))
        for number in (1, 2):
            ledger.plan(plan(number, payees=None, price=Decimal("1.01")), ledger.enter())

    def test_a_payee_is_forgotten_by_a_persons_decision(self, open_ledger: OpenLedger) -> None:
        """However it is spelled; the others stay."""
        ledger = open_ledger()
        for address in (PAYEE, OTHER_PAYEE):
            ledger.trust(Payee(ORIGIN, TERMS.network, TERMS.asset, address))
        spelled = PAYEE.upper().replace("0X", "0x")
        for origin in ("https://api.example.org", ORIGIN, ORIGIN):
            ledger.distrust(Payee(origin, TERMS.network, TERMS.asset, spelled))
        listed = [known.address for known in open_ledger().payees(ORIGIN)]
        demand(listed == [OTHER_PAYEE], "who is forgotten is not on record, and nobody else is")
        with refused(PaymentRefused, "who was forgotten is not paid where another is on record"):
            open_ledger().plan(plan(1, payees=None), ledger.enter())

    def test_named_payees_are_the_only_ones(self, open_ledger: OpenLedger) -> None:
        """And are not put on record."""
        ledger = open_ledger()
        with refused(PaymentRefused, "who was not named is not paid"):
            ledger.plan(plan(1, payees=(OTHER_PAYEE,)), ledger.enter())
        ledger.plan(plan(2, payees=(PAYEE,)), ledger.enter())
        demand(ledger.payees(ORIGIN) == [], "a payee that was named is not one of first use")

    def test_an_origin_that_gives_nothing_is_paid_no_more(self, open_ledger: OpenLedger) -> None:
        """After five payments that came to nothing, for an hour."""
        ledger = open_ledger()
        for number in range(1, 6):
            bought(ledger, "unknown", number)
        with refused(PaymentRefused, "an origin that took five payments for nothing is paid no more"):
            ledger.plan(plan(6), ledger.enter())
        ledger.plan(plan(7, now=plan().now + 3601), ledger.enter())
        ledger.plan(plan(8, call=replace(CALL, origin="https://api.example.org")), ledger.enter())

    def test_one_challenge_is_answered_once_at_a_time(self, open_ledger: OpenLedger) -> None:
        """By the living; what a dead call answered may be answered again."""
        ledger = open_ledger()
        owner = ledger.enter()
        ledger.plan(_challenged(1), owner)
        with refused(PaymentRefused, "a challenge that another call answers is not answered"):
            open_ledger().plan(_challenged(2), ledger.enter())
        ledger.leave(owner)
        ledger.plan(_challenged(3), ledger.enter())


def _challenged(number: int) -> Plan:
    return plan(number, offer=replace(OFFER, protocol="mpp", raw={"id": "challenge-1"}))


def _finished(ledger: Ledger, number: int, *, payees: tuple[str, ...] | None) -> None:
    owner = bought(ledger, "signed", number, payees=payees)
    conclude(ledger, owner, "settled", number=number, delivery="finished")
