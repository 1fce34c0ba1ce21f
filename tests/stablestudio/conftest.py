"""A sandbox that the package's own class pays, for the examples of pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

import stablestudio
from coinslot.backend import Surroundings
from coinslot.ledger import SqliteLedger
from coinslot_sandbox import Sandbox

DOCUMENT = Path(__file__).resolve().parents[2] / "generated/stablestudio.openapi.json"


@pytest.fixture(scope="module")
def own_class_pays_a_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the package's own class pay a sandbox, whatever else an example says."""
    home = tmp_path_factory.mktemp("readme")
    known = stablestudio.StableStudio
    with (
        Sandbox(DOCUMENT.read_bytes(), time_scale=0).serve() as server,
        closing(SqliteLedger(home / "ledger.sqlite3")) as ledger,
        pytest.MonkeyPatch.context() as patch,
    ):
        environ = server.wallets[0].environ
        client = partial(
            known,
            pay_with=["base"],
            environ=environ,
            base_url=server.url,
            ledger=ledger,
            surroundings=Surroundings(sleep=lambda _: None),
        )
        with client(max_price="0.01") as studio:
            studio.upload.create(filename="a.png", content_type="image/png")
        patch.setattr(stablestudio, "StableStudio", client)
        patch.chdir(home)
        yield
