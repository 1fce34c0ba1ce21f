"""Finishing what an earlier call, or an earlier process, left open. Nothing new is ever signed here."""

from __future__ import annotations

from coinslot.attempt import Attempt, Conclusion, Envelope
from coinslot.effects import Flow, Headers, Record, Request
from coinslot.envelopes import completed
from coinslot.errors import LedgerUnavailable, PaymentError
from coinslot.ledger import Claim
from coinslot.lookup import ask_chain, look_up, write
from coinslot.paid_call import Paid, Wallet
from coinslot.security import is_named
from coinslot.settling import PAID_TIMEOUT, alive_in, settle
from coinslot.text import clean
from coinslot.unanswered import Part


def recover(
    wallet: Wallet, owner: str, origin: str | None = None, *, attempt_id: str | None = None
) -> Flow[list[Attempt]]:
    """Finish every open attempt of this wallet that nobody is at work on, as far as it can be.

    `origin` leaves out the others, and so does `attempt_id`. Returns all attempts that were or still are
    unfinished, as they stand now: those with a job can be waited for, the rest say in `note` what is missing.
    """
    payers = [backend.identity.address for backend in wallet.backends]
    left: list[Attempt] = yield Record(lambda ledger: ledger.unfinished(payers, origin), "unfinished")
    recovered: list[Attempt] = []
    for attempt in left:
        if attempt_id not in {None, attempt.id}:
            continue
        claim = yield from _claim(attempt, owner)
        if claim is not None:
            recovered.append((yield from _recovered(claim, wallet, owner)))
            yield from _release(attempt, owner)
    return recovered


def finish(
    claim: Claim,
    wallet: Wallet,
    owner: str,
    *,
    call: Request | None = None,
    timeout: float = PAID_TIMEOUT,
    resends: bool = True,
) -> Flow[Paid | Attempt]:
    """Send the very same request again while it is valid; else look up job and money.

    `call` is the same call made again, which has what is not on record of the first. Returns the answer,
    or the attempt where there is none. Raises what `settle` raises.
    """
    attempt = claim.attempt
    if attempt.money == "signed":
        # Its owner ended while the credential may have been on the wire.
        crashed = Conclusion("unknown", "its owner ended before an answer was on record")
        attempt = yield from write(attempt, owner, crashed)
    envelope = completed(claim.envelope, call) if claim.envelope is not None else None
    if resends and claim.envelope is not None and envelope is None:
        fields = ", ".join(clean(name, 40) for name in claim.envelope.left_out)
        why = f"it was sent with {fields}, which only its caller has: the same call sends it again"
        kept = Conclusion(None, why)
        attempt = yield from write(attempt, owner, kept)
    if resends and envelope is not None and not _can_show(envelope, wallet):
        resends = False
        kept = Conclusion(None, "it shows a credential of the API, which only a client that was given it has")
        attempt = yield from write(attempt, owner, kept)
    if resends and envelope is not None and envelope.credential_header[1] and alive_in(0.0, attempt, wallet):
        part = Part(claim.answer)
        return (yield from settle(attempt, envelope, wallet, owner, timeout=timeout, part=part))
    body = claim.envelope.body if claim.envelope is not None else None
    found = yield from look_up(attempt, body, wallet, owner)
    return found.attempt if found.reply is None else Paid(found.reply, found.attempt)


def _can_show(envelope: Envelope, wallet: Wallet) -> bool:
    request = Request(envelope.method, envelope.url, Headers(envelope.headers))
    if wallet.credentials is None:
        return not is_named(request)
    return wallet.credentials.can_show(request)


def _claim(attempt: Attempt, owner: str) -> Flow[Claim | None]:
    claim: Claim | None = yield Record(lambda ledger: ledger.claim(attempt.id, owner), "claim")
    return claim


def _release(attempt: Attempt, owner: str) -> Flow[None]:
    yield Record(lambda ledger: ledger.release(attempt.id, owner), "release")


def _recovered(claim: Claim, wallet: Wallet, owner: str) -> Flow[Attempt]:
    if claim.attempt.delivery != "none":
        # Its job is known; only what is true of the money may still be learnt.
        return (yield from ask_chain(claim.attempt, wallet, owner))
    # What is true stands in the ledger; an error would say it once more.
    # What the server refused is not sent again behind the caller's back: by now it may be unwanted.
    resends = claim.attempt.money != "refused"
    try:
        yield from finish(claim, wallet, owner, resends=resends)
    except PaymentError as error:
        if isinstance(error.__cause__, LedgerUnavailable):
            raise
    attempt: Attempt = yield Record(lambda ledger: ledger.attempt(claim.attempt.id), "attempt")
    return attempt
