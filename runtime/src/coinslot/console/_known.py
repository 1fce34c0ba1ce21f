"""The jobs that the ledger of this machine knows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coinslot.console._session import Session, amount
from coinslot.console._tables import print_table
from coinslot.ledger import SqliteLedger
from coinslot.money import show as shown
from coinslot.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection

    from coinslot.attempt import Attempt

_HEADINGS = ("started", "job", "call", "price", "state")


def known(session: Session, base_url: str | None) -> list[Attempt]:
    """Return the attempts that started jobs."""
    origin = session.origin(base_url)
    found = (one for one in SqliteLedger().attempts() if one.call.origin == origin)
    return [one for one in found if one.job_id]


def list_known(session: Session, base_url: str | None) -> None:
    """Print all of them, the newest last."""
    found = known(session, base_url)
    if session.as_json:
        session.finish(None, jobs=[_plain(one) for one in found])
        return
    if not found:
        session.say("No job was started from here yet.")
        return
    groups = session.program.groups
    today = datetime.now(UTC).astimezone().date()
    rows = []
    for one in found:
        when = datetime.fromtimestamp(one.created_at, UTC).astimezone()
        started = when.strftime("%H:%M" if when.date() == today else "%m-%d %H:%M")
        rows.append(
            (started, clean(str(one.job_id), 80), _words(one, groups), shown(one.price), one.delivery)
        )
    print_table(_HEADINGS, rows, lesser=("price", "started", "call"))


def _words(attempt: Attempt, groups: Collection[str]) -> str:
    """Return a call as it is typed; its path where that does not tell."""
    parts = attempt.call.path.strip("/").split("/")
    return " ".join(parts[-2:]) if parts[-2:-1] and parts[-2] in groups else attempt.call.path


def _plain(attempt: Attempt) -> dict[str, object]:
    return {
        "job_id": attempt.job_id,
        "attempt_id": attempt.id,
        "route": f"{attempt.call.method} {attempt.route_path}",
        "started": datetime.fromtimestamp(attempt.created_at, UTC).isoformat(),
        "price_usd": amount(attempt.price),
        "backend": attempt.backend,
        "money": attempt.money,
        "delivery": attempt.delivery,
    }
