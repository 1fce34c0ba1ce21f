"""A map whose process is killed half-way: each request is paid once, and every file is there in the end."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import MapReport
from coinslot.backend import Surroundings
from coinslot_sandbox.server import Server
from stablestudio import StableStudio
from tests.many.conftest import Serve, bought
from tests.proof.mortal import Fate, MortalLedger, in_a_process

pytestmark = pytest.mark.loopback

COUNT = 5
PARTS = 4
RUNS = 4


class MortalWire(httpx.BaseTransport):
    """Takes a step before each request and after its answer."""

    def __init__(self, fate: Fate) -> None:
        self._inner = httpx.HTTPTransport()
        self._fate = fate

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._fate.step(f"before {request.url.path}")
        response = self._inner.handle_request(request)
        response.read()
        self._fate.step(f"after {request.url.path}")
        return response

    def close(self) -> None:
        self._inner.close()


def asked(home: Path) -> list[Mapping[str, Any]]:
    """Requests of this folder alone: a wallet has one ledger, and here each folder has its own."""
    return [{"prompt": f"A cat, number {number}, for {home.name}"} for number in range(COUNT)]


def draw(server: Server, home: Path, at: int = 0) -> tuple[MapReport[Any], Fate]:
    """Map the requests, in a process that dies at its n-th step (0: never)."""
    fate = Fate(at)
    with StableStudio(
        pay_with=["base"],
        max_price="0.25",
        base_url=server.url,
        ledger=MortalLedger(home / "ledger.sqlite3", fate),
        transport=MortalWire(fate),
        environ={"COINSLOT_EVM_KEY": server.wallets[0].key},
        surroundings=Surroundings(sleep=lambda seconds: None),
    ) as studio:
        return studio.map(studio.nano_banana_pro.generate, asked(home), save_to=home / "cats"), fate


def test_a_killed_map_goes_on_where_it_was(serve: Serve, home: Path) -> None:
    server = serve(polls=2)
    code, steps = in_a_process(partial(_drawn, server, _made(home / "whole"), 0))
    assert code == 0

    for part in range(1, PARTS):
        before, cats = len(server.payments), _made(home / f"part-{part}")
        code, _ = in_a_process(partial(_drawn, server, cats, part * int(steps) // PARTS))
        assert code == -signal.SIGKILL
        # What was on its way when the process died may be so still: then that is said, and it is paid once.
        for _ in range(RUNS):
            report, _ = draw(server, cats)
            if report.ok:
                break

        assert report.ok, report.failed
        assert len(server.payments) == len(server.jobs) == before + COUNT
        files = list((cats / "cats").iterdir())
        assert len(files) == COUNT
        assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)
        assert Counter(bought(server)[before:]) == {request["prompt"]: 1 for request in asked(cats)}


def test_a_process_that_dies_at_a_files_name_leaves_one_file(
    serve: Serve, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve()
    link = os.link

    def last(*arguments: Any) -> None:
        link(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", last)
        assert in_a_process(partial(_drawn, server, home, 0))[0] == -signal.SIGKILL
    for _ in range(RUNS):
        report, _ = draw(server, home)
        if report.ok:
            break
    files = [path for outcome in report.outcomes for path in outcome.saved]
    assert len(files) == COUNT
    assert sorted((home / "cats").iterdir()) == sorted(files)


def _drawn(server: Server, home: Path, at: int) -> str:
    return str(len(draw(server, home, at)[1].steps))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
