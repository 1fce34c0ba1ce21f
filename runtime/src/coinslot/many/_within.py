"""A flow whose payments are all paid out of one budget, whatever it buys on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from coinslot.effects import Effect, Flow, Reply, Send
from coinslot.replies import paid_with
from coinslot.terms import Budget

T = TypeVar("T")


def within(flow: Flow[T], budget: Budget, paid: Callable[[str], object]) -> Flow[T]:
    """Run a flow, and name the budget to the payment transport with each of its requests.

    `paid` is told the attempt of each answer that was paid for.
    """
    step: Callable[[Any], Effect] = flow.send
    given: Any = None
    while True:
        try:
            effect = step(given)
        except StopIteration as stop:
            ended: T = stop.value
            return ended
        if isinstance(effect, Send) and effect.terms is not None:
            effect = replace(effect, terms=replace(effect.terms, budget=budget))
        try:
            step, given = flow.send, (yield effect)
        except BaseException as failure:  # noqa: BLE001 - the flow decides what it means
            step, given = flow.throw, failure
        else:
            attempt_id = paid_with(given) if isinstance(given, Reply) else None
            if attempt_id is not None:
                paid(attempt_id)
