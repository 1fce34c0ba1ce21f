"""Which calls of a generated client an agent is offered, found without knowing the client."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

from coinslot import AsyncClient, Call, ConfigurationError, Group, PaidCall, PricePerSecond, Route
from coinslot.call import route_behind
from coinslot.uploads import steps_of
from coinslot_mcp.schemas import Schema, schema_of

_EVENTS = "text/event-stream"
_LONGEST_NAME = 48
"""Characters: hosts allow 64 for a tool, and put a name of their own in front."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One call that is offered."""

    name: str
    """The groups' and the call's names, as in `nano_banana_pro_generate`."""
    call: Call[Any] = field(repr=False)
    route: Route[Any, Any]
    schema: Schema = field(repr=False)
    about: str
    """What it does, in the document's words, on one line."""

    @property
    def paid(self) -> bool:
        """Whether it is paid for."""
        return isinstance(self.call, PaidCall)

    @property
    def price(self) -> str:
        """What it costs, as printed."""
        printed = self.route.price
        if printed is None:
            return "at a price that only a quote tells"
        unit = "a second" if isinstance(printed, PricePerSecond) else "a call"
        return f"${printed.low}–${printed.high} {unit}" if printed.high else f"${printed.low} {unit}"

    @property
    def time(self) -> str | None:
        """How long it takes, as printed."""
        if self.route.typical_seconds is None:
            return None
        low, high = self.route.typical_seconds
        return f"about {low:g} s" if low == high else f"{low:g} to {high:g} s"


def client_of(package: str) -> type[AsyncClient[Any]]:
    """Return the asynchronous client's class of a generated package. Raises ConfigurationError."""
    if not all(part.isidentifier() for part in package.split(".")):
        raise ConfigurationError(f"{package!r} is not the import name of a package, as in stablestudio.")
    try:
        home = import_module(package)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{package}.".startswith(f"{error.name}."):
            raise
        raise ConfigurationError(
            f"There is no package {package} here: install it beside coinslot-mcp."
        ) from error
    kinds = [getattr(home, name) for name in getattr(home, "__all__", ())]
    found = [one for one in kinds if isinstance(one, type) and issubclass(one, AsyncClient)]
    if len(found) != 1:
        raise ConfigurationError(f"{package} is not a package that `coinslot generate` wrote.")
    return found[0]


def catalogue(client: AsyncClient[Any]) -> dict[str, Entry]:
    """Return what is offered, by name.

    Paid calls, and calls that only read. Not those that jobs and uploads are made of, which have tools of
    their own, none that is free and changes something, and none that only streams.
    """
    steps = steps_of(client)
    beside = set() if steps is None else {str(steps.token), str(steps.confirm)}
    found = list(_calls(client, (), AsyncClient))
    for call in (call for _, call in found):
        style = route_behind(call).job
        if style is not None:
            beside |= {f"GET {style.path}", f"GET {style.list_path}"}
    entries = {}
    for path, call in found:
        route = route_behind(call)
        if str(route) in beside or route.gives == _EVENTS:
            continue
        if not (isinstance(call, PaidCall) or route.method == "GET"):
            continue
        name = _name(path)
        entries[name] = Entry(name, call, route, schema_of(call), _about(call) or str(route))
    return entries


def _calls(holder: Any, path: tuple[str, ...], end: type) -> Iterator[tuple[tuple[str, ...], Call[Any]]]:
    for kind in type(holder).__mro__:
        if kind is end:
            return
        for name, member in vars(kind).items():
            if not isinstance(member, cached_property):
                continue
            value = getattr(holder, name)
            if isinstance(value, Call):
                yield (*path, name), value
            elif isinstance(value, Group):
                yield from _calls(value, (*path, name), Group)


def _about(call: Call[Any]) -> str:
    """Return the first paragraph of what is said of a call, on one line."""
    paragraph, _, _ = inspect.cleandoc(type(call).__doc__ or "").partition("\n\n")
    return " ".join(paragraph.split())


def _name(path: tuple[str, ...]) -> str:
    name = re.sub(r"[^A-Za-z0-9_]", "_", "_".join(part.strip("_") for part in path))
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
