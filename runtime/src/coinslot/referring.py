"""Files in a call become addresses: all are checked first, then each is uploaded, then the call is paid."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from coinslot.bought import address_of, on_record, standing_address
from coinslot.effects import Flow
from coinslot.errors import PaymentRefused, UploadFailed
from coinslot.money import Dollars, dollars, show
from coinslot.references import Reference, references, referring
from coinslot.route import PriceRange, Route
from coinslot.uploads import LocalFile, Upload, read_file, sent, site_of
from coinslot.wire import PathValue, encode, fill

if TYPE_CHECKING:
    from coinslot.effects import Request
    from coinslot.face import Face
    from coinslot.models import RequestModel
    from coinslot.terms import CallTerms

_NOWHERE = "https://files.invalid"
"""A host that cannot exist: the address of a file that is not uploaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a call sends, before it is written as a request."""

    path: Mapping[str, PathValue] | None = None
    query: RequestModel | None = None
    headers: RequestModel | None = None
    cookies: RequestModel | None = None
    body: Any = None

    def files(self) -> list[tuple[str, Reference]]:
        """Return the files in it, with the members that hold them, as in `shots.still`."""
        found = [*references(self.query), *references(self.body)]
        return [(".".join(path), reference) for path, reference in found]

    def referring(self, addresses: dict[Reference, str]) -> Sent:
        """Return the same with addresses in the files' places."""
        query, body = referring(self.query, addresses), referring(self.body, addresses)
        return replace(self, query=query, body=body)

    def written(self, route: Route[Any, Any], base_url: str) -> Request:
        """Return the request."""
        url = base_url + fill(route.path, self.path or {})
        return encode(
            route, url, query=self.query, headers=self.headers, cookies=self.cookies, body=self.body
        )


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one call, checked."""

    steps: Upload
    known: Mapping[Reference, LocalFile]

    def distinct(self) -> list[LocalFile]:
        """Return each content once."""
        return list({(file.content, file.media_type): file for file in self.known.values()}.values())

    def placeholders(self) -> dict[Reference, str]:
        """Return addresses that tell the files by their content, and lead nowhere."""
        return {reference: _placeholder(file) for reference, file in self.known.items()}

    def uploaded(self, face: Face[Any, Any], there: Mapping[str, str]) -> Flow[dict[Reference, str]]:
        """Upload each content once, but those that are `there` (by placeholder); return where the files are.

        Raises what uploads raise.
        """
        places = dict(there)
        for file in self.distinct():
            if _placeholder(file) in there:
                site_of(face).tell(file, "known")
            else:
                places[_placeholder(file)] = yield from sent(face, self.steps, file)
        return {reference: places[_placeholder(file)] for reference, file in self.known.items()}


def checked(route: Route[Any, Any], steps: Upload | None, given: Sequence[tuple[str, Reference]]) -> Files:
    """Read all files of a call, and hold them against what may be sent. Raises UploadFailed."""
    if steps is None:
        raise UploadFailed(
            f"{route} takes addresses, and how files get one is not known for this API: its document tells "
            "of no upload. Put the file where it can be fetched and give that URL. Nothing was paid.",
            step="check",
        )
    known = {}
    for member, reference in given:
        file = read_file(reference.source, steps.media_types, largest=steps.largest)
        kinds = route.media.get(member, ())
        if kinds and file.media_type.partition("/")[0] not in kinds:
            raise UploadFailed(
                f"{member} takes {' or '.join(kinds)}, and {file.name} holds {file.media_type}. "
                "Nothing was paid.",
                step="check",
            )
        known[reference] = file
    return Files(steps, known)


def is_resumed(terms: CallTerms) -> Flow[bool]:
    """Whether this call was made before and is not at its end. Raises ConflictingCall for another's key."""
    from coinslot.paid_call import PaidCall, call_identities

    known_as = cast("Request", terms.known_as)
    call = PaidCall(known_as, terms.route, idempotency_key=terms.idempotency_key, parameters=terms.parameters)
    return (yield from on_record(call_identities(call)))


def found(face: Face[Any, Any], files: Files, *, resumed: bool, to_quote: bool) -> Flow[dict[str, str]]:
    """Return the addresses of the files that were uploaded before and are there, by placeholder.

    `resumed`: what they are for was sent before, so that they are not asked for. `to_quote`: nothing is paid.
    """
    if face.settings.uploads is not None:
        return {}
    site, there = site_of(face, to_quote=to_quote), {}
    for file in files.distinct():
        address = yield from (address_of if resumed else standing_address)(files.steps, file, site)
        if address is not None:
            there[_placeholder(file)] = address
    return there


def cost_of(face: Face[Any, Any], files: Files, there: Mapping[str, str]) -> tuple[Decimal, Decimal] | None:
    """Return what uploading the files that are not there costs, from and to, in dollars; None: not known."""
    price, missing = files.steps.token.price, len(files.distinct()) - len(there)
    if face.settings.uploads is not None or not isinstance(price, PriceRange):
        return None
    return Decimal(price.low) * missing, Decimal(price.high or price.low) * missing


def left_of(max_price: Dollars | None, uploads: Decimal | None) -> Dollars | None:
    """Return what is left of a call's limit for the call itself. Raises PaymentRefused if nothing is."""
    if max_price is None or not uploads:
        return max_price
    left = dollars(max_price, "max_price") - uploads
    if left <= 0:
        raise PaymentRefused(
            f"Uploading the files of this call costs {show(uploads)}, and the whole call may cost "
            f"{show(dollars(max_price, 'max_price'))} (max_price).",
            slug="too-expensive",
        )
    return left


def tell_of_uploads(refusal: PaymentRefused, uploads: Decimal) -> None:
    """Let a refused call say what is true of the money after its files went up, for `uploads` dollars."""
    said = str(refusal).removesuffix(PaymentRefused.money).rstrip()
    refusal.money = (
        "Nothing was signed or paid for the call itself. Its files were uploaded before, for "
        f"{show(uploads)} at most, which counts towards max_price; the same call finds them there."
    )
    refusal.args = (f"{said} {refusal.money}",)


def _placeholder(file: LocalFile) -> str:
    digest = hashlib.sha256(file.content).hexdigest()
    return f"{_NOWHERE}/{digest}{mimetypes.guess_extension(file.media_type) or ''}"
