"""Uploads that stop half-way: the token that was paid for is used before another one is bought."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot.errors import ConflictingCall, PaymentOutcomeUnknown, UploadFailed
from coinslot.ledger import SqliteLedger
from tests.payments.conftest import Shop, offer, status
from tests.runtime.studio import PNG, Files, Server, Studio, code, fails
from tests.runtime.test_uploads import BLOB, CONFIRM, PUT, tokened


@pytest.fixture
def server() -> Server:
    server = Server(shop=Shop(offers=[offer(amount="10000")], answers=[tokened(), tokened(uploadId="up-2")]))
    server.answers[PUT] = [lambda _: httpx.Response(200, json={"url": BLOB})]
    server.answers[CONFIRM] = [lambda _: httpx.Response(200, json={"blobUrl": BLOB})]
    return server


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    path.write_bytes(PNG)
    return path


@pytest.mark.parametrize("step", [PUT, CONFIRM])
@pytest.mark.parametrize("trouble", [fails(httpx.ReadTimeout), code(503)], ids=["silence", "503"])
def test_t51_an_upload_goes_on_with_the_token_it_has(
    made: dict[str, Any], server: Server, cat: Path, ledger: SqliteLedger, *, step: str, trouble: Any
) -> None:
    well = server.answers[step]
    server.answers[step] = [trouble]
    with Studio(**made) as studio, pytest.raises(UploadFailed, match="goes on with it"):
        Files(studio)(cat)
    server.answers[step] = well
    with Studio(**made) as another:
        assert Files(another)(cat) == BLOB

    assert len(server.shop.paid) == 1
    assert [attempt.delivery for attempt in ledger.attempts()] == ["saved"]


def test_t51_a_finished_upload_does_not_lend_its_token(studio: Studio, server: Server, cat: Path) -> None:
    # The file is gone from its host by then: while it is there, nothing is uploaded again.
    server.answers["/uploads/cat.png"] = [code(404)]
    assert [Files(studio)(cat) for _ in range(2)] == [BLOB, BLOB]
    assert len(server.shop.paid) == 2


ENDS = "2027-01-15T08:00:00Z"


@pytest.mark.parametrize(
    ("end", "refused"),
    [
        ({}, {}),
        ({"expiresAt": ENDS}, {}),
        ({}, {"Date": "Fri, 15 Jan 2027 08:00:00 GMT"}),
        ({"expiresAt": ENDS}, {"Date": "Fri, 15 Jan 2027 07:59:59 GMT"}),
    ],
    ids=["nothing is told", "no date", "no end", "before its end"],
)
def test_t51_a_refusal_is_no_reason_to_buy_another_token(
    studio: Studio, server: Server, cat: Path, *, end: dict[str, str], refused: dict[str, str]
) -> None:
    server.shop.answers = [tokened(**end)]
    server.answers[PUT].insert(0, code(403, **refused))
    with pytest.raises(UploadFailed, match="goes on with it"):
        Files(studio)(cat)
    assert Files(studio)(cat) == BLOB

    assert len(server.shop.paid) == 1


def test_t51_a_token_that_has_expired_is_written_off(
    studio: Studio, server: Server, cat: Path, ledger: SqliteLedger
) -> None:
    server.shop.answers = [tokened(expiresAt=ENDS), tokened(uploadId="up-2")]
    server.answers[PUT].insert(0, code(403, Date="Fri, 15 Jan 2027 08:00:00 GMT"))
    with pytest.raises(UploadFailed, match="a new upload pays again"):
        Files(studio)(cat)
    assert Files(studio)(cat) == BLOB

    assert [attempt.delivery for attempt in ledger.attempts()] == ["lost", "saved"]


def test_t51_an_erased_token_is_written_off(
    studio: Studio, server: Server, cat: Path, ledger: SqliteLedger
) -> None:
    server.answers[PUT].insert(0, code(503))
    server.answers[PUT][1:1] = [code(503)] * 3
    with pytest.raises(UploadFailed):
        Files(studio)(cat)
    ledger.purge()
    with pytest.raises(UploadFailed, match="erased since"):
        Files(studio)(cat)
    assert Files(studio)(cat) == BLOB


def test_t51_another_file_has_its_own_token(studio: Studio, server: Server, cat: Path) -> None:
    server.answers[PUT][0:0] = [code(503)] * 4
    with pytest.raises(UploadFailed):
        Files(studio)(cat)
    cat.write_bytes(PNG + b"more")
    assert Files(studio)(cat) == BLOB

    assert len(server.shop.paid) == 2


def test_t51_the_same_file_is_not_paid_for_twice_at_once(studio: Studio, server: Server, cat: Path) -> None:
    bought = server.shop.answers[0]
    failures: list[UploadFailed] = []

    def meanwhile(request: httpx.Request) -> httpx.Response:
        try:
            Files(studio)(cat)
        except UploadFailed as failure:
            failures.append(failure)
        return bought(request)

    server.shop.answers[0] = meanwhile
    assert Files(studio)(cat) == BLOB
    assert [failure.step for failure in failures] == ["check"]
    assert len(server.shop.paid) == 1


class Broken(httpx.SyncByteStream):
    """A body that breaks off at once."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"{"
        raise httpx.ReadError("as told")


def loses_the_token(request: httpx.Request) -> httpx.Response:
    """Settle, and let the answer break off: its receipt arrived, its token did not."""
    answer = tokened()(request)
    return httpx.Response(200, headers={**answer.headers, "Content-Length": "500"}, stream=Broken())


@pytest.fixture
def lost(server: Server, studio: Studio, cat: Path, ledger: SqliteLedger) -> str:
    """An upload whose token was paid for, and whose answer no server gives twice: its attempt."""
    used = status(402, error="nonce_already_used")
    server.shop.answers = [loses_the_token, used, tokened(uploadId="up-2")]
    for _ in range(2):
        with pytest.raises(
            PaymentOutcomeUnknown, match=r"has settled, .* `coinslot ledger resolve att_\w+ lost`"
        ):
            Files(studio)(cat)
    (attempt,) = ledger.attempts()
    assert (attempt.money, attempt.delivery) == ("settled", "none")
    return attempt.id


def test_t51_a_token_that_never_came_is_given_up_by_a_person(
    studio: Studio, server: Server, cat: Path, ledger: SqliteLedger, lost: str
) -> None:
    ledger.resolve(lost, "lost", "the server gives it once")

    assert Files(studio)(cat) == BLOB
    assert [attempt.delivery for attempt in ledger.attempts()] == ["lost", "saved"]


def test_t51_an_upload_of_another_name_is_another_upload(
    studio: Studio, server: Server, cat: Path, lost: str
) -> None:
    server.answers["/uploads/cat.png"] = [code(200)]
    assert [Files(studio)(cat, idempotency_key="again") for _ in range(2)] == [BLOB, BLOB]
    assert len(server.shop.credentials) == 2
    # What was uploaded under a name is known without it, too.
    assert Files(studio)(cat) == BLOB
    assert len(server.shop.credentials) == 2


def test_t51_the_name_of_an_upload_is_no_other_files_name(
    studio: Studio, server: Server, cat: Path, ledger: SqliteLedger
) -> None:
    Files(studio)(cat, idempotency_key="cover")
    cat.write_bytes(PNG + b"more")
    with pytest.raises(ConflictingCall, match="another file"):
        Files(studio)(cat, idempotency_key="cover")
    assert len(server.shop.paid) == 1
