"""Bringing a result's file home: fetched whole, without credentials, written in one move."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self
from urllib.parse import urljoin

from coinslot.delivery import deliver
from coinslot.effects import Fetch, Flow, NoReply, NotSent, Reply, Sleep
from coinslot.errors import ConfigurationError, DownloadFailed
from coinslot.origin import is_local, is_loopback, origin_of
from coinslot.placing import give_name, synced
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.jobs._work import Work
    from coinslot.results import Result

LARGEST_FILE = 4 * 1024**3
"""Bytes that are written at most."""
LARGEST_CONTENT = 256 * 1024**2
"""Bytes that are held in memory at most."""
TRIES = 3
_REDIRECTS = 3
_GONE = frozenset({401, 403, 404, 410})
_WITH_CONTENT = frozenset({200, 206})
_UNMATCHED = 416
"""What is asked for lies behind the file's end: it is another file by now, or whole already."""
_BUSY = frozenset({_UNMATCHED, 408, 425, 429, 500, 502, 503, 504})


def save(result: Result, source: Work[Any], path: Path, member: str | None, *, overwrite: bool) -> Flow[Path]:
    """Fetch a file of `result` to `path`; where its address has expired, ask for the job again, once.

    Raises DownloadFailed, or FileExistsError if `path` is taken and must not be overwritten.
    """
    name = result.media_member(member)
    with Arrival(path, overwrite=overwrite) as arrival:
        yield from fetched(result, source, name, arrival)
        arrival.finish()
    if source.attempt_id is not None and name == result.media_member(None):
        yield from deliver(source.attempt_id, "saved", saved_to=path)
    return path


def content(result: Result, source: Work[Any], member: str | None) -> Flow[bytes]:
    """Fetch a file of `result` into memory. Raises DownloadFailed."""
    kept = _Kept()
    yield from fetched(result, source, result.media_member(member), kept)
    return bytes(kept.content)


class _Kept:
    """Keeps a file in memory."""

    def __init__(self) -> None:
        self.content = bytearray()

    def fetch(self, url: str, *, public: bool) -> Fetch:
        return Fetch(url, self._take, public=public)

    def again(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.content.clear()

    def _take(self, chunk: bytes) -> None:
        if len(self.content) + len(chunk) > LARGEST_CONTENT:
            raise DownloadFailed(f"The file is longer than {LARGEST_CONTENT} bytes: save it instead.")
        self.content += chunk


class Goal(Protocol):
    """Where the bytes of a file go."""

    def fetch(self, url: str, *, public: bool) -> Fetch:
        """Return the effect that brings what is missing."""
        ...

    def again(self) -> None:
        """Prepare for another try at the same file."""
        ...

    def restart(self) -> None:
        """Forget what was written."""
        ...


def fetched(result: Result, source: Work[Any], name: str, goal: Goal) -> Flow[None]:
    """Fetch the file of a member; where its address has expired, ask for the job again, once.

    Raises DownloadFailed.
    """
    at_home = is_loopback(source.face.settings.base_url)
    reply = yield from _fetch(_url(result, name), goal, at_home=at_home)
    if _expired(reply):
        fresh: Result = yield from source.renew()
        if reply.status == 200:
            # What came is the host's page about it, and no part of the file.
            goal.restart()
        reply = yield from _fetch(_url(fresh, name), goal, at_home=at_home)
    if reply.status not in _WITH_CONTENT or _expired(reply):
        goal.restart()
        raise DownloadFailed(
            f"The file of job {clean(source.id)} cannot be fetched: its host answers {reply.status} "
            f"({clean(reply.headers.get('Content-Type') or 'no type', 60)}). "
            "The job keeps its result for a while: ask for the job again."
        )


class Arrival:
    """A file on its way: written beside its place under another name, then moved there at once."""

    def __init__(self, path: Path, *, overwrite: bool, limit: int = LARGEST_FILE) -> None:
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder: name the file too")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {path.parent}: make it; wait(save_to=...) does so")
        if not overwrite and path.exists():
            raise FileExistsError(f"{path} exists already, and overwrite is false")
        self._path = path
        self._overwrite = overwrite
        self._limit = limit
        self._size = 0
        # Not `tempfile`: its files are readable by their owner alone, and would stay so once moved.
        self._part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")
        self._file = self._part.open("xb")

    def fetch(self, url: str, *, public: bool) -> Fetch:
        """Return the effect that brings the whole file."""
        return Fetch(url, self.write, public=public)

    def again(self) -> None:
        """Prepare for another try: from the beginning."""
        self.restart()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises DownloadFailed above the limit."""
        self._size += len(chunk)
        if self._size > self._limit:
            raise DownloadFailed(f"The file is longer than {self._limit} bytes, and was not kept.")
        self._file.write(chunk)

    def restart(self) -> None:
        """Forget what was written."""
        self._file.seek(0)
        self._file.truncate()
        self._size = 0

    def finish(self) -> None:
        """Put the file in its place, on disk. Raises DownloadFailed for an empty one."""
        if not self._size:
            raise DownloadFailed("The file is empty.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        if self._overwrite:
            self._part.replace(self._path)
            synced(self._path.parent)
        else:
            give_name(self._part, self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        with suppress(FileNotFoundError):
            self._part.unlink()


def _fetch(url: str, goal: Goal, *, at_home: bool) -> Flow[Reply]:
    """Fetch with a few redirects, each of them checked, and a few tries."""
    for left in reversed(range(TRIES)):
        try:
            reply = yield from _follow(url, goal, at_home=at_home)
        except (NotSent, NoReply) as error:
            if not left:
                raise DownloadFailed(
                    f"The file could not be fetched whole ({clean(str(error))}). "
                    "The job keeps its result for a while: try again, or ask for the job again."
                ) from error
        else:
            if reply.status not in _BUSY or not left:
                return reply
            if reply.status == _UNMATCHED:
                goal.restart()
        goal.again()
        yield Sleep(float(2 ** (TRIES - 1 - left)))
    raise AssertionError  # pragma: no cover - the last try returns or raises


def _follow(url: str, goal: Goal, *, at_home: bool) -> Flow[Reply]:
    for _ in range(_REDIRECTS + 1):
        check_address(url, at_home=at_home)
        reply: Reply = yield goal.fetch(url, public=not at_home)
        onward = reply.headers.get("Location")
        if reply.status not in {301, 302, 303, 307, 308} or onward is None:
            return reply
        try:
            url = urljoin(url, onward)
        except ValueError:
            raise DownloadFailed("The file's host redirects to what is no address.") from None
    raise DownloadFailed(f"The file's host redirects more than {_REDIRECTS} times.")


def check_address(url: str, *, at_home: bool) -> None:
    """Raise DownloadFailed for an address that no result may send us to.

    Only https, and no private address; `at_home` (the API itself is on this machine) allows those,
    and plain http on this machine.
    """
    try:
        origin = origin_of(url)
    except ConfigurationError:
        raise DownloadFailed("The result's address is not an http or https address.") from None
    if at_home and (is_loopback(url) or origin.startswith("https://")):
        return
    if is_local(url):
        raise DownloadFailed(
            f"The result's address is at {clean(origin, 100)}: not https, or not public. It was not asked."
        )


def _url(result: Result, name: str) -> str:
    url = getattr(result, name)
    if not isinstance(url, str) or not url:
        raise DownloadFailed(f"The result has no {name}.")
    return url


def _expired(reply: Reply) -> bool:
    # Some hosts answer for an expired link with a page that says so.
    kind = (reply.headers.get("Content-Type") or "").lower()
    return reply.status in _GONE or (reply.status == 200 and kind.startswith("text/html"))
