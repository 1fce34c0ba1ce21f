"""Uploads: a file of ours becomes an address that calls can refer to.

The file can then be read by whoever has that address.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias, cast

from coinslot.client import Group
from coinslot.effects import Flow, Sleep
from coinslot.errors import UploadFailed
from coinslot.face import Face
from coinslot.hookspecs import hookimpl
from coinslot.media import SNIFFED_BYTES, among, sniff
from coinslot.money import Dollars
from coinslot.references import Pinned
from coinslot.route import Route
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.client import BaseClient

Source: TypeAlias = str | os.PathLike[str] | bytes | IO[bytes]
"""A file: its path, its bytes, or one that is open for reading bytes."""
TURN, TURNS = 0.25, 2400
"""Seconds between two looks whether another call has uploaded the same bytes, and how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How an API takes files, from its document."""

    token: Route[Any, Any]
    """The paid route that gives the right to upload one file."""
    confirm: Route[Any, Any]
    """The route that is told when the file is there."""
    put_url: str
    """Where the file goes: a constant, never an address from an answer."""
    put_query: str
    """Name of the one query value, filled from the token answer's member of the same name."""
    put_headers: tuple[tuple[str, str], ...] = ()
    """Fixed header fields; `{content_type}` stands for the media type."""
    token_member: str
    """Member of the token answer that holds the bearer token."""
    id_member: str
    """Member of the token answer, and of the confirm request, that holds the upload's id."""
    url_member: str
    """Member of the confirm request, and of its answer, that holds the file's address."""
    put_url_member: str = "url"
    """Member of the PUT's answer that holds the file's address."""
    filename_member: str = "filename"
    """Member of the token request that takes the file's name."""
    media_type_member: str = "contentType"
    """Member of the token request that takes the media type."""
    media_types: tuple[str, ...] = ()
    """Media types that the token route takes; empty: it does not say."""
    largest: int | None = None
    """Bytes that a file may have; None: the document does not say."""
    strategy: str = "three-step"
    """Name of the strategy that knows the steps."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that is to be uploaded."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


Step: TypeAlias = Literal["known", "token", "put", "confirm", "done"]


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How far a file is on its way."""

    name: str
    step: Step
    """`known`: it was uploaded before, and its address still holds."""
    sent: int
    """Bytes that have left."""
    size: int


@dataclass(frozen=True, slots=True)
class Site:
    """Where an upload goes, and within which bounds."""

    base_url: str
    put_origin: str | None
    """Stands in for the origin of `Upload.put_url` where the API is a sandbox."""
    timeout: float
    max_price: Dollars | None = None
    idempotency_key: str | None = None
    """The caller's own name of this upload; None: the file is its name."""
    payers: Callable[[], Sequence[str]] = tuple
    """Gives the addresses that may pay."""
    on_progress: Callable[[UploadProgress], object] | None = None

    def tell(self, file: LocalFile, step: Step, sent: int | None = None) -> None:
        """Tell whoever wants to know how far the file is."""
        if self.on_progress is not None:
            size = len(file.content)
            told = size if sent is None and step != "token" else sent or 0
            self.on_progress(UploadProgress(file.name, step, told, size))


class UploadStrategy(Protocol):
    """Knows the steps of one way to take files."""

    def upload(self, upload: Upload, file: LocalFile, site: Site) -> Flow[str]:
        """Carry out the steps, tell `site` of each, and return the file's address."""
        ...


class OwnUploads:
    """The strategies that come with the runtime, offered like everybody else's."""

    @hookimpl
    def coinslot_upload_strategies(self) -> Mapping[str, UploadStrategy]:
        """Offer `three-step`: paid token, PUT to the file host, signed confirm."""
        from coinslot.three_step import ThreeStep

        return {"three-step": ThreeStep()}


class UploadGroup(Group):
    """The group of the upload routes, which is also the whole upload as one call."""

    UPLOAD: ClassVar[Upload]

    def __call__(
        self,
        path: Source,
        *,
        media_type: str | None = None,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Upload a file and return its address.

        Whoever has the address can read the file. The same bytes are paid for and uploaded once, as long
        as their address holds.

        Args:
            path: The file: its path, its bytes, or a file that is open for reading bytes.
            media_type: What it holds, where its bytes do not tell.
            max_price: What the upload may cost at most, in dollars.
            idempotency_key: With the same key the same file is the same upload, for ever; with another one
                it is paid for and uploaded once more.

        Raises:
            UploadFailed: It stopped; `step` says where (`check`: before anything was paid).

        """
        flow = send_file(
            self._face, self.UPLOAD, path, media_type, max_price, idempotency_key=idempotency_key
        )
        return cast("str", self._face.perform(flow))


class AsyncUploadGroup(Group):
    """The group of the upload routes, which is also the whole upload as one call."""

    UPLOAD: ClassVar[Upload]

    async def __call__(
        self,
        path: Source,
        *,
        media_type: str | None = None,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Upload a file and return its address.

        Whoever has the address can read the file. The same bytes are paid for and uploaded once, as long
        as their address holds.

        Args:
            path: The file: its path, its bytes, or a file that is open for reading bytes.
            media_type: What it holds, where its bytes do not tell.
            max_price: What the upload may cost at most, in dollars.
            idempotency_key: With the same key the same file is the same upload, for ever; with another one
                it is paid for and uploaded once more.

        Raises:
            UploadFailed: It stopped; `step` says where (`check`: before anything was paid).

        """
        flow = send_file(
            self._face, self.UPLOAD, path, media_type, max_price, idempotency_key=idempotency_key
        )
        return cast("str", await self._face.perform(flow))


def send_file(
    face: Face[Any, Any],
    upload: Upload,
    source: Source,
    media_type: str | None,
    max_price: Dollars | None,
    *,
    idempotency_key: str | None = None,
) -> Flow[str]:
    """Check the file, then follow the API's strategy."""
    file = read_file(source, upload.media_types, media_type, largest=upload.largest)
    return (yield from sent(face, upload, file, max_price, idempotency_key=idempotency_key))


def sent(
    face: Face[Any, Any],
    upload: Upload,
    file: LocalFile,
    max_price: Dollars | None = None,
    *,
    idempotency_key: str | None = None,
) -> Flow[str]:
    """Upload a file that was checked, and return its address.

    The same bytes are uploaded by one call of a client at a time: the others wait, and find them there.
    """
    for route in (upload.token, upload.confirm):
        # Before the token is bought: what its later steps want to be shown must be there.
        face.settings.credentials.check(route)
    strategy = face.upload_strategy(upload.strategy)
    site = replace(site_of(face, max_price), idempotency_key=idempotency_key)
    key = hashlib.sha256(file.content).hexdigest()
    for _ in range(TURNS):
        with face.alone(key) as mine:
            if mine:
                return (yield from strategy.upload(upload, file, site))
        yield Sleep(TURN)
    raise UploadFailed(
        f"{file.name} is being uploaded by another call. Nothing was paid by this one.", step="check"
    )


def site_of(face: Face[Any, Any], max_price: Dollars | None = None, *, to_quote: bool = False) -> Site:
    """Return where the uploads of a client go; `to_quote`: none is made, and what was is only looked up."""
    settings = face.settings
    return Site(
        settings.base_url,
        settings.upload_origin,
        settings.timeout,
        max_price,
        payers=lambda: face.opened().payers(to_quote=to_quote),
        on_progress=settings.on_upload,
    )


def steps_of(client: BaseClient[Any, Any]) -> Upload | None:
    """Return how a client's document says that files are uploaded; None where it does not say."""
    if client.UPLOAD_STEPS is None:
        return None
    # The generated class, also where a user's own class derives from it.
    generated = next(kind for kind in type(client).__mro__ if "UPLOAD_STEPS" in vars(kind))
    return cast("Upload", import_module(client.UPLOAD_STEPS, generated.__module__.rpartition(".")[0]).STEPS)


def read_file(
    source: Source, accepted: tuple[str, ...], media_type: str | None = None, *, largest: int | None = None
) -> LocalFile:
    """Read a file and settle its media type. Raises UploadFailed, before anything is paid."""
    name, content = _read(source)
    if not content:
        raise _unfit(f"{name or 'The file'} is empty")
    if largest is not None and len(content) > largest:
        raise _unfit(f"{name or 'The file'} has {len(content)} bytes, and at most {largest} are taken here")
    told = sniff(content[:SNIFFED_BYTES])
    kind = (media_type or told or "").lower()
    if not kind:
        raise _unfit(
            f"What {name or 'the file'} holds cannot be told from its bytes: upload it with media_type=, and "
            "give its address"
        )
    if told is not None and among(kind, (told,)) is None:
        raise _unfit(f"{name or 'The file'} holds {told}, and not {clean(kind, 60)}")
    listed = among(kind, accepted) if accepted else kind
    if listed is None:
        # Of a picture it helps nobody that sounds are taken.
        alike = [one for one in accepted if one.split("/")[0] == kind.split("/")[0]]
        then = ". Convert it to one of these first" if alike else ""
        raise _unfit(
            f"{name or 'The file'} holds {clean(kind, 60)}, which is not taken here; "
            f"taken are: {', '.join(alike or accepted)}{then}"
        )
    return LocalFile(name or _made_up(content, kind), listed, content)


def _read(source: Source) -> tuple[str, bytes]:
    """Return a file's name, empty where it has none, and what it holds."""
    if isinstance(source, bytes):
        return "", source
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        content = path.read_bytes()
        if isinstance(source, Pinned) and hashlib.sha256(content).hexdigest() != source.digest:
            raise _unfit(
                f"{path.name} has changed since its request was read, and would be paid for again as another "
                "file: leave it as it is, and make the request again"
            )
        return path.name, content
    # Where it stands it is left, so that a call that is made again sends the same.
    start = source.tell() if source.seekable() else None
    content = source.read()
    if start is not None:
        source.seek(start)
    named = getattr(source, "name", "")
    return (Path(named).name if isinstance(named, str) else ""), content


def _made_up(content: bytes, kind: str) -> str:
    import mimetypes

    return f"{hashlib.sha256(content).hexdigest()[:16]}{mimetypes.guess_extension(kind) or ''}"


def _unfit(what: str) -> UploadFailed:
    return UploadFailed(f"{what}. Nothing was paid.", step="check")
