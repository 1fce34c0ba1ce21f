"""Looking up what became of a payment: the job in the payer's own list, the money on the chain.

Neither ever signs anything, and a job that is found says nothing about the money.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coinslot.attempt import Attempt, Conclusion, StoredAnswer
from coinslot.backend import Outcome
from coinslot.effects import Flow, Headers, NoReply, NotSent, Record, Reply, Sleep
from coinslot.matching import Listed, Seeker, assign, candidates
from coinslot.offer import comparable
from coinslot.paid_call import Wallet
from coinslot.route import JobStyle

CHAIN_SAYS = "; on the chain: "


@dataclass(frozen=True, slots=True)
class Found:
    """What looking up came to."""

    attempt: Attempt
    reply: Reply | None
    """An answer made from the job that was found; None where none was."""


def look_up(
    attempt: Attempt, body: bytes | None, wallet: Wallet, owner: str, *, waits: Sequence[float] = ()
) -> Flow[Found]:
    """Look for the job first, again after each of the `waits` (seconds), then ask the chain.

    `body` is the request's; without it no job can be told from another.
    """
    found = yield from look_for_job(attempt, body, wallet, owner)
    for wait in waits:
        if found.reply is not None:
            break
        yield Sleep(wait)
        found = yield from look_for_job(found.attempt, body, wallet, owner)
    if found.reply is not None:
        return found
    return Found((yield from ask_chain(found.attempt, wallet, owner)), None)


def look_for_job(attempt: Attempt, body: bytes | None, wallet: Wallet, owner: str) -> Flow[Found]:
    """Look once for the job of a lost answer, where the route makes jobs and lists them."""
    if body is None or attempt.job_style is None or attempt.job_style.list_path is None:
        return Found(attempt, None)
    return (yield from find_job(attempt, attempt.job_style, body, wallet, owner))


def find_job(attempt: Attempt, style: JobStyle, body: bytes, wallet: Wallet, owner: str) -> Flow[Found]:
    """Find the job of a lost answer in the payer's list, and adopt it as `matched`."""
    backend = wallet.named(attempt.backend)
    if backend is None:
        return Found(attempt, None)
    seeker = Seeker(backend, wallet.habits, wallet.surroundings, wallet.credentials)
    jobs = yield from candidates(attempt, style, body, seeker)
    if not jobs:
        return Found(attempt, None)
    alike: list[Attempt] = yield Record(lambda ledger: ledger.alike(attempt.call), "alike")
    # The list is one wallet's: what another one paid for is not in it.
    payer = comparable(attempt.terms.payer)
    others = [other for other in alike if comparable(other.terms.payer) == payer]
    if len(others) > 1 or len(jobs) > 1:
        attempt, others = yield from _settled_first(attempt, others, wallet, owner)
    job = assign(attempt, others, jobs)
    if job is None:
        note = f"{len(jobs)} jobs in the list could be its own, for {len(others)} open attempts"
        return Found((yield from write(attempt, owner, Conclusion(None, note))), None)
    return (yield from _adopt(attempt, job, style, owner))


def ask_chain(attempt: Attempt, wallet: Wallet, owner: str) -> Flow[Attempt]:
    """Ask the chain, through the user's own node, what became of the credential."""
    outcome = yield from _outcome(attempt, wallet)
    if outcome is None:
        return attempt
    if outcome.money == "not known":
        # The server's last word stays; what the chain said before is replaced.
        told = (attempt.note or "").partition(CHAIN_SAYS)[0]
        note = f"{told}{CHAIN_SAYS}{outcome.reason}"
        return (yield from write(attempt, owner, Conclusion(None, note)))
    proven = Conclusion(
        outcome.money,
        outcome.reason,
        settled_by="chain" if outcome.money == "settled" else None,
        transaction=outcome.transaction,
    )
    return (yield from write(attempt, owner, proven))


def write(attempt: Attempt, owner: str, conclusion: Conclusion) -> Flow[Attempt]:
    """Put a conclusion on record."""
    written: Attempt = yield Record(lambda ledger: ledger.conclude(attempt.id, owner, conclusion), "conclude")
    return written


def _outcome(attempt: Attempt, wallet: Wallet) -> Flow[Outcome | None]:
    backend = wallet.named(attempt.backend)
    if backend is None or attempt.money not in {"refused", "unknown"}:
        return None
    try:
        return (yield from backend.outcome(attempt))
    except (NotSent, NoReply) as error:
        return Outcome("not known", f"the node gave no answer ({error})")


def _settled_first(
    own: Attempt, others: list[Attempt], wallet: Wallet, owner: str
) -> Flow[tuple[Attempt, list[Attempt]]]:
    """Ask the chain about every attempt of equal calls; only our own is written."""
    asked: list[Attempt] = []
    for other in others:
        if other.id == own.id:
            own = yield from ask_chain(own, wallet, owner)
            asked.append(own)
            continue
        outcome = yield from _outcome(other, wallet)
        if outcome is None or outcome.money == "not known":
            asked.append(other)
        else:
            asked.append(replace(other, money=outcome.money))
    return own, [attempt for attempt in asked if attempt.money != "void"]


def _adopt(attempt: Attempt, job: Listed, style: JobStyle, owner: str) -> Flow[Found]:
    body = json.dumps({style.id: job.id, style.status: job.raw.get(style.status)}).encode()
    adopted = Conclusion(
        None,
        f"{attempt.note}; its job was found in the list" if attempt.note else "its job was found in the list",
        delivery="accepted",
        job_id=job.id,
        matched=True,
        answer=StoredAnswer(200, "application/json", body),
    )
    written = yield from write(attempt, owner, adopted)
    if written.job_id != job.id:
        # Another attempt took it in the meantime.
        return Found(written, None)
    return Found(written, Reply(200, Headers({"Content-Type": "application/json"}), body))
