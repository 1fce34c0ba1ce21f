"""The README of a generated distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_codegen.render import prose
from coinslot_codegen.render.environment import rendered
from coinslot_codegen.render.names import member_names
from coinslot_codegen.render.text import code, literal, markdown, sentence
from coinslot_codegen.schemas.gather import Use
from coinslot_codegen.schemas.shape import Normal, Shape

_EXAMPLES = {"string": '"..."', "integer": "1", "number": "1", "boolean": "True", "array": "[...]"}


def readme(api: Api, uses: Sequence[Use], shapes: Mapping[str, Shape], *, package: str, client: str) -> str:
    """Return the README's text."""
    chosen = _example_use(api, uses, shapes)
    return rendered(
        "readme.md",
        title=markdown(api.title) or package,
        description=markdown(sentence(api.description)),
        package=package,
        client=client,
        example=_example(chosen, client, shapes),
        rows=[_row(use.route) for use in uses],
        recommendations=[
            f"{markdown(one.purpose)}: {code(one.target)}. {markdown(sentence(one.reason))}"
            for one in api.recommendations
        ],
    )


def _row(route: RouteSpec) -> dict[str, str]:
    return {
        "call": f"{route.group}.{route.name}",
        "route": code(f"{route.method} {route.path}").strip("`").replace("|", "\\|"),
        "price": markdown(prose.price(route)),
        "time": markdown(prose.time(route.time)) if route.time else "–",
    }


def _example_use(api: Api, uses: Sequence[Use], shapes: Mapping[str, Shape]) -> Use | None:
    """Choose what the example calls: of the recommended, or the paid, the one that needs least."""
    paid = [use for use in uses if use.route.access == "paid"]
    targets = [one.target for one in api.recommendations][:1]
    recommended = [use for use in paid if use.route.job and use.route.group in targets]
    chosen = recommended or [use for use in paid if use.route.job] or paid or uses
    return min(chosen, key=lambda use: len(_arguments(use, shapes)), default=None)


def _example(use: Use | None, client: str, shapes: Mapping[str, Shape]) -> str:
    if use is None:
        return f"{client}()"
    route = use.route
    call = f"client.{route.group}.{route.name}"
    arguments = ", ".join(_arguments(use, shapes))
    lines = []
    if route.access == "paid":
        lines.append(f"quote = {call}.quote({arguments})")
        lines.append("print(quote.price)")
    if route.job:
        lines.append(f"job = {call}({arguments})")
        lines.append("result = job.wait()")
        if route.result:
            lines.append('result.save("result")')
    else:
        lines.append(f"print({call}({arguments}))")
    cap = _cap(route)
    body = "\n".join(f"    {line}" for line in lines)
    return f"with {client}({cap}) as client:\n{body}"


def _cap(route: RouteSpec) -> str:
    if route.access != "paid" or route.price is None:
        return ""
    return f"max_price={literal(route.price.high or route.price.low)}" if route.price.unit == "call" else ""


def _arguments(use: Use, shapes: Mapping[str, Shape]) -> list[str]:
    found = []
    for key in (
        use.parameters.get("path"),
        use.body,
        use.parameters.get("query"),
        use.parameters.get("header"),
    ):
        members = shapes[key].members if key else []
        for member, name in zip(members, member_names(one.wire for one in members), strict=True):
            if member.required:
                found.append(f"{name}={_value(member.value)}")
    return found


def _value(value: Normal) -> str:
    if value.get("enum"):
        return literal(value["enum"][0])
    return _EXAMPLES.get(str(value.get("type")), "...")
