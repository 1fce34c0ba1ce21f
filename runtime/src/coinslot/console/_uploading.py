"""Files on their way up: what is sent, and how much of it has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coinslot.console._progress import shows_progress
from coinslot.ledger import SqliteLedger
from coinslot.text import clean
from coinslot.uploads import steps_of

if TYPE_CHECKING:
    from coinslot.attempt import Attempt
    from coinslot.client import Client
    from coinslot.console._session import Session
    from coinslot.uploads import UploadProgress


class Uploading:
    """Tells of uploads as they go on: on a terminal in one line that changes, elsewhere when one begins."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._live = shows_progress()

    def __call__(self, progress: UploadProgress) -> None:
        """Take what is true of a file now."""
        name = clean(progress.name, 60)
        match progress.step:
            case "known":
                self._session.say(f"{name} was uploaded before.")
            case "token" if not self._live:
                self._session.say(f"Uploading {name} ({size(progress.size)}).")
            case "put" if self._live:
                part = 100 * progress.sent // max(progress.size, 1)
                self._session.draw(f"Uploading {name}: {part} % of {size(progress.size)}")
            case "done" if self._live:
                self._session.say(f"{name} is uploaded.")


def bought_by(client: Client) -> list[Attempt]:
    """Return the attempts that paid for uploads of this client, and not of another program's."""
    steps, own = steps_of(client), client._face.opened().paying.session  # noqa: SLF001 - this program's own
    if steps is None or own is None:
        return []
    return [
        attempt
        for attempt in SqliteLedger().attempts()
        if (attempt.session, attempt.route_path) == (own, steps.token.path)
    ]


def size(count: int) -> str:
    """Return bytes for people, as in `2.1 MB`."""
    scaled, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB"):
        if scaled < 1000:
            break
        scaled, unit = scaled / 1000, larger
    return f"{count} bytes" if unit == "bytes" else f"{scaled:.1f} {unit}"
