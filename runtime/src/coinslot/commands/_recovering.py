"""What `coinslot ledger recover` says of jobs: how each of them stands, and how what is left is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coinslot.client import Client
from coinslot.errors import CoinslotError
from coinslot.offer import comparable
from coinslot.origin import base_of
from coinslot.recovered import job_of
from coinslot.text import typed

if TYPE_CHECKING:
    from coinslot.attempt import Attempt
    from coinslot.transport import PaymentTransport

RESUME = "jobs resume"
HOW = (
    f"`{RESUME} ID` of an API's own command waits for a job and saves its result; in a program, "
    "`client.recover()` gives the jobs."
)
_FAILED = "its job failed"


def of_jobs(transport: PaymentTransport, attempts: Sequence[Attempt]) -> dict[str, str]:
    """Ask once for each job that is not known to be at its end; say of each what is left of it.

    Lines are by the ids of attempts. What is learnt is on record after that.
    """
    return {
        one.id: _told(transport, one)
        for one in attempts
        if one.job_id is not None and one.job_style is not None and one.delivery not in {"saved", "failed"}
    }


def of_other_wallets(transport: PaymentTransport, wanted: Attempt | None) -> str | None:
    """Say what is open (of `wanted` alone), and was paid by a wallet that is not here; None for nothing."""
    ledger, here = transport.ledger, {comparable(payer) for payer in transport.payers()}
    payers = {one.terms.payer for one in ledger.attempts() if comparable(one.terms.payer) not in here}
    left = [one for one in ledger.unfinished(sorted(payers)) if wanted is None or one.id == wanted.id]
    if not left:
        return None
    told = f"{left[0].id} was" if len(left) == 1 else f"{len(left)} open calls were"
    wallets = " and ".join(sorted({one.terms.payer for one in left}))
    return (
        f"{told} paid by {wallets}, whose key is not set here. Only the wallet that paid can ask for it: "
        "set that key, or name that wallet, and recover again."
    )


def _told(transport: PaymentTransport, attempt: Attempt) -> str:
    how = "its result was not saved" if attempt.delivery == "finished" else _asked(transport, attempt)
    if how.startswith(_FAILED):
        return how
    return f"{how}: {RESUME} {typed(str(attempt.job_id), attempt.id)}"


def _asked(transport: PaymentTransport, attempt: Attempt) -> str:
    try:
        # Never closed: the transport is another's.
        client = Client(base_url=base_of(attempt.url, attempt.route_path), transport=transport)
        state = job_of(client, attempt).poll()
    except CoinslotError as error:
        return f"its job said nothing ({str(error).rstrip('.')})"
    if state.stage == "failed":
        return f"{_FAILED}: {state.error or 'the server does not say why'}"
    if state.stage == "finished":
        return "its job is finished"
    return f"its job is still at work ({state.status or 'it does not say at what'})"
