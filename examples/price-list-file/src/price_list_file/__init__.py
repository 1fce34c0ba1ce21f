"""A module `prices` beside the calls: what each costs at most, for people who plan."""

from __future__ import annotations

from collections.abc import Mapping

from coinslot_codegen.document import Api
from coinslot_codegen.hookspecs import hookimpl
from coinslot_codegen.render.text import literal


@hookimpl
def coinslot_codegen_add_files(api: Api) -> Mapping[str, str]:
    """Add the module; what stands in it is made of constants, never of the document's text as it is."""
    prices = [
        (f"{route.group}.{route.name}", route.price.high or route.price.low)
        for route in api.routes
        if route.price is not None and route.price.unit == "call"
    ]
    lines = [f"    {literal(call)}: Decimal({literal(most)})," for call, most in prices]
    text = [
        '"""What each call costs at most, in dollars."""',
        "from decimal import Decimal",
        "MOST = {",
        *lines,
        "}",
    ]
    return {"prices.py": "\n".join([*text, ""])}
