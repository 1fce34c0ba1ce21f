"""The README of the generated client: what it says stands in the document, and its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coinslot.errors import RequestRejected
from coinslot_codegen.document import read

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "generated" / "stablestudio.openapi.json"
README = (ROOT / "generated" / "stablestudio" / "README.md").read_text("utf-8")
API = read(DOCUMENT.read_bytes())
CALLS = {f"{route.group}.{route.name}": route for route in API.routes}
EXAMPLES = dict(
    re.findall(r"^### `([\w.]+)`\n.*?```python\n(.*?)```", README, flags=re.MULTILINE | re.DOTALL)
)
NEED_WHAT_IS_THERE = {"jobs.delete", "jobs.get", "upload.confirm"}
"""Their examples name a job or a file that a reader has, and nobody else."""


def test_every_route_is_listed_with_its_price_and_has_an_example() -> None:
    assert set(EXAMPLES) == set(CALLS)
    for call, route in CALLS.items():
        row = next(line for line in README.splitlines() if line.startswith(f"| `{call}` |"))
        assert f"`{route.method} {route.path}`" in row
        assert route.price is None or f"${route.price.low}" in row


@pytest.mark.loopback
@pytest.mark.usefixtures("own_class_pays_a_sandbox")
@pytest.mark.parametrize("call", sorted(EXAMPLES))
def test_an_example_runs(call: str) -> None:
    program = compile(EXAMPLES[call], f"README: {call}", "exec")
    if call in NEED_WHAT_IS_THERE:
        with pytest.raises(RequestRejected):
            exec(program, {})  # noqa: S102 - our own generated text
    else:
        exec(program, {})  # noqa: S102 - our own generated text
