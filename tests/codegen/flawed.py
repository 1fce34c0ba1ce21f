"""A document with one flaw, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Callable

from coinslot_codegen.document import Api, read
from coinslot_codegen.schemas.gather import gather
from tests.codegen.generating import Json, one

AT = "#/paths/~1api~1thing~1make/post"
BODY = f"{AT}/requestBody/content/application~1json/schema"
TEXT: Json = {"type": "string"}
THING: Json = {"type": "object", "properties": {"a": TEXT}}


def sending(properties: Json) -> Json:
    schema = {"type": "object", "properties": properties}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def told(change: Callable[[Json, Json], object]) -> tuple[Api, dict[str, str]]:
    content = one(body=THING, answer=THING)
    change(content, content["paths"]["/api/thing/make"]["post"])
    api = read(json.dumps(content).encode())
    assert gather(api).left_out == []
    return api, {finding.pointer: finding.message for finding in api.findings if finding.kind == "flaw"}
