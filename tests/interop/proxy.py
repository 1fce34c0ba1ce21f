"""A line between client and shop that misbehaves as it is told.

A fault is a function of what was asked and of `forward`, which carries it to the shop and returns the
answer; it returns what the client gets, or None where the line goes dead instead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import httpx

GENERATE = "/api/generate/nano-banana-pro/generate"
CREDENTIALS = ("payment-signature", "x-payment", "authorization", "sign-in-with-x")
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True)
class Asked:
    """A request as the client sent it."""

    method: str
    path: str
    headers: httpx.Headers
    body: bytes

    @property
    def leg(self) -> str:
        """Which part of a call it is: `paid`, `unpaid`, `list` or `poll`."""
        if self.method == "POST":
            return "paid" if "payment-signature" in self.headers else "unpaid"
        return "list" if self.path.partition("?")[0].endswith("/jobs") else "poll"


@dataclass(frozen=True)
class Answer:
    """What the client gets."""

    status: int
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytes = b""
    cut: int | None = None
    """How many bytes of the whole answer are sent before the line goes dead; None: all."""

    def having(self, **fields: str) -> Answer:
        """Return it with other header fields; underscores stand for hyphens."""
        headers = httpx.Headers(self.headers)
        headers.update({name.replace("_", "-"): value for name, value in fields.items()})
        return replace(self, headers=headers)


Forward: TypeAlias = Callable[[], Answer]
Fault: TypeAlias = Callable[[Asked, Forward], Answer | None]


@dataclass
class Line:
    """The proxy, and what was seen on it."""

    origin: str
    shop: str
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    """What happens to the next requests of each leg, the nearest first."""
    seen: list[Asked] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, leg: str, *faults: Fault) -> None:
        """Let these faults befall the next requests of a leg."""
        self.faults.setdefault(leg, []).extend(faults)

    def forget(self) -> None:
        """Be as a new line is."""
        self.heal()
        self.seen.clear()

    def heal(self) -> None:
        """Forget what was planned."""
        self.faults.clear()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Answer nothing until the block ends."""
        with self._guard:
            yield

    def count(self, leg: str) -> int:
        """Return how many requests of a leg were seen."""
        return sum(asked.leg == leg for asked in self.seen)

    def answer(self, asked: Asked, wire: httpx.Client) -> Answer | None:
        """Answer a request as the plan wants it."""
        with self._guard:
            self.seen.append(asked)
            waiting = self.faults.get(asked.leg)
            fault = waiting.pop(0) if waiting else None

        def forward() -> Answer:
            fields = [(name, value) for name, value in asked.headers.multi_items() if name not in _HOP]
            told = wire.request(asked.method, self.shop + asked.path, headers=fields, content=asked.body)
            kept = [(name, value) for name, value in told.headers.multi_items() if name not in _HOP]
            return Answer(told.status_code, httpx.Headers(kept), told.content)

        return fault(asked, forward) if fault is not None else forward()


@dataclass
class Stranger:
    """Another origin, to which no credential may ever come."""

    origin: str
    answer_with: Answer
    seen: list[Asked] = field(default_factory=list)

    def credentials(self) -> list[str]:
        """Return the names of all credentials that came."""
        return [name for asked in self.seen for name in CREDENTIALS if name in asked.headers]


@contextmanager
def line_to(shop: str, wire: httpx.Client) -> Iterator[Line]:
    """Run a proxy in front of a shop until the block ends."""
    with _listening(lambda asked: line.answer(asked, wire)) as origin:
        line = Line(origin, shop)
        yield line


@contextmanager
def stranger(answer: Answer) -> Iterator[Stranger]:
    """Run another origin until the block ends."""

    def told(asked: Asked) -> Answer:
        other.seen.append(asked)
        return other.answer_with

    with _listening(told) as origin:
        other = Stranger(origin, answer)
        yield other


@contextmanager
def _listening(answer: Callable[[Asked], Answer | None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, httpx.Headers(self.headers.items()), body)
            told = answer(asked)
            self.close_connection = True
            if told is None:
                return
            raw = _raw(told)
            self.wfile.write(raw if told.cut is None else raw[: told.cut])

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - names of the standard library's

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _raw(answer: Answer) -> bytes:
    fields = [
        *answer.headers.multi_items(),
        ("Content-Length", str(len(answer.body))),
        ("Connection", "close"),
    ]
    lines = [f"HTTP/1.1 {answer.status} As told", *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("latin-1") + answer.body
