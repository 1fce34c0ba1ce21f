"""A client that a process was forked with: parent and child share neither connections nor locks."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from itertools import count
from pathlib import Path
from types import FrameType, ModuleType
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


LATE = """
from functools import cached_property
from coinslot import Client
from late.stop import stop
from pydantic import BaseModel, field_validator

THROUGH: dict[str, str] = {}

class Checked(BaseModel):
    name: str

    @field_validator("name")
    @classmethod
    def check(cls, name: str) -> str:
        stop()
        THROUGH["checked"] = name
        return name

class Late(Client):
    ORIGIN = "http://127.0.0.1:4020"

    @cached_property
    def loaded(self) -> str:
        from .group import NAME

        return NAME

    @cached_property
    def made(self) -> str:
        stop()
        return "made"

    @property
    def checked(self) -> str:
        return Checked(name="checked").name
"""
GROUP = """
from late.stop import stop

stop()
NAME = "loaded"
"""


@pytest.mark.parametrize("name", ["loaded", "made", "checked"])
def test_a_fork_waits_for_a_thread_at_what_a_first_call_does(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Modules, parts of a client, models: with what is half made at the fork, nobody in the child goes on."""
    (package := tmp_path / "late").mkdir()
    for module, text in {"__init__": "", "_client": LATE, "group": GROUP}.items():
        (package / f"{module}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    stop = Stop(0)
    monkeypatch.setitem(sys.modules, "late.stop", type("", (), {"stop": stop.here}))
    for module in ("late", "late._client", "late.group"):
        # What is imported below is forgotten afterwards.
        monkeypatch.setitem(sys.modules, module, ModuleType(module))
        del sys.modules[module]
    client = import_module("late._client")
    made = client.Late()
    thread = threading.Thread(target=getattr, args=(made, name))
    thread.start()
    stop.reached.wait()
    ended = in_a_process(lambda: str(signal.alarm(30) or {**vars(made), **client.THROUGH}.get(name)))
    stop.forked.set()
    thread.join()
    assert ended == (0, name)


def test_a_fork_waits_for_a_thread_that_begins_with_tls(origin: str) -> None:
    """OpenSSL, too, has locks then that a child would never see the end of."""
    stop, begun = Stop(0), threading.Event()

    def at(frame: FrameType, event: str, _: object) -> None:
        if frame.f_code is ssl.create_default_context.__code__:
            stop.here() if event == "call" else begun.set()

    def begin() -> None:
        sys.setprofile(at)
        with asking(origin) as asked:
            asked()
        sys.setprofile(None)

    thread = threading.Thread(target=begin)
    thread.start()
    stop.reached.wait()
    ended = in_a_process(lambda: str(begun.is_set()))
    stop.forked.set()
    thread.join()
    assert ended == (0, "True")


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
