"""What version 3.2 of OpenAPI writes in places of its own: methods of any name, a query as one whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from coinslot_codegen.document.model import Finding, Report
from coinslot_codegen.document.references import followed, token

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""What HTTP takes as a method, and as the name of a header or a cookie."""
_OTHERS: Final = "additionalOperations"
_FORM: Final = "application/x-www-form-urlencoded"


def written_methods(item: Mapping[str, Any], at: str, report: Report) -> Iterator[tuple[str, str, object]]:
    """(pointer, method as it is sent, operation) for all that a path item holds, in a fixed order."""
    known = [str(name) for name in item if str(name).lower() in METHODS]
    # OpenAPI's own spelling first: of two that are one method, it is the one that is kept.
    for name in sorted(known, key=lambda name: (not name.islower(), name)):
        yield f"{at}/{name}", name.upper(), item[name]
    others = item.get(_OTHERS)
    for name, operation in sorted(others.items()) if isinstance(others, Mapping) else ():
        here = f"{at}/{_OTHERS}/{token(name)}"
        if TOKEN.fullmatch(name):
            yield here, name, operation
        else:
            report(Finding("flaw", here, f"{name!r} is no method that can be sent; it is left out"))


def fields_of_query(document: Mapping[str, Any], written: object, at: str) -> list[Mapping[str, Any]] | None:
    """Return the parameters that make a query which is described as one form; None: it is no such thing."""
    if not isinstance(written, Mapping) or written.get("in") != "querystring":
        return None
    schema = followed(document, _form_of(document, written, at).get("schema"), at)
    members = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(members, Mapping):
        return None
    needed = schema.get("required") if written.get("required") is True else None
    return [
        {
            "name": name,
            "in": "query",
            "required": isinstance(needed, list) and name in needed,
            "schema": member,
            "description": member.get("description") if isinstance(member, Mapping) else None,
        }
        for name, member in members.items()
    ]


def _form_of(document: Mapping[str, Any], written: Mapping[str, Any], at: str) -> Mapping[str, Any]:
    content = written.get("content")
    form = followed(document, content.get(_FORM), at) if isinstance(content, Mapping) else None
    return form if isinstance(form, Mapping) else {}
