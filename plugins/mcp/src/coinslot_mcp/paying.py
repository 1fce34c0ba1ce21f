"""Payments: a quote is paid once, by its id, and gives its job at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import anyio
from mcp import types
from mcp.server.context import ServerRequestContext
from pydantic import ValidationError

from coinslot import AsyncJob, Attempt, CoinslotError, Route
from coinslot.attempt import RELEASED
from coinslot.call import performed_as
from coinslot.effects import Effect, Flow, Send
from coinslot.money import show
from coinslot.terms import Agreed, Budget
from coinslot_mcp.answering import answered
from coinslot_mcp.catalogue import Entry
from coinslot_mcp.consent import Consent
from coinslot_mcp.failing import Known, failure
from coinslot_mcp.folders import NotAllowed
from coinslot_mcp.quotes import AgentQuote
from coinslot_mcp.quoting import BadArguments, filled, misfit, reasons_to_ask
from coinslot_mcp.shop import Shop
from coinslot_mcp.telling import cleaned, refusal, told

_NOTHING = "Nothing was signed and nothing was paid."
_ASK_AGAIN = "Ask for another quote if it is still wanted."
_LONGEST_ARGUMENTS = 600


class Till:
    """Takes quotes and pays them, each once."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._consent = Consent()
        self._turns: dict[str, anyio.Lock] = {}

    async def pay(
        self, context: ServerRequestContext, params: types.CallToolRequestParams, quote_id: str
    ) -> types.CallToolResult | types.InputRequiredResult:
        """Pay a quote, or give again what it has bought."""
        quote = self._shop.quotes.find(quote_id)
        entry = None if quote is None else self._shop.entries.get(quote.entry)
        if quote is None or entry is None or quote.origin != self._shop.origin:
            return await self._forgotten(quote_id)
        # Two calls for one quote: the second waits, and gets what the first one bought.
        turn = self._turns.setdefault(quote.id, anyio.Lock())
        async with turn:
            try:
                return await self._paid(context, params, quote, entry)
            except CoinslotError as error:
                return await self._failed(quote, error)

    async def _paid(
        self,
        context: ServerRequestContext,
        params: types.CallToolRequestParams,
        quote: AgentQuote,
        entry: Entry,
    ) -> types.CallToolResult | types.InputRequiredResult:
        attempt = await anyio.to_thread.run_sync(self._shop.paid_with, quote.id)
        if attempt is not None and attempt.money not in RELEASED:
            return await self._again(quote, entry, attempt)
        if self._shop.quotes.expired(quote):
            return _refused("The quote has expired: it holds for five minutes.", _ASK_AGAIN)
        why = " ".join(reasons_to_ask(self._shop, quote))
        if not why:
            return await self._unasked(quote, entry)
        held = await anyio.to_thread.run_sync(self._shop.held)
        question = _question(quote, entry, why, held.day, self._shop.caps.day)
        said = await self._consent.of(context, params, quote, question)
        if isinstance(said, types.InputRequiredResult):
            return said
        if said != "yes":
            return _refused(*_NO[said], why=why)
        if self._shop.quotes.expired(quote):
            return _refused("The quote expired before it was agreed to.", _ASK_AGAIN)
        self._shop.unasked.spent = Decimal(0)
        return await self._bought(quote, entry)

    async def _forgotten(self, quote_id: str) -> types.CallToolResult:
        """Answer for a quote that is not known (any more); what it paid for is on record all the same."""
        attempt = await anyio.to_thread.run_sync(self._shop.paid_with, quote_id)
        if attempt is None or attempt.money in RELEASED:
            return _refused("There is no such quote (any more).", _ASK_AGAIN)
        return refusal(
            "There is no such quote any more, and it was paid with.",
            paid=_known(attempt),
            money=f"{show(attempt.price)} was taken, or may have been.",
            do="Do not buy the same thing again: jobs_list shows what was bought, and the user sees it in: "
            f"coinslot ledger show {attempt.id}",
            attempt=attempt.id,
        )

    async def _unasked(self, quote: AgentQuote, entry: Entry) -> types.CallToolResult:
        """Buy without asking. It counts from before it is signed: others may be under way."""
        unasked = self._shop.unasked
        unasked.spent += quote.cost
        try:
            result = await self._bought(quote, entry)
        except CoinslotError as error:
            result = await self._failed(quote, error)
        except (BadArguments, NotAllowed):
            unasked.take_back(quote.cost)
            raise
        if (result.structured_content or {}).get("paid") == "no":
            # An upload for it may have been paid before.
            unasked.take_back(quote.price)
        return result

    async def _failed(self, quote: AgentQuote, error: CoinslotError) -> types.CallToolResult:
        """Tell an error, and what the ledger knows of the quote's payment."""
        try:
            attempt = await anyio.to_thread.run_sync(self._shop.paid_with, quote.id)
        except CoinslotError:
            return failure(error, paid="unknown", quote_id=quote.id)
        if attempt is None or attempt.money in RELEASED:
            return failure(error, quote_id=quote.id)
        return failure(error, paid=_known(attempt), quote_id=quote.id)

    async def _bought(self, quote: AgentQuote, entry: Entry) -> types.CallToolResult:
        given, files = await filled(self._shop, entry, quote.arguments)
        if files != quote.files:
            return _refused("A file is not what it was when the quote was made.", _ASK_AGAIN)
        return await self._called(quote, entry, given)

    async def _called(self, quote: AgentQuote, entry: Entry, given: dict[str, Any]) -> types.CallToolResult:
        budget = self._shop.caps.budget
        call = performed_as(entry.call, lambda flow: _as_agreed(flow, entry.route, quote.agreed, budget))
        try:
            paying = call(**given, max_price=quote.cost, idempotency_key=quote.key)
        except ValidationError as error:
            raise misfit(error) from None
        answer = await paying
        if isinstance(answer, AsyncJob):
            return await self._job_told(quote, answer.attempt_id)
        left = await anyio.to_thread.run_sync(self._shop.left)
        return answered({"quote_id": quote.id, "paid": "yes", "cost": show(quote.cost), **left}, answer)

    async def _again(self, quote: AgentQuote, entry: Entry, attempt: Attempt) -> types.CallToolResult:
        """Give again what was bought, or find out what became of a payment. Signs nothing."""
        if attempt.job_id is not None:
            return await self._job_told(quote, attempt.id)
        if attempt.money == "settled" or not self._shop.quotes.expired(quote):
            # A file that is gone is no reason to say that nothing was paid: what was sent is looked up.
            with suppress(BadArguments, NotAllowed):
                given, files = await filled(self._shop, entry, quote.arguments)
                if files == quote.files:
                    return await self._called(quote, entry, given)
        # The same call could pay anew, once the first payment is proven void: too late for this quote.
        with suppress(CoinslotError):
            await self._shop.client.recover()
        found = self._shop.ledger.attempt(attempt.id) or attempt
        if found.job_id is not None:
            return await self._job_told(quote, found.id)
        if found.money in RELEASED:
            return _refused("The payment is proven never to have been made.", _ASK_AGAIN)
        return refusal(
            "PaymentOutcomeUnknown",
            paid=_known(found),
            money=f"{show(found.price)} may have been taken.",
            do="Do not buy the same thing again: tell the user, who sees it in: coinslot ledger show "
            f"{found.id}. Calling pay with this quote_id again looks it up again.",
            attempt=found.id,
        )

    async def _job_told(self, quote: AgentQuote, attempt_id: str | None) -> types.CallToolResult:
        return told(
            {
                "paid": "yes",
                "cost": show(quote.cost),
                "job": attempt_id,
                "quote_id": quote.id,
                "next": "The job is under way. Call job_wait with this job for its result.",
                **await anyio.to_thread.run_sync(self._shop.left),
            }
        )


_NO = {
    "no": ("The person who was asked did not agree.", "Do not ask again unless the user says so."),
    "nobody": (
        "It needs a person's yes, and this host cannot ask for one (MCP elicitation).",
        "Tell the user, with the reason: they can start this server with other limits, or buy it themselves.",
    ),
}


def _known(attempt: Attempt) -> Known:
    """Say what is known of the money of an attempt that was not released."""
    return "yes" if attempt.money == "settled" or attempt.job_id is not None else "unknown"


def _refused(what: str, do: str, **facts: str) -> types.CallToolResult:
    return refusal(what, paid="no", money=_NOTHING, do=do, **facts)


def _question(quote: AgentQuote, entry: Entry, why: str, spent: Decimal, limit: Decimal) -> str:
    """Return what a person is asked: the facts first, then what the agent wrote, on one line."""
    arguments = str(cleaned(quote.arguments))
    if len(arguments) > _LONGEST_ARGUMENTS:
        whole = len(str(quote.arguments))
        arguments = f"{arguments[:_LONGEST_ARGUMENTS]}… (cut: it has {whole} characters)"
    return (
        f"Pay {show(quote.cost)} to {quote.origin} ({quote.agreed.payee} on {quote.agreed.network}) for "
        f"{entry.route}? {why} Agents spent {show(spent)} there in the last 24 hours, of {show(limit)}. "
        f"The agent asks for: {arguments}"
    )


def _as_agreed(flow: Flow[Any], route: Route[Any, Any], agreed: Agreed, budget: Budget) -> Flow[Any]:
    """Run a call's flow: all that it pays is paid out of the budget, and the call itself only as agreed."""
    step: Callable[[Any], Effect] = flow.send
    given: Any = None
    while True:
        try:
            effect = step(given)
        except StopIteration as stop:
            return stop.value
        if isinstance(effect, Send) and effect.terms is not None:
            bound = agreed if effect.terms.route is route else None
            effect = replace(effect, terms=replace(effect.terms, budget=budget, agreed=bound))
        try:
            step, given = flow.send, (yield effect)
        except BaseException as error:  # noqa: BLE001 - the flow decides what it means
            step, given = flow.throw, error
