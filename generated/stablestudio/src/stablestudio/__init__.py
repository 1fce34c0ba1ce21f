# Written by coinslot-codegen 0.1.0; do not edit.
"""StableStudio 1.0.0.

Creates images and videos with AI models, each generation paid for on its own. There is
nothing to subscribe to.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._client import AsyncStableStudio as AsyncStableStudio
    from ._client import StableStudio as StableStudio
    from .results import ImageResult as ImageResult
    from .results import VideoResult as VideoResult

__all__ = [
    "AsyncStableStudio",
    "ImageResult",
    "StableStudio",
    "VideoResult",
]

# Each name loads its module when first asked for: importing this package is cheap.
_HOMES = {
    "AsyncStableStudio": "._client",
    "ImageResult": ".results",
    "StableStudio": "._client",
    "VideoResult": ".results",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home, __name__), name)
    globals()[name] = value
    return value
