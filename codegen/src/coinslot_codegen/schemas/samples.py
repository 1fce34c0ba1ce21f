"""What a document gives as an example of a value, or a text of the format that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coinslot_codegen.schemas.shape import UNSET

ADDRESS: Final = "https://example.com/picture.png"
FORMATS: Final[Mapping[str, str]] = {
    "uri": ADDRESS,
    "url": ADDRESS,
    "email": "you@example.com",
    "hostname": "example.com",
    "date": "2030-01-01",
    "date-time": "2030-01-01T00:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def sample(*stated: object) -> object:
    """Return the first example that a parameter or schema states, else a text of a schema's format."""
    known = [one for one in stated if isinstance(one, Mapping)]
    for one in known:
        listed = one.get("examples")
        if "example" in one:
            return one["example"]
        if isinstance(listed, list) and listed:
            return listed[0]
    return next((FORMATS[form] for one in known if (form := str(one.get("format"))) in FORMATS), UNSET)
