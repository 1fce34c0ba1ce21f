"""A client that a process was forked with: parent and child share neither connections nor locks."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from coinslot._proxies import AsyncDirectTransport, DirectTransport
from coinslot.ledger import SqliteLedger
from tests.proof.mortal import in_a_process

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


def test_a_fork_waits_for_no_thread_that_it_does_not_have(tmp_path: Path) -> None:
    """What threads of the parent hold in the ledger when it forks, they would hold in the child for ever."""
    ledger, over = SqliteLedger(tmp_path / "ledger.sqlite3"), threading.Event()

    def work() -> None:
        while not over.is_set():
            owner = ledger.enter()
            ledger.attempts()
            ledger.leave(owner)

    def used() -> str:
        signal.alarm(30)
        ledger.leave(ledger.enter())
        return str(len(ledger.attempts()))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            assert in_a_process(used) == (0, "0")
    finally:
        over.set()
        for thread in threads:
            thread.join()
        ledger.close()
