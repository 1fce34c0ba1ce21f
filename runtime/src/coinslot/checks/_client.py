"""An API that is named by its installed client instead of by its address."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from coinslot.errors import ConfigurationError
from coinslot.text import clean


def origin_named(named: str, environ: Mapping[str, str]) -> tuple[str, str | None]:
    """Return the address that was named, or that of the client that was, and the variable that says so.

    Raises ConfigurationError.
    """
    if not named.isidentifier() or named == "localhost":
        return named, None
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
    variable = _variable(named)
    told = environ.get(variable) if variable is not None else None
    return (told, variable) if told else (found, None)


def _variable(package: str) -> str | None:
    """Return the variable that tells a client's command line another address; None: it has none."""
    from coinslot.console import Program

    try:
        program = getattr(import_module(f"{package}.cli"), "PROGRAM", None)
    except ImportError:
        return None
    return program.variable("BASE_URL") if isinstance(program, Program) else None
