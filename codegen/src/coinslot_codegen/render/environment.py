"""The template engine, set up once."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment() -> Environment:
    """Return the environment of the package's own templates.

    Nothing is escaped here: what reaches a template is source already, made by `text` and `names`.
    """
    return Environment(  # noqa: S701 - Python is written, not HTML
        loader=PackageLoader("coinslot_codegen", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def rendered(template: str, **view: object) -> str:
    """Return what `template` makes of `view`."""
    text: str = environment().get_template(f"{template}.jinja").render(view)
    # Parts that are not there leave their blank lines behind.
    return re.sub(r"\n{3,}", "\n\n", text)
