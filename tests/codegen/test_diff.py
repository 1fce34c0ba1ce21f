"""Each known change of the document is named, with what it does, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from coinslot_codegen.diff import compare
from coinslot_codegen.document import read
from tests.codegen.generating import operation
from tests.codegen.mutations import (
    CALL,
    EDIT,
    FILE,
    Mutation,
    answer,
    body,
    body_of,
    guided,
    member,
    mutated,
    original,
    post,
    renamed,
    wide,
)

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
