"""Whether two documents say the same, and where: told at once, so that only what differs is compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.references import references, resolve


@dataclass
class Sameness:
    """Tells schemas that are the same in both documents, with all that they refer to."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]

    def holds(self, old: Any, new: Any) -> bool:
        """Whether `old` and `new` say the same, word for word, and refer to the same only."""
        return _text(old) == _text(new) and not any(ref in self._other for _, ref in references(old))

    @cached_property
    def _other(self) -> frozenset[str]:
        """The references that lead to something else in the other document, at any depth."""
        named = {ref for document in (self.old, self.new) for _, ref in references(document)}
        users: dict[str, list[str]] = {}
        other: list[str] = []
        for ref in sorted(named):
            before, after = _target(self.old, ref), _target(self.new, ref)
            if _text(before) != _text(after):
                other.append(ref)
            for _, inner in references(before):
                users.setdefault(inner, []).append(ref)
        known = set(other)
        for ref in other:
            fresh = [user for user in users.get(ref, ()) if user not in known]
            known.update(fresh)
            other += fresh
        return frozenset(known)


def _target(document: Mapping[str, Any], ref: str) -> Any:
    try:
        return resolve(document, ref)
    except DocumentError:
        return None


def _text(value: Any) -> str:
    # As text, true and 1 differ, which are equal in Python.
    return json.dumps(value, sort_keys=True)
