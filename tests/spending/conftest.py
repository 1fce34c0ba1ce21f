"""A ledger that is filled as the payment flow fills it, with a clock and a zone of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coinslot._cli import build
from coinslot.attempt import CallIdentity, Conclusion, Envelope, Printed
from coinslot.backend import Credential
from coinslot.conformance.ledger._scenes import STYLE, plan
from coinslot.ledger import SqliteLedger
from coinslot.spending import Entry, read

HOST = "api.example.com"
DRAW, FILM = "/api/paint-pro/generate", "/api/film/{model}"
NOON = 1_800_010_800.0
"""2027-01-15, 11:00 in UTC and 12:00 in the zone of these tests."""


@dataclass
class Book:
    """Writes attempts."""

    home: Path
    time: float = NOON
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = SqliteLedger(self.home / "ledger.sqlite3", now=lambda: self.time)

    def pay(
        self,
        price: str = "0.134",
        *,
        money: Any = "settled",
        route: str = DRAW,
        origin: str = f"https://{HOST}",
        backend: str = "base",
        seconds: float | None = 12,
        saved_to: Path | None = None,
        printed: Printed | None = None,
        attempt_id: str | None = None,
        **conclusion: Any,
    ) -> str:
        """Put one attempt on record, bring it to its end, and return its id."""
        number = len(self.ids)
        made = attempt_id or f"att_{number:04x}{'c0ffee' * 3}{number:02x}"
        self.ids.append(made)
        owner = self.ledger.enter()
        self.ledger.plan(
            plan(
                attempt_id=made,
                call=CallIdentity(origin, "POST", route, f"fingerprint-{number}"),
                url=f"{origin}{route}?key=SECRET-QUERY",
                price=Decimal(price),
                max_fee=Decimal(0),
                backend=backend,
                now=self.time,
                route_path=route,
                job_style=STYLE,
                printed=printed or Printed((Decimal("0.13"), Decimal("0.24")), (8.0, 20.0)),
            ),
            owner,
        )
        if money != "planned":
            self._sign(made, owner, number)
        if money not in {"planned", "signed"}:
            self._conclude(made, owner, money, number, conclusion)
        if money == "settled" and seconds is not None:
            self.time += seconds
            self.ledger.deliver(made, "finished")
            if saved_to is not None:
                self.ledger.deliver(made, "saved", saved_to=str(saved_to))
        self.ledger.leave(owner)
        return made

    def _sign(self, attempt_id: str, owner: str, number: int) -> None:
        body = b'{"prompt": "still on record"}'
        signed = ("PAY", f"SECRET-CREDENTIAL-{number}")
        envelope = Envelope("POST", f"https://{HOST}", (("X-Key", "SECRET-FIELD"),), body, signed)
        evidence = {"signature": "SECRET-EVIDENCE"}
        credential = Credential({"signature": "SECRET-SIGNATURE"}, nonce=f"n-{number}", evidence=evidence)
        self.ledger.sign(attempt_id, owner, credential, envelope, self.time)

    def _conclude(self, attempt_id: str, owner: str, money: Any, number: int, more: dict[str, Any]) -> None:
        told: dict[str, Any] = {"note": "as the test says", **more}
        if money == "settled":
            receipt = {"success": True, "payerSignature": "SECRET-RECEIPT"}
            told = {"delivery": "accepted", "job_id": f"job-{number}", "receipt": receipt, **told}
        self.ledger.conclude(attempt_id, owner, Conclusion(money, **told))

    @property
    def entries(self) -> list[Entry]:
        return read(self.ledger)


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Book]:
    (tmp_path / "home").mkdir(mode=0o700)
    monkeypatch.setenv("COINSLOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    made = Book(tmp_path / "home")
    yield made
    made.ledger.close()


Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def typed(*arguments: str, answer: str = "") -> Result:
        return CliRunner().invoke(build(), ["ledger", *arguments], input=answer)

    return typed
