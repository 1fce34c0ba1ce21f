"""Whether what would be paid for could be fetched: a job is told only to the wallet that paid for it.

Asked once for each origin and backend, before the first payment.
"""

from __future__ import annotations

from typing import Any

from coinslot.backend import Backend
from coinslot.effects import Flow, Headers, NoReply, NotSent, Request
from coinslot.errors import ServerUnavailable, SignInRefused
from coinslot.offer import Refusal
from coinslot.origin import base_of, origin_of
from coinslot.paid_call import Wallet
from coinslot.route import JobStyle, Route
from coinslot.signed import ask_signed

TIMEOUT = 30.0


def uncollectable(
    route: Route[Any, Any] | None, url: str, backend: Backend, wallet: Wallet
) -> Flow[Refusal | None]:
    """Ask a signed route as the wallet that would pay, and say why it is not let in; None if it is.

    `url` is the address of the call that would be paid. Raises ServerUnavailable where no answer comes.
    """
    if route is None or route.job is None or route.job.access != "signed":
        return None
    place = (origin_of(url), backend.name)
    if place in wallet.habits.let_in:
        return None
    request = Request("GET", _address(url, route.path, route.job), Headers({"Accept": "application/json"}))
    if wallet.credentials is not None:
        request = wallet.credentials.for_job(request, route.job.security)
    try:
        yield from ask_signed(request, backend, wallet.habits, wallet.surroundings, TIMEOUT)
    except SignInRefused as error:
        return Refusal("uncollectable", f"its result could not be fetched by this wallet: {error}")
    except (NotSent, NoReply) as error:
        raise ServerUnavailable(
            f"{place[0]} gave no answer when asked whether this wallet may sign in ({error}). "
            "Nothing was signed for payment and nothing was paid."
        ) from None
    wallet.habits.let_in.add(place)
    return None


def _address(url: str, route_path: str, style: JobStyle) -> str:
    """Return the address of a route that tells of jobs: the list, else a job that nobody has."""
    path = style.list_path or "/".join(
        "none" if segment.startswith("{") else segment for segment in style.path.split("/")
    )
    return base_of(url, route_path) + path
