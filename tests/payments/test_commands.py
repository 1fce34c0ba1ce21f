"""`coinslot ledger` and `coinslot trust`, as a person types them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from coinslot import PricePerSecond
from coinslot._cli import build
from coinslot.attempt import ForbiddenMove
from coinslot.conformance.ledger._scenes import TERMS, bought
from coinslot.errors import PaymentOutcomeUnknown
from coinslot.ledger import SqliteLedger
from tests.terminals import on_a_terminal

from .conftest import DEVELOPMENT_KEY, ORIGIN, OTHER_PAYEE, PAYEE, ROUTE, Buyer, Shop, accepted
from .test_matching import lose


@pytest.fixture
def typed(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> Buyer:
    monkeypatch.setenv("COINSLOT_HOME", str(buyer.ledger.path.parent))
    monkeypatch.setenv("COINSLOT_EVM_KEY", DEVELOPMENT_KEY)
    return buyer


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(build(), arguments, input=answer)


def test_an_empty_ledger_says_so(typed: Buyer) -> None:
    assert "Nothing was paid" in run("ledger", "list").output
    assert "Nothing is open" in run("ledger", "recover").output


def test_payments_are_listed_and_shown(typed: Buyer) -> None:
    typed.draw()
    (attempt,) = typed.ledger.attempts()

    shown = run("ledger", "list").output
    assert "$0.134" in shown
    assert not re.search(" $", shown, re.MULTILINE)
    assert "settled" in shown
    (line,) = run("ledger", "list", "--json").output.splitlines()
    assert json.loads(line)["job_id"] == "job-1"
    for known in (attempt.id, attempt.id[4:12], "job-1"):
        assert json.loads(run("ledger", "show", known, "--json").output)["amount"] == 134000
    assert re.search(r"^expires_at +2\d{3}-\d\d-\d\dT", run("ledger", "show", "job-1").output, re.MULTILINE)
    missing = run("ledger", "show", "att_none")
    assert (missing.exit_code, "no attempt" in missing.output) == (1, True)


def at_a_terminal(home: Path, *arguments: str, typed: str) -> str:
    where = {"COINSLOT_HOME": str(home)}
    return on_a_terminal("coinslot", *arguments, columns=100, folder=home, environ=where, typed=typed)


def test_a_payment_that_can_still_settle_is_not_called_void(typed: Buyer) -> None:
    typed.ledger.leave(bought(typed.ledger, "unknown"))
    (attempt,) = typed.ledger.attempts()

    early = run("ledger", "resolve", attempt.id, "void", "--note", "the bank says so")
    assert (early.exit_code, "can still settle" in early.output) == (1, True)
    with pytest.raises(ForbiddenMove, match="can still settle"):
        typed.ledger.resolve(attempt.id, "void", "the bank says so")
    assert SqliteLedger(typed.ledger.path).attempts() == [attempt]


def test_a_person_resolves_what_nothing_else_can(typed: Buyer) -> None:
    expired = replace(TERMS, expires_at=1)
    for number, money in enumerate(("unknown", "settled"), start=1):
        typed.ledger.release(f"att_{number}", bought(typed.ledger, money, number, terms=expired))
    void, home = ("ledger", "resolve", "att_1", "void"), typed.ledger.path.parent

    for scripted in (run(*void, "--note", "x", "--yes"), run(*void, answer="I looked\nvoid\n")):
        assert (scripted.exit_code, "a person says it at a terminal" in scripted.output) == (1, True)
    assert "Aborted" in at_a_terminal(home, *void, typed="I looked\ny\n")
    assert [one.money for one in SqliteLedger(typed.ledger.path).attempts()] == ["unknown", "settled"]
    assert "att_1: void" in at_a_terminal(home, *void, typed="I looked\nvoid\n")
    lost = ("ledger", "resolve", "att_2", "lost", "--note", "none came")
    assert "att_2: settled, lost" in at_a_terminal(home, *lost, typed="lost\n")
    resolved = SqliteLedger(typed.ledger.path).attempts()[0]
    assert (resolved.money, resolved.note) == ("void", "resolved by hand: I looked")
    again = run("ledger", "resolve", "att_1", "settled", "--note", "x", "--yes")
    assert (again.exit_code, "cannot go" in again.output) == (1, True)


def test_a_person_gives_up_what_never_came(shop: Shop, typed: Buyer) -> None:
    lose(shop)
    with pytest.raises(PaymentOutcomeUnknown):
        typed.draw()
    (attempt,) = typed.ledger.attempts()
    give_up = ("ledger", "resolve", attempt.id, "lost", "--note", "it never came")

    early = run(*give_up)
    assert (early.exit_code, "only when the money has settled" in early.output) == (1, True)
    assert run("ledger", "resolve", attempt.id, "settled", answer="I looked\nn\n").exit_code == 1
    assert run("ledger", "resolve", attempt.id, "settled", answer="I looked\ny\n").exit_code == 0
    scripted = run(*give_up, "--yes")
    assert (scripted.exit_code, "a person says it at a terminal" in scripted.output) == (1, True)
    assert SqliteLedger(typed.ledger.path).attempts()[0].delivery == "none"
    typed.ledger.resolve(attempt.id, "lost", "it never came")
    assert run(*give_up).exit_code == 1
    shop.answers = [accepted()]
    assert typed.draw().json()["jobId"] == "job-1"
    assert len(shop.credentials) == 2


def test_one_attempt_alone_is_recovered(shop: Shop, typed: Buyer) -> None:
    typed.draw("a bird")
    typed.ledger.deliver(typed.ledger.attempts()[0].id, "finished")
    for prompt in ("a cat", "a dog"):
        lose(shop)
        with pytest.raises(PaymentOutcomeUnknown):
            typed.draw(prompt)
    _, first, second = typed.ledger.attempts()
    shop.answers = [accepted("job-2")]
    transport: Any = typed.client._transport
    assert [one.id for one in transport.recover(attempt_id=second.id)] == [second.id]
    assert [one.money for one in typed.ledger.attempts()[1:]] == ["unknown", "settled"]

    typed.clock.time = first.terms.expires_at
    typed.ledger.resolve(first.id, "void", "I looked")
    assert f"{first.id} is not open: void" in run("ledger", "recover", first.id[4:12]).output
    assert "There is no attempt" in run("ledger", "recover", "nonesuch").output


def test_what_another_wallet_left_open_is_not_said_to_be_at_its_end(
    shop: Shop, typed: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(shop)
    with pytest.raises(PaymentOutcomeUnknown):
        typed.draw()
    (left,) = typed.ledger.attempts()
    monkeypatch.setenv("COINSLOT_EVM_KEY", f"test:0x{'5a' * 32}")

    for words in ([], [left.id]):
        told = " ".join(run("ledger", "recover", *words).output.split())
        assert f"{left.id} was paid by {left.terms.payer}, whose key is not set here." in told
        assert "open" not in told


def test_recovering_asks_for_jobs_and_says_how_the_rest_is_fetched(
    shop: Shop, typed: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, dict[str, Any] | None] = {
        "running": {"status": "drawing"},
        "done": {"status": "complete"},
        "broken": {"status": "failed", "error": "no paint"},
        "silent": None,
        "later": {"status": "complete"},
    }

    def look(request: httpx.Request) -> httpx.Response:
        answer = told[request.url.path.rpartition("/")[2]]
        return httpx.Response(503) if answer is None else httpx.Response(200, json=answer)

    shop.answers = [accepted(job_id) for job_id in told]
    for job_id in told:
        typed.draw(job_id)
    typed.ledger.deliver(typed.ledger.attempts()[1].id, "finished")
    shop.look = look
    wire = httpx.MockTransport(shop)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda _, asked: wire.handle_request(asked))

    said = run("ledger", "recover").output

    for text in (
        "its job is still at work (drawing): jobs resume running\n",
        "its result was not saved: jobs resume done\n",
        "its job failed: no paint\n",
        "its job said nothing (Job silent could not be asked for: the server answered 503",
        "`jobs resume ID` of an API's own command waits for a job and saves its result",
        "its job is finished: jobs resume later\n",
    ):
        assert text in said, said
    deliveries = [one.delivery for one in SqliteLedger(typed.ledger.path).attempts()]
    assert deliveries == ["accepted", "finished", "failed", "accepted", "finished"]
    assert len(shop.paid) == len(told)


def test_what_the_document_says_is_kept_with_the_payment(shop: Shop, typed: Buyer) -> None:
    shop.answers = [accepted(f"job-{number}") for number in range(3)]
    second = PricePerSecond("0.10", "0.20", seconds_field="seconds", default_seconds="3")
    for price, printed in ((ROUTE.price, ("0.13", "0.24")), (second, ("0.30", "0.60")), (None, None)):
        typed.draw(route=replace(ROUTE, price=price, typical_seconds=(5, 10)), max_price="0.25")
        kept = typed.ledger.attempts()[-1].printed
        assert kept.price == (None if printed is None else tuple(map(Decimal, printed)))
        assert kept.seconds == (5.0, 10.0)


def test_prompts_are_purged_when_nothing_needs_them(shop: Shop, typed: Buyer) -> None:
    typed.draw("a secret cat")
    (attempt,) = typed.ledger.attempts()
    assert "0 attempts" in run("ledger", "purge", "--prompts").output
    typed.ledger.deliver(attempt.id, "finished")

    assert "1 attempts" in run("ledger", "purge", "--prompts").output


def test_where_letters_are_ascii_it_is_listed_all_the_same(shop: Shop, typed: Buyer) -> None:
    lose(shop)
    with pytest.raises(PaymentOutcomeUnknown):
        typed.draw()
    shown = CliRunner(charset="ascii").invoke(build(), ["ledger", "list"])
    assert shown.exit_code == 0, shown.output
    assert " open (may be paid already" in shown.stdout_bytes.decode()


def test_a_changed_payee_is_trusted_by_a_person(shop: Shop, typed: Buyer) -> None:
    typed.draw()

    declined = run("trust", ORIGIN, OTHER_PAYEE, answer="n\n")
    assert (declined.exit_code, f"{PAYEE} -> {OTHER_PAYEE}" in declined.output) == (1, True)
    assert [known.address for known in typed.ledger.payees(ORIGIN)] == [PAYEE]
    assert run("trust", ORIGIN, OTHER_PAYEE, answer="y\n").exit_code == 0
    assert run("trust", ORIGIN, OTHER_PAYEE, "--yes").exit_code == 0
    assert {known.address for known in typed.ledger.payees(ORIGIN)} == {PAYEE, OTHER_PAYEE}
    assert run("trust", "https://unknown.example", PAYEE, "--yes").exit_code == 2
    assert [line.split()[0] for line in run("trust", ORIGIN, "--list").output.splitlines()] == [
        PAYEE,
        OTHER_PAYEE,
    ]
    assert "paid nowhere yet" in run("trust", "https://unknown.example", "--list").output
    assert run("trust", ORIGIN, "--list", "--remove").exit_code == run("trust", ORIGIN).exit_code == 2
    assert run("trust", ORIGIN, OTHER_PAYEE, "--remove", "--network", "eip155:1").exit_code == 2
    assert run("trust", ORIGIN, OTHER_PAYEE, "--remove", answer="n\n").exit_code == 1
    assert run("trust", ORIGIN, OTHER_PAYEE, "--remove", answer="y\n").exit_code == 0
    assert [line.split()[0] for line in run("trust", ORIGIN, "--list").output.splitlines()] == [PAYEE]
    assert run("trust", ORIGIN, OTHER_PAYEE, "--yes").exit_code == 0


def test_an_installed_client_names_its_api(typed: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    typed.draw()
    monkeypatch.setenv("STABLESTUDIO_BASE_URL", ORIGIN)
    assert run("trust", "stablestudio", "--list").output.split()[0] == PAYEE
    assert "neither an address nor an installed client" in run("trust", "stblestudio", "--list").output


@pytest.mark.parametrize(
    "payee",
    [PAYEE[:-1], PAYEE + "0", PAYEE.replace("0x", ""), "0xZZ" + PAYEE[4:], "alice", "9" * 40, "\x1b[2J", ""],
)
def test_what_is_no_address_is_not_trusted(shop: Shop, typed: Buyer, payee: str) -> None:
    typed.draw()

    refused = run("trust", ORIGIN, payee, "--yes")
    assert (refused.exit_code, "is no address" in refused.output) == (2, True)
    assert "\x1b" not in refused.output
    assert [known.address for known in typed.ledger.payees(ORIGIN)] == [PAYEE]


def test_another_chains_first_payee_has_a_form_too(typed: Buyer) -> None:
    where = ("--network", "chain:1", "--asset", "coin", "--yes")
    assert run("trust", ORIGIN, "alice", *where).exit_code == 2
    assert run("trust", ORIGIN, "9" * 43, *where).exit_code == 0
