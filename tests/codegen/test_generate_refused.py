"""Constructs that cannot be generated: an error that names the place, or a route less that is named."""

from __future__ import annotations

from typing import Any

import pytest

from coinslot_codegen.document.errors import DocumentError
from tests.codegen.generating import PAID, document, made, one, operation

BODY = "#/paths/~1api~1thing~1make/post/requestBody/content/application~1json/schema"


def of_body(schema: dict[str, Any]) -> dict[str, Any]:
    return one({"type": "object", "properties": {"it": schema}})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (of_body({"type": "strng"}), f"{BODY}/properties/it/type: there is no type 'strng'"),
        (of_body({"oneOf": {}}), f"{BODY}/properties/it/oneOf: oneOf is not a list of schemas"),
        (
            of_body({"type": "array", "items": {"type": "x"}}),
            f"{BODY}/properties/it/items/type: there is no type 'x'",
        ),
        (
            of_body({"allOf": [{"type": "string"}, {"type": "integer"}]}),
            f"{BODY}/properties/it/allOf/1: no value is both 'string' and 'integer'",
        ),
        (one({"type": "object", "properties": ["a"]}), f"{BODY}/properties: properties are not an object"),
        (
            document(
                {
                    "/a/{filter}": {
                        "get": operation(
                            parameters=[
                                {
                                    "name": "filter",
                                    "in": "path",
                                    "required": True,
                                    "schema": {"type": "object", "properties": {"a": {"type": "string"}}},
                                }
                            ]
                        )
                    }
                }
            ),
            "#/paths/~1a~1{filter}/get/parameters/0/schema: path parameter 'filter' holds an object",
        ),
        (
            one(
                {"$ref": "#/components/schemas/A"},
                schemas={"A": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object"}]}},
            ),
            "#/components/schemas/A/allOf/0: #/components/schemas/A is a part of itself",
        ),
    ],
)
def test_names_the_place(content: dict[str, Any], message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        made(content)
    assert str(caught.value) == message


def test_or_leaves_the_route_out_and_says_so() -> None:
    content = document(
        {
            "/api/good/make": {"post": operation(**PAID)},
            "/api/bad/make": {"post": operation(body={"type": "strng"}, **PAID)},
        }
    )
    generated = made(content, allow_unsupported=True)
    assert generated.routes == 1
    assert [problem.pointer for problem in generated.left_out] == [
        "#/paths/~1api~1bad~1make/post/requestBody/content/application~1json/schema/type"
    ]
    assert not any("/bad/" in path for path in generated.files)


def test_a_component_that_fails_one_route_fails_every_route_that_names_it() -> None:
    broken = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "strng"}}}
    named = {"$ref": "#/components/schemas/Broken"}
    paths = {f"/api/{name}/make": {"post": operation(body=named)} for name in ("x", "y")}
    content = document({**paths, "/api/good": {"get": operation()}}, schemas={"Broken": broken})
    generated = made(content, allow_unsupported=True)
    assert [str(problem) for problem in generated.left_out] == [
        "#/components/schemas/Broken/properties/b/type: there is no type 'strng'"
    ] * 2
    assert generated.routes == 1


def test_a_document_of_which_nothing_is_left_is_an_error() -> None:
    content = document({"/api/bad/make": {"post": operation(body={"type": "strng"})}})
    with pytest.raises(DocumentError, match="no route of it can be generated"):
        made(content, allow_unsupported=True)


def test_a_package_that_is_no_name_is_an_error() -> None:
    with pytest.raises(DocumentError, match="'a b' is no Python name"):
        made(document({"/a": {"get": operation()}}), package="a b")
