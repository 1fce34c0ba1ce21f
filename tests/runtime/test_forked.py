"""A client that a process was forked with: parent and child share neither connections nor locks."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import pytest

from coinslot._proxies import AsyncDirectTransport, DirectTransport
from coinslot.effects import Flow
from coinslot.ledger import SqliteLedger
from coinslot.ledger._place import read_mounts
from coinslot.uploads import LocalFile, Site, Upload
from tests.proof.mortal import in_a_process
from tests.runtime.studio import PNG, Files, Studio

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked there"),
]


class _WhoAsks(BaseHTTPRequestHandler):
    """Says by which connection it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        said = str(self.client_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _WhoAsks) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@contextmanager
def asking(origin: str) -> Iterator[Callable[[], str]]:
    with DirectTransport() as transport:
        yield lambda: transport.handle_request(httpx.Request("GET", origin)).read().decode()


@contextmanager
def asking_async(origin: str) -> Iterator[Callable[[], str]]:
    transport, here, loop = AsyncDirectTransport(), os.getpid(), asyncio.new_event_loop()

    async def asked() -> str:
        response = await transport.handle_async_request(httpx.Request("GET", origin))
        return (await response.aread()).decode()

    yield lambda: loop.run_until_complete(asked()) if os.getpid() == here else asyncio.run(asked())
    loop.run_until_complete(transport.aclose())
    loop.close()


@pytest.mark.parametrize("way", [asking, asking_async])
def test_a_fork_asks_by_a_connection_of_its_own(
    origin: str, way: Callable[[str], AbstractContextManager[Callable[[], str]]]
) -> None:
    """By one that both have, each could read an answer of the other's."""
    with way(origin) as asked:
        ours = asked()
        ended, its = in_a_process(asked)
        assert ended == 0
        assert its != ours
        assert asked() == ours


class Stop:
    """Stops a thread at the n-th function of ours that it calls, until a fork was made or waits for it."""

    def __init__(self, at: int) -> None:
        self.reached, self.forked, self.left = threading.Event(), threading.Event(), at

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "coinslot" in frame.f_code.co_filename:
            self.left -= 1
            if not self.left:
                self.here()

    def here(self) -> None:
        self.reached.set()
        self.forked.wait(0.05)

    def work(self, ledger: SqliteLedger) -> None:
        sys.setprofile(self)
        used(ledger)
        sys.setprofile(None)
        self.reached.set()


def used(ledger: SqliteLedger) -> str:
    ledger.leave(ledger.enter())
    return str(len(ledger.attempts()))


def used_in_time(ledger: SqliteLedger) -> str:
    signal.alarm(30)
    return used(ledger)


def test_a_fork_waits_for_no_thread_that_it_does_not_have(tmp_path: Path) -> None:
    """What a thread of the parent holds of a ledger when it forks, it would hold in the child for ever."""
    mounts = read_mounts()
    used(SqliteLedger(tmp_path / "imported.sqlite3"))
    for at in count(1):
        ledger, stop = SqliteLedger(tmp_path / str(at) / "ledger.sqlite3", mounts=lambda: mounts), Stop(at)
        thread = threading.Thread(target=stop.work, args=(ledger,))
        thread.start()
        stop.reached.wait()
        ended = in_a_process(partial(used_in_time, ledger))
        stop.forked.set()
        thread.join()
        ledger.close()
        assert ended == (0, "0"), f"when a thread was at step {at}"
        if stop.left > 0:
            break
    assert at > 20  # or nothing was stopped


class Forking:
    """An upload in the midst of which a forked process makes the same one."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.again: Callable[[], str] = str

    def upload(self, upload: Upload, file: LocalFile, site: Site) -> Flow[str]:
        yield from ()
        return "uploaded" if os.getpid() != self.process else str(in_a_process(self.again))


def test_a_fork_does_not_wait_for_an_upload_of_its_parent(made: dict[str, Any]) -> None:
    """Nobody in the child would ever end it; by the ledger, its steps are bought once all the same."""
    with Studio(**made, uploads=(forking := Forking())) as studio:
        forking.again = partial(Files(studio), PNG)
        assert Files(studio)(PNG) == str((0, "uploaded"))
