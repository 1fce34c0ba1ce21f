from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from coinslot_sandbox import Sandbox
from stablestudio import StableStudio
from tests.examples.conftest import Install
from tests.payments.conftest import DEVELOPMENT_KEY

DOCUMENT = Path(__file__).resolve().parents[2] / "generated" / "stablestudio.openapi.json"


@pytest.mark.loopback
def test_a_client_pays_a_server_with_it_and_leaves_nothing_on_the_disk(
    install: Install, tmp_path: Path
) -> None:
    install("memory-ledger")
    from memory_ledger import MemoryLedger

    ledger, home = MemoryLedger(), tmp_path / "home"
    with Sandbox(DOCUMENT.read_bytes(), time_scale=0).serve() as server:
        server.sandbox.fund("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "1.00")
        with StableStudio(
            pay_with=["base"],
            base_url=server.url,
            max_price="0.25",
            ledger=ledger,
            environ={"COINSLOT_EVM_KEY": DEVELOPMENT_KEY, "COINSLOT_HOME": str(home)},
            transport=httpx.HTTPTransport(),
        ) as studio:
            job = studio.nano_banana_pro.generate(prompt="A sunset", idempotency_key="sunset")
            again = studio.nano_banana_pro.generate(prompt="A sunset", idempotency_key="sunset")
            assert job.wait().image_url
        payments = len(server.sandbox.payments)

    (attempt,) = ledger.attempts()
    assert (job.id, payments) == (again.id, 1)
    assert (attempt.money, attempt.delivery, attempt.job_id) == ("settled", "finished", job.id)
    assert not home.exists()
