"""What is on record before anything is sent, and what is erased when nothing can need it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from coinslot.attempt import ForbiddenMove
from coinslot.conformance.ledger._scenes import (
    NOW,
    STYLE,
    TERMS,
    OpenLedger,
    bought,
    conclude,
    credential,
    demand,
    envelope,
    plan,
    refused,
    sign,
    stands,
    walk,
)
from coinslot.errors import PaymentOutcomeUnknown, PaymentRefused


class Signing:
    """What is on record before anything is sent, and what is erased when nothing can need it."""

    def test_a_credential_and_its_request_are_on_record_when_sign_returns(
        self, open_ledger: OpenLedger
    ) -> None:
        """Byte for byte, for whoever takes the attempt over."""
        ledger = open_ledger()
        owner = bought(ledger, "signed")
        read = stands(open_ledger())
        demand(
            (read.money, read.nonce, read.signed_at) == ("signed", "n-1", int(NOW)), "signing is on record"
        )
        demand(read.evidence == {"nonce": "n-1"}, "the backend's evidence is kept")
        ledger.leave(owner)
        claim = open_ledger().claim("att_1", ledger.enter())
        demand(
            claim is not None and claim.envelope == envelope(), "the signed request is kept, byte for byte"
        )

    def test_a_credential_stands_in_the_ledger_once(self, open_ledger: OpenLedger) -> None:
        """Neither its nonce nor its bytes serve two attempts, whatever became of the first."""
        ledger = open_ledger()
        owner = bought(ledger, "void")
        ledger.plan(plan(2), owner)
        with refused(PaymentRefused, "the nonce of a payer on a network is used once"):
            ledger.sign("att_2", owner, credential(1), envelope(2), NOW)
        with refused(PaymentRefused, "the bytes of a credential are used once"):
            ledger.sign("att_2", owner, credential(2), envelope(1), NOW)
        demand(stands(ledger, 2).money == "planned", "what was not signed stays planned")
        sign(ledger, owner, 2)

    def test_the_nonce_of_another_payer_is_another(self, open_ledger: OpenLedger) -> None:
        """Two wallets may draw the same."""
        ledger = open_ledger()
        bought(ledger, "signed")
        owner = ledger.enter()
        ledger.plan(plan(2, terms=replace(plan().terms, payer="0xSomeoneElse")), owner)
        ledger.sign("att_2", owner, credential(1), envelope(2), NOW)

    def test_an_attempt_is_signed_once(self, open_ledger: OpenLedger) -> None:
        """There is no second credential for it, ever."""
        ledger = open_ledger()
        owner = bought(ledger, "unknown")
        with refused(ForbiddenMove, "an attempt has one credential"):
            ledger.sign("att_1", owner, credential(2), envelope(2), NOW)
        demand(stands(ledger).nonce == "n-1", "the credential on record stays")

    def test_only_the_owner_writes(self, open_ledger: OpenLedger) -> None:
        """Who was taken for dead and writes late is told so."""
        ledger = open_ledger()
        late = bought(ledger, "signed")
        ledger.leave(late)
        demand(ledger.claim("att_1", ledger.enter()) is not None, "what a dead owner held can be taken over")
        with refused(PaymentOutcomeUnknown, "only its owner concludes an attempt"):
            conclude(ledger, late, "settled")
        ledger.plan(plan(2), ledger.enter())
        with refused(PaymentOutcomeUnknown, "only its owner signs an attempt"):
            sign(ledger, late, 2)
        with refused(PaymentOutcomeUnknown, "only its owner abandons an attempt"):
            ledger.abandon("att_2", late)
        demand((stands(ledger).money, stands(ledger, 2).money) == ("signed", "planned"), "and nothing moves")

    def test_signed_bytes_are_erased_when_nothing_can_need_them(self, open_ledger: OpenLedger) -> None:
        """When the answer is there, or the credential is void; not before."""
        needed = {"refused": True, "unknown": True, "settled": True, "void": False}
        for number, (money, kept) in enumerate(needed.items()):
            ledger = open_ledger()
            owner = bought(ledger, money, number)
            demand(
                _held(open_ledger, number, owner) == kept, f"signed bytes of what is {money}: kept is {kept}"
            )
        ledger = open_ledger()
        for number, money in enumerate(("settled", "unknown", "refused"), start=10):
            owner = bought(ledger, "signed", number)
            conclude(ledger, owner, money, number=number, delivery="accepted", job_id=f"job-{number}")
            told = f"signed bytes of what is answered are erased, also where the money is {money}"
            demand(not _held(open_ledger, number, owner), told)

    def test_both_columns_erase_in_either_order(self, open_ledger: OpenLedger) -> None:
        """Also where the money was certain before the answer came."""
        ledger = open_ledger()
        owner = bought(ledger, "unknown")
        walk(ledger, owner, "settled")
        conclude(ledger, owner, None, delivery="accepted", job_id="job-1")
        demand(not _held(open_ledger, 1, owner), "signed bytes of what is paid and answered are erased")

    def test_a_credential_is_erased_when_it_expired(self, open_ledger: OpenLedger) -> None:
        """Its request stays where a job of a list can be told by it; nonce and evidence stay always."""
        ledger = open_ledger()
        expired = replace(TERMS, expires_at=1)
        listed = replace(STYLE, list_path="/jobs")
        plans: tuple[dict[str, Any], ...] = (
            {"terms": expired, "job_style": listed},
            {"terms": expired},
            {"job_style": listed},
        )
        owners = [bought(ledger, "unknown", number, **changes) for number, changes in enumerate(plans, 1)]
        ledger.leave(owners[0])
        claim = open_ledger().claim("att_1", ledger.enter())
        name, _ = envelope().credential_header
        wanted = replace(envelope(), credential_header=(name, ""))
        demand(claim is not None and claim.envelope == wanted, "of what expired, the credential is erased")
        evidence = claim is not None and dict(claim.attempt.evidence)
        demand(evidence == {"nonce": "n-1"}, "what the chain is asked with stays")
        demand(not _held(open_ledger, 2, owners[1]), "what nothing can be matched with is erased whole")
        demand(_held(open_ledger, 3, owners[2]), "what has not expired stays")


def _held(open_ledger: OpenLedger, number: int, owner: str) -> bool:
    ledger = open_ledger()
    ledger.release(f"att_{number}", owner)
    claim = ledger.claim(f"att_{number}", owner)
    demand(claim is not None, "what was released can be taken over")
    return claim is not None and claim.envelope is not None
