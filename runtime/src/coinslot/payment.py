"""The payment flow: one logical call, paid at most once.

    request → 402 → choose → prepare → plan → sign → paid request → conclude

Each step is on record before the next. After a credential may have been sent only two things happen
by themselves: the identical request is sent again, or the outcome is looked up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from coinslot import answers, protocols
from coinslot.attempt import Attempt, CallIdentity, Envelope
from coinslot.backend import Backend, Credential, Draft, locked, unlocked
from coinslot.collecting import uncollectable
from coinslot.effects import Flow, Headers, NoReply, NotSent, Record, Reply, Request, Send, Sleep
from coinslot.envelopes import for_record
from coinslot.errors import (
    CoinslotError,
    ConflictingCall,
    PaymentOutcomeUnknown,
    PaymentRefused,
    ServerUnavailable,
    UnknownPrice,
)
from coinslot.ledger import PASSING, Claim, Ledger, Plan
from coinslot.offer import Refusal, Terms, comparable
from coinslot.origin import is_loopback, origin_of
from coinslot.paid_call import Paid, PaidCall, Wallet, call_identities, call_identity
from coinslot.policy import Cap, Choice, check_destination, choose, printed_for
from coinslot.quote import Quote
from coinslot.recovery import finish
from coinslot.settling import paid_timeout, settle, submit
from coinslot.unanswered import Part, failure, on_the_wire

UNPAID_TIMEOUT = 30.0
MAX_SKEW = 60.0
RESERVATION_WAITS = (*(0.25 * number for number in range(1, 12)), 0.0)
"""Seconds between tries, while another call does what this one has to wait for."""


def pay(call: PaidCall, wallet: Wallet, owner: str) -> Flow[Paid]:
    """Make a call, pay for it if asked to, and return its answer.

    Raises PaymentRefused, MalformedChallenge or ServerUnavailable before anything is signed;
    PaymentRejected or PaymentOutcomeUnknown after.
    """
    check_destination(call.request.url)
    identities = call_identities(call)
    identity = identities[0]
    payers = [backend.identity.address for backend in wallet.backends]
    claim: Claim | None = yield Record(lambda ledger: _open(ledger, identities, payers, owner), "open")
    if claim is not None:
        return (yield from _resume(claim, call, wallet, owner))
    reply, choice = yield from _ask(call, wallet, _cap(call, wallet, identity.fingerprint))
    if choice is None:
        return Paid(reply, None)
    quote, backend = choice.quote, choice.backend
    _check_agreed(call, quote)
    yield from unlocked(backend)
    draft = yield from backend.prepare(quote.offer)
    plan = _plan(call, identity, wallet, quote, draft)
    attempt = yield from _reserve(plan, owner)
    try:
        credential = backend.sign(draft)
        _check_signed(backend, credential, plan)
        envelope = _envelope(call.request, choice, credential, attempt.id)
        signed = yield from _record_signed(attempt, owner, credential, envelope, wallet)
    except Exception:
        # Nothing was sent. Where even this cannot be written, the attempt is given up when it is met again.
        with contextlib.suppress(CoinslotError):
            yield Record(lambda ledger: ledger.abandon(attempt.id, owner), "abandon")
        raise
    wallet.quotes.pop(identity.fingerprint, None)
    yield from submit(signed, credential, backend, owner)
    return (yield from settle(signed, envelope, wallet, owner, timeout=paid_timeout(call.route)))


def _open(
    ledger: Ledger, identities: Sequence[CallIdentity], payers: Sequence[str], owner: str
) -> Claim | None:
    """Find the attempt that this call must resume, also one of an older version, and take it over."""
    identity, *older = identities
    try:
        claim = ledger.open(identity, payers, owner)
    except ConflictingCall:
        for known in older if identity.idempotency_key is not None else ():
            with contextlib.suppress(ConflictingCall):
                return ledger.open(known, payers, owner)
        raise
    # Without a key: what has one was found by it.
    for known in older if identity.idempotency_key is None else ():
        claim = claim or ledger.open(known, payers, owner)
    return claim


def ask_price(call: PaidCall, wallet: Wallet) -> Flow[Quote | Reply]:
    """Ask what a call would cost. Returns the answer itself where the server asks for nothing.

    The quote binds: the same call is not paid above it until another quote was asked for. Where it costs
    more than is allowed, the quote says so in `above_cap`.
    """
    check_destination(call.request.url)
    try:
        cap = wallet.policy.cap(call.route, call.request, call.max_price)
    except UnknownPrice:
        cap = None
    reply, choice = yield from _ask(call, wallet, cap, quote_only=True)
    if choice is None:
        return reply
    wallet.quoted(call_identity(call).fingerprint, choice.quote.price)
    return choice.quote


def _cap(call: PaidCall, wallet: Wallet, fingerprint: str) -> Cap:
    cap = wallet.policy.cap(call.route, call.request, call.max_price)
    quoted = wallet.quotes.get(fingerprint)
    return cap if quoted is None or quoted >= cap.dollars else Cap(quoted, "the quote for this call")


def _ask(
    call: PaidCall, wallet: Wallet, cap: Cap | None, *, quote_only: bool = False
) -> Flow[tuple[Reply, Choice | None]]:
    try:
        reply: Reply = yield Send(call.request, UNPAID_TIMEOUT, may_stream=True)
    except (NotSent, NoReply) as error:
        hint = " Is a server running there?" if is_loopback(call.request.url) else ""
        raise ServerUnavailable(
            f"{origin_of(call.request.url)} gave no answer ({error}).{hint} "
            "Nothing was signed and nothing was paid."
        ) from None
    if reply.status != 402:
        return reply, None
    challenges = protocols.read_challenges(reply)
    _check_clock(reply, wallet)
    shut_out: dict[str, Refusal] = {}
    asked = call.request if wallet.credentials is None else wallet.credentials.outline(call.request)
    while True:
        now = wallet.surroundings.now()
        choice = choose(
            challenges,
            asked,
            cap,
            wallet.backends,
            now=now,
            cheapest=wallet.cheapest,
            quote_only=quote_only,
            shut_out=shut_out,
        )
        if quote_only and locked(choice.backend) is not None:
            # Nobody types a passphrase to learn a price; whether it can be collected is asked on paying.
            return reply, choice
        refusal = yield from uncollectable(
            call.route,
            call.request.url,
            choice.backend,
            wallet,
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
        budget=call.budget,
        now=wallet.surroundings.now(),
        payees=wallet.policy.payees_of(identity.origin),
        route_path=call.route.path if call.route is not None else "",
        job_style=call.route.job if call.route is not None else None,
        printed=printed_for(call.route, call.request),
    )


def _record_signed(
    attempt: Attempt, owner: str, credential: Credential, envelope: Envelope, wallet: Wallet
) -> Flow[Attempt]:
    now, kept = wallet.surroundings.now(), for_record(envelope)
    signed: Attempt = yield Record(
        lambda ledger: ledger.sign(attempt.id, owner, credential, kept, now), "sign"
    )
    return signed


def _reserve(plan: Plan, owner: str) -> Flow[Attempt]:
    """Reserve the price; wait for another call's payment, where that alone stands in the way."""
    for wait in RESERVATION_WAITS:
        try:
            attempt: Attempt = yield Record(lambda ledger: ledger.plan(plan, owner), "plan")
        except PaymentRefused as refusal:
            if refusal.slug not in PASSING or not wait:
                raise
            yield Sleep(wait)
        else:
            return attempt
    raise AssertionError  # pragma: no cover - the last wait is none


def _check_agreed(call: PaidCall, quote: Quote) -> None:
    differing = call.agreed.differing(quote) if call.agreed is not None else []
    if differing:
        message = (
            f"The server now asks for other terms than those that were agreed to ({', '.join(differing)}): "
            f"{quote}. Ask for another quote."
        )
        raise PaymentRefused(message, slug="not-as-agreed")


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


def _envelope(request: Request, choice: Choice, credential: Credential, attempt_id: str) -> Envelope:
    # Tracebacks can show local variables: what is signed stands in none.
    request = protocols.identified(request, choice.quote.offer, attempt_id)
    return Envelope(
        request.method,
        request.url,
        request.headers.items(),
        request.body,
        protocols.credential_header(choice.challenge, choice.quote.offer, credential, attempt_id),
    )


def _resume(claim: Claim, call: PaidCall, wallet: Wallet, owner: str) -> Flow[Paid]:
    """Finish an earlier attempt of the same call: hand out its answer, resend, or look it up."""
    attempt, part = claim.attempt, Part(claim.answer)
    if attempt.delivery != "none":
        if claim.answer is None or claim.answer.partial:
            message = (
                f"This call was answered before, and its answer was not kept (delivery: {attempt.delivery}). "
                f"{part.kept(attempt.id)}With another idempotency_key it is another call, and paid for."
            )
            raise PaymentOutcomeUnknown(message, attempt_id=attempt.id, offer=attempt.offer, body=part.body)
        fields = {"Content-Type": claim.answer.content_type}
        return Paid(Reply(claim.answer.status, Headers(fields), claim.answer.body), attempt)
    with on_the_wire(attempt, part):
        finished = yield from finish(
            claim, wallet, owner, call=call.request, timeout=paid_timeout(call.route)
        )
    if isinstance(finished, Paid):
        return finished
    if finished.money == "void":
        # Proven never to settle: the same logical call may be paid for afresh.
        return (yield from pay(call, wallet, owner))
    raise failure(finished, part=part)
