"""What a finished job gives: typed members, and files that can be saved."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeAlias, get_args

from pydantic import PrivateAttr

from coinslot.effects import Flow
from coinslot.errors import ConfigurationError
from coinslot.models import AnswerModel

if TYPE_CHECKING:
    from coinslot.call import Face


class Media:
    """Marks a member that holds the address of a file."""


MediaUrl: TypeAlias = Annotated[str, Media()]
"""The address of a file, as the server gave it."""


class Source(Protocol):
    """The job that a result came from."""

    @property
    def id(self) -> str: ...
    @property
    def attempt_id(self) -> str | None: ...
    @property
    def _client(self) -> Face: ...
    def _renew(self) -> Flow[Any]: ...


class Result(AnswerModel):
    """Base of every typed result."""

    _source: Source | None = PrivateAttr(default=None)
    _raw: Mapping[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def job_id(self) -> str | None:
        """The job that this is the result of."""
        return self._source.id if self._source is not None else None

    @property
    def raw(self) -> Mapping[str, Any]:
        """The result as the server sent it."""
        return self._raw

    def save(
        self, path: str | os.PathLike[str], *, member: str | None = None, overwrite: bool = True
    ) -> Path:
        """Fetch a file of this result and write it to `path`, whole or not at all.

        Args:
            path: Where to. Its folder must exist.
            member: Which file, as in `"thumbnail_url"`. Without it, the result's main one.
            overwrite: Whether a file that stands at `path` may be replaced.

        Raises:
            DownloadFailed: The file did not come whole, or its address is not one to ask.
            FileExistsError: `overwrite` is false and there is a file at `path`.

        """
        return self._saved(path, member, overwrite=overwrite, waits=False)  # type: ignore[no-any-return]

    async def asave(
        self, path: str | os.PathLike[str], *, member: str | None = None, overwrite: bool = True
    ) -> Path:
        """Do as `save`, for the result of an asynchronous client."""
        return await self._saved(path, member, overwrite=overwrite, waits=True)  # type: ignore[no-any-return]

    def _saved(self, path: str | os.PathLike[str], member: str | None, *, overwrite: bool, waits: bool) -> Any:
        from coinslot.download import save

        if self._source is None:
            raise ConfigurationError("This result came from no job, so there is no client to fetch its files.")
        client = self._source._client  # noqa: SLF001 - the result is the job's own
        if client._waits is not waits:  # noqa: SLF001 - as above
            right = "await result.asave(...)" if client._waits else "result.save(...)"  # noqa: SLF001 - as above
            raise TypeError(f"This result came from {type(client).__name__}: use {right}")
        return client._perform(save(self, self._source, Path(path), member, overwrite=overwrite))  # noqa: SLF001

    @classmethod
    def _media_member(cls, member: str | None) -> str:
        """Return the Python name of a file's member; the first one without a name."""
        files = [name for name, field in cls.model_fields.items() if _is_media(field.annotation, field.metadata)]
        if member is None:
            if not files:
                raise ValueError(f"{cls.__name__} holds no file")
            return files[0]
        for name in files:
            if member in {name, cls.model_fields[name].alias}:
                return name
        raise ValueError(f"{cls.__name__} has no file {member!r}; it has {', '.join(files) or 'none'}")


def _is_media(annotation: Any, metadata: list[Any]) -> bool:
    """Whether a member is a `MediaUrl`, also an optional one."""
    if any(isinstance(mark, Media) for mark in metadata):
        return True
    marks = getattr(annotation, "__metadata__", ())
    return any(_is_media(part, list(marks)) for part in get_args(annotation)) if annotation else False
