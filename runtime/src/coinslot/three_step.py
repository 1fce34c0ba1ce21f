"""Three steps: a paid token, the file put to its host with that token, a signed confirmation.

Only the first costs money. The other two are repeated as they are when their answer is lost, and an
upload that stopped goes on with the token it has when the same file is uploaded again.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from coinslot.addresses import is_there
from coinslot.attempt import Delivery
from coinslot.bought import address_of, expired, forgotten, key_of, names_its_file, on_record, remember
from coinslot.delivery import deliver
from coinslot.effects import Flow, Headers, NoReply, NotSent, Record, Reply, Request, Send, Sleep
from coinslot.errors import (
    ConfigurationError,
    ConflictingCall,
    PaymentOutcomeUnknown,
    ServerUnavailable,
    SignInRefused,
    UnexpectedAnswer,
    UploadFailed,
)
from coinslot.ledger import Claim
from coinslot.origin import is_loopback, origin_of
from coinslot.paid_call import PaidCall, call_identities
from coinslot.replies import backend_of, check_status, converse, paid_with, said
from coinslot.terms import CallTerms
from coinslot.uploads import TURN, TURNS, LocalFile, Site, Upload
from coinslot.wire import encode

TRIES = 4
PUT_TIMEOUT = 120.0
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


class ThreeStep:
    """The strategy `three-step`."""

    def upload(self, upload: Upload, file: LocalFile, site: Site) -> Flow[str]:
        """Carry out the three steps and return the file's address.

        Raises what a paid call raises, until the token is there; UploadFailed after that.
        """
        begun = False
        for _ in range(TURNS):
            known = yield from address_of(upload, file, site)
            if known is not None and (yield from is_there(known, site)):
                site.tell(file, "known")
                return known
            key = yield from key_of(upload, file, site, gone=known)
            if key is None:
                continue
            if not begun:
                site.tell(file, "token")
                begun = True
            address = yield from _uploaded(upload, file, site, key, gone=known)
            if address is not None:
                return address
            # Another program is at it: what it comes to will be on record.
            yield Sleep(TURN)
        raise UploadFailed(
            "The very same file is being uploaded by another program. Nothing was paid by this one.",
            step="check",
        )


class _Token:
    """The paid token, read out of its answer."""

    def __init__(self, upload: Upload, reply: Reply) -> None:
        self.answer = reply
        self.attempt_id = paid_with(reply)
        self.payer = backend_of(reply)
        self.upload_id = self._member(upload.id_member)
        self.bearer = self._member(upload.token_member)
        self.place = self._member(upload.put_query)
        if not _TOKEN.fullmatch(self.bearer):
            raise self._misfit(upload.token_member)

    def _member(self, name: str) -> str:
        try:
            found = self.answer.json().get(name)
        except (ValueError, AttributeError):
            found = None
        if not isinstance(found, str) or not found or not found.isprintable():
            raise self._misfit(name)
        return found

    def _misfit(self, name: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(
            f"The upload token was paid for, but its answer holds no usable {name!r}.",
            body=self.answer.body,
            attempt_id=self.attempt_id,
        )


def _uploaded(upload: Upload, file: LocalFile, site: Site, key: str, *, gone: str | None) -> Flow[str | None]:
    """Buy the token of a key, or go on with it; None: another call holds it, or has used it meanwhile.

    `gone` is where the file was before. A token that led there may put it once more.
    """
    token = yield from _buy_token(upload, file, site, key)
    if token is None:
        return None
    if token.attempt_id is None:
        return (yield from _sent(upload, file, site, token))
    attempt_id = token.attempt_id
    owner: str = yield Record(lambda ledger: ledger.enter(), "enter")
    try:
        claim: Claim | None = yield Record(lambda ledger: ledger.claim(attempt_id, owner), "claim")
        if claim is None or (claim.attempt.delivery == "saved" and claim.attempt.address != gone):
            return None
        address = yield from _sent(upload, file, site, token)
        yield from remember(attempt_id, address)
    finally:
        yield Record(lambda ledger: ledger.leave(owner), "leave")
    site.tell(file, "done")
    return address


def _sent(upload: Upload, file: LocalFile, site: Site, token: _Token) -> Flow[str]:
    url = yield from _put(upload, file, site, token)
    site.tell(file, "confirm")
    return (yield from _confirm(upload, site, token, url))


def _buy_token(upload: Upload, file: LocalFile, site: Site, key: str) -> Flow[_Token | None]:
    """Buy the token of a key, or take the one that was bought; None: another call is at it right now."""
    url = site.base_url + upload.token.path
    body = {upload.filename_member: file.name, upload.media_type_member: file.media_type}
    request = encode(upload.token, url, body=body)
    # Equal bytes are one upload, whatever each program calls them.
    known_as = None if names_its_file(key) else encode(upload.token, url, body={"upload": key})
    terms = CallTerms(route=upload.token, max_price=site.max_price, idempotency_key=key, known_as=known_as)
    try:
        reply = yield from converse(upload.token, Send(request, site.timeout, terms))
    except PaymentOutcomeUnknown as error:
        if (yield from forgotten(error.attempt_id)):
            message = "The upload's token was paid for and erased since; a new upload pays again."
            raise UploadFailed(message, step="token", attempt_id=error.attempt_id) from error
        raise
    except ConflictingCall:
        # Raised once more where the key is another request's: nobody would ever be done with it.
        yield from on_record(call_identities(PaidCall(request, upload.token, None, key, known_as=known_as)))
        return None
    check_status(upload.token, reply)
    return _Token(upload, reply)


def _put(upload: Upload, file: LocalFile, site: Site, token: _Token) -> Flow[str]:
    address = put_address(upload, site.put_origin, token.place)
    request = Request("PUT", address, _put_headers(upload, file, token), file.content)
    site.tell(file, "put", 0)
    sending = Send(request, PUT_TIMEOUT, on_sent=lambda sent: site.tell(file, "put", sent))
    reply = yield from _until_answered("put", sending, token)
    url = _find(_content(reply), upload.put_url_member)
    if not isinstance(url, str) or not _is_address(url, site):
        raise _failed("put", token, "the file host's answer holds no usable address")
    return url


def _put_headers(upload: Upload, file: LocalFile, token: _Token) -> Headers:
    """Return the bearer token, and nothing else that could say who we are."""
    fields = [(name, value.replace("{content_type}", file.media_type)) for name, value in upload.put_headers]
    if not any(name.lower() == "content-type" for name, _ in fields):
        fields.append(("Content-Type", file.media_type))
    return Headers(fields).having("Authorization", f"Bearer {token.bearer}")


def _confirm(upload: Upload, site: Site, token: _Token, url: str) -> Flow[str]:
    body = {upload.id_member: token.upload_id, upload.url_member: url}
    request = encode(upload.confirm, site.base_url + upload.confirm.path, body=body)
    terms = CallTerms(route=upload.confirm, identity=token.payer)
    reply = yield from _until_answered("confirm", Send(request, site.timeout, terms), token)
    confirmed = _find(_content(reply), upload.url_member)
    # What was confirmed is the address that the file host gave; most servers repeat it.
    return confirmed if isinstance(confirmed, str) and _is_address(confirmed, site) else url


def put_address(upload: Upload, origin: str | None, place: str) -> str:
    """Return where the file goes: the constant address, with `place` as one encoded query value."""
    parts = urlsplit(upload.put_url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != upload.put_query]
    query = urlencode([*kept, (upload.put_query, place)], safe="", quote_via=quote)
    scheme, netloc = parts.scheme, parts.netloc
    if origin is not None:
        other = urlsplit(origin)
        scheme, netloc = other.scheme, other.netloc
    return urlunsplit((scheme, netloc, parts.path, query, ""))


def _until_answered(step: str, send: Send, token: _Token) -> Flow[Reply]:
    """Make the same exchange until it is answered; each of them may be repeated."""
    for left in reversed(range(TRIES)):
        try:
            reply: Reply = yield send
        except SignInRefused as error:
            raise _failed(step, token, str(error)) from error
        except (NotSent, NoReply, ServerUnavailable) as error:
            if not left:
                raise _failed(step, token, str(error)) from error
        else:
            if 200 <= reply.status < 300:
                return reply
            why = f"it was answered {reply.status}; {said(reply.body)}".rstrip("; ")
            if reply.status not in _BUSY and expired(token.answer, reply):
                yield from _move(token, "lost")
                raise _failed(step, token, why, then="it has expired, and a new upload pays again")
            if reply.status not in _BUSY or not left:
                raise _failed(step, token, why)
        yield Sleep(float(2 ** (TRIES - 1 - left)))
    raise AssertionError  # pragma: no cover - the last try returns or raises


def _move(token: _Token, delivery: Delivery) -> Flow[None]:
    if token.attempt_id is not None:
        yield from deliver(token.attempt_id, delivery)


def _failed(
    step: str, token: _Token, why: str, *, then: str = "uploading the same file again goes on with it"
) -> UploadFailed:
    paid = f" (attempt {token.attempt_id})" if token.attempt_id else ""
    return UploadFailed(
        f"The upload stopped at the step {step!r}: {why.rstrip('.')}. Its token is paid for{paid}; {then}.",
        step=step,
        attempt_id=token.attempt_id,
    )


def _content(reply: Reply) -> Any:
    try:
        return reply.json()
    except ValueError:
        return None


def _find(content: Any, name: str) -> Any:
    """Return a member by name, here or one level deeper."""
    if not isinstance(content, dict):
        return None
    if name in content:
        return content[name]
    return next(
        (inner[name] for inner in content.values() if isinstance(inner, dict) and name in inner), None
    )


def _is_address(url: str, site: Site) -> bool:
    try:
        return origin_of(url).startswith("https://") or (is_loopback(url) and is_loopback(site.base_url))
    except ConfigurationError:
        return False
