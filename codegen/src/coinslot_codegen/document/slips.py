"""Slips in how a document is written down, which its readers pass over in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coinslot_codegen.document.model import Finding
from coinslot_codegen.document.references import pointer


class NoNumber(str):
    """What stands where JSON has no number: `NaN`, `Infinity`. It is read as this text."""

    __slots__ = ()


class Slips:
    """What was noticed while a document was read."""

    def __init__(self) -> None:
        self._repeated: dict[int, tuple[object, list[str]]] = {}
        """By the identity of an object, which is kept so that the identity stays its own."""
        self._whole: list[Finding] = []
        self._has_numbers = False

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return the object of these members; of one name the last is kept, and that is noticed."""
        made = dict(pairs)
        if len(made) != len(pairs):
            self.repeated(made, [name for name, _ in pairs])
        return made

    def repeated(self, made: object, names: list[str]) -> None:
        """Notice the names that an object has more than once."""
        self._repeated[id(made)] = (made, sorted({name for name in names if names.count(name) > 1}))

    def no_number(self, text: str) -> NoNumber:
        """Notice a word that stands for a number that there is not."""
        self._has_numbers = True
        return NoNumber(text)

    def no_json(self, line: int) -> None:
        """Notice that what looks like JSON is none."""
        self._whole.append(Finding("flaw", "#", f"is no JSON (line {line}); it is read as YAML"))

    def comments(self) -> None:
        """Notice that there are comments in JSON."""
        self._whole.append(
            Finding("flaw", "#", "holds comments, which JSON does not have; they are left out")
        )

    def findings(self, document: object) -> Iterator[Finding]:
        """Give all that was noticed, with its place."""
        yield from self._whole
        waiting: list[tuple[Any, tuple[str | int, ...]]] = (
            [(document, ())] if self._repeated or self._has_numbers else []
        )
        while waiting:
            value, at = waiting.pop()
            if isinstance(value, NoNumber):
                yield Finding("flaw", pointer(*at), f"{value} is no number there; it is read as a text")
            if id(value) in self._repeated:
                for name in self._repeated[id(value)][1]:
                    yield Finding("flaw", pointer(*at, name), "stands there more than once; the last is read")
            if isinstance(value, dict):
                waiting.extend((child, (*at, key)) for key, child in value.items())
            elif isinstance(value, list):
                waiting.extend((child, (*at, index)) for index, child in enumerate(value))
