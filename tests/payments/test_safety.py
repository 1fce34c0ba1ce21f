"""Ways to lose money that were tried on this code, each of which worked once."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot.errors import (
    ConfigurationError,
    ConflictingCall,
    LedgerUnavailable,
    PaymentRefused,
    PaymentRejected,
)
from coinslot.ledger import SqliteLedger
from coinslot.money import dollars
from coinslot.origin import is_local, origin_of
from coinslot.policy import Policy
from coinslot.transport import CallTerms, PaymentTransport
from tests.ledger.parts import plan, walk

from .conftest import ORIGIN, PAYEE, ROUTE, Buyer, MakeBuyer, Shop, accepted, broken, offer, status
from .test_recovery import recover

TERMS = {"coinslot": CallTerms(route=ROUTE)}


def test_the_boundary_of_a_multipart_body_makes_no_other_call(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 7 + [accepted()]
    for _ in range(2):
        try:
            files = {"file": ("cat.png", b"picture")}
            answer = buyer.client.post(f"{ORIGIN}/api/draw", files=files, extensions=TERMS)
        except Exception:  # noqa: BLE001, S112 - as a naive loop does
            continue
    assert answer.json()["jobId"] == "job-1"
    assert len(shop.credentials) == 1


def test_what_the_server_refused_is_not_sent_again_by_recovery(shop: Shop, make_buyer: MakeBuyer) -> None:
    shop.answers = [status(400), accepted()]
    with pytest.raises(PaymentRejected):
        make_buyer().draw("a catt")

    assert recover(make_buyer()) == [("refused", "none", None)]
    assert len(shop.paid) == 1


@pytest.mark.parametrize("noted", [False, True], ids=["before it is noted", "after"])
def test_an_answer_that_was_not_handed_out_goes_to_the_next_equal_call(
    shop: Shop,
    buyer: Buyer,
    monkeypatch: pytest.MonkeyPatch,
    noted: bool,  # noqa: FBT001 - a column
) -> None:
    """Ctrl-C while it is noted that the caller has it, which the caller never gets."""
    note = SqliteLedger.hand_out
    with monkeypatch.context() as patched:

        def interrupted(ledger: SqliteLedger, attempt_id: str) -> None:
            if noted:
                note(ledger, attempt_id)
            raise KeyboardInterrupt

        patched.setattr(SqliteLedger, "hand_out", interrupted)
        with pytest.raises(KeyboardInterrupt):
            buyer.draw()

    assert buyer.draw().json()["jobId"] == "job-1"
    assert len(shop.credentials) == 1
    shop.answers = [accepted("job-2")]
    assert buyer.draw().json()["jobId"] == "job-2"


def test_a_call_whose_earlier_attempt_is_being_recovered_waits(shop: Shop, make_buyer: MakeBuyer) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 5
    with pytest.raises(Exception, match="not known"):
        make_buyer().draw()
    second = make_buyer()
    caught: list[type[Exception]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        with pytest.raises(ConflictingCall, match="recovered right now") as met:
            make_buyer().draw()
        caught.append(met.type)
        return accepted()(request)

    shop.answers = [answer]
    assert recover(second) == [("settled", "accepted", "job-1")]
    assert caught == [ConflictingCall]
    assert len(shop.credentials) == 1


def _in_a_child(path: Path, told: Any) -> None:
    ledger = SqliteLedger(path)
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    told.send("signed")
    told.recv()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_keeps_what_it_signed(tmp_path: Path) -> None:
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("this system does not fork")
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    ledger.attempts()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_in_a_child, args=(ledger.path, theirs))
    child.start()
    assert ours.recv() == "signed"
    ledger.close()
    ours.send("end")
    child.join()

    assert [attempt.money for attempt in SqliteLedger(ledger.path).attempts()] == ["signed"]


def test_nothing_is_signed_into_a_ledger_that_was_moved_away(
    shop: Shop, buyer: Buyer, tmp_path: Path
) -> None:
    buyer.ledger.attempts()
    buyer.ledger.path.rename(tmp_path / "elsewhere.sqlite3")

    with pytest.raises(LedgerUnavailable, match="moved or deleted"):
        buyer.draw()
    assert shop.paid == []


def test_a_failed_commit_leaves_no_transaction_open(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    with pytest.raises(LedgerUnavailable), ledger.database.transaction():
        raise sqlite3.OperationalError("disk is full")

    ledger.plan(plan(), ledger.enter())
    assert len(ledger.attempts()) == 1


def test_a_write_in_the_midst_of_another_undoes_nothing_of_it(tmp_path: Path) -> None:
    """As garbage may be collected there: a call that nobody awaited to its end puts that on record."""
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    with ledger.database.transaction() as db:
        db.execute("UPDATE attempts SET note = 'written'")
        with pytest.raises(LedgerUnavailable, match="this very thread"):
            ledger.release("att_1", owner)

    assert [attempt.note for attempt in ledger.attempts()] == ["written"]


LOCAL = [
    *(
        "https://localhost.",
        "https://127.1",
        "https://0x7f.1",
        "https://127.0.0.1.",
        "https://foo.localhost.",
    ),
    *("https://svc.internal.", "https://foo.local.", "https://nas.lan", "https://git.corp", "https://[::1]"),
    *("https://[::127.0.0.1]", "https://[fec0::1]", "https://[64:ff9b::a00:1]", "https://[2002:7f00:1::]"),
    *("https://[::ffff:10.0.0.1]", "https://2130706433", "https://10.1", "http://api.example.com"),
]


@pytest.mark.parametrize("url", LOCAL)
def test_every_spelling_of_a_local_address_is_local(url: str) -> None:
    assert is_local(url)


@pytest.mark.parametrize("url", ["https://api.example.com", "https://8.8.8.8", "https://[2606:4700::1111]"])
def test_the_outside_world_is_not_local(url: str) -> None:
    assert not is_local(url)


def test_an_origin_has_one_spelling() -> None:
    assert origin_of("https://API.example.com.:443/x") == "https://api.example.com"
    with pytest.raises(ConfigurationError, match="ASCII"):
        Policy(payees={"https://bücher.example": [PAYEE]})


@pytest.mark.parametrize("odd", ["0_25", "\uff11", "\u0660.\u0662\u0665", "+1", " 1", "1.", ".5", "0x10"])
def test_odd_spellings_of_a_sum_are_refused(odd: str) -> None:
    with pytest.raises(ConfigurationError):
        dollars(odd)


def test_a_new_payee_gets_no_more_for_an_answer_without_receipt(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer(policy=Policy(ceiling="50"))
    shop.answers = [accepted(receipted=False)]
    buyer.draw("one")
    (attempt,) = buyer.ledger.attempts()
    buyer.ledger.deliver(attempt.id, "finished")
    shop.offers = [offer(amount="20000000")]

    with pytest.raises(PaymentRefused, match="never paid before"):
        buyer.draw("two", max_price="25")


def test_a_quote_binds_until_the_next_one(shop: Shop, buyer: Buyer) -> None:
    buyer.draw(quote_only=True)
    shop.offers = [offer(amount="240000")]
    with pytest.raises(PaymentRefused, match=r"\$0.24, more than the \$0.134 allowed by the quote"):
        buyer.draw()
    buyer.draw(quote_only=True)

    assert buyer.draw().status_code == 200
    shop.answers = [accepted("job-2")]
    shop.offers = [offer(amount="240001")]
    assert buyer.draw(max_price="0.25").status_code == 200


def test_a_redirect_within_the_origin_is_not_paid(shop: Shop, make_buyer: MakeBuyer) -> None:
    def moved(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/draw":
            return httpx.Response(307, headers={"Location": "/api/other"})
        return shop(request)

    transport = make_buyer().client._transport
    assert isinstance(transport, PaymentTransport)
    transport._inner = httpx.MockTransport(moved)
    with httpx.Client(transport=transport, follow_redirects=True) as client, pytest.raises(PaymentRefused):
        client.post(f"{ORIGIN}/api/draw", json={"prompt": "x"}, extensions=TERMS)
    assert shop.paid == []
