"""Recording itself: the same bytes each time, nothing secret, and replayable also where it was live."""

from __future__ import annotations

import base64
import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from coinslot_sandbox import Sandbox
from stablestudio import StableStudio
from tests.cassettes import seller
from tests.cassettes.recorder import VCR, Recorder, Request, assert_played, configure, options
from tests.cassettes.scanner import secrets_in
from tests.cassettes.seller import DOCUMENT, PIXEL, Seller
from tests.cassettes.terms import CODED

pytestmark = pytest.mark.loopback


SECRET = ("signature", "nonce", "transaction", "reference", "recentBlockhash")


class Wire(httpx.HTTPTransport):
    """Remembers the credentials and tokens that passed, which no cassette may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        response.read()
        for headers in (request.headers, response.headers):
            for name in CODED & set(headers):
                self._remember(headers[name])
        if "clientToken" in response.text:
            self.secrets.add(response.json()["clientToken"])
        return response

    def _remember(self, value: str) -> None:
        self.secrets.add(value)
        _, _, token = value.partition(" ")
        if token and not value.startswith("Payment "):
            self.secrets.add(token)
        elif not value.startswith("Payment id="):
            encoded = (token or value).replace("-", "+").replace("_", "/")
            self._look(json.loads(base64.b64decode(encoded + "=" * (-len(encoded) % 4))))

    def _look(self, said: Any) -> None:
        if isinstance(said, dict):
            for name, value in said.items():
                if name in SECRET and isinstance(value, str):
                    self.secrets.add(value)
                self._look(value)


def record(shop: AbstractContextManager[Seller], path: Path, file: Path, wire: Wire) -> None:
    """Record an upload, a paid picture and the list of jobs."""
    vcr = VCR(record_mode="all")
    configure(vcr)
    with (
        shop as opened,
        vcr.use_cassette(path, **options(opened.recorder)),
        opened.studio("0.05", wire) as studio,
    ):
        play(studio, file)


def play(studio: StableStudio, file: Path) -> None:
    assert studio.upload(file).endswith("/harbour.png")
    assert studio.grok.edit(prompt="More gulls", images=["https://files.example/a.png"]).id
    assert [state.status for state in studio.jobs.list().items] == ["pending"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.png"
    path.write_bytes(PIXEL)
    return path


@pytest.mark.parametrize("backend", seller.EVERYWHERE)
def test_recording_twice_gives_the_same_bytes_and_no_secret(backend: str, tmp_path: Path, file: Path) -> None:
    recordings = []
    for name in ("first", "second"):
        wire = Wire()
        path = tmp_path / f"{name}.yaml"
        record(seller.sandbox(tmp_path / name, backend, seller.EVERYWHERE), path, file, wire)
        text = path.read_text("utf-8")
        recordings.append(text)

        assert len(wire.secrets) > 10
        assert [secret for secret in wire.secrets if secret in text] == []
        assert list(secrets_in(yaml.safe_load(text))) == []

    assert recordings[0] == recordings[1]


def test_what_was_recorded_by_the_real_clock_and_another_wallet_replays(tmp_path: Path, file: Path) -> None:
    path, wire = tmp_path / "live.yaml", Wire()
    with Sandbox(DOCUMENT.read_bytes()).serve() as server:
        wallet = server.wallets[0]
        environ = {seller.KEY: wallet.key, "COINSLOT_HOME": str(tmp_path / "live")}
        live = seller.service(server.url, environ)
        assert live.surroundings.real
        record(nullcontext(live), path, file, wire)

        text = path.read_text("utf-8")
        assert server.url not in text
        assert wallet.address.lower() not in text.lower()
    assert [secret for secret in wire.secrets if secret in text] == []
    assert list(secrets_in(yaml.safe_load(text))) == []
    replay(path, seller.nobody(tmp_path / "replay"), file)


def replay(path: Path, shop: Seller, file: Path) -> None:
    vcr = VCR(record_mode="none")
    configure(vcr)
    with vcr.use_cassette(path, **options(shop.recorder)) as cassette:
        with shop.studio("0.05") as studio:
            play(studio, file)
        assert_played(cassette)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("x-api-key", "s3cret-1"),
        ("authorization", "Bearer s3cret-1"),
        ("authorization", "s3cret-1"),
        ("cookie", "a=s3cret-1"),
    ],
)
def test_no_key_of_the_api_is_recorded(place: str, value: str) -> None:
    asked = Request("GET", "https://api.example/a?api_key=s3cret-1&q=1", b"", {place: value})
    kept = Recorder(now=lambda: 0.0).request(asked)

    assert "s3cret-1" not in f"{kept.uri} {kept.headers}"
    assert "q=1" in kept.uri
