"""Equal bytes are bought once, whoever uploads them at the same time and whatever they are called."""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from coinslot import ConflictingCall, PaymentOutcomeUnknown, UploadFailed
from coinslot.backend import Surroundings
from coinslot.ledger import SqliteLedger
from coinslot.paid_call import PaidCall, call_identity
from coinslot.uploads import UploadProgress
from coinslot.wire import encode
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server
from stablestudio import StableStudio
from tests.payments.conftest import ORIGIN, Clock
from tests.proof.mortal import Fate, Forked, MortalLedger, MortalTransport, in_a_process
from tests.runtime.studio import PNG, UPLOAD, Files, code
from tests.uploads.editing import BLOB, CONFIRM, PUT, Host, Studio

DOCUMENT = Path(__file__).parents[2] / "generated" / "stablestudio.openapi.json"


class Meanwhile:
    """Another program, which begins when the first one's request is on its way."""

    def __init__(self, host: Host, upload: Callable[[Callable[[float], None]], str]) -> None:
        self.addresses: list[str] = []
        self._host = host
        self._upload = upload
        self._stuck = threading.Event()
        self._go_on = threading.Event()
        self._thread: threading.Thread | None = None
        self.at: Callable[[httpx.Request], bool] = lambda request: False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self._thread is None and self.at(request):
            self._thread = threading.Thread(target=self._run)
            self._thread.start()
            assert self._stuck.wait(30)
        return self._host(request)

    def _run(self) -> None:
        self.addresses.append(self._upload(self._sleep))
        self._stuck.set()

    def _sleep(self, seconds: float) -> None:
        self._stuck.set()
        assert self._go_on.wait(30)

    def end(self) -> None:
        self._go_on.set()
        if self._thread is not None:
            self._thread.join(30)


@pytest.mark.parametrize(
    ("path", "paid"),
    [("/api/upload", False), ("/api/upload", True), (PUT, False), (CONFIRM, False)],
    ids=["asked", "paid", "put", "confirmed"],
)
def test_two_programs_and_two_names_are_one_upload(
    made: dict[str, Any], host: Host, clock: Clock, cat: Path, ledger: SqliteLedger, *, path: str, paid: bool
) -> None:
    copy = cat.with_name("copy.png")
    copy.write_bytes(PNG)
    told: list[UploadProgress] = []

    def other(sleep: Callable[[float], None]) -> str:
        waits = Surroundings(now=clock.now, monotonic=clock.now, sleep=sleep)
        given = {**made, "ledger": SqliteLedger(ledger.path), "surroundings": waits}
        with Studio(**given, transport=httpx.MockTransport(meanwhile), on_upload=told.append) as studio:
            return Files(studio)(copy)

    meanwhile = Meanwhile(host, other)
    meanwhile.at = lambda asked: asked.url.path == path and ("payment-signature" in asked.headers) == paid
    made.pop("transport")
    with Studio(**made, transport=httpx.MockTransport(meanwhile)) as studio:
        assert Files(studio)(cat) == f"{BLOB}1"
    meanwhile.end()

    assert meanwhile.addresses == [f"{BLOB}1"]
    assert (host.tokens, len(host.server.asked(PUT)), len(host.server.asked(CONFIRM))) == (1, 1, 1)
    assert [one.step for one in told].count("token") == 1


@pytest.mark.parametrize("path", [PUT, CONFIRM])
def test_a_token_is_gone_on_with_under_another_name(
    options: dict[str, Any], host: Host, cat: Path, path: str
) -> None:
    works = host.server.answers[path]
    host.server.answers[path] = [code(503)]
    with Studio(**options) as studio, pytest.raises(UploadFailed):
        Files(studio)(cat)
    host.server.answers[path] = works
    with Studio(**options) as studio:
        assert Files(studio)(cat.rename(cat.with_name("renamed.png"))) == f"{BLOB}1"
    assert host.tokens == 1


def test_a_name_given_by_the_caller_stays_the_contents_name(
    options: dict[str, Any], host: Host, cat: Path
) -> None:
    with Studio(**options) as studio:
        first = Files(studio)(cat, idempotency_key="cover")
        renamed = cat.rename(cat.with_name("renamed.png"))
        assert Files(studio)(renamed, idempotency_key="cover") == first
        renamed.write_bytes(PNG + b"more")
        with pytest.raises(ConflictingCall):
            Files(studio)(renamed, idempotency_key="cover")
    assert host.tokens == 1


def test_a_name_given_by_the_caller_is_one_upload_also_when_its_file_is_gone(
    options: dict[str, Any], host: Host, cat: Path, ledger: SqliteLedger
) -> None:
    with Studio(**options) as studio:
        first = Files(studio)(cat, idempotency_key="cover")
        host.gone.add(first)
        moved = f"{BLOB}moved"
        host.server.answers[PUT] = [lambda _: httpx.Response(200, json={"url": moved})]
        assert Files(studio)(cat, idempotency_key="cover") == moved
        assert Files(studio)(cat, idempotency_key="cover") == moved
    assert (host.tokens, len(host.server.asked(PUT))) == (1, 2)
    assert [one.address for one in ledger.attempts()] == [moved]


def older(ledger: SqliteLedger, name: str, tail: str) -> None:
    """Let the one upload on record be one of a version that bought each token for one name."""
    (attempt,) = ledger.attempts()
    body = {"filename": name, "contentType": "image/png"}
    asked = encode(UPLOAD.token, f"{ORIGIN}/api/upload", body=body)
    fingerprint = call_identity(PaidCall(asked, UPLOAD.token)).fingerprint
    named = hashlib.sha256(name.encode()).hexdigest()[:8]
    key = f"{(attempt.call.idempotency_key or '')[:39]}-{named}-{tail}"
    with closing(sqlite3.connect(ledger.path)) as db, db:
        db.execute("UPDATE attempts SET idempotency_key = ?, fingerprint = ?", (key, fingerprint))


@pytest.mark.parametrize(("key", "tail"), [(None, "0"), ("cover", "named-cover")])
def test_a_token_of_an_older_version_is_used(
    options: dict[str, Any], host: Host, cat: Path, ledger: SqliteLedger, *, key: str | None, tail: str
) -> None:
    works = host.server.answers[PUT]
    host.server.answers[PUT] = [code(503)]
    with Studio(**options) as studio, pytest.raises(UploadFailed):
        Files(studio)(cat, idempotency_key=key)
    older(ledger, "cat.png", tail)
    host.server.answers[PUT] = works
    with Studio(**options) as studio:
        assert Files(studio)(cat, idempotency_key=key) == f"{BLOB}1"
        assert Files(studio)(cat, idempotency_key=key) == f"{BLOB}1"
    assert host.tokens == 1


@pytest.fixture(scope="module")
def api() -> Iterator[Server]:
    with Sandbox(DOCUMENT.read_bytes(), time_scale=0).serve() as server:
        yield server


def uploads(api: Server) -> int:
    return [urlsplit(payment.resource).path for payment in api.payments].count("/api/upload")


def upload(api: Server, path: Path, mark: bytes, fate: Fate, surroundings: Surroundings | None = None) -> str:
    """Upload a picture in a process that dies at its n-th step (0: never); return where, and the steps."""
    path.write_bytes(PNG + mark)
    ledger = MortalLedger(path.parent / "ledger" / "ledger.sqlite3", fate)
    with (
        closing(ledger),
        StableStudio(
            pay_with=["base"],
            environ=api.wallets[0].environ,
            base_url=api.url,
            ledger=ledger,
            transport=MortalTransport(httpx.HTTPTransport(), fate),
            surroundings=surroundings,
        ) as studio,
    ):
        address = studio.upload(path)
    return "\n".join([address, *fate.steps])


@pytest.mark.loopback
def test_two_processes_buy_equal_bytes_once(api: Server, tmp_path: Path) -> None:
    before = uploads(api)
    work = [partial(upload, api, tmp_path / f"{number}.png", b"both", Fate(0)) for number in range(3)]
    ended = [process.end() for process in [Forked(each) for each in work]]
    assert [status for status, _ in ended] == [0] * 3
    assert len({told.splitlines()[0] for _, told in ended}) == 1
    assert uploads(api) == before + 1


@pytest.mark.loopback
def test_what_a_killed_program_bought_is_used_under_another_name(api: Server, tmp_path: Path) -> None:
    """The token's answer comes once: where the kill took it, nothing more is paid for all the same."""
    hurried = Surroundings(sleep=lambda seconds: None)

    def uploaded(folder: str, name: str, at: int) -> str:
        (tmp_path / folder).mkdir(exist_ok=True)
        return upload(api, tmp_path / folder / name, folder.encode(), Fate(at), hurried)

    _, told = in_a_process(partial(uploaded, "whole", "first.png", 0))
    steps = told.splitlines()[1:]
    signed, got = steps.index("after sign"), steps.index("at the head of POST paid /api/upload")
    kept = steps.index("after conclude")
    for at in range(signed, len(steps)):
        before = uploads(api)
        status, _ = in_a_process(partial(uploaded, f"{at}", "first.png", at + 1))
        assert status == -signal.SIGKILL
        if got <= at < kept:
            with pytest.raises(PaymentOutcomeUnknown):
                uploaded(f"{at}", "second.png", 0)
        else:
            uploaded(f"{at}", "second.png", 0)
        assert uploads(api) == before + 1, steps[at]
