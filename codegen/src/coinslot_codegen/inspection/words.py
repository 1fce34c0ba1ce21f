"""Figures and names of the model, for people."""

from __future__ import annotations

from coinslot_codegen.document.model import PriceSpec, RouteSpec


def call(route: RouteSpec) -> str:
    """`paint_pro.edit`."""
    return f"{route.group}.{route.name}"


def price(spec: PriceSpec | None) -> str:
    """`$0.09–$0.54/s`; `unknown`, which is never free."""
    if spec is None:
        return "unknown"
    figures = f"${spec.low}" + (f"–${spec.high}" if spec.high else "")
    return f"{figures}/s" if spec.unit == "second" else figures


def seconds(length: float) -> str:
    """`5 s`, `20 min`, `2 h`."""
    for size, unit in ((3600, "h"), (60, "min")):
        if length >= 2 * size and length % size == 0:
            return f"{length / size:g} {unit}"
    return f"{length:g} s"
