"""What can be wrong with a source or a document.

    DocumentProblem
    ├── SourceError    nothing usable came from the source
    └── DocumentError  the document is there, but one place of it makes no sense
        ├── EndlessReference  a `$ref` that leads to nothing but itself
        └── LostReference     a `$ref` to what the document does not hold

Each message is one line for people: what happened, with which value.
"""

from __future__ import annotations


class DocumentProblem(Exception):
    """A document cannot be read. The text is one line."""


class SourceError(DocumentProblem):
    """Unreachable, not JSON or YAML, not OpenAPI, or without paths."""


class DocumentError(DocumentProblem):
    """One place of the document makes no sense; `pointer` is its JSON pointer."""

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(f"{pointer}: {message}")
        self.pointer = pointer
        self.message = message


class EndlessReference(DocumentError):
    """A `$ref` that leads back to itself, and to nothing on its way; `target` is what it says."""

    def __init__(self, pointer: str, target: str) -> None:
        super().__init__(pointer, f"`$ref` {target} leads back to itself")
        self.target = target


class LostReference(DocumentError):
    """A `$ref` that points at nothing, or out of the document."""
