"""One origin serves two APIs, each below a path of its own: a token of the one is none of the other's."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from coinslot import ConflictingCall, UploadFailed
from coinslot.ledger import SqliteLedger
from coinslot.paid_call import PaidCall, call_identity
from coinslot.wire import encode
from tests.payments.conftest import ORIGIN, Clock
from tests.runtime.studio import PNG, UPLOAD, Files, code
from tests.uploads.editing import BLOB, CONFIRM, PUT, Host, Studio

TWO = "/two"


@pytest.fixture
def other(host: Host, options: dict[str, Any]) -> dict[str, Any]:
    """Return how a client of the second API is made."""
    host.base = TWO
    host.server.answers[TWO + CONFIRM] = host.server.answers[CONFIRM]
    return {**options, "base_url": ORIGIN + TWO}


@pytest.mark.parametrize("name", [None, "cover"])
def test_a_file_is_uploaded_to_each_at_once(
    options: dict[str, Any], other: dict[str, Any], clock: Clock, cat: Path, name: str | None
) -> None:
    begun = clock.now()
    for _ in range(2):
        for number, made in enumerate((options, other), 1):
            with Studio(**made) as studio:
                assert Files(studio)(cat, idempotency_key=name) == f"{BLOB}{number}"
    assert clock.now() == begun


def test_a_token_of_the_one_is_not_gone_on_with_by_the_other(
    options: dict[str, Any], other: dict[str, Any], host: Host, clock: Clock, cat: Path
) -> None:
    works = host.server.answers[PUT]
    host.server.answers[PUT] = [code(404)]
    for made in (options, other):
        with Studio(**made) as studio, pytest.raises(UploadFailed, match="'put'"):
            Files(studio)(cat)
    host.server.answers[PUT] = works
    begun = clock.now()
    for number, made in enumerate((options, other), 1):
        with Studio(**made) as studio:
            assert Files(studio)(cat) == f"{BLOB}{number}"
    assert (host.tokens, clock.now()) == (2, begun)


@pytest.mark.parametrize("older_at", ["the one", "the other"])
def test_a_token_of_an_older_version_is_gone_on_with_where_it_was_bought(
    options: dict[str, Any],
    other: dict[str, Any],
    *,
    host: Host,
    clock: Clock,
    cat: Path,
    ledger: SqliteLedger,
    older_at: str,
) -> None:
    works = host.server.answers[PUT]
    host.server.answers[PUT] = [code(404)]
    mine, others = (options, other) if older_at == "the one" else (other, options)
    with Studio(**mine) as studio, pytest.raises(UploadFailed):
        Files(studio)(cat)
    older(ledger, mine["base_url"])
    host.server.answers[PUT] = works
    begun = clock.now()
    with Studio(**others) as studio:
        assert Files(studio)(cat) == f"{BLOB}2"
    with Studio(**mine) as studio:
        assert Files(studio)(cat) == f"{BLOB}1"
    assert (host.tokens, clock.now()) == (2, begun)


def test_a_key_that_another_request_has_is_told_and_not_waited_for(
    options: dict[str, Any], host: Host, clock: Clock, cat: Path, ledger: SqliteLedger
) -> None:
    host.server.answers[PUT] = [code(404)]
    with Studio(**options) as studio, pytest.raises(UploadFailed):
        Files(studio)(cat)
    with closing(sqlite3.connect(ledger.path)) as db, db:
        db.execute("UPDATE attempts SET fingerprint = 'another'")
    begun = clock.now()
    with Studio(**options) as studio, pytest.raises(ConflictingCall, match="another request"):
        Files(studio)(cat)
    assert clock.now() == begun


def older(ledger: SqliteLedger, base_url: str) -> None:
    """Let the one upload on record be one of a version that named tokens without their API's path."""
    digest = hashlib.sha256(b"/api/upload\0image/png\0" + PNG).hexdigest()
    key = f"upload-{digest[:32]}-0"
    asked = encode(UPLOAD.token, f"{base_url}/api/upload", body={"upload": key})
    fingerprint = call_identity(PaidCall(asked, UPLOAD.token)).fingerprint
    with closing(sqlite3.connect(ledger.path)) as db, db:
        db.execute("UPDATE attempts SET idempotency_key = ?, fingerprint = ?", (key, fingerprint))
