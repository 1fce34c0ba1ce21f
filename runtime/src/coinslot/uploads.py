"""Uploads: a file of ours becomes an address that calls can refer to.

The file can then be read by whoever has that address.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, cast

from coinslot.client import Group
from coinslot.effects import Flow
from coinslot.errors import UploadFailed
from coinslot.face import Face
from coinslot.hookspecs import hookimpl
from coinslot.media import SNIFFED_BYTES, among, sniff
from coinslot.money import Dollars
from coinslot.route import Route
from coinslot.text import clean


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
    strategy: str = "three-step"
    """Name of the strategy that knows the steps."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that is to be uploaded."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Site:
    """Where an upload goes, and within which bounds."""

    base_url: str
    put_origin: str | None
    """Stands in for the origin of `Upload.put_url` where the API is a sandbox."""
    timeout: float
    max_price: Dollars | None = None


class UploadStrategy(Protocol):
    """Knows the steps of one way to take files."""

    def upload(self, upload: Upload, file: LocalFile, site: Site) -> Flow[str]:
        """Carry out the steps and return the file's address."""
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
        path: str | os.PathLike[str],
        *,
        media_type: str | None = None,
        max_price: Dollars | None = None,
    ) -> str:
        """Upload a file and return its address.

        Whoever has the address can read the file.

        Args:
            path: The file.
            media_type: What it holds, where its bytes do not tell.
            max_price: What the upload may cost at most, in dollars.

        Raises:
            UploadFailed: It stopped; `step` says where (`check`: before anything was paid).

        """
        flow = send_file(self._face, self.UPLOAD, path, media_type, max_price)
        return cast("str", self._face.perform(flow))


class AsyncUploadGroup(Group):
    """The group of the upload routes, which is also the whole upload as one call."""

    UPLOAD: ClassVar[Upload]

    async def __call__(
        self,
        path: str | os.PathLike[str],
        *,
        media_type: str | None = None,
        max_price: Dollars | None = None,
    ) -> str:
        """Upload a file and return its address.

        Whoever has the address can read the file.

        Args:
            path: The file.
            media_type: What it holds, where its bytes do not tell.
            max_price: What the upload may cost at most, in dollars.

        Raises:
            UploadFailed: It stopped; `step` says where (`check`: before anything was paid).

        """
        flow = send_file(self._face, self.UPLOAD, path, media_type, max_price)
        return cast("str", await self._face.perform(flow))


def send_file(
    face: Face[Any, Any],
    upload: Upload,
    path: str | os.PathLike[str],
    media_type: str | None,
    max_price: Dollars | None,
) -> Flow[str]:
    """Check the file, then follow the API's strategy."""
    file = read_file(Path(path), upload.media_types, media_type)
    strategy = face.upload_strategy(upload.strategy)
    settings = face.settings
    site = Site(settings.base_url, settings.upload_origin, settings.timeout, max_price)
    return (yield from strategy.upload(upload, file, site))


def read_file(path: Path, accepted: tuple[str, ...], media_type: str | None) -> LocalFile:
    """Read a file and settle its media type. Raises UploadFailed, before anything is paid."""
    content = path.read_bytes()
    if not content:
        raise UploadFailed(f"{path.name} is empty. Nothing was paid.", step="check")
    told = sniff(content[:SNIFFED_BYTES])
    kind = (media_type or told or "").lower()
    if not kind:
        raise UploadFailed(
            f"What {path.name} holds cannot be told from its bytes: say it with media_type=. "
            "Nothing was paid.",
            step="check",
        )
    if told is not None and among(kind, (told,)) is None:
        raise UploadFailed(
            f"{path.name} holds {told}, and not {clean(kind, 60)}. Nothing was paid.", step="check"
        )
    name = among(kind, accepted) if accepted else kind
    if name is None:
        raise UploadFailed(
            f"{path.name} holds {clean(kind, 60)}, which is not taken here; "
            f"taken are: {', '.join(accepted)}. Nothing was paid.",
            step="check",
        )
    return LocalFile(path.name, name, content)
