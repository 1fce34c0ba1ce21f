"""What earlier calls left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coinslot.checks._finding import Finding
from coinslot.errors import CoinslotError
from coinslot.ledger import SqliteLedger, default_path

RECOVER = "coinslot ledger recover"


def check_attempts(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look whether anything waits to be finished; a ledger that cannot be read is told of elsewhere."""
    path = default_path(environ)
    if not path.exists():
        return
    ledger = SqliteLedger(path)
    try:
        known = ledger.attempts()
        waiting = ledger.unfinished([one.terms.payer for one in known])
    except CoinslotError:
        return
    finally:
        ledger.close()
    unknown = sum(one.money in {"signed", "refused", "unknown"} for one in waiting)
    paid = sum(one.money == "settled" for one in waiting)
    if unknown:
        told = f"of {unknown} {_calls(unknown)} it is not known whether the money was taken"
        yield Finding("note", "open calls", told, RECOVER)
    if paid:
        told = f"{paid} {_calls(paid)} paid for, whose result was not brought home"
        yield Finding(
            "note",
            "results",
            told,
            f"{RECOVER}, which says how each is fetched; in a program client.recover()",
        )


def _calls(number: int) -> str:
    return "call" if number == 1 else "calls"
