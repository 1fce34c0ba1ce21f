"""Constructs that cannot be generated: an error that names the place, or a route less that is named."""

from __future__ import annotations

from typing import Any

import pytest

from coinslot_codegen.document.errors import DocumentError
from tests.codegen.generating import PAID, document, made, one, operation

BODY = "#/paths/~1api~1thing~1make/post/requestBody/content/application~1json/schema"
HALF = {"enum": ["\ud800"]}
"""Half a character."""
WHY = "a lone surrogate is no character and cannot be sent"


def of_body(schema: dict[str, Any]) -> dict[str, Any]:
    return one({"type": "object", "properties": {"it": schema}})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (of_body(HALF), f"{BODY}/properties/it: {WHY}"),
        (of_body({"type": "array", "items": HALF}), f"{BODY}/properties/it/items: {WHY}"),
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
            "/api/bad/make": {"post": operation(body=HALF, **PAID)},
        }
    )
    generated = made(content, allow_unsupported=True)
    assert generated.routes == 1
    assert [problem.pointer for problem in generated.left_out] == [
        "#/paths/~1api~1bad~1make/post/requestBody/content/application~1json/schema"
    ]
    assert not any("/bad/" in path for path in generated.files)


def test_a_component_that_fails_one_route_fails_every_route_that_names_it() -> None:
    broken = {"type": "object", "properties": {"a": {"type": "string"}, "b": HALF}}
    named = {"$ref": "#/components/schemas/Broken"}
    paths = {f"/api/{name}/make": {"post": operation(body=named)} for name in ("x", "y")}
    content = document({**paths, "/api/good": {"get": operation()}}, schemas={"Broken": broken})
    generated = made(content, allow_unsupported=True)
    assert [str(problem) for problem in generated.left_out] == [
        "#/components/schemas/Broken/properties/b: a lone surrogate is no character and cannot be sent"
    ] * 2
    assert generated.routes == 1


def test_a_document_of_which_nothing_is_left_is_an_error() -> None:
    content = document({"/api/bad/make": {"post": operation(body=HALF)}})
    with pytest.raises(DocumentError, match="no route of it can be generated"):
        made(content, allow_unsupported=True)


def test_a_package_that_is_no_name_is_an_error() -> None:
    with pytest.raises(DocumentError, match="'a b' is no Python name"):
        made(document({"/a": {"get": operation()}}), package="a b")
