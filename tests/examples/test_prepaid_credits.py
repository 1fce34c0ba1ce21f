"""A payment backend of a third party: installed by name, and nothing of the runtime is touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot._drivers import drive
from coinslot.backend import Backend, Draft, Setting
from coinslot.backends import load_backend
from coinslot.effects import Flow, Headers, Reply, Send
from coinslot.errors import ConfigurationError, PaymentOutcomeUnknown, PaymentRefused
from coinslot.ledger import SqliteLedger
from coinslot.offer import Asset, Offer
from tests.examples.conftest import ACCOUNT, ENVIRON, SECRET, Install, MakeStudio
from tests.examples.shop import DRAW, FUNDS, OFFER, PRICE, Shop
from tests.payments.conftest import Clock

NAME = "prepaid-credits:credits"
PROMPT = "A sunset"
MADE = Offer(
    protocol="x402",
    version=2,
    scheme="prepaid",
    network="credits:demo",
    asset="credit",
    amount=PRICE,
    payee="shop",
    valid_seconds=120,
    raw=OFFER,
)


@pytest.fixture
def backend(install: Install) -> Backend:
    install("prepaid-credits")
    return load_backend(NAME, Setting(ENVIRON))


def test_a_generated_client_pays_with_it(
    install: Install, studio: MakeStudio, shop: Shop, tmp_path: Path
) -> None:
    install("prepaid-credits")
    client = studio(pay_with=[NAME])

    quote = client.nano_banana_pro.generate.quote(prompt=PROMPT)
    job = client.nano_banana_pro.generate(prompt=PROMPT)
    saved = job.wait().save(tmp_path / "sunset")

    assert str(quote) == "$0.134 in CREDIT on credits:demo to shop"
    assert [(offer.network, why.slug) for offer, why in quote.refused] == [("eip155:8453", "scheme")]
    assert saved.stat().st_size
    assert (len(shop.paid), shop.balance) == (1, FUNDS - PRICE)
    assert set(shop.signed_in) == {ACCOUNT}
    (attempt,) = SqliteLedger().attempts()
    assert (attempt.money, attempt.backend, attempt.transaction) == ("settled", "credits", "entry-0")


def test_it_is_named_in_full(install: Install) -> None:
    install("prepaid-credits")
    with pytest.raises(ConfigurationError, match=r"Did you mean prepaid-credits:credits\?"):
        load_backend("credits", Setting(ENVIRON))


def test_where_it_is_not_installed_the_error_says_what_is() -> None:
    with pytest.raises(ConfigurationError, match=r"is not installed\. Installed are: base, ") as caught:
        load_backend(NAME, Setting(ENVIRON))
    assert "pip install prepaid" not in str(caught.value)


@pytest.mark.parametrize("typed", ["bse", "bases"])
def test_a_mistyped_name_is_no_advice_to_install_it(typed: str) -> None:
    with pytest.raises(ConfigurationError, match=r"Did you mean base\?") as caught:
        load_backend(typed, Setting(ENVIRON))
    assert f"coinslot-{typed}" not in str(caught.value)


def test_it_is_never_taken_without_being_named(install: Install, studio: MakeStudio) -> None:
    install("prepaid-credits")
    with pytest.raises(ConfigurationError, match="No payment backend can be used"):
        studio().nano_banana_pro.generate(prompt=PROMPT)


def test_a_lost_answer_is_found_at_the_issuer(install: Install, studio: MakeStudio, shop: Shop) -> None:
    install("prepaid-credits")
    shop.answers = "after it was paid"
    with pytest.raises(PaymentOutcomeUnknown, match="settled, but its answer was lost"):
        studio(pay_with=[NAME]).nano_banana_pro.generate(prompt=PROMPT)

    (attempt,) = SqliteLedger().attempts()
    assert (attempt.money, attempt.settled_by) == ("settled", "chain")
    assert len({request.headers["PAYMENT-SIGNATURE"] for request in shop.paid}) == 1
    assert shop.balance == FUNDS - PRICE


def test_what_was_never_taken_is_paid_afresh_once_it_no_longer_can(
    install: Install, studio: MakeStudio, shop: Shop, clock: Clock
) -> None:
    install("prepaid-credits")
    client = studio(pay_with=[NAME])
    shop.answers = "not at all"
    with pytest.raises(PaymentOutcomeUnknown):
        client.nano_banana_pro.generate(prompt=PROMPT)
    assert "still may" in noted()
    shop.answers = "well"
    clock.time += 200
    client.nano_banana_pro.generate(prompt=PROMPT).wait()

    assert {attempt.money for attempt in SqliteLedger().attempts()} == {"void", "settled"}
    assert shop.balance == FUNDS - PRICE


def test_without_its_issuer_nothing_is_proven(install: Install, studio: MakeStudio, shop: Shop) -> None:
    install("prepaid-credits")
    shop.answers = "not at all"
    environ = {"PREPAID_CREDITS_KEY": ENVIRON["PREPAID_CREDITS_KEY"]}
    with pytest.raises(PaymentOutcomeUnknown):
        studio(pay_with=[NAME], environ=environ).nano_banana_pro.generate(prompt=PROMPT)
    assert "no issuer is configured that could prove it" in noted()


def test_its_issuer_tells_the_balance(backend: Backend, shop: Shop) -> None:
    held = run(backend.balance(), shop)
    assert held == {Asset("credits:demo", "credit", "CREDIT", 4): FUNDS}


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"version": 1}, "protocol"),
        ({"protocol": "mpp"}, "protocol"),
        ({"scheme": "exact"}, "scheme"),
        ({"network": "credits:other"}, "network"),
        ({"asset": "token"}, "asset"),
        ({"amount": 0}, "amount"),
        ({"amount": 10**18}, "amount"),
        ({"payee": ACCOUNT}, "payee"),
        ({"valid_seconds": 5}, "validity"),
    ],
)
def test_other_offers_are_refused(backend: Backend, change: dict[str, Any], slug: str) -> None:
    offer = replace(MADE, **change)
    refused = backend.refuses(offer)
    assert refused is not None
    assert refused.slug == slug
    with pytest.raises(PaymentRefused):
        backend.sign(Draft(offer, ACCOUNT, 2_000_000_000, fields={"nonce": "ab" * 16}))


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "1341"},
        {"amount": "01340"},
        {"payee": "mallory"},
        {"account": "eve"},
        {"expires": 2_000_000_001},
        {"expires": "2000000000"},
        {"nonce": "cd" * 16},
        {"more": "1"},
    ],
)
def test_a_voucher_that_was_changed_is_not_read_back(backend: Backend, change: dict[str, Any]) -> None:
    signed = backend.sign(Draft(MADE, ACCOUNT, 2_000_000_000, fields={"nonce": "ab" * 16}))
    changed = {**signed.payload, "voucher": {**signed.payload["voucher"], **change}}

    assert backend.decode(signed, MADE).amount == PRICE
    with pytest.raises(ValueError, match="voucher"):
        backend.decode(replace(signed, payload=changed), MADE)


def test_a_key_that_is_none_is_not_repeated(install: Install) -> None:
    install("prepaid-credits")
    with pytest.raises(ConfigurationError, match="Set PREPAID_CREDITS_KEY") as raised:
        load_backend(NAME, Setting({"PREPAID_CREDITS_KEY": f"Ada:{SECRET}"}))
    assert SECRET not in str(raised.value)


def test_the_route_is_the_documents() -> None:
    from stablestudio.nano_banana_pro.generate import ROUTE

    assert ROUTE.path == DRAW


def noted() -> str:
    """Return what the ledger says of the only attempt."""
    (attempt,) = SqliteLedger().attempts()
    return attempt.note or ""


def run(flow: Flow[Any], shop: Shop) -> Any:
    """Perform a flow's questions at the shop."""

    def send(effect: Send) -> Reply:
        asked = effect.request
        told = shop(httpx.Request(asked.method, asked.url, headers=asked.headers.items()))
        return Reply(told.status_code, Headers(told.headers), told.content)

    return drive(flow, send=send, record=lambda _: None, sleep=lambda _: None)
