"""Bringing a signed attempt to its end: the paid request, sent until it is answered, then looked up.

Only the same bytes are ever sent again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from coinslot import answers
from coinslot.attempt import Attempt, Conclusion, Delivery, Envelope, StoredAnswer
from coinslot.backend import Backend, Credential
from coinslot.effects import (
    BodyCut,
    Flow,
    Headers,
    Interrupted,
    NoReply,
    NotSent,
    Reply,
    Request,
    Send,
    Sleep,
)
from coinslot.errors import LedgerUnavailable
from coinslot.lookup import look_for_job, look_up, write
from coinslot.paid_call import Paid, Wallet
from coinslot.replies import read_job_id
from coinslot.route import Route
from coinslot.unanswered import Part, failure, on_the_wire, stored

PAID_TIMEOUT = 60.0
RESEND_WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each resend of the same bytes, where the server names no time."""
LOOKING_WAITS = (1.0, 2.0, 4.0)
"""Seconds between the last questions for the job of a lost answer."""
EXPIRY_MARGIN = 10
"""Resends stop so many seconds before the credential expires."""


def submit(attempt: Attempt, credential: Credential, backend: Backend, owner: str) -> Flow[None]:
    """Hand signed material to others than the paid origin, where its scheme needs that.

    That they gave no answer proves nothing: the paid request goes out all the same, and is looked up. Raises
    PaymentOutcomeUnknown where the backend itself failed.
    """
    with on_the_wire(attempt, Part()):
        try:
            yield from backend.submit(credential)
        except (NotSent, NoReply):
            return
        except Interrupted:
            yield from _left_open(attempt, owner, "the call was interrupted while its payment was submitted")
            raise
        except Exception as error:
            # Its own words could hold what it signed.
            why = f"{backend.name} failed to submit it ({type(error).__name__})"
            raise failure((yield from _left_open(attempt, owner, why))) from error


def settle(
    attempt: Attempt,
    envelope: Envelope,
    wallet: Wallet,
    owner: str,
    *,
    timeout: float = PAID_TIMEOUT,
    part: Part | None = None,
) -> Flow[Paid]:
    """Send the paid request, and the same bytes again while that can help.

    `timeout` is the silence to bear on each try, in seconds; `part`: what came of an answer before. Raises
    PaymentRejected or PaymentOutcomeUnknown where no answer could be brought home.
    """
    part = part or Part()
    with on_the_wire(attempt, part):
        return (yield from _settled(attempt, envelope, wallet, owner, timeout=timeout, part=part))


def _settled(
    attempt: Attempt, envelope: Envelope, wallet: Wallet, owner: str, *, timeout: float, part: Part
) -> Flow[Paid]:
    sent = Request(envelope.method, envelope.url, Headers(envelope.headers), envelope.body)
    paid_request = sent.having(*envelope.credential_header)
    waits = list(RESEND_WAITS)
    refusals = 0
    while True:
        reply, verdict = yield from _send_paid(paid_request, attempt, wallet, owner, timeout)
        attempt, verdict = yield from _written(attempt, reply, verdict, owner, part)
        if reply is not None and verdict.then == "deliver":
            return Paid(reply, attempt)
        refusals += verdict.then == "resend once"
        wait = verdict.wait if verdict.wait is not None else next(iter(waits), 0.0)
        may_resend = verdict.then == "resend" or (verdict.then == "resend once" and refusals == 1)
        if not (may_resend and waits and alive_in(wait, attempt, wallet)):
            break
        waits.pop(0)
        yield Sleep(wait)
        if verdict.lost:
            found = yield from look_for_job(attempt, envelope.body, wallet, owner)
            attempt = found.attempt
            if found.reply is not None:
                return Paid(found.reply, attempt)
    # A server that says that the money moved, or says nothing, may still be writing its job down.
    patient = verdict.then != "stop" and attempt.job_style is not None
    found = yield from look_up(attempt, envelope.body, wallet, owner, waits=LOOKING_WAITS if patient else ())
    if found.reply is not None:
        return Paid(found.reply, found.attempt)
    raise failure(found.attempt, reply, verdict, part)


def _send_paid(
    request: Request, attempt: Attempt, wallet: Wallet, owner: str, timeout: float
) -> Flow[tuple[Reply | None, answers.Verdict]]:
    backend = wallet.named(attempt.backend)
    try:
        reply: Reply = yield Send(request, timeout)
    except BodyCut as cut:
        return cut.reply, answers.judge(cut.reply, attempt, backend, cut=True, now=wallet.surroundings.now())
    except (NotSent, NoReply) as error:
        return None, answers.Verdict("unknown", "resend", f"no answer came ({error})", lost=True)
    except Interrupted:
        yield from _left_open(attempt, owner, "the call was interrupted while its answer was awaited")
        raise
    return reply, answers.judge(reply, attempt, backend, now=wallet.surroundings.now())


def _left_open(attempt: Attempt, owner: str, why: str) -> Flow[Attempt]:
    """Put on record that a credential was, or may be, with others, and that no answer is to come now."""
    if attempt.money != "signed":
        return attempt
    return (yield from write(attempt, owner, Conclusion("unknown", why)))


def _written(
    attempt: Attempt, reply: Reply | None, verdict: answers.Verdict, owner: str, part: Part
) -> Flow[tuple[Attempt, answers.Verdict]]:
    """Put on record what an answer makes true, and return what may be done next."""
    conclusion = _conclusion(attempt, reply, verdict)
    if reply is not None and verdict.partial:
        conclusion = replace(conclusion, answer=part.take(reply))
    try:
        attempt = yield from write(attempt, owner, conclusion)
    except LedgerUnavailable:
        # What was paid for is handed out all the same; on record it stays open, and is looked up.
        if verdict.then != "deliver":
            raise
        return attempt, verdict
    if conclusion.delivery is not None and attempt.delivery == "none":
        # Something between gave the answer of another call; ours may be there as well.
        verdict = answers.Verdict("unknown", "resend", attempt.note or verdict.note, lost=True)
    return attempt, verdict


def _conclusion(attempt: Attempt, reply: Reply | None, verdict: answers.Verdict) -> Conclusion:
    delivery: Delivery | None = None
    job_id: str | None = None
    answer: StoredAnswer | None = None
    # A stream counts as delivered once its first event is handed out.
    if reply is not None and reply.unread is None and verdict.then == "deliver":
        job_id = read_job_id(reply, attempt.job_style)
        if job_id is not None:
            delivery = "accepted"
        elif attempt.job_style is None:
            delivery = "finished"
        answer = stored(reply)
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


def alive_in(seconds: float, attempt: Attempt, wallet: Wallet) -> bool:
    """Whether the credential may still be sent so many seconds from now."""
    return wallet.surroundings.now() + seconds < attempt.terms.expires_at - EXPIRY_MARGIN


def paid_timeout(route: Route[Any, Any] | None) -> float:
    """Return the seconds of silence to bear on the paid leg: it settles, and may do the work too."""
    if route is None or route.job is not None or route.typical_seconds is None:
        return PAID_TIMEOUT
    return max(PAID_TIMEOUT, 2 * route.typical_seconds[1])
