"""Running a sandbox in a thread of this process."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from coinslot_sandbox.drop import LendingProtocol
from coinslot_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from coinslot_sandbox.cashier import Payment
    from coinslot_sandbox.faults import Faults
    from coinslot_sandbox.jobs.store import Job
    from coinslot_sandbox.sandbox import Sandbox
    from coinslot_sandbox.wallets import Wallet

_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Server:
    """A running sandbox."""

    url: str
    """Its origin, as in `http://127.0.0.1:54321`."""
    sandbox: Sandbox

    @property
    def wallets(self) -> list[Wallet]:
        """Funded wallets whose keys are worthless elsewhere."""
        return self.sandbox.wallets

    @property
    def payments(self) -> tuple[Payment, ...]:
        """All payments that were settled, the oldest first."""
        return self.sandbox.payments

    @property
    def faults(self) -> Faults:
        """What goes wrong; faults can be added while the sandbox runs."""
        return self.sandbox.faults

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs that were not deleted, the oldest first."""
        return self.sandbox.jobs


@contextmanager
def running(sandbox: Sandbox, host: str, port: int) -> Iterator[Server]:
    """Run a sandbox until the block ends; raises `SandboxError` where the port is taken."""
    listener = listen(host, port)
    server = uvicorn_server(sandbox)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve([listener])), name="coinslot-sandbox", daemon=True
    )
    thread.start()
    try:
        # The socket listens already: whoever connects early waits in its queue.
        yield Server(address(host, listener), sandbox)
    finally:
        server.should_exit = True
        thread.join(_PATIENCE_SECONDS)
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises `SandboxError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only for sockets that say they are TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as taken:
        listener.close()
        hint = "; --port 0 takes a free one" if taken.errno == errno.EADDRINUSE else ""
        raise SandboxError(f"cannot listen on {host} port {port}: {taken.strerror}{hint}") from taken
    listener.listen(128)
    return listener


def uvicorn_server(sandbox: Sandbox) -> uvicorn.Server:
    """Return the server for a sandbox; it says nothing unless something fails."""
    return uvicorn.Server(
        uvicorn.Config(
            sandbox.app,
            http=LendingProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            # The date is the sandbox's clock's.
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )


def address(host: str, listener: socket.socket) -> str:
    """Return the origin under which a listener is reached."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"
