"""A token that was bought for a file is used for that file before another one is bought."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coinslot.addresses import date_of, is_there
from coinslot.attempt import DELIVERY_MOVES, RELEASED, Attempt, CallIdentity
from coinslot.effects import Flow, Record, Reply
from coinslot.errors import ConflictingCall
from coinslot.matching import moment
from coinslot.offer import comparable
from coinslot.origin import origin_of

if TYPE_CHECKING:
    from coinslot.ledger import Ledger
    from coinslot.uploads import LocalFile, Site, Upload

_USABLE = frozenset({"none", "finished"})
"""A token's delivery while its upload is under way; `saved` once it is confirmed, `lost` if it is no use."""
_FOR_ONE_NAME = re.compile(r"upload-[0-9a-f]{32}-[0-9a-f]{8}-")
_NAMED = re.compile(r"upload-[0-9a-f]{32}-(?:[0-9a-f]{8}-)?named-(.*)", re.DOTALL)
_ENDS = frozenset({"expires", "expiresat", "expiration", "expirationtime", "expiry", "validuntil"})
"""What servers call the moment until which a token is good, in small letters alone."""


def key_of(upload: Upload, file: LocalFile, site: Site, *, gone: str | None) -> Flow[str | None]:
    """Return the idempotency key of this file's token: of one at hand, or of the next to be bought.

    `gone` is the last address of these bytes, which holds no longer. None: since that was read, another
    call has uploaded them.
    """
    prefixes = _prefixes(upload, file, site)
    payers = {comparable(payer) for payer in site.payers()}

    def find(ledger: Ledger) -> str | None:
        if site.idempotency_key is not None:
            return _named(ledger, upload, file, site)
        bought = _bought(ledger, prefixes, site)
        if _address(bought, upload, site, payers) != gone:
            return None
        usable = (
            key
            for attempt, key in bought
            if attempt.delivery in _USABLE
            and _sold_here(attempt, upload, site)
            and attempt.money not in RELEASED
            and comparable(attempt.terms.payer) in payers
            and _takes(key, file)
        )
        return next(usable, f"{prefixes[0]}{len(bought)}")

    key: str | None = yield Record(find, "find token")
    return key


def address_of(upload: Upload, file: LocalFile, site: Site) -> Flow[str | None]:
    """Return the address that these bytes were uploaded to before, by one of our payers, or None."""
    payers = {comparable(payer) for payer in site.payers()}
    prefixes = _prefixes(upload, file, site)
    address: str | None = yield Record(
        lambda ledger: _address(_bought(ledger, prefixes, site), upload, site, payers), "find upload"
    )
    return address


def standing_address(upload: Upload, file: LocalFile, site: Site) -> Flow[str | None]:
    """Return the same address, where the file can still be fetched there."""
    known = yield from address_of(upload, file, site)
    return known if known is not None and (yield from is_there(known, site)) else None


def on_record(identities: Sequence[CallIdentity]) -> Flow[bool]:
    """Whether a call was made before and is not at its end, so that it is resumed with the files it has.

    `identities` tell it, as this version and older ones have it.

    Raises ConflictingCall where its key belongs to another request: its files would be bought for nothing.
    """

    def look(ledger: Ledger) -> bool:
        call, fingerprints = identities[0], {one.fingerprint for one in identities}
        if call.idempotency_key is None:
            return any(ledger.alike(one) for one in identities)
        key = (call.origin, call.idempotency_key)
        for one in ledger.attempts():
            if (one.call.origin, one.call.idempotency_key) != key or one.money in RELEASED:
                continue
            if one.call.fingerprint not in fingerprints:
                message = "This idempotency key was used before, with another request."
                raise ConflictingCall(message, attempt_id=one.id)
            return True
        return False

    known: bool = yield Record(look, "on record")
    return known


def remember(attempt_id: str, address: str) -> Flow[None]:
    """Put on record that an upload is at its end, and where it led."""

    def write(ledger: Ledger) -> None:
        attempt = ledger.attempt(attempt_id)
        if attempt is not None and (
            attempt.delivery == "saved" or "saved" in DELIVERY_MOVES[attempt.delivery]
        ):
            ledger.deliver(attempt_id, "saved", address=address)

    yield Record(write, "saved")


def _address(
    bought: Sequence[tuple[Attempt, str]], upload: Upload, site: Site, payers: Collection[str]
) -> str | None:
    found = [
        attempt.address
        for attempt, key in bought
        if attempt.delivery == "saved"
        and _sold_here(attempt, upload, site)
        and comparable(attempt.terms.payer) in payers
        and site.idempotency_key in {None, _name_in(key)}
    ]
    return next((address for address in reversed(found) if address), None)


def _prefixes(upload: Upload, file: LocalFile, site: Site) -> tuple[str, ...]:
    """Return how keys of this file's tokens begin: now, and in versions before.

    Those left out the path that a whole API is served below, so two APIs of one origin shared their keys.
    """

    def prefix(address: str) -> str:
        digest = hashlib.sha256(f"{address}\0{file.media_type}\0".encode())
        digest.update(file.content)
        return f"upload-{digest.hexdigest()[:32]}-"

    path, below = upload.token.path, urlsplit(site.base_url).path
    return (prefix(below + path), prefix(path)) if below else (prefix(path),)


def _sold_here(attempt: Attempt, upload: Upload, site: Site) -> bool:
    """Whether a token was bought at this very address: an origin can serve several APIs."""
    return attempt.call.path == urlsplit(site.base_url + upload.token.path).path


def names_its_file(key: str) -> bool:
    """Whether a token was bought for one name alone, as older versions did.

    Else it is its content's, under whatever name it is uploaded first.
    """
    return _FOR_ONE_NAME.match(key) is not None


def _takes(key: str, file: LocalFile) -> bool:
    """Whether the token of a content may be used under this file's name."""
    own = hashlib.sha256(file.name.encode()).hexdigest()[:8]
    return not names_its_file(key) or key.split("-")[2] == own


def _named(ledger: Ledger, upload: Upload, file: LocalFile, site: Site) -> str:
    """Return the key of an upload that its caller named. Raises ConflictingCall for another file's name."""
    prefixes = _prefixes(upload, file, site)
    for attempt, key in _bought(ledger, ("upload-",), site):
        if _name_in(key) != site.idempotency_key or not _sold_here(attempt, upload, site):
            continue
        if key.startswith(prefixes) and _takes(key, file):
            return key
        message = "This idempotency key was used before, to upload another file."
        raise ConflictingCall(message, attempt_id=attempt.id)
    return f"{prefixes[0]}named-{site.idempotency_key}"


def _name_in(key: str) -> str | None:
    """Return the name that a caller gave an upload; None for an upload without one."""
    found = _NAMED.fullmatch(key)
    return None if found is None else found[1]


def _bought(ledger: Ledger, prefixes: tuple[str, ...], site: Site) -> list[tuple[Attempt, str]]:
    """Return the attempts for tokens whose keys begin so, the oldest first, with their keys."""
    origin = origin_of(site.base_url)
    return [
        (attempt, key)
        for attempt in ledger.attempts()
        if attempt.call.origin == origin and (key := attempt.call.idempotency_key or "").startswith(prefixes)
    ]


def forgotten(attempt_id: str | None) -> Flow[bool]:
    """Whether a token was bought and its answer was erased since; it is written off then."""

    def write_off(ledger: Ledger) -> bool:
        attempt = ledger.attempt(attempt_id) if attempt_id is not None else None
        if attempt is None or attempt.delivery != "finished":
            return False
        ledger.deliver(attempt.id, "lost")
        return True

    gone: bool = yield Record(write_off, "write off")
    return gone


def expired(answer: Reply, refusal: Reply) -> bool:
    """Whether a token, bought with this answer, was refused after its end: both by the server's own word.

    A refusal alone proves nothing, and a token that may be good is not bought again.
    """
    now = date_of(refusal)
    try:
        content = answer.json()
    except ValueError:
        return False
    named = content if isinstance(content, dict) else {}
    told = next((value for name, value in named.items() if re.sub("[^a-z]", "", name.lower()) in _ENDS), None)
    end = moment(told)
    return end is not None and now is not None and now >= end
