"""The server: tools by their names, over standard input and output."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Any

import anyio
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from pydantic import ValidationError

from coinslot import CoinslotError
from coinslot.money import show
from coinslot.text import clean
from coinslot_mcp import tools
from coinslot_mcp.answering import answered
from coinslot_mcp.catalogue import Entry
from coinslot_mcp.failing import failure
from coinslot_mcp.folders import NotAllowed
from coinslot_mcp.jobs import Jobs
from coinslot_mcp.paying import Till
from coinslot_mcp.quoting import BadArguments, filled, misfit, quote
from coinslot_mcp.shop import Shop
from coinslot_mcp.telling import refusal, told

_ABOUT_PAID = frozenset({"pay", "job_wait", "job_status"})
"""Tools that fail when something was paid already, or may have been; the others never pay."""
_LOGGER = logging.getLogger(__name__)
Answer = types.CallToolResult | types.InputRequiredResult


class Desk:
    """Answers the calls of one host."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._till = Till(shop)
        self._jobs = Jobs(shop)

    async def call(self, context: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
        """Carry out a tool; what goes wrong is told to the agent."""
        try:
            return await self._called(context, params)
        except (BadArguments, NotAllowed) as error:
            do = "Mend the arguments and call again."
            return refusal(str(error), paid="no", money="Nothing was signed and nothing was paid.", do=do)
        except CoinslotError as error:
            return failure(error, paid=None if params.name in _ABOUT_PAID else "no")
        except Exception as error:
            # A defect of ours must neither end the server nor look like a reason to buy again.
            _LOGGER.exception("The tool %r failed", params.name)
            return refusal(
                f"This server failed ({type(error).__name__}).",
                paid="unknown" if params.name in _ABOUT_PAID else "no",
                money="A quote is paid at most once, whatever happened.",
                do="Call the same tool with the same arguments again, pay with the same quote_id; if that "
                "fails as well, tell the user.",
            )

    async def _called(self, context: ServerRequestContext, params: types.CallToolRequestParams) -> Answer:
        name, given = params.name, params.arguments or {}
        for prefix, paid in ((tools.QUOTE, True), (tools.READ, False)):
            entry = self._shop.entries.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
            if entry is not None and entry.paid is paid:
                return await (quote if paid else self._read)(self._shop, entry, given)
        if untaken := tools.untaken(name, given):
            return refusal(
                "; ".join(f"{clean(one, 60)}: not taken here" for one in untaken),
                paid="unknown" if name in _ABOUT_PAID else "no",
                money="This call signed nothing and paid nothing.",
                do="Leave that out and call again.",
            )
        match name:
            case "pay":
                return await self._till.pay(context, params, _text(given, "quote_id"))
            case "job_wait":
                seconds = _seconds(given)
                file_name = _text(given, "file_name") if given.get("file_name") is not None else None
                return await self._jobs.wait(context, _text(given, "job"), seconds, file_name)
            case "job_status":
                return await self._jobs.status(_text(given, "job"))
            case "jobs_list":
                return await self._jobs.listed()
            case "prices":
                return await self._prices()
        raise BadArguments("There is no such tool here.")

    @staticmethod
    async def _read(shop: Shop, entry: Entry, arguments: dict[str, Any]) -> types.CallToolResult:
        given, files = await filled(shop, entry, arguments)
        if files:
            # They would be uploaded, and uploads are paid for: only a quote leads to a payment.
            raise BadArguments("This takes addresses (https://...) and no files: nothing is uploaded for it.")
        call: Any = entry.call
        try:
            return answered({}, await call(**given))
        except ValidationError as error:
            raise misfit(error) from None

    async def _prices(self) -> types.CallToolResult:
        left = await anyio.to_thread.run_sync(self._shop.left)
        calls = [
            {"tool": f"{tools.QUOTE}{one.name}", "about": one.about, "costs": one.price, "takes": one.time}
            for one in self._shop.entries.values()
            if one.paid
        ]
        limits = {
            "one_call": show(self._shop.caps.call),
            "a_person_is_asked_above": show(self._shop.caps.confirm_above),
            **left,
        }
        return told({"limits": limits, "calls": calls})


async def serve(shop: Shop, package: str) -> None:
    """Serve until the host closes standard input."""
    server = server_of(shop, package)
    async with shop.client, stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def server_of(shop: Shop, package: str) -> Server[Any]:
    """Return what answers a host, whatever the words travel over."""
    desk, listed = Desk(shop), tools.listed(shop.entries)

    async def list_tools(
        _context: ServerRequestContext, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=listed)

    return Server(
        f"coinslot-{package.replace('_', '-')}",
        version=version("coinslot-mcp"),
        instructions=tools.instructions(package, shop.entries),
        on_list_tools=list_tools,
        on_call_tool=desk.call,
    )


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise BadArguments(f"{name}: missing, or no text")
    return value


def _seconds(given: dict[str, Any]) -> float:
    value = given.get("timeout_seconds", tools.USUAL_WAIT)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= tools.LONGEST_WAIT:
        raise BadArguments(f"timeout_seconds: a number from 0 to {tools.LONGEST_WAIT}")
    return float(value)
