"""Keys, credentials and tokens: in no repr, log, error, traceback, pickle, cassette or command line."""

from __future__ import annotations

import base64
import copy
import inspect
import logging
import pickle
import re
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import httpx
import pytest
from click.testing import CliRunner

from coinslot import AsyncClient, Client, Route
from coinslot._cli import build
from coinslot.backend import Setting
from coinslot.backends import load_backend, load_backends
from coinslot.errors import ConfigurationError, PaymentOutcomeUnknown, SignInRefused
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from coinslot.transport import AsyncPaymentTransport, CallTerms, PaymentTransport
from tests.payments.conftest import (
    DEVELOPMENT_KEY,
    ORIGIN,
    PAYEE,
    ROUTE,
    Buyer,
    MakeBuyer,
    Shop,
    accepted,
    broken,
    encode,
    offer,
    receipt,
    status,
)
from tests.runtime.studio import PNG, Files, Server, Studio, code
from tests.runtime.test_uploads import tokened
from tests.threats.coin import CoinBackend
from tests.threats.loopback import served

KEY = DEVELOPMENT_KEY.removeprefix("0x")
SIGNED: Route[Any, Any] = Route("GET", "/api/jobs", access="signed")


def key_forms() -> set[str]:
    raw = bytes.fromhex(KEY)
    return {KEY, KEY.upper(), repr(raw)[2:-1], base64.b64encode(raw).decode(), str(int(KEY, 16))}


def sent_secrets(requests: Iterable[httpx.Request]) -> set[str]:
    """Everything in requests that could be used by whoever reads it."""
    found: set[str] = set()
    for request in requests:
        for name in ("payment-signature", "sign-in-with-x", "authorization"):
            value = request.headers.get(name)
            if value is not None:
                found.add(value)
                with_padding = value.partition(" ")[2] or value
                found.update(re.findall(r"0x[0-9a-f]{130}", _decoded(with_padding)))
    return found


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text + "==").decode("latin-1")
    except ValueError:
        return ""


def shown(act: Callable[[], object]) -> str:
    """All that a report of the error that `act` raises could show, values of local variables included."""
    try:
        act()
    except BaseException as error:  # noqa: BLE001 - Ctrl-C too
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        told = ["".join(report.format()), str(error), repr(error), repr(vars(error))]
        try:
            told.append(pickle.dumps(error).decode("latin-1"))
        except Exception as unpicklable:  # noqa: BLE001 - then nothing of it is written down
            told.append(repr(unpicklable))
        return "\n".join(told)
    pytest.fail("nothing was raised")


def press(_: httpx.Request) -> httpx.Response:
    raise KeyboardInterrupt


AFTER_SIGNING = {
    "rejected": [status(400)],
    "refused twice": [status(402)] * 2,
    "unknown": [broken(httpx.ReadTimeout)] * 5,
    "ctrl-c": [press],
}


@pytest.mark.parametrize("answers", AFTER_SIGNING.values(), ids=AFTER_SIGNING)
def test_t39_t40_no_report_of_an_error_shows_key_or_credential(
    shop: Shop, buyer: Buyer, answers: list[Any]
) -> None:
    shop.answers = list(answers)
    report = shown(buyer.draw)

    secrets = key_forms() | sent_secrets([*shop.paid, *shop.looked])
    assert len(secrets) >= len(key_forms()) + 4
    assert [secret for secret in secrets if secret in report] == []


def test_t40_a_full_disk_at_the_worst_moment_shows_no_credential(shop: Shop, buyer: Buyer) -> None:
    kept: list[Any] = []

    def full(*arguments: Any) -> Any:
        kept.append(arguments)
        raise OSError(28, "No space left on device")

    buyer.ledger.sign = full  # type: ignore[method-assign,assignment]
    report = shown(buyer.draw)

    ((_, _, credential, envelope, _),) = kept
    secrets = {credential.payload["signature"], envelope.credential_header[1]}
    assert [secret for secret in secrets if secret in report] == []
    assert shop.paid == []


def test_t40_a_refused_sign_in_shows_no_signature(shop: Shop, buyer: Buyer) -> None:
    shop.look = status(401)
    report = shown(
        lambda: buyer.client.get(f"{ORIGIN}/api/jobs", extensions={"coinslot": CallTerms(route=SIGNED)})
    )

    secrets = key_forms() | sent_secrets(shop.looked)
    assert len(secrets) > len(key_forms())
    assert [secret for secret in secrets if secret in report] == []


@pytest.mark.parametrize("step", ["/api/blob/", "/api/upload/confirm"])
def test_t40_a_failed_upload_shows_no_token(
    studio: Studio, server: Server, tmp_path: Path, step: str
) -> None:
    (tmp_path / "cat.png").write_bytes(PNG)
    server.shop.offers = [offer(amount="10000")]
    server.shop.answers = [tokened()]
    server.answers["/api/blob/"] = [
        lambda _: httpx.Response(200, json={"url": "https://store.example/c.png"})
    ]
    server.answers[step] = [code(400)]
    report = shown(lambda: Files(studio)(tmp_path / "cat.png"))

    assert "secret-token" in server.asked("/api/blob/")[0].headers["authorization"]
    secrets = key_forms() | {"secret-token"} | sent_secrets(server.requests)
    assert [secret for secret in secrets if secret in report] == []


@pytest.mark.parametrize("mangled", [KEY[:-1], KEY + "0", "0x" + KEY[:-1] + "g", f"test: {KEY}", " "])
def test_t39_a_key_that_is_none_is_not_repeated(make_buyer: MakeBuyer, mangled: str) -> None:
    buyer = make_buyer(key=mangled)
    report = shown(buyer.draw)

    assert "COINSLOT_EVM_KEY" in report
    assert mangled.strip() == "" or KEY[:-1] not in report


def test_t39_nothing_that_is_made_shows_or_gives_away_the_key(buyer: Buyer, studio: Studio) -> None:
    buyer.draw()
    transport = buyer.client._transport
    backend = transport._till.wallet.backends[0]  # type: ignore[attr-defined]
    for thing in (transport, backend, backend.identity, backend._wallet, studio, studio._face, buyer.client):
        for text in (repr(thing), str(thing), repr(getattr(thing, "__dict__", ""))):
            assert not [form for form in key_forms() if form in text], type(thing)
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever says no
            pickle.dumps(thing)
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        copy.deepcopy(backend._wallet)
    setting = Setting({"COINSLOT_EVM_KEY": DEVELOPMENT_KEY})
    assert KEY not in repr(setting)


@pytest.mark.loopback
def test_t39_t40_no_log_shows_key_or_credential(
    shop: Shop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shop.answers = [broken(httpx.ReadError), status(503), accepted()]
    with served(shop) as origin:
        transport = PaymentTransport(
            pay_with=["base"],
            policy=Policy(payees={origin: [PAYEE]}),
            ledger=SqliteLedger(tmp_path / "ledger.sqlite3"),
            environ={"COINSLOT_EVM_KEY": DEVELOPMENT_KEY},
        )
        object.__setattr__(transport._surroundings, "sleep", lambda seconds: None)
        with httpx.Client(transport=transport) as client:
            call = {"coinslot": CallTerms(route=ROUTE)}
            answer = client.post(f"{origin}/api/draw", json={"prompt": "a cat"}, extensions=call)

    assert answer.status_code == 200
    assert {"httpcore.http11", "httpx"} <= {record.name for record in caplog.records}
    logged = "\n".join([caplog.text, *(repr(vars(record)) for record in caplog.records)])
    secrets = key_forms() | sent_secrets([*shop.paid, *shop.looked])
    assert len(secrets) >= len(key_forms()) + 4
    assert [secret for secret in secrets if secret in logged] == []


def test_t40_what_is_kept_and_shown_of_an_attempt_is_no_credential(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 5
    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw()

    (attempt,) = buyer.ledger.attempts()
    told = [repr(attempt), repr(attempt.evidence)]
    owner = buyer.ledger.enter()
    claims = [buyer.ledger.claim(attempt.id, owner)]
    told.append(repr(claims))
    buyer.ledger.leave(owner)
    listed = CliRunner().invoke(build(), ["ledger", "show", attempt.id, "--json"], env=_home(buyer))
    told += [listed.output]
    assert not [secret for secret in sent_secrets(shop.paid) for text in told if secret in text]


def _home(buyer: Buyer) -> dict[str, str]:
    return {"COINSLOT_HOME": str(buyer.ledger.path.parent)}


SUSPECT = re.compile(r"(?<!idempotency_)key|secret|private|mnemonic|seed|passphrase|password", re.IGNORECASE)


def commands(command: click.Command, context: click.Context) -> Iterable[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from commands(found, context)


def test_t41_no_command_and_no_client_takes_a_key() -> None:
    root = build()
    for command in commands(root, click.Context(root)):
        for parameter in command.params:
            if isinstance(parameter.type, click.Path | click.Choice | click.types.BoolParamType):
                continue  # where a secret is, and not the secret
            # A file or a descriptor to read a secret from is how one is to be given.
            if str(parameter.name).endswith(("_file", "_fd")):
                continue
            told = f"{parameter.name} {' '.join(parameter.opts)}"
            assert not SUSPECT.search(told), (command.name, told)
    for made in (Client, AsyncClient, PaymentTransport, AsyncPaymentTransport):
        for name in inspect.signature(made).parameters:
            assert not SUSPECT.search(name), (made, name)


def test_t41_the_key_goes_to_no_server(shop: Shop, buyer: Buyer) -> None:
    buyer.draw()

    for request in (*shop.asked, *shop.paid, *shop.looked):
        wire = f"{request.url} {request.headers.raw} {request.content!r} {_everything(request)}"
        assert not [form for form in key_forms() if form in wire]


def _everything(request: httpx.Request) -> str:
    return " ".join(_decoded(value) for value in request.headers.values())


def installed(folder: Path, distribution: str, name: str, module: str) -> None:
    """Lay a distribution that offers a payment backend where Python finds it."""
    info = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[coinslot.backends]\n{name} = {module}:backend\n")
    (folder / f"{module}.py").write_text("raise SystemExit('it was imported')\n")


def test_t56_a_payment_plugin_that_was_not_named_is_not_even_imported(
    shop: Shop, make_buyer: MakeBuyer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path / "site", "helpful-tools", "evil", "evil_backend_1")
    monkeypatch.syspath_prepend(tmp_path / "site")

    assert make_buyer().draw().status_code == 200
    backends = load_backends(None, Setting({"COINSLOT_EVM_KEY": DEVELOPMENT_KEY}))
    assert "evil" not in [backend.name for backend in backends]
    with pytest.raises(ConfigurationError, match="helpful-tools:evil"):
        load_backend("evil", Setting({}))
    with pytest.raises(SystemExit, match="it was imported"):
        load_backend("helpful-tools:evil", Setting({}))


def test_t56_nobody_else_can_answer_to_the_name_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path / "site", "helpful-tools", "base", "evil_backend_2")
    monkeypatch.syspath_prepend(tmp_path / "site")

    with pytest.raises(ConfigurationError, match="claimed twice, by coinslot-base, helpful-tools"):
        load_backend("base", Setting({"COINSLOT_EVM_KEY": DEVELOPMENT_KEY}))


def test_t56_nobody_else_stands_in_the_ledger_under_the_name_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path / "site", "helpful-tools", "other", "evil_backend_3")
    stranger = (
        "from tests.threats.coin import CoinBackend\nbackend = lambda setting: CoinBackend(name='base')\n"
    )
    (tmp_path / "site" / "evil_backend_3.py").write_text(stranger)
    monkeypatch.syspath_prepend(tmp_path / "site")

    for named in ("helpful-tools:other", CoinBackend(name="base")):
        with pytest.raises(ConfigurationError, match="calls itself 'base'"):
            load_backends([named], Setting({}))
    assert load_backends([CoinBackend(name="coin")], Setting({}))


def test_t30_a_sign_in_asked_for_by_another_domain_is_not_signed(shop: Shop, buyer: Buyer) -> None:
    info = {
        "domain": "evil.example",
        "uri": "https://evil.example/api/jobs",
        "version": "1",
        "nonce": "abcdefgh12345678",
        "issuedAt": "2027-01-15T08:00:00Z",
        "expirationTime": "2027-01-15T08:04:00Z",
    }
    chains = [{"chainId": "eip155:8453", "type": "eip191"}]
    asks = {
        "x402Version": 2,
        "accepts": [],
        "extensions": {"sign-in-with-x": {"info": info, "supportedChains": chains}},
    }
    shop.look = lambda _: httpx.Response(402, json={}, headers={"PAYMENT-REQUIRED": encode(asks)})

    with pytest.raises(SignInRefused, match=r"evil\.example"):
        buyer.client.get(f"{ORIGIN}/api/jobs", extensions={"coinslot": CallTerms(route=SIGNED)})
    assert len(shop.looked) == 1


def test_t48_a_forged_receipt_is_no_success(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [accepted(settled=receipt(success="true"))]
    buyer.draw()

    assert [attempt.money for attempt in buyer.ledger.attempts()] == ["unknown"]
