"""A person's yes, asked for through the agent's host, in either way that the protocol has for it."""

from __future__ import annotations

import secrets
from typing import Literal, TypeAlias

from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError

from coinslot.money import show
from coinslot_mcp.quotes import AgentQuote

Answer: TypeAlias = Literal["yes", "no", "nobody"]

_MEMBER = "pay"
_QUESTION = "consent"
_FIRST_MODERN = "2026-07-28"
_MOST = 1000


class Consent:
    """Asks, and remembers what was asked, so that no answer counts twice or for another quote."""

    def __init__(self) -> None:
        self._asked: dict[str, str] = {}

    async def of(
        self,
        context: ServerRequestContext,
        params: types.CallToolRequestParams,
        quote: AgentQuote,
        question: str,
    ) -> Answer | types.InputRequiredResult:
        """Return what the person says, or the question for the host to put and to come back with."""
        declared = context.session.client_capabilities
        elicits = declared.elicitation if declared is not None else None
        if elicits is None or (elicits.form is None and elicits.url is not None):
            return "nobody"
        asked = types.ElicitRequestFormParams(message=question, requested_schema=_schema(quote))
        if context.protocol_version < _FIRST_MODERN:
            try:
                answer = await context.session.elicit_form(
                    asked.message, asked.requested_schema, context.request_id
                )
            except MCPError:
                return "nobody"
            return _read(answer)
        state = params.request_state
        if state is not None and self._asked.pop(state, None) == quote.id:
            return _read((params.input_responses or {}).get(_QUESTION))
        state = secrets.token_hex(16)
        self._asked[state] = quote.id
        while len(self._asked) > _MOST:
            self._asked.pop(next(iter(self._asked)))
        return types.InputRequiredResult(
            input_requests={_QUESTION: types.ElicitRequest(params=asked)}, request_state=state
        )


def _read(answer: object) -> Answer:
    """Take nothing for a yes but a form that was accepted with a yes in it."""
    if not isinstance(answer, types.ElicitResult) or answer.action != "accept":
        return "no"
    return "yes" if (answer.content or {}).get(_MEMBER) is True else "no"


def _schema(quote: AgentQuote) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {
            _MEMBER: {
                "type": "boolean",
                "title": "Pay",
                "description": f"Pay {show(quote.cost)} for this call",
                "default": False,
            }
        },
        "required": [_MEMBER],
    }
