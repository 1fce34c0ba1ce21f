"""Replies to calls, once the transport has accounted for the money: answers, or typed errors."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from coinslot.bodies import is_json, is_text
from coinslot.effects import BodyCut, Flow, NoReply, NotSent, Reply, Send
from coinslot.errors import RequestRejected, ServerUnavailable, UnexpectedAnswer
from coinslot.route import JobStyle, Route, job_id_of, member_of
from coinslot.text import clean


def converse(route: Route[Any, Any], send: Send) -> Flow[Reply]:
    """Make one exchange. Raises ServerUnavailable where no reply came.

    Only for exchanges that pay nothing, or whose payment the transport accounts for: it raises an
    error of its own for every payment that may have been made.
    """
    try:
        reply: Reply = yield send
    except NotSent as error:
        raise ServerUnavailable(f"{route} could not be reached ({error}). Nothing was sent.") from error
    except BodyCut as cut:
        # Cut on its way from the transport to us: what was paid for is in the part that came.
        raise UnexpectedAnswer(
            f"{route} gave no whole reply ({cut}).", body=cut.reply.body, attempt_id=paid_with(cut.reply)
        ) from cut
    except NoReply as error:
        raise ServerUnavailable(f"{route} gave no reply ({error}). Nothing was paid.") from error
    return reply


def check_status(route: Route[Any, Any], reply: Reply) -> None:
    """Raise RequestRejected, ServerUnavailable or UnexpectedAnswer for anything but a success."""
    status = reply.status
    if 200 <= status < 300:
        return
    told = said(reply.body)
    message = f"{route} answered {status}" + (f": {told}" if told else "")
    if 400 <= status < 500:
        told_wait = (reply.headers.get("Retry-After") or "").strip()
        # As a date it would need a clock; whoever asks again without one waits a little longer each time.
        wait = float(told_wait[:6]) if told_wait.isascii() and told_wait.isdigit() else None
        raise RequestRejected(message, status=status, body=reply.body, retry_after=wait)
    if status >= 500:
        raise ServerUnavailable(message)
    raise UnexpectedAnswer(f"{message}; redirects are not followed", body=reply.body)


def read_answer(route: Route[Any, Any], reply: Reply) -> Any:
    """Return the answer as the route's model, or as it is where the route has none.

    Raises UnexpectedAnswer for one that does not fit.
    """
    if route.answer is None:
        return _untyped(route, reply) if is_json(_kind(route.gives)) else _as_it_is(_kind(route.gives), reply)
    try:
        return route.answer.model_validate_json(reply.body)
    except ValidationError as error:
        raise _unfit(reply, f"The answer of {route} does not fit its document: {_misfit(error)}") from error


def check_stream(route: Route[Any, Any], reply: Reply) -> None:
    """Raise UnexpectedAnswer where a success is no event stream."""
    if reply.unread is not None:
        return
    kind = clean(_kind(reply.headers.get("Content-Type") or "nothing of a kind"), 80)
    raise _unfit(reply, f"{route} was asked for an event stream, and answered with {kind}.")


def fits(route: Route[Any, Any] | None, reply: Reply) -> bool:
    """Whether an answer is one that the route's call can return."""
    if route is None:
        return True
    if route.job is not None:
        return read_job_id(reply, route.job) is not None
    try:
        if route.streams:
            check_stream(route, reply)
        else:
            read_answer(route, reply)
    except UnexpectedAnswer:
        return False
    return True


def read_job_id(reply: Reply, style: JobStyle | None) -> str | None:
    """Return the job's id from an accepted answer; None where the route makes no job or names none."""
    if style is None:
        return None
    try:
        content = reply.json()
    except ValueError:
        return None
    return job_id_of(member_of(content, style.id)) if isinstance(content, dict) else None


def paid_with(reply: Reply) -> str | None:
    """Return the id of the attempt that paid for this reply, if any."""
    attempt = getattr(reply.note, "attempt", None)
    return getattr(attempt, "id", None)


def backend_of(reply: Reply) -> str | None:
    """Return the name of the backend that paid for this reply, if any."""
    attempt = getattr(reply.note, "attempt", None)
    return getattr(attempt, "backend", None)


def payer_of(reply: Reply) -> str | None:
    """Return the address that paid for this reply, if any."""
    attempt = getattr(reply.note, "attempt", None)
    return None if attempt is None else str(attempt.terms.payer)


def said(body: bytes) -> str:
    """Return the server's own words about an error, fit to be shown; empty if it says nothing."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for _ in range(2):
        if not isinstance(content, dict):
            break
        # The usual places: problem details, {"error": "..."}, {"error": {"message": "..."}}.
        content = next((content[name] for name in ("detail", "message", "error") if content.get(name)), None)
    return clean(content) if isinstance(content, str) else ""


def _as_it_is(kind: str, reply: Reply) -> str | bytes:
    if not is_text(kind):
        return reply.body
    words = (reply.headers.get("Content-Type") or "").split(";")[1:]
    told = [
        word.partition("=")[2].strip(' "') for word in words if word.strip().lower().startswith("charset=")
    ]
    try:
        return reply.body.decode(told[0] if told else "utf-8", "replace")
    except LookupError:
        return reply.body.decode("utf-8", "replace")


def _kind(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _untyped(route: Route[Any, Any], reply: Reply) -> Any:
    if not reply.body:
        return None
    kind = (reply.headers.get("Content-Type") or "application/json").lower()
    if "json" not in kind:
        return _as_it_is(kind.partition(";")[0].strip(), reply)
    try:
        return reply.json()
    except ValueError as error:
        raise _unfit(reply, f"The answer of {route} is not the JSON that it says it is.") from error


def _unfit(reply: Reply, what: str) -> UnexpectedAnswer:
    attempt_id = paid_with(reply)
    if attempt_id is not None:
        what = (
            f"{what.rstrip('.')}. The same call gives this answer again, and pays nothing more; "
            f"`coinslot ledger show {attempt_id} --save-answer FILE` writes it down; another "
            f"idempotency_key, or `coinslot ledger resolve {attempt_id} lost`, pays anew."
        )
    return UnexpectedAnswer(what, body=reply.body, attempt_id=attempt_id)


def _misfit(error: ValidationError) -> str:
    """Name the members that do not fit, without their values: those can be secrets."""
    places = [".".join(str(part) for part in problem["loc"]) or "(whole)" for problem in error.errors()]
    kinds = [problem["type"] for problem in error.errors()]
    told = [f"{clean(place, 60)} ({kind})" for place, kind in zip(places, kinds, strict=True)]
    return ", ".join(told[:5])
