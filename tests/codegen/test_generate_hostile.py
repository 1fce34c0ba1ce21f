"""Hostile text of a document stays text: it never becomes code, and never breaks what is written."""

from __future__ import annotations

import ast
import json
import tomllib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coinslot_codegen.document.errors import DocumentError
from tests.codegen.generating import PAID, document, made, operation

BREAKOUTS = [
    '"""\nimport os\nos.system("x")\n"""',
    "\\",
    '\\"""',
    '"',
    '""""',
    "'''",
    "\n\n    pass\n",
    "{{ 7 * 7 }} {% raw %}",
    "x = __import__('os').system('x')",
    "\N{RIGHT-TO-LEFT OVERRIDE}drop\N{ZERO WIDTH SPACE}",
    "\x00\x1b[31m\x85\u2028\u2029",
    "# noqa\n# type: ignore",
    "Args:\n    self: stolen",
    "```\n</code><script>",
    "a|b`c`[d](e)",
    "]\nname = 'stolen'",
    "\ud800",
    "class",
    "../../../etc/passwd",
]
TEXT = st.one_of(st.sampled_from(BREAKOUTS), st.text(max_size=40))
CALLED = {
    "Field", "ConfigDict", "Route", "PriceRange", "PricePerSecond", "JobStyle", "Upload",
    "import_module", "globals", "getattr", "AttributeError",
}  # fmt: skip
"""What generated modules may call by name, besides classes of their own."""


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    def schema(depth: int = 0) -> dict[str, Any]:
        kinds = ["string", "enum", "const", "array", "default", "pattern"] + (["object"] if depth < 2 else [])
        match draw(st.sampled_from(kinds)):
            case "enum":
                return {"enum": draw(st.lists(TEXT, min_size=1, max_size=3)), "description": draw(TEXT)}
            case "const":
                return {"const": draw(TEXT)}
            case "array":
                return {"type": "array", "items": schema(depth + 1)}
            case "default":
                return {"type": "string", "default": draw(TEXT), "description": draw(TEXT)}
            case "pattern":
                return {"type": "string", "pattern": draw(TEXT), "format": draw(TEXT)}
            case "object":
                return shape(depth + 1)
        return {"type": "string", "description": draw(TEXT), "title": draw(TEXT)}

    def shape(depth: int = 0) -> dict[str, Any]:
        properties = {draw(TEXT): schema(depth) for _ in range(draw(st.integers(1, 3)))}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties)[:1],
            "description": draw(TEXT),
        }

    paid = draw(st.booleans())
    made = operation(
        body=shape(),
        answer=shape(),
        parameters=[
            {"name": draw(TEXT), "in": "query", "description": draw(TEXT), "schema": {"type": "string"}}
        ],
        description=draw(TEXT),
        operationId=draw(TEXT),
        tags=[draw(TEXT)],
        **(PAID if paid else {}),
    )
    made["summary"] = draw(TEXT)
    made["responses"]["200"]["description"] = draw(TEXT)
    path = "/".join(["", "api", *(draw(TEXT).replace("/", "") or "x" for _ in range(2))])
    content = document({path: {"post": made}}, title=draw(TEXT))
    content["info"] |= {"description": draw(TEXT), "version": draw(TEXT), "x-guidance": draw(TEXT)}
    return content


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_t57_any_text_stays_text(content: dict[str, Any]) -> None:
    try:
        files = made(content).files
    except DocumentError:
        return  # refused with a line of its own; nothing was written
    for path, text in files.items():
        assert ".." not in path.split("/"), path
        assert path.isascii() or path.endswith(".json")
        if path.endswith(".py"):
            check(ast.parse(text), text.decode())
    project = tomllib.loads(files["pyproject.toml"].decode())
    assert sorted(project) == ["build-system", "project", "tool"]
    assert sorted(project["project"]) == [
        "dependencies", "description", "name", "optional-dependencies", "readme", "requires-python",
        "scripts", "version",
    ]  # fmt: skip


def check(tree: ast.Module, text: str) -> None:
    """Walk a module: it holds the statements that templates have, and calls nothing else."""
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert [alias.name for alias in node.names] == ["click"], text
        assert not isinstance(node, ast.Global | ast.Lambda | ast.Await | ast.With | ast.Try | ast.For), text
        if isinstance(node, ast.ImportFrom):
            home = node.module or ""
            assert node.level or home in {
                "__future__", "collections.abc", "coinslot", "coinslot.console", "functools", "importlib",
                "pydantic", "typing",
            }, text  # fmt: skip
        if isinstance(node, ast.Call):
            assert is_known(node.func, CALLED | own | imported), text
    for node in tree.body:
        assert isinstance(
            node,
            ast.Expr
            | ast.Import
            | ast.ImportFrom
            | ast.If
            | ast.ClassDef
            | ast.Assign
            | ast.AnnAssign
            | ast.FunctionDef,
        ), text
        if isinstance(node, ast.Expr):
            assert isinstance(node.value, ast.Constant), text


def is_known(called: ast.expr, names: set[str]) -> bool:
    """Whether a template, and no text of a document, calls this."""
    match called:
        case ast.Name(id=name):
            return name in names
        case ast.Attribute(value=ast.Name(id="self"), attr="_pay" | "_send" | "_quote"):
            return True
        case ast.Attribute(value=ast.Name(id="click"), attr=kind):
            return kind in {"Choice", "Group", "IntRange", "argument", "option"}
        case ast.Attribute(value=ast.Name(id="_HOMES"), attr="get"):
            return True
        case ast.Attribute(value=ast.Name(id="commands"), attr="command"):
            return True
        case ast.Attribute(value=ast.Call(func=ast.Name()), attr="model_dump"):
            return True
    return False


def test_what_a_document_says_is_what_a_module_says() -> None:
    text = 'It\'s "quoted" \\ and """tripled"""'
    body = {"type": "object", "properties": {"it": {"enum": [text, "b"], "description": text}}}
    module = ast.parse(
        made(document({"/api/thing/make": {"post": operation(body=body)}})).files["src/sample/thing/make.py"]
    )
    constants = [node.value for node in ast.walk(module) if isinstance(node, ast.Constant)]
    assert text in constants
    assert any(isinstance(value, str) and f"it: {text}" in " ".join(value.split()) for value in constants)


def test_the_manifest_and_the_copy_are_data() -> None:
    content = document({"/api/thing/make": {"post": operation()}}, title='"}, "files": {}, "x": {"')
    files = made(content).files
    name = next(path for path in files if path.endswith("manifest.json"))
    assert json.loads(files[name])["document"]["title"] == content["info"]["title"]


def test_what_looks_like_other_characters_is_told_apart() -> None:
    """Prose has ASCII's own quotes; what is sent stays as it is; a script's own words stay readable."""
    prose = "The ‘as at’ date, 1−2, p\u0430ypal, όδος, имя"  # noqa: RUF001
    body = {"type": "object", "properties": {"a": {"enum": ["‘x’", "b"], "description": prose}}}  # noqa: RUF001
    made_of = made(document({"/make": {"post": operation(body=body, **PAID)}}))
    written = "\n".join(text.decode() for path, text in made_of.files.items() if path.endswith(".py"))
    assert "The 'as at' date, 1-2, p\\u0430ypal, όδος, имя" in written
    assert '"\\u2018x’"' in written
