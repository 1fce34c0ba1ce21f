"""Every error that a paid call can raise.

CoinslotError
├── ConfigurationError        something must be set or installed first
│   └── CredentialMissing     the route wants a key or token that the client was not given
├── ClientClosed              a client was used after it was closed
├── LedgerUnavailable         the ledger cannot be read or written
├── PaymentError              about one payment; says what is true of the money
│   ├── PaymentRefused        our policy said no; nothing was signed
│   │   ├── UnknownPrice      no price is known, and the caller gave no `max_price`
│   │   └── UnexpectedPayment a route that is not for sale asked for money
│   ├── MalformedChallenge    the 402 cannot be read; nothing was signed
│   ├── PaymentRejected       the server says that it did not take our payment
│   ├── PaymentOutcomeUnknown a payment may have been taken; carries the attempt
│   └── ConflictingCall       the idempotency key belongs to another request
├── SignInRefused             the server did not accept the wallet's signature, or we refused to sign
├── RequestRejected           the server refused the request before any payment
├── ServerUnavailable         no usable answer, and no payment was made
├── UnexpectedAnswer          an answer that does not fit the document; carries the raw body
├── StreamCut                 an event stream broke off; carries the events that came
├── JobFailed                 the server says that the job failed
├── JobTimeout                our deadline passed; the job can be waited for again
├── UploadFailed              an upload stopped between its steps
└── DownloadFailed            a result's file could not be fetched whole
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.offer import Offer, Refusal
    from coinslot.streams import Event


class CoinslotError(Exception):
    """Base of all errors raised here."""

    money = "Nothing was signed and nothing was paid."
    """What is true of the money now, in a sentence."""


class ConfigurationError(CoinslotError):
    """Something must be set, installed or mended before a call can be made."""

    money = "Nothing was signed by this call; what is on record stands."


class CredentialMissing(ConfigurationError):
    """A route wants a key or a token that the client was not given.

    Nothing was sent, signed or paid. The message names what to give.
    """


class ClientClosed(CoinslotError):
    """A client, or a job or result of it, was used after it was closed. Nothing was sent."""

    def __init__(self) -> None:
        super().__init__(
            "This client is closed, so nothing was sent, signed or paid. What was paid for is on record: "
            "make another client, and take its jobs up with recover() or a job's token."
        )


class LedgerUnavailable(CoinslotError):
    """The ledger cannot be read or written: its disk is full, its file locked or damaged.

    Nothing is signed without it. What it held before stands. Where it fails once a payment may have been
    sent, that is a PaymentOutcomeUnknown, with this as its cause.
    """

    money = "Nothing is signed without the ledger; what is on record stands."


class PaymentError(CoinslotError):
    """An error about one payment.

    `money` says in a sentence what is true of the money now.
    """

    def __init__(self, message: str, *, attempt_id: str | None = None) -> None:
        self.attempt_id = attempt_id
        super().__init__(f"{message} {self.money}" if self.money else message)


class PaymentRefused(PaymentError):
    """Our own policy, or every backend, said no. Nothing was signed.

    `refused` holds every offer of the challenge with its reason.
    """

    def __init__(
        self,
        message: str,
        *,
        slug: str = "refused",
        refused: Sequence[tuple[Offer, Refusal]] = (),
        attempt_id: str | None = None,
    ) -> None:
        self.slug = slug
        self.refused = tuple(refused)
        super().__init__(message, attempt_id=attempt_id)


class UnknownPrice(PaymentRefused):
    """No price is known for the route, so the call needs an explicit `max_price`."""


class UnexpectedPayment(PaymentRefused):
    """A route that the document does not price asked for money. It is never paid."""


class MalformedChallenge(PaymentError):
    """The 402 cannot be read as a challenge of any protocol we know."""


class PaymentRejected(PaymentError):
    """The server says that it did not take our payment.

    Only the chain proves it: the attempt stays on record and its budget stays reserved until its
    credential can never settle.
    """

    money = (
        "The server says that it took no payment; until the credential has expired on the chain "
        "the amount stays reserved, and the same call will not sign again."
    )

    def __init__(self, message: str, *, attempt_id: str, status: int, body: bytes = b"") -> None:
        self.status = status
        self.body = body
        super().__init__(message, attempt_id=attempt_id)


class PaymentOutcomeUnknown(PaymentError):
    """A signed payment may have been taken, and nothing has proved otherwise yet.

    Calling again with the same arguments resumes this attempt and never signs a second payment. `body` is
    what came of an answer that broke off, so that nothing that was paid for is lost.
    """

    money = (
        "The payment may have been taken. Do not pay again: the same call resumes this attempt, "
        "and `client.recover()` looks it up."
    )

    def __init__(
        self,
        message: str,
        *,
        attempt_id: str,
        offer: Offer | None = None,
        expires_at: int | None = None,
        money: str | None = None,
        body: bytes = b"",
    ) -> None:
        self.body = body
        self.offer = offer
        self.expires_at = expires_at
        self.money = money or type(self).money
        super().__init__(message, attempt_id=attempt_id)


class ConflictingCall(PaymentError):
    """The idempotency key was used before, with another request."""


class SignInRefused(CoinslotError):
    """The server refused our wallet's signature, or its sign-in challenge is not one to sign.

    Nothing is paid on a signed route, ever.
    """

    money = "Nothing is paid on a signed route; a job that was paid for stays paid."


class RequestRejected(CoinslotError):
    """The server refused the request itself, before any payment. Nothing was signed.

    `retry_after`: seconds after which it wants to be asked again, where it says so.
    """

    money = "Nothing was paid by this request; a job that was paid for stays paid."

    def __init__(
        self, message: str, *, status: int, body: bytes = b"", retry_after: float | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.retry_after = retry_after
        super().__init__(message)


class ServerUnavailable(CoinslotError):
    """No usable answer came, and no payment was made."""

    money = "Nothing was paid by this request; a job that was paid for stays paid."


class UnexpectedAnswer(CoinslotError):
    """An answer that does not fit the document.

    `body` is the answer as received, so that nothing that was paid for is lost.
    """

    money = "Nothing was paid by this request; a job that was paid for stays paid."

    def __init__(self, message: str, *, body: bytes, attempt_id: str | None = None) -> None:
        self.body = body
        self.attempt_id = attempt_id
        if attempt_id is not None:
            self.money = f"It was paid for, as far as is known (attempt {attempt_id})."
        super().__init__(message)


class StreamCut(CoinslotError):
    """An event stream broke off before its end, or the server fell silent in it.

    `received` events came; `events` are the last of them, all of them where they are few.
    """

    money = "Nothing was paid by this request; a job that was paid for stays paid."

    def __init__(
        self,
        message: str,
        *,
        events: Sequence[Event[Any]] = (),
        received: int = 0,
        attempt_id: str | None = None,
        settled: bool = False,
    ) -> None:
        self.events = tuple(events)
        self.received = received
        self.attempt_id = attempt_id
        if attempt_id is not None:
            paid = "It is paid for" if settled else "It is paid for, as far as is known"
            goes_on = (
                "the call counts as answered, and the same call without an idempotency key pays again"
                if received
                else "no event came, so the same call resumes this attempt and signs no second payment"
            )
            self.money = f"{paid} (attempt {attempt_id}): {goes_on}."
        super().__init__(f"{message} {self.money}")


class JobFailed(CoinslotError):
    """The server says that the job failed. The payment was made."""

    money = "It was paid for, and the server does not give it back, as far as we know."

    def __init__(self, job_id: str, reason: str | None) -> None:
        self.job_id = job_id
        self.reason = clean(reason) if reason else None
        told = f": {self.reason}" if self.reason else ", and the server gives no reason"
        super().__init__(f"Job {clean(job_id)} failed{told}. It was paid for and is not repeated.")


class JobLost(JobFailed):
    """The server does not know the job (any more), or not for this wallet. The payment was made.

    It may turn up: a later `wait`, here or after `recover()`, asks again.
    """

    def __init__(self, job_id: str) -> None:
        super().__init__(
            job_id,
            "the server does not know it, or not for the wallet that asks; waiting for it later asks again",
        )


class JobTimeout(CoinslotError):
    """Our deadline passed. The job can be waited for again.

    `status` is the last that was heard while it was waited for; None where there was no usable answer.
    """

    money = "It is paid for."

    def __init__(self, job_id: str, status: str | None, waited: float, trouble: str | None = None) -> None:
        self.job_id = job_id
        self.status = status
        after = f"after {waited:.0f} s"
        if status is not None:
            known = f"was still {clean(status)!r} {after}. It is paid for and goes on"
        else:
            why = f" ({clean(trouble)})" if trouble else ""
            known = f"gave no usable answer {after}{why}. It is paid for; whether it goes on is not known"
        super().__init__(f"Job {clean(job_id)} {known}: wait for it again, do not submit it again.")


class UploadFailed(CoinslotError):
    """An upload stopped between its steps. `step` is the one that failed."""

    money = "Nothing was paid by this; a token that was paid for before stays paid."

    def __init__(self, message: str, *, step: str, attempt_id: str | None = None) -> None:
        self.step = step
        self.attempt_id = attempt_id
        if attempt_id is not None:
            self.money = f"Its token is paid for (attempt {attempt_id})."
        super().__init__(message)


class DownloadFailed(CoinslotError):
    """A file could not be fetched whole. The job keeps its result: ask for the job again."""

    money = "What it belongs to is paid for, and nothing more was paid."
