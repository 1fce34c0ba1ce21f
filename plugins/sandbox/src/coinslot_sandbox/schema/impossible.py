"""What a schema asks that no value can meet: a sandbox refuses nobody for a flaw of the document.

Parts of an `allOf` contradict each other, say, or a constant is none of its type. Whether any value
meets a schema cannot be told in general. Here it is told by the sandbox's own instance of it: where
even that breaks a rule, nobody is held to that rule. Patterns are no such rule, since for some of them
the sandbox just makes up no text.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from jsonschema.exceptions import ValidationError

from coinslot_sandbox.schema.dialect import Dialect, Schema
from coinslot_sandbox.schema.example import Examples

Rule: TypeAlias = tuple[tuple[str, ...], str]
"""Where in a value, whichever item of a list, and the schema's word."""
_HELD_TO: Final = frozenset({"pattern", "format"})
_ITEM: Final = "*"


def rule(error: ValidationError) -> Rule:
    """Return the rule that was broken."""
    where = tuple(_ITEM if isinstance(step, int) else str(step) for step in error.absolute_path)
    return where, str(error.validator)


def impossible(dialect: Dialect, schema: Schema) -> frozenset[Rule]:
    """Return the rules of a schema, which `dialect` has read, that its own instance breaks."""
    made: Any = Examples(dialect, without="readOnly").of(schema)
    try:
        broken = [rule(error) for error in dialect.judge(schema).iter_errors(made)]
    except RecursionError:
        return frozenset()
    return frozenset(one for one in broken if one[1] not in _HELD_TO)
