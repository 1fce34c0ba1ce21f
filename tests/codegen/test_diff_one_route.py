"""What changed in a document of one route, place by place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coinslot_codegen.diff import compare, verdict
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from tests.codegen.generating import PAID, document, operation
from tests.codegen.mutations import Mutation, body_of, kinds_of, mutated, one_route, original, post, wide


def test_both_directions() -> None:
    text, number, null = {"type": "string"}, {"type": "number"}, {"type": "null"}
    maybe = {"anyOf": [text, null]}
    assert kinds_of(text, maybe) == {("compatible", "null")}
    assert kinds_of(text, maybe, given=True) == {("breaking", "null")}
    assert kinds_of(maybe, {"type": "string", "nullable": True}) == set()
    assert kinds_of({"type": "integer"}, number) == {("compatible", "type")}
    assert kinds_of({"type": "integer"}, number, given=True) == {("breaking", "type")}
    assert kinds_of({"enum": ["a"]}, {"enum": ["a", "b"]}, given=True) == {("compatible", "value-added")}
    assert kinds_of({"minimum": 1, "type": "integer"}, {"minimum": 2, "type": "integer"}, given=True) == {
        ("compatible", "bound")
    }
    assert kinds_of({"oneOf": [text, number]}, {"oneOf": [number, text]}) == set()
    assert kinds_of({"oneOf": [text, number]}, text) == {("breaking", "option-removed")}
    assert kinds_of({"oneOf": [text, number]}, text, given=True) == {("compatible", "option-removed")}


def test_spellings_of_the_same_schema_are_equal() -> None:
    assert kinds_of({"const": "a"}, {"enum": ["a"]}) == set()
    assert (
        kinds_of({"allOf": [{"type": "string"}, {"maxLength": 3}]}, {"type": "string", "maxLength": 3})
        == set()
    )
    assert kinds_of({"oneOf": [{"const": "a"}, {"const": "b"}]}, {"enum": ["a", "b"]}) == set()


def test_a_shared_schema_that_holds_itself() -> None:
    def api(**more: Any) -> Api:
        node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, **more}}
        paths = {"/api/thing/make": {"post": operation(body={"$ref": "#/components/schemas/Node"})}}
        return read(json.dumps(document(paths, schemas={"Node": node})).encode())

    assert [(one.kind, one.place) for one in compare(api(), api(name={"type": "string"}))] == [
        ("added", "name")
    ]


def test_a_call_that_costs_money_now_is_money() -> None:
    free, paid = one_route(), one_route(**PAID)
    assert [(one.impact, one.kind) for one in compare(free, paid)] == [("money", "access")]
    assert verdict(compare(free, paid)) == "money"


def test_security() -> None:
    keyed = one_route(security=[{"key": []}])
    assert [(one.impact, one.kind) for one in compare(one_route(), keyed)] == [("breaking", "security")]


def test_what_many_ways_lead_to_is_told_once() -> None:
    def api(**more: Any) -> Api:
        names = [f"S{number}" for number in range(30)]
        references = {name: {"$ref": f"#/components/schemas/{name}"} for name in names}
        shared: dict[str, Any] = {name: {"type": "object", "properties": dict(references)} for name in names}
        shared["S7"]["properties"] |= more
        paths = {"/api/thing/make": {"post": operation(body=references["S0"])}}
        return read(json.dumps(document(paths, schemas=shared)).encode())

    found = compare(api(), api(extra={"type": "string"}))
    assert [(one.kind, one.place) for one in found] == [("added", "s7.extra")]


KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
SCHEMES = {
    "key": KEY,
    "token": {"type": "http", "scheme": "bearer"},
    "wallet": {"type": "apiKey", "in": "header", "name": "SIGN-IN-WITH-X"},
}


def asking(*ways: list[str], schemes: dict[str, Any] | None = None) -> Api:
    """One route that wants to be shown one of these."""
    security: list[dict[str, list[str]]] = [{name: [] for name in way} for way in ways]
    content = document({"/api/thing/make": {"post": operation(security=security)}})
    content["components"]["securitySchemes"] = schemes or SCHEMES
    return read(json.dumps(content).encode())


@pytest.mark.parametrize(
    ("old", "new", "impact", "message"),
    [
        ([[]], [["key"]], "breaking", "needs `key` now"),
        ([["key"]], [[]], "compatible", "no longer needs `key`"),
        ([["key"]], [["key"], ["token"]], "compatible", "needs `key` or `token` (was `key`)"),
        ([["key"], ["token"]], [["token"]], "breaking", "needs `token` (was `key` or `token`)"),
        ([["key"]], [["key", "token"]], "breaking", "needs `key` and `token` (was `key`)"),
        ([["key", "token"]], [["token"]], "compatible", "needs `token` (was `key` and `token`)"),
        ([["key"]], [["key"], []], "compatible", "takes `key` (was `key`)"),
        ([["wallet"]], [["wallet"], ["key"]], "compatible", "takes `key` now"),
    ],
)
def test_what_is_shown_besides_paying(
    old: list[list[str]], new: list[list[str]], impact: str, message: str
) -> None:
    found = compare(asking(*old), asking(*new))
    assert [(one.impact, one.kind, one.message) for one in found] == [(impact, "security", message)]


def test_the_order_of_alternatives_changes_nothing() -> None:
    assert compare(asking(["key"], ["token"]), asking(["token"], ["key"])) == ()


def test_a_scheme_that_is_shown_elsewhere() -> None:
    def against(**changed: Any) -> list[tuple[str, str, str]]:
        later = {**SCHEMES, "key": {**KEY, **changed}}
        found = compare(asking(["key"]), asking(["key"], schemes=later))
        return [(one.impact, one.kind, one.message) for one in found]

    said = "`key` is shown in the query value api_key (was in the header X-Key)"
    assert against(**{"in": "query", "name": "api_key"}) == [("breaking", "security", said)]
    said = "`key` is obtained in another way (x-portal)"
    assert against(**{"x-portal": "https://example.com"}) == [("compatible", "security", said)]
    assert [one[:2] for one in against(description="Ask us.")] == [("compatible", "description")]
    assert compare(asking([]), asking([], schemes={"key": {**KEY, "name": "X-Other"}})) == ()


PICTURE = {"type": "string", "format": "uri", "description": "URL of an image"}


def test_members_that_take_files() -> None:
    plain = {"type": "string", "format": "uri", "description": "Where it leads"}
    film = {**PICTURE, "description": "URL of a video"}

    def files(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
        found = compare(body_of(old), body_of(new))
        return [(one.impact, one.place, one.message) for one in found if one.kind == "files"]

    assert files({"v": plain}, {"v": PICTURE}) == [("compatible", "v", "takes files now: image")]
    assert files({"v": PICTURE}, {"v": plain}) == [("breaking", "v", "no longer takes files, only addresses")]
    assert files({"v": PICTURE}, {"v": film}) == [("breaking", "v", "takes files of video (was image)")]
    deep = {"shots": {"type": "array", "items": {"type": "object", "properties": {"v": PICTURE}}}}
    bare = {"shots": {"type": "array", "items": {"type": "object", "properties": {"v": plain}}}}
    assert files(bare, deep) == [("compatible", "shots.v", "takes files now: image")]
    # What is new, gone or called otherwise is told as that alone.
    assert files({}, {"v": PICTURE}) == files({"v": PICTURE}, {}) == files({}, deep) == []


def job_api(parameter: str = "jobId", *, state: str = "status", signed: bool = False) -> Api:
    told = {
        "type": "object",
        "properties": {state: {"type": "string"}, "result": {}},
        "required": [state, "result"],
    }
    accepted = {"type": "object", "properties": {"jobId": {"type": "string"}}, "required": ["jobId"]}
    where = [{"name": parameter, "in": "path", "required": True, "schema": {"type": "string"}}]
    asked = operation(answer=told, parameters=where, security=[{"wallet": []}] if signed else [])
    start = operation(body={"type": "object", "properties": {"a": {}}}, answer=accepted, **PAID)
    paths = {"/api/things": {"post": start}, f"/api/jobs/{{{parameter}}}": {"get": asked}}
    content = document(paths)
    content["components"]["securitySchemes"] = SCHEMES
    return read(json.dumps(content).encode())


def test_where_a_job_is_asked_for() -> None:
    assert {route.job is not None for route in job_api().routes} == {True, False}
    found = {(one.kind, one.message) for one in compare(job_api(), job_api(state="phase"))}
    assert ("job", "has its job's state in phase (was status)") in found
    found = {(one.impact, one.kind) for one in compare(job_api(), job_api(signed=True))}
    assert found == {("breaking", "job"), ("breaking", "access")}
    # The parameter of a path is named for people; only the status call's own argument has another name.
    assert [one.kind for one in compare(job_api(), job_api("job_id"))] == ["renamed"]


def test_how_several_values_are_written() -> None:
    def listed(**more: Any) -> Api:
        where = {"name": "v", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, **more}
        return one_route(parameters=[where])

    assert [(one.impact, one.kind) for one in compare(listed(), listed(explode=False))] == [
        ("breaking", "style")
    ]


def test_an_option_that_gets_a_name_stays_the_option() -> None:
    first = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    second = {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]}
    names = {"First": first, "Second": second, "Third": second}

    def either(*options: dict[str, Any]) -> Api:
        body = {"type": "object", "properties": {"v": {"oneOf": list(options)}}}
        paths = {"/api/thing/make": {"post": operation(body=body, **PAID)}}
        return read(json.dumps(document(paths, schemas=names)).encode())

    named = [{"$ref": f"#/components/schemas/{name}"} for name in ("First", "Second", "Third")]
    assert compare(either(first, second), either(*named[:2])) == ()
    assert compare(either(named[0], named[1]), either(named[2], named[0])) == ()


def test_what_is_required_and_not_described() -> None:
    found = compare(body_of({}), body_of({}, required=["v"]))
    assert [(one.impact, one.kind, one.place) for one in found] == [("breaking", "required", "v")]


def test_a_rule_for_names_of_members() -> None:
    plain = {"type": "object", "additionalProperties": {"type": "string"}}
    ruled = {**plain, "propertyNames": {"pattern": "^a"}}
    assert kinds_of(plain, ruled) == {("breaking", "rule-of-values")}
    assert kinds_of(ruled, plain) == {("compatible", "rule-of-values")}


@pytest.mark.parametrize(
    "mutation",
    [
        lambda it: post(it)["x-payment-info"]["price"].update(max="10"),
        lambda it: post(it)["x-payment-info"]["price"].update(max=10),
        lambda it: it["paths"]["/api/jobs"]["get"]["parameters"][0].update(
            schema={"type": "integer", "exclusiveMinimum": 0, "description": "How many jobs to list at most"}
        ),
    ],
    ids=["fewer digits", "a number", "an open end of whole numbers"],
)
def test_the_same_in_other_figures(mutation: Mutation) -> None:
    assert compare(original(), mutated(mutation)) == ()


def test_an_open_end_is_another_end() -> None:
    def bounded(**bounds: float) -> Api:
        schema = {"type": "object", "properties": {"n": {"type": "number", **bounds}}}
        return read(json.dumps(document({"/a": {"post": operation(body=schema)}})).encode())

    (change,) = compare(bounded(minimum=1), bounded(exclusiveMinimum=1))
    assert (change.impact, change.message) == ("breaking", "takes more than 1 (was at least 1)")
    (change,) = compare(bounded(exclusiveMaximum=1, maximum=5), bounded(maximum=1))
    assert (change.impact, change.message) == ("compatible", "takes at most 1 (was less than 1)")


def test_all_routes_below_another_path_are_told_once() -> None:
    found = wide(lambda it: it["servers"][0].update(url="https://stablestudio.dev/v2"))
    assert {one[:2] for one in found} == {("breaking", "prefix")}
