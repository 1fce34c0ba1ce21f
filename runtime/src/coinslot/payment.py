"""The payment flow: one logical call, paid at most once.

    request → 402 → choose → prepare → plan → sign → paid request → conclude

Each step is on record before the next. After a credential may have been sent only two things happen
by themselves: the identical request is sent again, or the outcome is looked up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from coinslot import answers, protocols
from coinslot.attempt import Attempt, CallIdentity, Conclusion, Delivery, Envelope, StoredAnswer
from coinslot.backend import Backend, Credential, Draft, Surroundings
from coinslot.collecting import uncollectable
from coinslot.effects import (
    BodyCut,
    Flow,
    Headers,
    Interrupted,
    NoReply,
    NotSent,
    Record,
    Reply,
    Request,
    Send,
    Sleep,
)
from coinslot.errors import (
    PaymentOutcomeUnknown,
    PaymentRefused,
    PaymentRejected,
    ServerUnavailable,
)
from coinslot.ledger import Claim, Plan
from coinslot.money import Dollars
from coinslot.offer import Refusal, Terms, comparable
from coinslot.origin import origin_of
from coinslot.policy import Choice, Policy, check_destination, choose
from coinslot.quote import Quote
from coinslot.route import Route
from coinslot.signed import Habits

UNPAID_TIMEOUT = 30.0
PAID_TIMEOUT = 60.0
RESEND_WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each resend of the same bytes, where the server names no time."""
EXPIRY_MARGIN = 10
"""Resends stop so many seconds before the credential expires."""
KEPT_ANSWER_BYTES = 256 * 1024
MAX_SKEW = 60.0


@dataclass(frozen=True, slots=True)
class PaidCall:
    """One logical call that may be paid for."""

    request: Request
    route: Route[Any, Any] | None
    max_price: Dollars | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Wallet:
    """Who pays, within which rules, and in whose time."""

    backends: Sequence[Backend]
    policy: Policy
    session: str
    surroundings: Surroundings = field(default_factory=Surroundings)
    habits: Habits = field(default_factory=Habits)

    def named(self, name: str) -> Backend | None:
        """Return the backend of this name."""
        return next((backend for backend in self.backends if backend.name == name), None)


@dataclass(frozen=True, slots=True)
class Paid:
    """What a paid call came to: the answer and the attempt it was bought with."""

    reply: Reply
    attempt: Attempt | None
    """None: the server asked for nothing."""


def pay(call: PaidCall, wallet: Wallet, owner: str) -> Flow[Paid]:
    """Make a call, pay for it if asked to, and return its answer.

    Raises PaymentRefused, MalformedChallenge or ServerUnavailable before anything is signed;
    PaymentRejected or PaymentOutcomeUnknown after.
    """
    check_destination(call.request.url)
    identity = call_identity(call)
    payers = [backend.identity.address for backend in wallet.backends]
    claim: Claim | None = yield Record(lambda ledger: ledger.open(identity, payers, owner), "open")
    if claim is not None:
        return (yield from _resume(claim, call, wallet, owner))
    reply, choice = yield from _ask(call, wallet)
    if choice is None:
        return Paid(reply, None)
    quote, backend = choice.quote, choice.backend
    draft = yield from backend.prepare(quote.offer)
    plan = _plan(call, identity, wallet, quote, draft)
    attempt: Attempt = yield Record(lambda ledger: ledger.plan(plan, owner), "plan")
    try:
        credential = backend.sign(draft)
        _check_signed(backend, credential, plan)
    except BaseException:
        yield Record(lambda ledger: ledger.abandon(attempt.id, owner), "abandon")
        raise
    header = protocols.credential_header(choice.challenge, quote.offer, credential)
    envelope = _envelope(call.request, header)
    now = wallet.surroundings.now()
    attempt = yield Record(lambda ledger: ledger.sign(attempt.id, owner, credential, envelope, now), "sign")
    return (yield from _deliver(attempt, envelope, call, wallet, owner))


def ask_price(call: PaidCall, wallet: Wallet) -> Flow[Quote | Reply]:
    """Ask what a call would cost. Returns the answer itself where the server asks for nothing."""
    check_destination(call.request.url)
    reply, choice = yield from _ask(call, wallet)
    return reply if choice is None else choice.quote


def call_identity(call: PaidCall) -> CallIdentity:
    """Return what makes this call the same as another."""
    request = call.request
    origin, parts = origin_of(request.url), urlsplit(request.url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    digest = hashlib.sha256()
    for piece in (origin, request.method, path, request.headers.get("Content-Type") or ""):
        digest.update(piece.encode() + b"\0")
    digest.update(_canonical(request.body))
    return CallIdentity(origin, request.method, parts.path, digest.hexdigest(), call.idempotency_key)


def _ask(call: PaidCall, wallet: Wallet) -> Flow[tuple[Reply, Choice | None]]:
    cap = wallet.policy.cap(call.route, call.request, call.max_price)
    try:
        reply: Reply = yield Send(call.request, UNPAID_TIMEOUT, may_stream=True)
    except (NotSent, NoReply) as error:
        raise ServerUnavailable(
            f"{origin_of(call.request.url)} gave no answer ({error}). "
            "Nothing was signed and nothing was paid."
        ) from None
    if reply.status != 402:
        return reply, None
    challenges = protocols.read_challenges(reply)
    _check_clock(reply, wallet)
    shut_out: dict[str, Refusal] = {}
    while True:
        now = wallet.surroundings.now()
        choice = choose(challenges, call.request, cap, wallet.backends, now=now, shut_out=shut_out)
        refusal = yield from uncollectable(
            call.route, call.request.url, choice.backend, wallet.habits, wallet.surroundings
        )
        if refusal is None:
            return reply, choice
        shut_out[choice.backend.name] = refusal


def _check_clock(reply: Reply, wallet: Wallet) -> None:
    skew = answers.skew(reply, wallet.surroundings.now())
    if skew is not None and abs(skew) > MAX_SKEW:
        side = "behind" if skew > 0 else "ahead of"
        message = (
            f"This machine's clock is {abs(skew):.0f} s {side} the server's, and a payment carries times: "
            "set the clock right first."
        )
        raise PaymentRefused(message, slug="clock-skew")


def _plan(call: PaidCall, identity: CallIdentity, wallet: Wallet, quote: Quote, draft: Draft) -> Plan:
    if draft.offer is not quote.offer or draft.payer != quote.payer:
        message = "The backend prepared another offer than the one that was allowed."
        raise PaymentRefused(message, slug="other-terms")
    terms = Terms(
        network=quote.asset.network,
        asset=quote.asset.address,
        amount=quote.offer.amount,
        payee=quote.offer.payee,
        payer=quote.payer,
        expires_at=draft.expires_at,
    )
    return Plan(
        attempt_id=f"att_{wallet.surroundings.random_bytes(12).hex()}",
        call=identity,
        url=call.request.url,
        backend=quote.backend,
        offer=quote.offer,
        terms=terms,
        symbol=quote.asset.symbol,
        price=quote.price,
        max_fee=quote.asset.dollars(draft.max_fee),
        session=wallet.session,
        limits=wallet.policy.limits,
        now=wallet.surroundings.now(),
    )


def _check_signed(backend: Backend, credential: Credential, plan: Plan) -> None:
    try:
        signed = backend.decode(credential, plan.offer)
    except ValueError as error:
        message = f"{backend.name} signed something that cannot be read back ({error}); it was not sent."
        raise PaymentRefused(message, slug="other-terms") from None
    if _comparable(signed) != _comparable(plan.terms):
        message = f"{backend.name} signed other terms than those that were allowed; it was not sent."
        raise PaymentRefused(message, slug="other-terms")


def _comparable(terms: Terms) -> tuple[object, ...]:
    addresses = (comparable(terms.asset), comparable(terms.payee), comparable(terms.payer))
    return (terms.network, *addresses, terms.amount, terms.expires_at)


def _envelope(request: Request, header: tuple[str, str]) -> Envelope:
    return Envelope(request.method, request.url, request.headers.items(), request.body, header)


def _deliver(attempt: Attempt, envelope: Envelope, call: PaidCall, wallet: Wallet, owner: str) -> Flow[Paid]:
    """Send the paid request, and the same bytes again while that can help."""
    paid_request = Request(envelope.method, envelope.url, Headers(envelope.headers), envelope.body).having(
        *envelope.credential_header
    )
    waits = list(RESEND_WAITS)
    refusals = 0
    while True:
        reply, verdict = yield from _send_paid(paid_request, attempt, call, wallet, owner)
        attempt = yield from _write(attempt, owner, _conclusion(attempt, reply, verdict, call))
        if reply is not None and verdict.then == "deliver":
            return Paid(reply, attempt)
        refusals += verdict.then == "resend once"
        wait = verdict.wait if verdict.wait is not None else (waits[0] if waits else None)
        may_resend = verdict.then == "resend" or (verdict.then == "resend once" and refusals == 1)
        if may_resend and wait is not None and waits and _alive_in(wait, attempt, wallet):
            waits.pop(0)
            yield Sleep(wait)
            continue
        attempt = yield from _look_up(attempt, wallet, owner)
        raise _failure(attempt, reply, verdict)


def _send_paid(
    request: Request, attempt: Attempt, call: PaidCall, wallet: Wallet, owner: str
) -> Flow[tuple[Reply | None, answers.Verdict]]:
    try:
        reply: Reply = yield Send(request, paid_timeout(call.route))
    except BodyCut as cut:
        return cut.reply, answers.judge(cut.reply, attempt, cut=True, now=wallet.surroundings.now())
    except (NotSent, NoReply) as error:
        return None, answers.Verdict("unknown", "resend", f"no answer came ({error})")
    except Interrupted:
        unknown = Conclusion("unknown", "the call was interrupted while its answer was awaited")
        if attempt.money == "signed":
            yield from _write(attempt, owner, unknown)
        raise
    return reply, answers.judge(reply, attempt, now=wallet.surroundings.now())


def _conclusion(
    attempt: Attempt, reply: Reply | None, verdict: answers.Verdict, call: PaidCall
) -> Conclusion:
    delivery: Delivery | None = None
    job_id: str | None = None
    answer: StoredAnswer | None = None
    if reply is not None and verdict.then == "deliver":
        job_id = read_job_id(reply, call.route)
        if job_id is not None:
            delivery = "accepted"
        elif call.route is None or call.route.job is None:
            delivery = "finished"
        if len(reply.body) <= KEPT_ANSWER_BYTES:
            answer = StoredAnswer(reply.status, reply.headers.get("Content-Type") or "", reply.body)
    return Conclusion(
        money=_reachable(attempt, verdict),
        note=verdict.note,
        settled_by="server" if verdict.money == "settled" else None,
        receipt=verdict.receipt,
        transaction=verdict.transaction,
        delivery=delivery,
        job_id=job_id,
        answer=answer,
    )


def _reachable(attempt: Attempt, verdict: answers.Verdict) -> Any:
    """Return the state that the verdict moves the money to; None where it teaches nothing new.

    A later answer cannot make `refused` of `unknown` or the other way round: both wait for the chain.
    """
    if attempt.money == "signed" or (verdict.money == "settled" and attempt.money != "settled"):
        return verdict.money
    return None


def _look_up(attempt: Attempt, wallet: Wallet, owner: str) -> Flow[Attempt]:
    """Ask the chain, through the user's own node, what became of the credential."""
    backend = wallet.named(attempt.backend)
    if backend is None or attempt.money not in {"refused", "unknown"}:
        return attempt
    try:
        outcome = yield from backend.outcome(attempt)
    except (NotSent, NoReply) as error:
        return (yield from _noted(attempt, owner, f"the node gave no answer ({error})"))
    if outcome.money == "not known":
        return (yield from _noted(attempt, owner, outcome.reason))
    proven = Conclusion(
        outcome.money,
        outcome.reason,
        settled_by="chain" if outcome.money == "settled" else None,
        transaction=outcome.transaction,
    )
    return (yield from _write(attempt, owner, proven))


def _write(attempt: Attempt, owner: str, conclusion: Conclusion) -> Flow[Attempt]:
    written: Attempt = yield Record(lambda ledger: ledger.conclude(attempt.id, owner, conclusion), "conclude")
    return written


def _noted(attempt: Attempt, owner: str, reason: str) -> Flow[Attempt]:
    return (
        yield from _write(attempt, owner, Conclusion(None, f"{attempt.note or 'not concluded'}; {reason}"))
    )


def _resume(claim: Claim, call: PaidCall, wallet: Wallet, owner: str) -> Flow[Paid]:
    """Finish an earlier attempt of the same call: hand out its answer, resend, or look it up."""
    attempt = claim.attempt
    if attempt.delivery != "none":
        if claim.answer is None:
            message = (
                f"This call was answered before, and its answer was not kept (delivery: {attempt.delivery})."
            )
            raise PaymentOutcomeUnknown(message, attempt_id=attempt.id, offer=attempt.offer)
        fields = {"Content-Type": claim.answer.content_type}
        return Paid(Reply(claim.answer.status, Headers(fields), claim.answer.body), attempt)
    if attempt.money == "signed":
        # Its owner ended while the credential may have been on the wire.
        crashed = Conclusion("unknown", "its owner ended before an answer was on record")
        attempt = yield from _write(attempt, owner, crashed)
    if claim.envelope is not None and _alive_in(0.0, attempt, wallet):
        return (yield from _deliver(attempt, claim.envelope, call, wallet, owner))
    attempt = yield from _look_up(attempt, wallet, owner)
    if attempt.money == "void":
        # Proven never to settle: the same logical call may be paid for afresh.
        return (yield from pay(call, wallet, owner))
    raise _failure(attempt, None, None)


def _failure(attempt: Attempt, reply: Reply | None, verdict: answers.Verdict | None) -> Exception:
    why = verdict.note if verdict is not None else (attempt.note or "no answer is on record")
    if (
        attempt.money == "refused"
        and verdict is not None
        and verdict.money == "refused"
        and reply is not None
    ):
        message = f"The payment was refused: {why}."
        return PaymentRejected(message, attempt_id=attempt.id, status=reply.status, body=reply.body)
    if attempt.money == "settled":
        message = f"The payment has settled, but its answer was lost: {why}. Attempt {attempt.id}."
    elif attempt.money == "void":
        message = (
            f"The payment can never settle: {why}. Attempt {attempt.id}; the same call may be made again."
        )
    else:
        message = f"The outcome of a payment is not known: {why}. Attempt {attempt.id}."
    return PaymentOutcomeUnknown(
        message, attempt_id=attempt.id, offer=attempt.offer, expires_at=attempt.terms.expires_at
    )


def _alive_in(seconds: float, attempt: Attempt, wallet: Wallet) -> bool:
    return wallet.surroundings.now() + seconds < attempt.terms.expires_at - EXPIRY_MARGIN


def paid_timeout(route: Route[Any, Any] | None) -> float:
    """Return the seconds of silence to bear on the paid leg: it settles, and may do the work too."""
    if route is None or route.job is not None or route.typical_seconds is None:
        return PAID_TIMEOUT
    return max(PAID_TIMEOUT, 2 * route.typical_seconds[1])


def read_job_id(reply: Reply, route: Route[Any, Any] | None) -> str | None:
    """Return the job's id from an accepted answer; None where the route makes no job or names none."""
    if route is None or route.job is None:
        return None
    try:
        content = reply.json()
    except ValueError:
        return None
    value = content.get(route.job.id) if isinstance(content, dict) else None
    return value if isinstance(value, str) and value else None


def _canonical(body: bytes) -> bytes:
    """Return a JSON body with its members in order, so that spelling makes no other call of it."""
    try:
        return json.dumps(json.loads(body, parse_float=Decimal), sort_keys=True, default=str).encode()
    except (ValueError, RecursionError):
        return body
