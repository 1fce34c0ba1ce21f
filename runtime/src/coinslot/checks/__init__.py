"""What must be right before the first paid call, looked at piece by piece. No secret is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coinslot.backend import Setting
from coinslot.checks._attempts import check_attempts
from coinslot.checks._client import origin_named
from coinslot.checks._clock import check_origin
from coinslot.checks._finding import Finding
from coinslot.checks._home import check_home
from coinslot.checks._payers import check_payers
from coinslot.checks._versions import check_versions, clients
from coinslot.errors import ConfigurationError
from coinslot.text import clean

__all__ = ["Finding", "examine", "origin_named"]


def examine(environ: Mapping[str, str], origin: str | None) -> Iterator[Finding]:
    """Look at everything, for paid calls to `origin` if one is named; yields findings as they come.

    `origin`: an address, or the name of an installed client.
    """
    try:
        if origin is not None:
            origin, variable = origin_named(origin, environ)
            if variable is not None:
                told = f"{clean(origin, 200)}, where {variable} sends the client's command line"
                yield Finding("note", "address", told, f"unset {variable} to look at the API's own")
    except ConfigurationError as error:
        yield Finding("wrong", "origin", str(error), f"write it as https://…{_or(clients())}")
        origin = None
    yield from check_versions()
    yield from check_home(environ)
    yield from check_attempts(environ)
    yield from check_payers(Setting(environ), origin)
    yield from check_origin(origin, next(iter(clients()), None))


def _or(names: list[str]) -> str:
    return f", or name an installed client ({', '.join(names)})" if names else ""
