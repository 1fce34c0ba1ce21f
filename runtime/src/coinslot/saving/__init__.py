"""Results come home: named by a template, over no other file, whole or not at all, with what made them."""

from coinslot.saving._keep import Metadata, keep, settle, sidecar_of, text_inside
from coinslot.saving._names import Place, place_of, take, with_ending
from coinslot.saving._part import sweep

__all__ = [
    "Metadata",
    "Place",
    "keep",
    "place_of",
    "settle",
    "sidecar_of",
    "sweep",
    "take",
    "text_inside",
    "with_ending",
]
