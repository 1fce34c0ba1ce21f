"""What an agent is told when something fails: never that nothing was paid, unless that is proven."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from coinslot import (
    ClientClosed,
    CoinslotError,
    ConfigurationError,
    ConflictingCall,
    JobTimeout,
    LedgerUnavailable,
    MalformedChallenge,
    PaymentOutcomeUnknown,
    PaymentRefused,
    PaymentRejected,
    RequestRejected,
    ServerUnavailable,
    SignInRefused,
    StreamCut,
    UnexpectedAnswer,
    UploadFailed,
)
from coinslot.ledger import SqliteLedger
from coinslot_mcp.failing import failure
from coinslot_sandbox.faults import Fault
from coinslot_sandbox.server import Server
from tests.mcp.conftest import Host, play

pytestmark = pytest.mark.loopback

QUOTE = "quote_nano_banana_pro_generate"
PATH = "/api/generate/nano-banana-pro/generate"

Told = Mapping[str, Any]


def told(error: CoinslotError, **options: Any) -> Told:
    return failure(error, **options).structured_content or {}


ALONE: list[tuple[str, CoinslotError, str]] = [
    ("refused", PaymentRefused("no"), "no"),
    ("malformed", MalformedChallenge("no"), "no"),
    ("rejected before", RequestRejected("no", status=400), "no"),
    ("unavailable", ServerUnavailable("no"), "no"),
    ("setup", ConfigurationError("no"), "no"),
    ("closed", ClientClosed(), "no"),
    ("checked file", UploadFailed("no", step="check"), "no"),
    ("full disk", LedgerUnavailable("The disk is full."), "unknown"),
    ("sign-in", SignInRefused("no"), "unknown"),
    ("outcome", PaymentOutcomeUnknown("no", attempt_id="att_1"), "unknown"),
    ("payment rejected", PaymentRejected("no", attempt_id="att_1", status=402), "unknown"),
    ("under way", ConflictingCall("no"), "unknown"),
    ("a new kind", CoinslotError("no"), "unknown"),
    ("unpaid answer", UnexpectedAnswer("no", body=b""), "unknown"),
    ("paid answer", UnexpectedAnswer("no", body=b"", attempt_id="att_1"), "yes"),
    ("upload", UploadFailed("no", step="put", attempt_id="att_1"), "yes"),
    ("stream", StreamCut("no", attempt_id="att_1", settled=True), "yes"),
    ("running", JobTimeout("job-1", "running", 1.0), "yes"),
]


@pytest.mark.parametrize(("error", "paid"), [row[1:] for row in ALONE], ids=[row[0] for row in ALONE])
def test_only_what_comes_before_signing_is_told_as_unpaid(error: CoinslotError, paid: str) -> None:
    facts = told(error, quote_id="quote_1")

    assert facts["paid"] == paid
    if paid != "no":
        invites = facts["do"].replace("Do not ask for another quote", "").replace("do not buy it again", "")
        assert "another quote" not in invites
        assert "othing was signed" not in facts["money"]


@pytest.mark.parametrize(
    "error", [row[1] for row in ALONE if row[2] != "yes"], ids=[row[0] for row in ALONE if row[2] != "yes"]
)
def test_a_job_stays_paid_for_whatever_fails(error: CoinslotError) -> None:
    facts = told(error, paid="yes", job="att_1")

    assert facts["paid"] == "yes"
    assert "another quote" not in facts["do"].replace("Do not ask for another quote", "")
    assert "othing was signed" not in facts["money"]


def failing(*_: object) -> Any:
    message = "The disk is full."
    raise LedgerUnavailable(message)


def test_a_full_disk_after_the_payment_was_sent_buys_nothing_twice(
    host: Host, api: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(api.payments)

    async def scenario() -> None:
        async with host("--confirm-every", "0.30") as agent:
            quote_id = (await agent.facts(QUOTE, prompt="a full disk"))["quote_id"]
            api.faults.add(Fault("redirect", route=PATH, leg="paying"))
            with monkeypatch.context() as patched:
                patched.setattr(SqliteLedger, "conclude", failing)
                lost = await agent.facts("pay", quote_id=quote_id)
            assert (lost["error"], lost["paid"]) == ("PaymentOutcomeUnknown", "unknown")
            assert "same quote_id" in lost["do"]
            left = (await agent.facts("prices"))["limits"]["left_until_a_person_is_asked"]
            assert left == "$0.17"
            assert (await agent.facts("pay", quote_id=quote_id))["paid"] == "yes"

    play(scenario)
    assert len(api.payments) == before + 1


def test_nor_does_a_ledger_that_cannot_be_read(
    host: Host, api: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with host() as agent:
            quote_id = (await agent.facts(QUOTE, prompt="no ledger"))["quote_id"]
            job = (await agent.facts("pay", quote_id=quote_id))["job"]
            with monkeypatch.context() as patched:
                patched.setattr(SqliteLedger, "attempts", failing)
                for tool, given in (("pay", {"quote_id": quote_id}), ("job_status", {"job": job})):
                    facts = await agent.facts(tool, **given)
                    assert (facts["error"], facts["paid"]) == ("LedgerUnavailable", "unknown")
                assert (await agent.facts("jobs_list"))["paid"] == "no"

    play(scenario)


@pytest.mark.parametrize("tool", ["job_status", "job_wait"])
def test_a_job_that_cannot_be_asked_for_is_still_paid_for(host: Host, api: Server, tool: str) -> None:
    async def scenario() -> None:
        async with host() as agent:
            quote_id = (await agent.facts(QUOTE, prompt=f"asked by {tool}"))["quote_id"]
            job = (await agent.facts("pay", quote_id=quote_id))["job"]
            api.faults.add(Fault("sign-in-refused", times=None))
            try:
                facts = await agent.facts(tool, job=job)
            finally:
                api.faults.clear()
            assert (facts["error"], facts["paid"]) == ("SignInRefused", "yes")
            assert "do not buy it again" in facts["do"]

    play(scenario)


def test_a_quote_that_was_forgotten_is_no_reason_to_buy_again(
    host: Host, api: Server, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with host() as agent:
            quote_id = (await agent.facts(QUOTE, prompt="forgotten"))["quote_id"]
            assert (await agent.facts("pay", quote_id=quote_id))["paid"] == "yes"
            (tmp_path / "home" / "quotes" / f"{quote_id}.json").unlink()
            facts = await agent.facts("pay", quote_id=quote_id)
            assert (facts["paid"], facts["do"].startswith("Do not buy the same thing again")) == ("yes", True)

    play(scenario)
