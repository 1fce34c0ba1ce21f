"""The README of a generated distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

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
    """Choose what the example calls: what is recommended, else the cheapest; of these, what needs least."""
    paid = [use for use in uses if use.route.access == "paid"]
    targets = [one.target for one in api.recommendations][:1]
    recommended = [use for use in paid if use.route.job and use.route.group in targets]
    return min(
        recommended or paid or uses,
        key=lambda use: (_cost(use.route), len(_arguments(use, shapes))),
        default=None,
    )


def _cost(route: RouteSpec) -> tuple[bool, Decimal]:
    price = route.price
    return (price is None, Decimal((price.high or price.low) if price else 0))


def _example(use: Use | None, client: str, shapes: Mapping[str, Shape]) -> str:
    if use is None:
        return f"{client}()"
    route = use.route
    call = f"client.{route.group}.{route.name}"
    arguments = _arguments(use, shapes)
    lines = []
    if route.access == "paid":
        lines += [f"quote = {call}.quote({', '.join(arguments)})", "print(quote.price)"]
        if route.price is None:
            arguments.append("max_price=quote.price")
    if route.job:
        lines += [f"job = {call}({', '.join(arguments)})", "result = job.wait()"]
        lines += ['result.save("result")'] if route.result else ["print(result)"]
    else:
        lines.append(f"print({call}({', '.join(arguments)}))")
    return "\n".join([f"with {client}({_cap(route)}) as client:", *(f"    {line}" for line in lines)])


def _cap(route: RouteSpec) -> str:
    if route.access != "paid" or route.price is None or route.price.unit == "second":
        return ""
    return f"max_price={literal(route.price.high or route.price.low)}"


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
