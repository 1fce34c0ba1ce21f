"""What can go wrong between a client and a shop, each as a fault of `proxy`.

`after` tells whether the shop had the request: whether it settled before the answer went wrong.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import httpx

from tests.interop.proxy import Answer, Asked, Fault, Forward, Line

PAYMENT_RESPONSE = "PAYMENT-RESPONSE"


def fine(asked: Asked, forward: Forward) -> Answer | None:
    """Nothing goes wrong."""
    return forward()


def lost(asked: Asked, forward: Forward) -> Answer | None:
    """The shop answers, and the line goes dead before."""
    forward()
    return None


def never_came(asked: Asked, forward: Forward) -> Answer | None:
    """The line goes dead on the way to the shop."""
    return None


def twice(asked: Asked, forward: Forward) -> Answer | None:
    """The network delivers the request twice, and the second answer comes back."""
    forward()
    return forward()


def twice_and_first(asked: Asked, forward: Forward) -> Answer | None:
    """The network delivers the request twice, and the first answer comes back."""
    answer = forward()
    forward()
    return answer


def cut_in_body(asked: Asked, forward: Forward) -> Answer | None:
    """The answer breaks off half-way through its body."""
    answer = forward()
    return replace(answer, cut=-(len(answer.body) // 2 + 1))


def cut_before_body(asked: Asked, forward: Forward) -> Answer | None:
    """The answer breaks off right before its body."""
    answer = forward()
    return replace(answer, cut=-len(answer.body) or None)


def cut_in_head(asked: Asked, forward: Forward) -> Answer | None:
    """The answer breaks off in its status line."""
    forward()
    return Answer(200, cut=12)


def status(code: int, *, after: bool, **fields: str) -> Fault:
    """Some status stands in the way of the shop's own answer."""

    def fault(asked: Asked, forward: Forward) -> Answer | None:
        if after:
            forward()
        return Answer(code, body=b'{"error":"as told"}').having(Content_Type="application/json", **fields)

    return fault


def redirect(code: int, target: str, *, after: bool) -> Fault:
    """The client is sent to another address."""
    return status(code, after=after, Location=target)


def challenge_again(*, after: bool, changes: dict[str, Any] | None = None) -> Fault:
    """A second 402, as if nothing had been paid: with the shop's own terms, or others."""

    def fault(asked: Asked, forward: Forward) -> Answer | None:
        if after:
            forward()
        return changed(unpaid(asked), **(changes or {}))

    def unpaid(asked: Asked) -> Answer:
        credential = asked.headers["PAYMENT-SIGNATURE"]
        sent = json.loads(base64.b64decode(credential))
        content = {"x402Version": 2, "resource": sent["resource"], "accepts": [sent["accepted"]]}
        return Answer(402, httpx.Headers({"PAYMENT-REQUIRED": encoded(content)}), b"{}")

    return fault


def other_terms(**changes: Any) -> Fault:
    """The shop's challenge is rewritten on its way."""

    def fault(asked: Asked, forward: Forward) -> Answer | None:
        return changed(forward(), **changes)

    return fault


def changed(answer: Answer, **changes: Any) -> Answer:
    """Return a 402 whose offers are other ones."""
    content = json.loads(base64.b64decode(answer.headers["PAYMENT-REQUIRED"]))
    content["accepts"] = [{**offer, **changes} for offer in content["accepts"]]
    return answer.having(PAYMENT_REQUIRED=encoded(content))


def other_receipt(**changes: Any) -> Fault:
    """The receipt tells something else than what happened."""

    def fault(asked: Asked, forward: Forward) -> Answer | None:
        answer = forward()
        receipt = json.loads(base64.b64decode(answer.headers[PAYMENT_RESPONSE]))
        return answer.having(PAYMENT_RESPONSE=encoded({**receipt, **changes}))

    return fault


def no_receipt(asked: Asked, forward: Forward) -> Answer | None:
    """The receipt is left out."""
    answer = forward()
    del answer.headers[PAYMENT_RESPONSE]
    return answer


def unreadable(asked: Asked, forward: Forward) -> Answer | None:
    """The answer is a page of some machine between, with a status of success."""
    answer = forward()
    return replace(answer, body=b"<html>welcome</html>").having(Content_Type="text/html")


def encoded(content: Any) -> str:
    """Return a header's value."""
    return base64.b64encode(json.dumps(content).encode()).decode()


def no_offer(asked: Asked, forward: Forward) -> Answer | None:
    """A challenge that offers no way to pay."""
    return forward().having(PAYMENT_REQUIRED=encoded({"x402Version": 2, "accepts": []}))


def other_resource(url: str) -> Fault:
    """The challenge sells something else."""

    def fault(asked: Asked, forward: Forward) -> Answer | None:
        answer = forward()
        content = json.loads(base64.b64decode(answer.headers["PAYMENT-REQUIRED"]))
        return answer.having(PAYMENT_REQUIRED=encoded({**content, "resource": {"url": url}}))

    return fault


def empty_list(asked: Asked, forward: Forward) -> Answer | None:
    """The list knows nothing yet."""
    return replace(forward(), body=b'{"items":[],"nextCursor":null}')


def sold(line: Line, **changes: Any) -> Fault:
    """Something that is not for sale asks for money, with the shop's own terms or others."""

    def fault(asked: Asked, forward: Forward) -> Answer | None:
        sent = next(seen for seen in line.seen if seen.leg == "paid").headers["PAYMENT-SIGNATURE"]
        accepted = json.loads(base64.b64decode(sent))["accepted"]
        content = {
            "x402Version": 2,
            "resource": {"url": line.origin + asked.path},
            "accepts": [{**accepted, **changes}],
        }
        return Answer(402, httpx.Headers({"PAYMENT-REQUIRED": encoded(content)}), b"{}")

    return fault
