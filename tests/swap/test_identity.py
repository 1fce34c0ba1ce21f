"""A job is told only to the wallet that paid for it, whichever backend the client names first."""

from __future__ import annotations

from pathlib import Path

import pytest

from coinslot.backend import Surroundings
from coinslot.ledger import SqliteLedger
from coinslot_sandbox import Sandbox
from stablestudio import StableStudio

pytestmark = pytest.mark.loopback

DOCUMENT = Path(__file__).resolve().parents[2] / "generated" / "stablestudio.openapi.json"


def test_the_wallet_that_paid_asks_for_the_job_also_after_a_restart(tmp_path: Path) -> None:
    # Tempo's wallet may sign in here, but nothing can be paid on Tempo.
    api = Sandbox(DOCUMENT.read_bytes(), networks=("base", "solana"), time_scale=0)
    with api.serve() as server:
        ledger = SqliteLedger(tmp_path / "ledger.sqlite3")

        def opened() -> StableStudio:
            return StableStudio(
                pay_with=["tempo", "solana"],
                base_url=server.url,
                environ=server.wallets[0].environ,
                ledger=ledger,
                surroundings=Surroundings(sleep=lambda _: None),
            )

        with opened() as studio:
            job = studio.grok.generate(prompt="A kraken, friendly")
            owned_by_the_first = studio.jobs.list().items
        with opened() as studio:
            (again,) = studio.recover()
            assert again.job is not None
            result = again.job.wait()

    (paid,) = api.payments
    assert again.job.id == job.id
    assert result.image_url
    assert owned_by_the_first == []
    assert paid.payer == server.wallets[0].solana_address
