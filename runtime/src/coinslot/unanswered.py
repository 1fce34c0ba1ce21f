"""What is said of a paid call that has no answer, or part of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coinslot.answers import Verdict
from coinslot.attempt import Attempt, StoredAnswer
from coinslot.effects import Reply
from coinslot.errors import LedgerUnavailable, PaymentError, PaymentOutcomeUnknown, PaymentRejected


class Part:
    """What came of answers that broke off: the most of it that there was."""

    def __init__(self, answer: StoredAnswer | None = None) -> None:
        self._answer = answer if answer is not None and answer.partial else None

    def take(self, reply: Reply) -> StoredAnswer | None:
        """Take what came of one more; return it where it is more than is on record."""
        if len(reply.body) <= len(self.body):
            return None
        self._answer = stored(reply, partial=True)
        return self._answer

    @property
    def body(self) -> bytes:
        """The bytes; none where nothing came."""
        return b"" if self._answer is None else self._answer.body

    def __str__(self) -> str:
        """Return a sentence, and nothing where nothing came."""
        return f"{self._told}. " if self.body else ""

    def kept(self, attempt_id: str) -> str:
        """Return the same of one that is on record: who reads the error may not have its `body`."""
        if not self.body:
            return ""
        return f"{self._told}, and `coinslot ledger show {attempt_id} --save-answer FILE` writes them down. "

    @property
    def _told(self) -> str:
        return f"{len(self.body)} bytes of its answer came: this error holds them in `body`"


def stored(reply: Reply, *, partial: bool = False) -> StoredAnswer:
    """Return an answer as it is kept."""
    return StoredAnswer(reply.status, reply.headers.get("Content-Type") or "", reply.body, partial)


@contextmanager
def on_the_wire(attempt: Attempt, part: Part) -> Iterator[None]:
    """Say of a ledger that fails here what is true of a payment that may have been sent."""
    try:
        yield
    except LedgerUnavailable as error:
        message = (
            f"The outcome of a payment is not known, and cannot be put on record: {error} {part}"
            f"Attempt {attempt.id}."
        )
        raise _unknown(attempt, message, part) from error


def failure(
    attempt: Attempt, reply: Reply | None = None, verdict: Verdict | None = None, part: Part | None = None
) -> PaymentError:
    """Return the error that says what is true of an attempt whose answer did not come whole.

    `reply` and `verdict` are the last; without them its note on record tells. `part`: what came of an answer.
    """
    part = part or Part()
    why = verdict.note if verdict is not None else (attempt.note or "no answer is on record")
    if (
        attempt.money == "refused"
        and verdict is not None
        and verdict.money == "refused"
        and reply is not None
    ):
        message = f"The payment was refused: {why}."
        return PaymentRejected(message, attempt_id=attempt.id, status=reply.status, body=reply.body)
    told, money = f"{why}. {part.kept(attempt.id)}Attempt {attempt.id}.", None
    if attempt.money == "settled":
        message = f"The payment has settled, but its answer was lost: {told}"
        money = "It was taken: the same call resumes this attempt, and `client.recover()` looks for its job."
        if attempt.job_style is None:
            # There is no list to look in, and most servers give such an answer once.
            money = (
                "It was taken, and the same call pays nothing more. Where the server never gives the answer: "
                f"`coinslot ledger resolve {attempt.id} lost`, or another idempotency_key, pays anew."
            )
    elif attempt.money == "void":
        message = f"The payment can never settle: {told}"
        money = "It was not taken and never can be: the same call may be made again."
    else:
        message = f"The outcome of a payment is not known: {told}"
    return _unknown(attempt, message, part, money)


def _unknown(attempt: Attempt, message: str, part: Part, money: str | None = None) -> PaymentOutcomeUnknown:
    return PaymentOutcomeUnknown(
        message,
        attempt_id=attempt.id,
        offer=attempt.offer,
        expires_at=attempt.terms.expires_at,
        money=money,
        body=part.body,
    )
