"""Results come home: named by a template, over no other file, whole or not at all, with what made them."""

from coinslot.saving._keep import Metadata, keep
from coinslot.saving._names import Place, place_of, take, with_ending

__all__ = ["Metadata", "Place", "keep", "place_of", "take", "with_ending"]
