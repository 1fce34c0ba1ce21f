"""A price can be asked for where nobody can type the wallet's passphrase; paid is nothing there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from coinslot import ConfigurationError, PaymentRefused, Quote
from coinslot.keys import Key
from coinslot.ledger import SqliteLedger
from coinslot.money import show
from coinslot.wallets import opening
from coinslot.wallets.family import load_families
from coinslot.wallets.making import keep_in_file
from coinslot.wallets.store import Wallets
from tests.payments.conftest import ORIGIN, offer
from tests.runtime.studio import PNG, AsyncStudio, Draw, Server, Studio
from tests.uploads.editing import Edit, Host
from tests.uploads.editing import Studio as EditingStudio
from tests.wallet.conftest import PASSPHRASE

VARIABLE = "COINSLOT_EVM_KEYSTORE_PASSWORD_FILE"


@pytest.fixture
def environ(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    key = Key(bytes.fromhex("c0ffee" + "5a" * 29), test=True)
    made: dict[str, Any] = {"passphrase": PASSPHRASE.encode(), "today": date(2026, 1, 2)}
    keep_in_file(Wallets(home / "wallets"), load_families()["base"], "main", key, **made)
    monkeypatch.setattr(opening, "somebody_there", lambda: False)
    return {"COINSLOT_HOME": str(home)}


def made(server: Server, environ: Mapping[str, str], *names: str) -> dict[str, Any]:
    return {
        "base_url": ORIGIN,
        "pay_with": names or None,
        "transport": httpx.MockTransport(server),
        "environ": environ,
        "ledger": SqliteLedger(Path(environ["COINSLOT_HOME"]) / "ledger.sqlite3"),
    }


@pytest.mark.parametrize("names", [("base",), ()], ids=["named", "any"])
def test_a_quote_needs_no_passphrase_and_a_payment_says_what_it_needs(
    environ: dict[str, str], names: tuple[str, ...]
) -> None:
    server = Server()
    with Studio(**made(server, environ, *names)) as studio:
        assert show(Draw(studio).quote(prompt="a cat").price) == "$0.134"
        asked = len(server.requests)
        with pytest.raises(ConfigurationError, match=VARIABLE):
            Draw(studio)(prompt="a cat")
    assert (len(server.requests), server.shop.paid) == (asked, [])


def test_it_is_so_for_an_awaited_quote(environ: dict[str, str]) -> None:
    async def asked() -> Any:
        async with AsyncStudio(**made(Server(), environ, "base")) as studio:
            return (await Draw(studio).quote(prompt="a cat")).price

    assert show(anyio.run(asked)) == "$0.134"


def test_it_is_so_for_a_call_that_takes_files(environ: dict[str, str]) -> None:
    host = Host()
    options = {**made(host.server, environ, "base"), "transport": httpx.MockTransport(host)}
    with EditingStudio(**options) as studio:
        quote: Quote = Edit(studio).quote(images=[PNG])
        assert (show(quote.price), show(quote.uploads or Decimal(0))) == ("$0.134", "$0.01")
        asked = len(host.server.requests)
        with pytest.raises(ConfigurationError, match=VARIABLE):
            Edit(studio)(images=[PNG])
    assert (len(host.server.requests), host.tokens) == (asked, 0)


def test_a_quote_binds_the_payment_that_follows_once_the_passphrase_can_be_had(
    environ: dict[str, str], password: Path
) -> None:
    server = Server()
    with Studio(**made(server, environ, "base")) as studio:
        Draw(studio).quote(prompt="a cat")
        environ[VARIABLE] = str(password)
        server.shop.offers = [offer(amount="140000")]
        with pytest.raises(PaymentRefused, match="the quote for this call"):
            Draw(studio)(prompt="a cat")
        server.shop.offers = [offer()]
        assert Draw(studio)(prompt="a cat").id == "job-1"
