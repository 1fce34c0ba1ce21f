"""An API that is named by its installed client instead of by its address."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from coinslot.errors import ConfigurationError
from coinslot.text import clean


def origin_named(named: str) -> str:
    """Return the address that was named, or that of the client that was. Raises ConfigurationError."""
    if not named.isidentifier() or named == "localhost":
        return named
    from coinslot.client import BaseClient

    try:
        module = import_module(named) if find_spec(named) is not None else None
        exported = [getattr(module, name) for name in getattr(module, "__all__", ())]
    except Exception as error:  # noqa: BLE001 - another's package fails in its own ways
        raise ConfigurationError(f"{named} cannot be imported ({type(error).__name__}).") from None
    origins = (kind.ORIGIN for kind in exported if isinstance(kind, type) and issubclass(kind, BaseClient))
    found = next((origin for origin in origins if origin), None)
    if found is None:
        raise ConfigurationError(f"{clean(named, 60)} is neither an address nor an installed client.")
    return found
