"""The sign-in flow: a signed route is asked with the wallet's signature, and never paid.

A message of our own saves a round trip; a server that does not take it is asked for its challenge,
and is asked for it first from then on.
"""

from __future__ import annotations

from coinslot import signin, x402
from coinslot.backend import Backend, Identity, Surroundings, unlocked
from coinslot.effects import Flow, Reply, Request, Send
from coinslot.errors import MalformedChallenge, SignInRefused
from coinslot.origin import origin_of
from coinslot.policy import key_refusal
from coinslot.text import clean

_UNSIGNED = frozenset({401, 402})


class Habits:
    """What was learnt of signing in; per transport, and forgotten with it."""

    def __init__(self) -> None:
        self.challenge_first: set[str] = set()
        """Origins that want their own challenge signed."""
        self.let_in: set[tuple[str, str]] = set()
        """Origins and backends whose wallet was let in once."""


def ask_signed(
    request: Request, backend: Backend, habits: Habits, surroundings: Surroundings, timeout: float
) -> Flow[Reply]:
    """Make one signed request and return its answer.

    Raises SignInRefused where the server does not take the signature, or asks for one that is not
    to be given. A 402 here is never paid, whatever it offers.
    """
    refusal = key_refusal(backend, request.url)
    if refusal is not None:
        message = f"Not signed in: {refusal.reason}."
        raise SignInRefused(message)
    identity, origin = backend.identity, origin_of(request.url)
    reply: Reply
    if origin in habits.challenge_first:
        reply = yield Send(request, timeout)
        if reply.status not in _UNSIGNED:
            return reply
    else:
        yield from unlocked(backend)
        message_ = signin.self_issued(request.url, identity, surroundings)
        reply = yield Send(_signed(request, message_, identity), timeout)
        if reply.status not in _UNSIGNED:
            return reply
        if not signin.offered_chains(_extensions(reply)):
            reply = yield Send(request, timeout)
            if reply.status not in _UNSIGNED:
                return reply
    yield from unlocked(backend)
    challenged = signin.challenged(_extensions(reply), request.url, identity, surroundings.now())
    reply = yield Send(_signed(request, challenged, identity), timeout)
    if reply.status in _UNSIGNED:
        raise SignInRefused(
            f"The server did not accept the wallet's signature{_why(reply)}. "
            "Nothing is paid on a signed route."
        )
    habits.challenge_first.add(origin)
    return reply


def _signed(request: Request, message: signin.Message, identity: Identity) -> Request:
    return request.having(signin.HEADER, signin.header(message, identity))


def _extensions(reply: Reply) -> dict[str, object]:
    try:
        challenge = x402.read_challenge(reply)
    except MalformedChallenge as error:
        message = f"The server's sign-in challenge cannot be read: {error}"
        raise SignInRefused(message) from None
    return dict(challenge.extensions) if challenge is not None else {}


def _why(reply: Reply) -> str:
    try:
        content = reply.json()
    except ValueError:
        return ""
    told = content.get("error") if isinstance(content, dict) else None
    return f" ({clean(told, 80)})" if isinstance(told, str) else ""
