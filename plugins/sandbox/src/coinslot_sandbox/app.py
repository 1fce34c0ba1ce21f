"""The ASGI application: which request goes where."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_sandbox import uploads as upload_steps
from coinslot_sandbox.answers import Answers
from coinslot_sandbox.cashier import Cashier
from coinslot_sandbox.drop import Dropped, gone, hang_up
from coinslot_sandbox.events import asks_for_events
from coinslot_sandbox.exchange import Exchange, Interference, Leg, Moment, Work, sent_path
from coinslot_sandbox.intake import Inputs, Intake, Refused, read_body
from coinslot_sandbox.jobs.desk import Desk
from coinslot_sandbox.keys import Keys
from coinslot_sandbox.media import shelf as media
from coinslot_sandbox.options import Options
from coinslot_sandbox.reply import refusal
from coinslot_sandbox.schema.dialect import Dialect
from coinslot_sandbox.signin import Doorman
from coinslot_sandbox.stray import stray
from coinslot_sandbox.table import Table

NODE_PREFIX = "/_sandbox/node/"
"""Where the nodes of chains in memory are asked, by network."""
DOCUMENT_PATHS = ("/openapi.json", "/api/openapi.json")

_log = logging.getLogger("coinslot_sandbox")


class _Entry:
    """A route, its checks (made when first needed) and its work."""

    def __init__(self, route: RouteSpec, work: Work, dialect: Dialect) -> None:
        self.route = route
        self.work = work
        self._dialect = dialect
        self._intake: Intake | None = None

    @property
    def intake(self) -> Intake:
        if self._intake is None:
            self._intake = Intake(self.route, self._dialect)
        return self._intake


class App:
    """Serves one document's routes, the document itself, and the files that were made or uploaded."""

    def __init__(
        self,
        *,
        api: Api,
        options: Options,
        interfere: Interference,
        dialect: Dialect,
        answers: Answers,
        cashier: Cashier,
        doorman: Doorman,
        keys: Keys,
        desk: Desk,
        shelf: media.Shelf,
        uploads: upload_steps.Uploads | None,
        nodes: Mapping[str, Callable[[bytes], bytes]],
    ) -> None:
        self._api = api
        self._options = options
        self._interfere = interfere
        self._answers = answers
        self._cashier = cashier
        self._doorman = doorman
        self._keys = keys
        self._shelf = shelf
        self._uploads = uploads
        self._nodes = nodes
        self._document_type = "application/json" if api.source.lstrip()[:1] == b"{" else "application/yaml"
        works = {**self._job_works(desk), **self._upload_works()}
        entries = []
        for route in api.routes:
            work = works.get((route.method, route.path)) or (desk.accept if route.job else self._plain)
            entries.append((route.method, route.path, _Entry(route, work, dialect)))
        self._table = Table(entries)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI wants it."""
        if scope["type"] != "http":
            raise RuntimeError(f"the sandbox speaks http, not {scope['type']}")
        request = Request(scope, receive)
        try:
            response = await self._response(request)
            response.headers.setdefault("date", self._date())
            await response(scope, receive, send)
        except Dropped:
            if not hang_up(scope):
                raise
            await gone(receive)

    async def _response(self, request: Request) -> Response:
        try:
            return await self._answer(request)
        except Refused as refused:
            return refused.response
        except Dropped:
            raise
        except Exception:  # noqa: BLE001 # whatever it is, the caller gets an answer and the log the rest
            _log.exception("the sandbox failed at %s %s", request.method, request.url.path)
            return refusal(500, "internal", "the sandbox itself failed; this is a fault of its own")

    def _date(self, off: float = 0.0) -> str:
        return formatdate(self._options.clock.now() + off, usegmt=True)

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        reads = request.method in {"GET", "HEAD"}
        if reads and path in DOCUMENT_PATHS:
            return Response(self._api.source, media_type=self._document_type)
        if reads and path.startswith(media.PREFIX):
            return await self._file(request, "download", media.PREFIX, self._shelf.fetch)
        if request.method == "POST" and path.startswith(NODE_PREFIX):
            return await self._node(request, path.removeprefix(NODE_PREFIX))
        if self._uploads is not None:
            if reads and path.startswith(upload_steps.PREFIX):
                return await self._file(request, "download", upload_steps.PREFIX, self._uploads.fetch)
            if request.method == "PUT" and path.rstrip("/") == self._uploads.put_path.rstrip("/"):
                return await self._put(request, self._uploads)
        found = self._table.find(request.method, sent_path(request))
        if found is None:
            return refusal(404, "not_found", f"the document has no route {path[:200]}")
        if isinstance(found, frozenset):
            allow = ", ".join(sorted(found))
            return refusal(405, "method_not_allowed", f"use {allow}", {"Allow": allow})
        return await self._exchange(request, found.entry, found.path)

    async def _exchange(self, request: Request, entry: _Entry, path: Mapping[str, str]) -> Response:
        raw = await read_body(request, self._options.body_limit)
        let_in = self._keys.check(entry.route, request)
        inputs = entry.intake.read(request, path, raw)
        leg = self._leg(entry.route, request)
        exchange = Exchange(entry.route, request, inputs, _origin(request), leg, raw, self._cashier)
        return await self._through(exchange, lambda: self._serve(exchange, entry.work, let_in=let_in))

    async def _file(
        self, request: Request, leg: Leg, path: str, work: Callable[[Request], Response]
    ) -> Response:
        async def done() -> Response:
            return work(request)

        route, inputs = stray(request.method, path), Inputs({}, dict(request.query_params), None)
        exchange = Exchange(route, request, inputs, _origin(request), leg, b"", self._cashier)
        return await self._through(exchange, done)

    async def _node(self, request: Request, network: str) -> Response:
        answer = self._nodes.get(network)
        if answer is None:
            return refusal(404, "not_found", "no chain of this name is kept here")
        question = await read_body(request, self._options.body_limit)
        try:
            return Response(answer(question), media_type="application/json")
        except (ValueError, KeyError, TypeError, AttributeError):
            return refusal(400, "invalid_request", "not a question in JSON-RPC")

    async def _put(self, request: Request, uploads: upload_steps.Uploads) -> Response:
        content = await read_body(request, self._options.upload_limit)
        origin = _origin(request)
        return await self._file(
            request, "put", uploads.put_path, lambda request: uploads.put(request, content, origin)
        )

    async def _through(self, exchange: Exchange, work: Callable[[], Awaitable[Response]]) -> Response:
        try:
            await self._interfere(Moment.ARRIVED, exchange)
            response = await work()
            response.headers.update(exchange.headers)
        except Refused as refused:
            response = refused.response
        exchange.response = response
        await self._interfere(Moment.ANSWERED, exchange)
        if exchange.dropped:
            raise Dropped
        exchange.response.headers["date"] = self._date(exchange.date_off)
        return exchange.response

    async def _serve(self, exchange: Exchange, work: Work, *, let_in: bool) -> Response:
        match exchange.route.access:
            case "paid":
                return await self._cashier.serve(exchange, work)
            case "signed" if not let_in:
                header = exchange.request.headers.get("SIGN-IN-WITH-X")
                exchange.identity = await self._doorman.identify(
                    header, exchange.origin, sent_path(exchange.request)
                )
                await self._interfere(Moment.VERIFIED, exchange)
        return work(exchange)

    def _leg(self, route: RouteSpec, request: Request) -> Leg:
        match route.access:
            case "paid":
                return "paying" if self._cashier.paying(request) else "asking"
            case "signed":
                return "signed" if "SIGN-IN-WITH-X" in request.headers else "unsigned"
            case _:
                return "open"

    def _plain(self, exchange: Exchange) -> Response:
        accept = exchange.request.headers.get("accept", "")
        events = asks_for_events(accept, exchange.parameters)
        return self._answers.make(exchange.route, {}, events=events)

    def _job_works(self, desk: Desk) -> dict[tuple[str, str], Work]:
        works: dict[tuple[str, str], Work] = {}
        for spec in (route.job for route in self._api.routes if route.job is not None):
            works.setdefault(("GET", spec.status_path), desk.tell(spec))
            works.setdefault(("DELETE", spec.status_path), desk.delete(spec))
            if spec.list_path is not None:
                works.setdefault(("GET", spec.list_path), desk.list(spec))
        return works

    def _upload_works(self) -> dict[tuple[str, str], Work]:
        if self._uploads is None:
            return {}
        spec = self._uploads.spec
        return {
            ("POST", spec.token_path): self._uploads.grant,
            ("POST", spec.confirm_path): self._uploads.confirm,
        }


def _origin(request: Request) -> str:
    host = request.headers.get("host") or ":".join(str(part) for part in request.scope["server"])
    return f"{request.url.scheme}://{host}"
