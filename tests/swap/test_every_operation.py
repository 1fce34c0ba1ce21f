"""Every priced operation of the generated client, paid three ways: nothing changes but configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from coinslot.backend import Surroundings
from coinslot.ledger import SqliteLedger
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server
from stablestudio import StableStudio
from tests.cassettes.calls import FILMS, PHOTO, PICTURES, Play
from tests.swap.shop import NETWORKS

pytestmark = pytest.mark.loopback

DOCUMENT = Path(__file__).resolve().parents[2] / "generated" / "stablestudio.openapi.json"
OPERATIONS: dict[str, Play[Any]] = {**PICTURES, **FILMS}
every_operation = pytest.mark.parametrize("operation", OPERATIONS)


@dataclass(frozen=True)
class Visit:
    """A client that pays in one way, and the server that it pays."""

    backend: str
    server: Server
    studio: StableStudio
    ledger: SqliteLedger

    @property
    def payer(self) -> str:
        wallet = self.server.wallets[0]
        payer = wallet.solana_address if self.backend == "solana" else wallet.address
        assert payer is not None
        return payer

    @property
    def balance(self) -> int:
        return self.server.sandbox.balance(self.payer, self.backend)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # Sponsored, so that a balance moves by the price alone on every chain.
    api = Sandbox(DOCUMENT.read_bytes(), networks=tuple(NETWORKS), sponsored=True, time_scale=0)
    with api.serve() as running:
        yield running


@pytest.fixture(scope="module", params=NETWORKS)
def visit(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visit]:
    """A client that has paid once, so that its payee is known and may be paid more than a dollar."""
    home = tmp_path_factory.mktemp(request.param)
    with (
        closing(SqliteLedger(home / "ledger.sqlite3")) as ledger,
        StableStudio(
            pay_with=[request.param],
            environ=server.wallets[0].environ,
            base_url=server.url,
            ceiling="2.00",
            ledger=ledger,
            surroundings=Surroundings(sleep=lambda _: None),
        ) as studio,
    ):
        studio.grok.edit(prompt="Fewer teeth", images=[PHOTO]).wait()
        yield Visit(request.param, server, studio, ledger)


@every_operation
def test_an_operation_is_paid_and_its_result_comes_home(visit: Visit, operation: str) -> None:
    before = visit.balance

    job = OPERATIONS[operation].call(visit.studio)
    result = job.wait()

    attempt = visit.ledger.attempts()[-1]
    assert (attempt.backend, attempt.money, attempt.delivery) == (visit.backend, "settled", "finished")
    assert (attempt.terms.network, attempt.terms.payer) == (NETWORKS[visit.backend], visit.payer)
    assert before - visit.balance == attempt.terms.amount
    assert attempt.job_id == job.id
    assert any(url.startswith("http") for url in result.model_dump().values())


def test_an_upload_token_is_paid_for(visit: Visit) -> None:
    token = visit.studio.upload.create(filename="harbour.png", content_type="image/png")

    attempt = visit.ledger.attempts()[-1]
    assert (attempt.backend, attempt.money) == (visit.backend, "settled")
    assert token.client_token


def test_these_are_all() -> None:
    document = Sandbox(DOCUMENT.read_bytes()).api
    priced = {route.path for route in document.routes if route.access == "paid"}
    assert len(priced) == len(OPERATIONS) + 1
