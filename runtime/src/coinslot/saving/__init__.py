"""Results come home: named by a template, over no other file, whole or not at all, with what made them."""

from coinslot.saving._keep import Metadata, keep, sidecar_of, text_inside
from coinslot.saving._names import Place, place_of, take, with_ending

__all__ = ["Metadata", "Place", "keep", "place_of", "sidecar_of", "take", "text_inside", "with_ending"]
