"""Questions to the user's own node over JSON-RPC, as flows, with answers read strictly.

For backends of chains whose nodes speak the `eth_` methods. Nothing that a node says is shown, and its
address never is: it often holds an access token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

from coinslot.backend import Setting
from coinslot.effects import Flow, NoReply, NotSent, Request, Send
from coinslot.errors import ConfigurationError
from coinslot.origin import is_local

TIMEOUT = 10.0
"""Seconds of silence after which a node has no answer."""
WIDEST_RANGE = 1000
"""Blocks in one log question; public nodes allow between 10 and 10,000."""
NARROWEST_RANGE = 10
MAX_LOG_QUESTIONS = 128
_QUANTITY = re.compile(r"0x(?:0|[1-9a-fA-F][0-9a-fA-F]{0,63})", re.ASCII)
_WORD = re.compile(r"0x[0-9a-fA-F]{64}", re.ASCII)
OK = 200


class NodeFailed(Exception):
    """The node gave no answer that can be used; the message is a clause that says why."""


class NodeRefused(NodeFailed):
    """The node answered with an error of its own."""


@dataclass(frozen=True, slots=True)
class Block:
    """What identifies a block, and its time."""

    number: int
    hash: str
    timestamp: int
    """Unix seconds, as the chain counts them."""


class Node:
    """One conversation with a node. Ids count from 1, so that equal conversations are equal bytes."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._last_id = 0

    def __repr__(self) -> str:
        return "<node>"

    def ask(self, method: str, *parameters: object) -> Flow[Any]:
        """Make one call and return its result. Raises NodeFailed."""
        self._last_id += 1
        call = {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": list(parameters)}
        try:
            reply = yield Send(Request.json(self._address, call), timeout=TIMEOUT)
        except (NotSent, NoReply):
            raise NodeFailed("the node does not answer") from None
        try:
            answer = reply.json()
        except (ValueError, RecursionError):
            raise NodeFailed(f"the node answers with status {reply.status} and no JSON") from None
        if not isinstance(answer, dict) or (answer.get("jsonrpc"), answer.get("id")) != (
            "2.0",
            self._last_id,
        ):
            raise NodeFailed(f"the node's answer to {method} is not one to our question")
        if answer.get("error") is not None:
            raise NodeRefused(f"the node refuses {method}{_code(answer['error'])}")
        if reply.status != OK or "result" not in answer:
            raise NodeFailed(f"the node's answer to {method} has no result (status {reply.status})")
        return answer["result"]

    def check_chain(self, chain_id: int) -> Flow[None]:
        """Raise NodeFailed unless the node serves this chain."""
        told = quantity((yield from self.ask("eth_chainId")), "chain id")
        if told != chain_id:
            raise NodeFailed(f"the node serves chain {told}, not {chain_id}")

    def block(self, which: int | str) -> Flow[Block]:
        """Read a block by its number or tag. Raises NodeFailed, also where there is none."""
        tag = which if isinstance(which, str) else hex(which)
        found = yield from self.ask("eth_getBlockByNumber", tag, False)  # noqa: FBT003 - by position on the wire
        if not isinstance(found, dict):
            raise NodeFailed(f"the node has no block {tag}")
        block = Block(
            quantity(found.get("number"), "block number"),
            word(found.get("hash"), "block hash"),
            quantity(found.get("timestamp"), "block time"),
        )
        if isinstance(which, int) and block.number != which:
            raise NodeFailed("the node answers with another block than was asked for")
        return block

    def call(self, contract: str, data: bytes, block: Block | None = None) -> Flow[int]:
        """Call a view that returns one word, at this very block or at the latest one. Raises NodeFailed."""
        at = {"blockHash": block.hash} if block else "latest"
        told = yield from self.ask("eth_call", {"to": contract, "data": "0x" + data.hex()}, at)
        return int(word(told, "contract's answer"), 16)

    def around(self, moment: int, final: Block, near: int) -> Flow[tuple[Block, Block]]:
        """Find a block from before `moment` and one from then on: strides back from `final`, then halves.

        They are at most `near` seconds apart where the chain has blocks so dense; both are `final` where
        `moment` is later, and the first is block 0 where it is earlier than the chain.
        """
        late = early = final
        stride = 64
        while early.timestamp >= moment and early.number > 0:
            late = early
            early = yield from self.block(max(0, early.number - stride))
            stride *= 4
            _check_order(early, late)
        while late.timestamp - early.timestamp > near and late.number - early.number > 1:
            middle = yield from self.block((early.number + late.number) // 2)
            _check_order(early, middle)
            _check_order(middle, late)
            early, late = (middle, late) if middle.timestamp < moment else (early, middle)
        return early, late

    def first_logs(self, wanted: Mapping[str, Any], first: int, last: int) -> Flow[tuple[Any, int, int]]:
        """Read the logs that are `wanted` (`address`, `topics`) until a range of blocks has some.

        Returns the answer as told, and its range; an empty list where no block up to `last` has one. The
        range of one question narrows when the node refuses it. Raises NodeFailed, also for too long a way.
        """
        width = WIDEST_RANGE
        start = first
        for _ in range(MAX_LOG_QUESTIONS):
            if start > last:
                return [], first, last
            end = min(start + width - 1, last)
            question = {**wanted, "fromBlock": hex(start), "toBlock": hex(end)}
            try:
                found = yield from self.ask("eth_getLogs", question)
            except NodeRefused:
                if width <= NARROWEST_RANGE:
                    raise
                width = max(width // 5, NARROWEST_RANGE)
                continue
            if found != []:
                return found, start, end
            start = end + 1
        raise NodeFailed("the log is too far back to be found by this node")


def own_node(setting: Setting, variable: str) -> str | None:
    """Return the address of the user's own node that `variable` holds, if it is set.

    Raises ConfigurationError for one that others on the way could answer for: a node's word decides
    whether a payment may be repeated, so plain http is for this machine and private networks.
    """
    trusted = _trustworthy(setting.environ.get(variable, "").strip())
    if not trusted and setting.environ.get(variable):
        # A traceback can show this frame's variables: the address is in none, nor is the environment,
        # which holds the key; a setting does not show it.
        raise ConfigurationError(f"{variable} must be an https address (http for a private one).")
    return trusted


def quantity(value: object, name: str) -> int:
    """Read a JSON-RPC quantity: hexadecimal without leading zeros."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        _malformed(name)
    return int(value, 16)


def word(value: object, name: str) -> str:
    """Read 32 bytes, and return them in lower case."""
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        _malformed(name)
    return value.lower()


def _trustworthy(address: str) -> str | None:
    """Return the address if nobody on the way can answer for it: https, or a host of this network."""
    try:
        parts = urlsplit(address)
        encrypted = parts._replace(scheme="https").geturl()
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return (
        address
        if usable and (parts.scheme == "https" or (parts.scheme == "http" and is_local(encrypted)))
        else None
    )


def _check_order(early: Block, late: Block) -> None:
    if early.timestamp > late.timestamp:
        raise NodeFailed("the node's blocks are not in the order of time")


def _malformed(name: str) -> NoReturn:
    raise NodeFailed(f"the node's {name} is malformed")


def _code(error: object) -> str:
    code = error.get("code") if isinstance(error, dict) else None
    return f" (error {code})" if isinstance(code, int) else ""
