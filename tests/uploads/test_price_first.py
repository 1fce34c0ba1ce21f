"""A call that would be refused for its price is refused before its files are paid for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import (
    ConflictingCall,
    Job,
    PaymentOutcomeUnknown,
    PaymentRefused,
    Policy,
    PricePerSecond,
    PriceRange,
    Quote,
    UnknownPrice,
)
from coinslot.conformance.ledger._scenes import bought
from coinslot.errors import CredentialMissing
from coinslot.ledger import SqliteLedger
from coinslot.security import Scheme
from tests.runtime.studio import ImageResult, fails
from tests.runtime.test_uploads import Elsewhere
from tests.uploads import editing, steps
from tests.uploads.editing import EDIT, JPEG, AsyncStudio, Edit, Host, Studio


def priced(monkeypatch: pytest.MonkeyPatch, price: PriceRange | PricePerSecond | None) -> None:
    monkeypatch.setattr(editing, "EDIT", replace(EDIT, price=price))


def test_a_limit_that_cannot_hold_both_is_told_before_anything_is_asked(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    with pytest.raises(PaymentRefused, match=r"\$0\.13 at least.*\$0\.129.*\$0\.01") as caught:
        edit(images=[cat], max_price="0.139")
    assert caught.value.slug == "too-expensive"
    assert caught.value.money in str(caught.value)
    with pytest.raises(PaymentRefused, match=r"\$0\.02"):
        edit(images=[cat, JPEG], max_price="0.149")
    assert not host.server.requests


@pytest.mark.anyio
async def test_the_other_face_tells_it_too(options: dict[str, Any], host: Host, cat: Path) -> None:
    async with AsyncStudio(**options) as studio:
        call: Edit[Any, Any] = Edit(studio)
        with pytest.raises(PaymentRefused):
            await call(images=[cat], max_price="0.139")
    assert not host.server.requests


@pytest.mark.parametrize(
    "limits",
    [
        {"max_price": "0.12"},
        {"ceiling": "0.12"},
        {"policy": Policy(max_price="0.12")},
        {"policy": Policy(session_budget="0.139")},
        {"policy": Policy(origin_budget="0.139")},
        {"policy": Policy(daily_budget="0.139")},
    ],
    ids=["client", "ceiling", "policy", "session", "origin", "day"],
)
def test_every_limit_is_held_against_both(
    options: dict[str, Any], host: Host, cat: Path, limits: Mapping[str, Any]
) -> None:
    with Studio(**options, **limits) as studio, pytest.raises(PaymentRefused):
        Edit(studio)(images=[cat])
    assert not host.server.requests


@pytest.mark.parametrize("budget", ["session_budget", "origin_budget", "daily_budget"])
def test_what_was_spent_before_counts(options: dict[str, Any], host: Host, cat: Path, budget: str) -> None:
    limits: dict[str, Any] = {budget: "0.283"}
    with Studio(**options, policy=Policy(**limits)) as studio:
        Edit(studio)(images=[cat])
        with pytest.raises(PaymentRefused) as caught:
            Edit(studio)(images=[JPEG])
    assert caught.value.slug == "budget"
    assert host.tokens == 1


def test_what_a_dead_call_planned_holds_nothing_back(
    options: dict[str, Any], host: Host, cat: Path, ledger: SqliteLedger
) -> None:
    ledger.leave(bought(ledger, "planned", price=Decimal("0.90")))
    with Studio(**options, policy=Policy(daily_budget="0.283")) as studio:
        Edit(studio)(images=[cat])
    assert [attempt.money for attempt in ledger.attempts()] == ["abandoned", "settled", "settled"]


def test_a_call_without_a_known_price_pays_for_no_file(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    priced(monkeypatch, None)
    with pytest.raises(UnknownPrice):
        edit(images=[cat])
    assert not host.server.requests
    # Nothing is known to be too dear.
    edit(images=[cat], max_price="0.20")
    assert host.tokens == 1


def test_a_price_for_seconds_is_that_of_the_seconds_asked_for(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    priced(monkeypatch, PricePerSecond("0.05", "0.10", seconds_field="seconds", default_seconds="3"))
    with pytest.raises(PaymentRefused, match=r"\$0\.15 at least"):
        edit(images=[cat], max_price="0.155")
    assert not host.server.requests
    edit(images=[cat], max_price="0.16")
    assert len(host.edits) == 1


def test_a_quote_below_the_printed_price_is_believed(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    priced(monkeypatch, PriceRange("0.15", "0.24"))
    with pytest.raises(PaymentRefused):
        edit(images=[cat], max_price="0.145")
    assert edit.quote(images=[cat]).price == Decimal("0.134")
    edit(images=[cat], max_price="0.145")
    assert len(host.edits) == 1


def test_a_file_that_is_there_costs_nothing_more(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    edit(images=[cat])
    edit(images=[cat], max_price="0.134")
    assert (host.tokens, len(host.edits)) == (1, 2)


def test_a_call_that_is_resumed_is_not_weighed_again(options: dict[str, Any], host: Host, cat: Path) -> None:
    host.edit_answers = [fails(httpx.ReadTimeout)] * 100
    with Studio(**options, policy=Policy(origin_budget="0.15")) as studio:
        for _ in range(2):
            with pytest.raises(PaymentOutcomeUnknown):
                Edit(studio)(images=[cat])
        host.edit_answers = []
        Edit(studio)(images=[cat])
    assert (host.tokens, len(host.edits)) == (1, 1)


def test_a_strategy_of_ones_own_uploads_nothing_for_nothing(
    options: dict[str, Any], host: Host, cat: Path
) -> None:
    went: list[str] = []

    class Counting(Elsewhere):
        def upload(self, upload: Any, file: Any, site: Any) -> Any:
            went.append(file.name)
            return super().upload(upload, file, site)

    with Studio(**options, uploads=Counting()) as studio:
        with pytest.raises(PaymentRefused):
            Edit(studio)(images=[cat], max_price="0.12")
        assert not went
        Edit(studio)(images=[cat], max_price="0.14")
    assert went == ["cat.png"]


def test_what_the_call_wants_to_be_shown_is_there_before_its_files_go_up(
    options: dict[str, Any], host: Host, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Guarded(Studio):
        SCHEMES = {"key": Scheme("header", "X-Key", "EDIT_KEY")}  # noqa: RUF012 - as it is generated

    monkeypatch.setattr(editing, "EDIT", replace(EDIT, security=(("key",),)))
    with Guarded(**options) as studio, pytest.raises(CredentialMissing):
        Edit(studio)(images=[cat])
    assert not host.server.requests


def test_the_key_of_another_call_pays_for_no_file(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    edit(images=[cat], idempotency_key="mine")
    with pytest.raises(ConflictingCall, match="another request"):
        edit(images=[JPEG], idempotency_key="mine")
    assert host.tokens == 1


def test_steps_that_say_no_price_are_weighed_as_free(
    options: dict[str, Any], host: Host, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "STEPS", replace(steps.STEPS, token=replace(steps.STEPS.token, price=None)))
    with Studio(**options) as studio, pytest.raises(PaymentRefused):
        Edit(studio)(images=[cat], max_price="0.12")
    assert not host.server.requests
