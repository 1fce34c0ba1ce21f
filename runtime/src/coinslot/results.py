"""What a finished job gives: typed members, and files that can be saved."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast, get_args

from pydantic import PrivateAttr

from coinslot.errors import ConfigurationError
from coinslot.models import AnswerModel

if TYPE_CHECKING:
    from PIL.Image import Image

    from coinslot.jobs._work import Work


class _File:
    """Marks a member that holds the address of a file."""


MediaUrl: TypeAlias = Annotated[str, _File()]
"""The address of a file, as the server gave it."""


class Result(AnswerModel):
    """Base of every typed result."""

    _source: Any = PrivateAttr(default=None)
    _saved_to: Path | None = PrivateAttr(default=None)
    _raw: Mapping[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def job_id(self) -> str | None:
        """The job that this is the result of."""
        return self._source.id if self._source is not None else None

    @property
    def saved_to(self) -> Path | None:
        """Where `job.wait(save_to=...)` put the main file; None if it did not."""
        return self._saved_to

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
        return cast("Path", self._saved(path, member, overwrite=overwrite, waits=False))

    async def asave(
        self, path: str | os.PathLike[str], *, member: str | None = None, overwrite: bool = True
    ) -> Path:
        """Do as `save`, for the result of an asynchronous client."""
        return cast("Path", await self._saved(path, member, overwrite=overwrite, waits=True))

    def came_from(self, work: Work[Any], raw: Mapping[str, Any]) -> None:
        """Remember the job that this is the result of, and the result as it was sent."""
        self._source, self._raw = work, raw

    def image(self, *, member: str | None = None) -> Image:
        """Return the picture, opened with Pillow: from where it was saved, else fetched.

        Raises ImportError where Pillow is not installed (`coinslot[images]`), and what `save` raises.
        """
        open_image = _opener()
        return open_image(self._at_hand(member) or self._content(member, waits=False))

    async def aimage(self, *, member: str | None = None) -> Image:
        """Do as `image`, for the result of an asynchronous client."""
        open_image = _opener()
        return open_image(self._at_hand(member) or await self._content(member, waits=True))

    def _at_hand(self, member: str | None) -> bytes | None:
        main = self.media_member(member) == self.media_member(None)
        there = main and self._saved_to is not None and self._saved_to.exists()
        return self._saved_to.read_bytes() if there and self._saved_to is not None else None

    def _content(self, member: str | None, *, waits: bool) -> Any:
        from coinslot.download import content

        face = self._own_face(waits=waits)
        return face.perform(self._source.brought_home(content(self, self._source, member)))

    def _repr_html_(self) -> str:
        """Show the result in a notebook."""
        from coinslot.showing import html_of_result

        return html_of_result(self, self._source)

    def lies_at(self, path: Path) -> None:
        """Remember where the main file was saved."""
        self._saved_to = path

    def _saved(
        self, path: str | os.PathLike[str], member: str | None, *, overwrite: bool, waits: bool
    ) -> Any:
        from coinslot.download import save

        face = self._own_face(waits=waits)
        saving = save(self, self._source, Path(path), member, overwrite=overwrite)
        return face.perform(self._source.brought_home(saving))

    def _own_face(self, *, waits: bool) -> Any:
        if self._source is None:
            raise ConfigurationError("This result came from no job: there is no client to fetch its files.")
        face = self._source.face
        if face.waits is not waits:
            right = "await result.asave(...)" if face.waits else "result.save(...)"
            raise TypeError(f"This result came from the other kind of client: use {right}")
        return face

    def __getstate__(self) -> dict[Any, Any]:
        # A copy in another process has the data, but neither connections nor a wallet.
        state = super().__getstate__()
        private = {**(state.get("__pydantic_private__") or {}), "_source": None}
        return {**state, "__pydantic_private__": private}

    @classmethod
    def media_member(cls, member: str | None) -> str:
        """Return the Python name of a file's member; the first one without a name."""
        fields = cls.model_fields.items()
        files = [name for name, field in fields if _is_media(field.annotation, field.metadata)]
        if member is None:
            if not files:
                raise ValueError(f"{cls.__name__} holds no file")
            return files[0]
        for name in files:
            if member in {name, cls.model_fields[name].alias}:
                return name
        raise ValueError(f"{cls.__name__} has no file {member!r}; it has {', '.join(files) or 'none'}")


def _opener() -> Callable[[bytes], Image]:
    try:
        from PIL.Image import open as open_image
    except ImportError:
        raise ImportError(
            "Pictures are opened with Pillow, which is not here: pip install 'coinslot[images]', "
            "or save the result and open the file."
        ) from None

    def opened(content: bytes) -> Image:
        return open_image(io.BytesIO(content))

    return opened


def _is_media(annotation: Any, metadata: Sequence[Any] = ()) -> bool:
    """Whether a member is a `MediaUrl`, also an optional one."""
    marks = [*metadata, *getattr(annotation, "__metadata__", ())]
    if any(isinstance(mark, _File) for mark in marks):
        return True
    return any(_is_media(part) for part in get_args(annotation))
