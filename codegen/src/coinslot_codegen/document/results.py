"""What a finished job holds, where the document itself says so, and how such classes are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from coinslot_codegen.document.members import answer_schema, inner, is_text, members, required
from coinslot_codegen.document.model import ResultSpec, RouteSpec
from coinslot_codegen.document.naming import class_name, words

_URL_WORDS: Final = frozenset({"url", "uri", "link", "href"})


def is_url_member(name: str) -> bool:
    """`imageUrl`, `video_url`, `url`."""
    spelled = words(name)
    return bool(spelled) and (spelled[-1] in _URL_WORDS or spelled[0] in _URL_WORDS)


def result_class(names: Sequence[str]) -> str:
    """`ImageResult` for `imageUrl`; `JobResult` where the member says nothing."""
    said = [word for word in words(names[0]) if word not in _URL_WORDS]
    return class_name("-".join([*said, "result"])) if said else "JobResult"


def with_documented_results(document: Mapping[str, Any], routes: Sequence[RouteSpec]) -> list[RouteSpec]:
    """The routes, each with the result that its job's state describes, if that holds URLs."""
    watching = {route.path: route for route in routes if route.method == "GET"}
    return [
        replace(route, result=_result(document, watching[route.job.status_path], route.job.result_member))
        if route.job
        else route
        for route in routes
    ]


def _result(document: Mapping[str, Any], watch: RouteSpec, member: str) -> ResultSpec | None:
    schema = inner(document, answer_schema(watch), member)
    found, needed = members(document, schema), required(document, schema)
    urls = sorted(
        (
            name
            for name in found
            if is_text(found[name]) and (is_url_member(name) or found[name].get("format") == "uri")
        ),
        key=lambda name: (name not in needed, name),
    )
    return (
        ResultSpec(result_class(urls), tuple(urls), f"answer of {watch.method} {watch.path}")
        if urls
        else None
    )
