"""Names: of members, classes, packages, and what happens where two would be the same."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from coinslot_codegen.render.importable import STANDARD
from tests.codegen.generating import PAID, Json, document, made, module, one, operation, source


def names(*wires: str) -> list[str]:
    text = source(one({"type": "object", "properties": {wire: {"type": "string"} for wire in wires}}))
    body = text.partition("class MakeRequest(RequestModel):")[2].partition("ROUTE")[0]
    return re.findall(r"^    (\w+): ", body, re.MULTILINE)


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("aspectRatio", "aspect_ratio"),
        ("x-api-key", "x_api_key"),
        ("class", "class_"),
        ("schema", "schema_"),
        ("json", "json_"),
        ("copy", "copy_"),
        ("model_fields", "model_fields_"),
        ("model", "model"),
        ("register", "register_"),
        ("mro", "mro_"),
        ("self", "self_"),
        ("max_price", "max_price_"),
        ("idempotencyKey", "idempotency_key_"),
        ("int", "int_"),
        ("2fa", "x2fa"),
        ("größe", "grosse"),
        ("💥", "value"),
        ("__init__", "init"),
    ],
)
def test_of_a_member(wire: str, name: str) -> None:
    assert names(wire) in ([name], [name.replace("grosse", "groe")])


def test_of_members_that_would_be_the_same() -> None:
    assert names("aB", "a_b", "a-b") == ["a_b_2", "a_b", "a_b_3"]


def test_every_name_goes_on_the_wire_as_the_document_has_it(tmp_path: Path) -> None:
    wires = ["aB", "a_b", "class", "schema", "💥", 'q"uote']
    body = {"type": "object", "properties": {wire: {"type": "string"} for wire in wires}}
    with module(one(body), tmp_path) as found:
        values = dict.fromkeys(found.MakeRequest.model_fields, "x")
        assert list(found.MakeRequest(**values).model_dump()) == wires


def test_parameters_of_one_name_in_several_places_are_told_apart() -> None:
    parameters: list[dict[str, Any]] = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "id", "in": "query", "schema": {"type": "integer"}},
    ]
    body = {"type": "object", "properties": {"id": {"type": "boolean"}}}
    content = document({"/things/{id}/make": {"post": operation(body=body, parameters=parameters)}})
    text = source(content, "things/make.py")
    signature = text[text.index("def __call__") :]
    named = "self, id: str, *, body_id: bool | MISSING = MISSING, query_id: int | MISSING = MISSING,"
    assert named in " ".join(signature.split())
    assert 'path={"id": id}' in signature
    assert "MakeRequest(id=body_id)" in signature
    assert "MakeQuery(id=query_id)" in signature


@pytest.mark.parametrize("name", ["call", "route", "quote", "any", "literal", "field", "job", "paid-call"])
def test_of_a_route_that_is_called_like_our_own_words(name: str, tmp_path: Path) -> None:
    content = document(
        {
            f"/api/thing/{name}": {
                "post": operation(answer={"type": "object", "properties": {"a": {}}}, **PAID)
            }
        }
    )
    files = made(content).files
    path = next(path for path in files if path.startswith("src/sample/thing/") and "__init__" not in path)
    with module(content, tmp_path, f"thing.{Path(path).stem}") as found:
        assert found.ROUTE.path == f"/api/thing/{name}"


@pytest.mark.parametrize(
    ("title", "package", "client"),
    [
        ("Sample API", "sample", "Sample"),
        ("Coin-Gecko REST API", "coin_gecko", "CoinGecko"),
        ("API", "api", "API"),
        ("Client", "client", "ClientClient"),
        ("3D world", "api_3d_world", "Api3DWorld"),
        ("💥", "api", "Api"),
        ("Coinslot", "coinslot_api", "Coinslot"),
        ("coinslot base", "coinslot_base_api", "CoinslotBase"),
        ("json", "json_api", "Json"),
        ("pipes", "pipes_api", "Pipes"),  # a module of Python's until 3.13
        ("compression", "compression_api", "Compression"),  # and one from 3.14 on
        ("None", "none", "NoneClient"),
        ("httpx", "httpx_api", "Httpx"),
        ("sitecustomize", "sitecustomize_api", "Sitecustomize"),
    ],
)
def test_of_the_package(title: str, package: str, client: str) -> None:
    found = made(document({"/a": {"get": operation()}}, title=title)).names
    assert (found.package, found.client) == (package, client)


def test_of_the_package_as_wished() -> None:
    found = made(document({"/a": {"get": operation()}}), package="my-client").names
    assert (found.distribution, found.package, found.client) == ("my-client", "my_client", "Sample")


def test_equal_shapes_of_several_routes_are_one_class() -> None:
    answer = {
        "type": "object",
        "properties": {"a": {"type": "string", "description": "one"}, "b": {}},
        "required": ["a"],
    }
    other = {
        "type": "object",
        "required": ["a"],
        "properties": {"b": {}, "a": {"type": "string", "description": "other"}},
    }
    content = document(
        {
            f"/api/{name}/make": {"post": operation(answer=found)}
            for name, found in (("x", answer), ("y", other))
        }
    )
    assert source(content, "_models.py").count("class ") == 1
    assert "class MakeAnswer(AnswerModel):" in source(content, "_models.py")
    assert "from .._models import MakeAnswer" in source(content, "x/make.py")


def test_a_request_and_an_answer_are_never_one_class() -> None:
    thing = {"type": "object", "properties": {"a": {"type": "string"}}}
    content: dict[str, Any] = one(thing, thing)
    assert "class MakeRequest(RequestModel)" in source(content)
    assert "class MakeAnswer(AnswerModel)" in source(content)


def test_each_route_keeps_its_own_words_about_a_shared_shape() -> None:
    def body(text: str, default: str) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {"a": {"type": "string", "description": text, "default": default}},
        }

    content = document(
        {
            "/api/x/make": {"post": operation(body=body("A cat.", "tom"))},
            "/api/y/make": {"post": operation(body=body("A dog.", "rex"))},
        }
    )
    assert 'a: A cat. The server\'s default is "tom".' in source(content, "x/make.py")
    assert 'a: A dog. The server\'s default is "rex".' in source(content, "y/make.py")


@pytest.mark.parametrize("groups", [("client", "async_client"), ("async-foo", "foo"), ("foo", "async_foo")])
def test_groups_are_called_like_no_client_and_no_other_groups_face(groups: tuple[str, ...]) -> None:
    content = document({f"/{group}/{call}": {"get": operation()} for group in groups for call in "ab"})
    text = source(content, "_client.py")
    listed = re.findall(r"^ *from [.\w]+ import (.+)", text, re.MULTILINE)
    imported = [name for line in listed[: 3 + len(groups)] for name in line.split(", ")]
    assert len(imported) == len(set(imported)), text


THING: Json = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(
    ("schema", "inner", "whole"),
    [
        ({"type": "array", "items": THING}, "Item", "list[{}]"),
        ({"type": "object", "additionalProperties": THING}, "Item", "dict[str, {}]"),
        ({"anyOf": [THING, {"type": "null"}]}, "Option", "{} | None"),
    ],
)
def test_what_an_answer_is_made_of_takes_not_its_name(schema: Json, inner: str, whole: str) -> None:
    text = source(one(answer=schema))
    assert f"class MakeAnswer{inner}(AnswerModel):" in text
    assert f"class MakeAnswer(RootModel[{whole.format('MakeAnswer' + inner)}]):" in text


def test_names_of_this_python_s_own_modules_are_all_known() -> None:
    public = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    assert public <= STANDARD
