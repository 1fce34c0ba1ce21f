"""Each known change of the document is named, with what it does, and nothing else is."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coinslot_codegen.diff import compare, verdict
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from tests.codegen.generating import PAID, document, operation

FILE = Path(__file__).resolve().parents[2] / "generated" / "stablestudio.openapi.json"
EDIT = "/api/generate/nano-banana-pro/edit"
CALL = "nano_banana_pro.edit"
Mutation = Callable[[dict[str, Any]], object]


@cache
def original() -> Api:
    return read(FILE.read_bytes())


def mutated(*mutations: Mutation) -> Api:
    content = copy.deepcopy(json.loads(FILE.read_bytes()))
    for mutation in mutations:
        mutation(content)
    return read(json.dumps(content).encode())


def post(content: dict[str, Any], path: str = EDIT) -> dict[str, Any]:
    found: dict[str, Any] = content["paths"][path]["post"]
    return found


def body(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = post(content)["requestBody"]["content"]["application/json"]["schema"]
    return found


def answer(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = post(content)["responses"]["200"]["content"]["application/json"]["schema"]
    return found


def member(content: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = body(content)["properties"][name]
    return found


def guided(old: str, new: str) -> Mutation:
    def mutate(content: dict[str, Any]) -> None:
        assert old in content["info"]["x-guidance"]
        content["info"]["x-guidance"] = content["info"]["x-guidance"].replace(old, new)

    return mutate


def renamed(before: str, after: str) -> Mutation:
    def mutate(content: dict[str, Any]) -> None:
        properties = body(content)["properties"]
        properties[after] = properties.pop(before)

    return mutate


KNOWN: list[tuple[Mutation, set[tuple[str, str, str]]]] = [
    (lambda it: it["paths"].pop(EDIT), {("breaking", "route-removed", "")}),
    (
        lambda it: it["paths"].update({"/api/generate/nano-banana-pro/retouch": it["paths"].pop(EDIT)}),
        {("breaking", "route-renamed", ""), ("money", "price", ""), ("compatible", "time", "")},
    ),
    (
        lambda it: it["paths"].update({"/api/thing": {"get": operation()}}),
        {("compatible", "route-added", "")},
    ),
    (lambda it: body(it)["properties"].pop("imageSize"), {("breaking", "removed", "image_size")}),
    (
        lambda it: body(it)["properties"].update(seed={"type": "integer"}),
        {("compatible", "added", "seed")},
    ),
    (
        lambda it: (
            body(it)["properties"].update(seed={"type": "integer"}),
            body(it)["required"].append("seed"),
        ),
        {("breaking", "added", "seed")},
    ),
    (renamed("aspectRatio", "aspect_ratio"), {("breaking", "renamed", "aspect_ratio")}),
    (renamed("imageSize", "size"), {("breaking", "renamed", "image_size")}),
    (lambda it: body(it)["required"].append("imageSize"), {("breaking", "required", "image_size")}),
    (lambda it: body(it)["required"].remove("prompt"), {("compatible", "optional", "prompt")}),
    (lambda it: member(it, "imageSize")["enum"].remove("4K"), {("breaking", "value-removed", "image_size")}),
    (lambda it: member(it, "imageSize")["enum"].append("8K"), {("compatible", "value-added", "image_size")}),
    (lambda it: member(it, "imageSize").pop("enum"), {("compatible", "values", "image_size")}),
    (lambda it: member(it, "prompt").update(enum=["cat"]), {("breaking", "values", "prompt")}),
    (lambda it: member(it, "imageSize").update(default="2K"), {("compatible", "default", "image_size")}),
    (lambda it: member(it, "prompt").update(type="integer"), {("breaking", "type", "prompt")}),
    (
        lambda it: member(it, "prompt").update(type=["string", "integer"]),
        {("compatible", "type", "prompt")},
    ),
    (lambda it: member(it, "prompt").update(type=["string", "null"]), {("compatible", "null", "prompt")}),
    (lambda it: member(it, "images").update(maxItems=10), {("breaking", "bound", "images")}),
    (lambda it: member(it, "images").update(maxItems=16), {("compatible", "bound", "images")}),
    (lambda it: member(it, "prompt").update(maxLength=4000), {("breaking", "bound", "prompt")}),
    (lambda it: member(it, "prompt").update(pattern="^a"), {("breaking", "pattern", "prompt")}),
    (lambda it: member(it, "images")["items"].pop("format"), {("compatible", "format", "images[]")}),
    (lambda it: member(it, "prompt").update(description="Words"), {("compatible", "description", "prompt")}),
    (lambda it: answer(it)["properties"].pop("type"), {("breaking", "removed", "answer.type")}),
    (
        lambda it: answer(it)["properties"].update(eta={"type": "number"}),
        {("compatible", "added", "answer.eta")},
    ),
    (lambda it: answer(it)["required"].remove("type"), {("breaking", "optional", "answer.type")}),
    (
        lambda it: answer(it)["properties"]["type"].update(type="integer"),
        {("breaking", "type", "answer.type")},
    ),
    (
        lambda it: answer(it)["properties"]["status"].update(const="queued"),
        {("compatible", "value-removed", "answer.status"), ("compatible", "value-added", "answer.status")},
    ),
    (
        lambda it: post(it)["responses"].update({"422": {"description": "No"}}),
        {("compatible", "answer-added", "")},
    ),
    (
        lambda it: post(it)["x-payment-info"]["protocols"][1]["mpp"].update(currency="0x01"),
        {("money", "currency", "")},
    ),
    (
        lambda it: post(it)["x-payment-info"]["protocols"][1]["mpp"].update(method="other"),
        {("money", "protocol", "")},
    ),
    (lambda it: post(it)["x-payment-info"]["protocols"].pop(), {("money", "protocol-removed", "")}),
    (lambda it: post(it)["x-payment-info"]["price"].update(mode="range"), {("money", "price-mode", "")}),
    (
        lambda it: post(it)["x-payment-info"].update(
            price={"mode": "fixed", "amount": "1", "currency": "USD"}
        ),
        {("money", "price-mode", "")},
    ),
    (lambda it: post(it).update(deprecated=True), {("compatible", "deprecated", "")}),
    (guided(f"`{EDIT}`     | $0.13–$0.24 ", f"`{EDIT}`     | $0.13–$0.24/s "), {("money", "price", "")}),
    (lambda it: post(it)["x-payment-info"]["price"].update(currency="EUR"), {("money", "currency", "")}),
    (lambda it: post(it)["x-payment-info"]["price"].update(max="20.00"), {("money", "price-stated", "")}),
    (guided(f"`{EDIT}`     | $0.13–$0.24", f"`{EDIT}`     | $0.13–$0.30"), {("money", "price", "")}),
    (
        guided(f"`{EDIT}`     | $0.13–$0.24   | ~10s", f"`{EDIT}`     | $0.13–$0.24   | ~20s"),
        {("compatible", "time", "")},
    ),
]


@pytest.mark.parametrize(
    ("mutation", "expected"),
    [pytest.param(*row, id=f"{number}-{'-'.join(min(row[1])[1:])}") for number, row in enumerate(KNOWN)],
)
def test_a_known_change_is_named_and_nothing_else(
    mutation: Mutation, expected: set[tuple[str, str, str]]
) -> None:
    changes = compare(original(), mutated(mutation))
    assert {(one.impact, one.kind, one.place) for one in changes} == expected
    assert {one.call for one in changes} <= {CALL, "thing.get"}


def wide(*mutations: Mutation) -> set[tuple[str, str, str]]:
    """Return (impact, kind, message) of every change, calls apart."""
    return {(one.impact, one.kind, one.message) for one in compare(original(), mutated(*mutations))}


def test_what_the_guidance_says_for_many_routes() -> None:
    assert wide(guided("`gpt-image-1.5` | 10s", "`gpt-image-1.5` | 12s")) == {
        ("compatible", "poll", "is polled every 12 s (was 10 s)")
    }
    assert wide(guided("roughly 20 minutes", "roughly 10 minutes")) == {
        ("money", "lifetime", "keeps results for 600 s (was 1200 s)")
    }
    assert wide(guided("roughly 20 minutes", "roughly 60 minutes")) == {
        ("compatible", "lifetime", "keeps results for 3600 s (was 1200 s)")
    }
    assert wide(guided("https://vercel.com/api/blob/", "https://files.example.com/put/")) == {
        (
            "breaking",
            "upload",
            "files are sent to https://files.example.com/put/ (was https://vercel.com/api/blob/)",
        )
    }


def test_a_rule_in_other_words_is_compatible() -> None:
    found = wide(guided("in the same order: ", "in that order: "))
    assert {one[:2] for one in found} == {("compatible", "rule")}


def test_prose_that_no_rule_comes_from_is_one_compatible_line() -> None:
    found = wide(guided("Vercel answers `{", "Vercel gives `{"))
    assert {one[:2] for one in found} == {("compatible", "guidance")}


def test_the_whole_api() -> None:
    def change(content: dict[str, Any]) -> None:
        content["info"].update(version="2.0.0", description="Something else.")
        content["servers"][0]["url"] = "https://elsewhere.example"

    assert {one[:2] for one in wide(change)} == {
        ("breaking", "origin"),
        ("compatible", "version"),
        ("compatible", "description"),
    }


@pytest.mark.parametrize("turn", [reversed, sorted])
def test_the_order_of_keys_changes_nothing(turn: Callable[[Any], Any]) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in turn(list(value))}
        return [turned(item) for item in value] if isinstance(value, list) else value

    assert compare(original(), read(json.dumps(turned(json.loads(FILE.read_bytes()))).encode())) == ()


def test_a_name_that_could_be_two_is_no_rename() -> None:
    def mutate(content: dict[str, Any]) -> None:
        found = body(content)["properties"]
        size = found.pop("imageSize")
        found["image_size"] = size
        found["imagesize"] = size

    kinds = [(one.impact, one.kind, one.place) for one in compare(original(), mutated(mutate))]
    assert kinds == [
        ("breaking", "removed", "image_size"),
        ("compatible", "added", "image_size"),
        ("compatible", "added", "imagesize"),
    ]


def test_another_member_of_the_same_type_is_no_rename() -> None:
    before = body_of({"seed": {"type": "integer"}})
    after = body_of({"steps": {"type": "integer"}})
    assert [one.kind for one in compare(before, after)] == ["removed", "added"]


def test_a_folder_that_moved_with_its_calls_is_renamed_call_by_call() -> None:
    def mutate(content: dict[str, Any]) -> None:
        for name in ("t2v", "i2v"):
            content["paths"][f"/api/generate/wan-3/{name}"] = content["paths"].pop(
                f"/api/generate/wan-2.6/{name}"
            )

    renamed_calls = {
        (one.old, one.new) for one in compare(original(), mutated(mutate)) if one.kind == "route-renamed"
    }
    assert renamed_calls == {
        (f"POST /api/generate/wan-2.6/{name}", f"POST /api/generate/wan-3/{name}") for name in ("t2v", "i2v")
    }


def one_route(**more: Any) -> Api:
    return read(json.dumps(document({"/api/thing/make": {"post": operation(**more)}})).encode())


def body_of(properties: dict[str, Any], **more: Any) -> Api:
    return one_route(body={"type": "object", "properties": properties, **more}, **PAID)


def kinds_of(old: dict[str, Any], new: dict[str, Any], *, given: bool = False) -> set[tuple[str, str]]:
    """Return (impact, kind) of the changes of one value `v`, sent or given."""
    sides = [
        one_route(answer={"type": "object", "properties": {"v": one}}) if given else body_of({"v": one})
        for one in (old, new)
    ]
    return {(one.impact, one.kind) for one in compare(*sides)}


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
