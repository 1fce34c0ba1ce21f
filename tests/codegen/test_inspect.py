from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from coinslot_codegen.commands.inspect import inspect
from tests.codegen.documents import REWORDINGS, TRANSCRIPTION, document, transcription

HALF = {"enum": ["\ud800"]}
"""Half a character, which nobody can send."""


def run(*arguments: str, data: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(inspect, arguments, input=data)
    return done.exit_code, done.stdout, done.stderr


def test_the_page_tells_all_of_it_without_colours() -> None:
    code, out, err = run(str(TRANSCRIPTION))

    assert (code, err) == (0, "")
    assert "\x1b" not in out
    for text in (
        "30 routes, 26 of them paid",
        "nano_banana_pro.edit",
        "$0.13–$0.24",
        "POST /api/generate/nano-banana-pro/edit → ImageResult",
        "can take minutes",
        "$0.09–$0.54/s",
        "VideoResult: videoUrl, thumbnailUrl (from #/info/x-guidance, line",
        "URLs live for 20 min",
        "3. POST /api/upload/confirm with uploadId and blobUrl",
        "Image generation: gpt_image_2",
        "the document has no route GET /api/openapi.json",
    ):
        assert text in out


def test_what_was_not_understood_is_listed_once_with_its_routes() -> None:
    partial = json.dumps(transcription((REWORDINGS / "partial.md").read_text()))
    code, out, _ = run("-", data=partial)

    assert code == 0
    assert out.count("no polling interval is stated") == 1
    assert "'varies' as the price of" in out
    assert "unknown" in out


def test_data_for_tools() -> None:
    code, out, _ = run(str(TRANSCRIPTION), "--json")
    data = json.loads(out)
    edit = next(route for route in data["routes"] if route["call"] == "nano_banana_pro.edit")

    assert code == 0
    assert edit["price"]["high"] == "0.24"
    assert edit["poll"] == {"seconds": 5, "provenance": "guidance"}
    assert edit["stated"]["high"] == "10.00"
    assert data["upload"]["put_query"] == "pathname"
    assert data["findings"][0]["kind"] == "disagreement"


@pytest.mark.parametrize("content", ["{", "words", '{"openapi": "3.0.0", "paths": {}}'])
def test_bad_input_is_one_line_on_stderr(content: str, tmp_path: Path) -> None:
    path = tmp_path / "bad"
    path.write_text(content)
    code, out, err = run(str(path))

    assert code != 0
    assert out == ""
    assert len(err.splitlines()) == 1
    assert str(path) in err


def test_a_broken_reference_is_one_line_that_names_its_pointer() -> None:
    made = json.dumps(document({"/a": {"post": {"requestBody": {"$ref": "#/gone"}, "responses": {}}}}))
    code, out, err = run("-", data=made)

    assert (code, out) == (1, "")
    assert err == (
        "Error: #/paths/~1a/post/requestBody: `$ref` #/gone points at nothing "
        "(--allow-unsupported reports it and goes on)\n"
    )
    assert run("-", "--allow-unsupported", data=made)[0] == 0


def test_a_broken_reference_that_no_route_needs_is_a_flaw() -> None:
    made = document({"/a": {"get": {"responses": {"200": {"description": "Done"}}}}})
    made["webhooks"] = {"told": {"post": {"requestBody": {"$ref": "#/gone"}}}}
    code, out, _ = run("-", data=json.dumps(made))

    assert code == 0
    assert "no route needs it" in " ".join(out.split())


def test_text_of_a_document_does_not_steer_a_terminal() -> None:
    made = document({"/a\x1b[2J": {"get": {"responses": {}}}}, "# \x1b]0;x\x07")
    made["info"]["title"] = "[bold]T\x1b[31m\r\nX[/bold]"
    code, out, _ = run("-", data=json.dumps(made))

    assert code == 0
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "[bold]T [31m X[/bold]" in out


def test_what_only_shows_in_schemas_is_told_too() -> None:
    made = document({"/a": {"get": {"responses": {"200": {"description": "Done"}}}}})
    schema = {"type": "object", "properties": {"odd": {"allOf": [{"type": "string"}, {"type": "object"}]}}}
    made["paths"]["/a"]["post"] = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    made["paths"]["/b"] = {"get": {"responses": {"200": {"content": {"application/json": {"schema": HALF}}}}}}
    code, out, _ = run("-", "--json", data=json.dumps(made))

    assert code == 0
    told = {(one["kind"], one["pointer"]) for one in json.loads(out)["findings"]}
    at = "#/paths/~1a/post/requestBody/content/application~1json/schema/properties/odd/allOf/1"
    assert {
        ("flaw", at),
        ("unsupported", "#/paths/~1b/get/responses/200/content/application~1json/schema"),
    } <= told
