"""From the document's schemas to a flat set of named shapes, each of them there once."""
