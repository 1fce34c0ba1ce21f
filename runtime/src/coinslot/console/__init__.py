"""The command line of a generated client: what its modules declare is carried out here.

Nothing loads before it is named, so that help and completion cost no more than click itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coinslot.console._calls import free_call as free_call
    from coinslot.console._calls import paid_call as paid_call
    from coinslot.console._program import Program as Program
    from coinslot.console._values import FILE as FILE
    from coinslot.console._values import JSON as JSON
    from coinslot.console._values import JSON_OR_TEXT as JSON_OR_TEXT
    from coinslot.console._values import MEDIA as MEDIA
    from coinslot.console._values import TEXT as TEXT
    from coinslot.console._values import Constant as Constant
    from coinslot.console._values import Content as Content
    from coinslot.console._values import Number as Number

__all__ = [
    "FILE",
    "JSON",
    "JSON_OR_TEXT",
    "MEDIA",
    "TEXT",
    "Constant",
    "Content",
    "Number",
    "Program",
    "free_call",
    "paid_call",
]

_HOMES = {
    "FILE": "_values",
    "JSON": "_values",
    "JSON_OR_TEXT": "_values",
    "MEDIA": "_values",
    "TEXT": "_values",
    "Constant": "_values",
    "Content": "_values",
    "Number": "_values",
    "Program": "_program",
    "free_call": "_calls",
    "paid_call": "_calls",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
