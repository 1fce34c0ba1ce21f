"""What kind of media a route makes where its own words do not say: its siblings' word, or the guidance's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from coinslot_codegen.commands.inspect import inspect
from coinslot_codegen.diff import compare
from coinslot_codegen.document.model import Api, RouteSpec
from tests.codegen.documents import document, jobs, maker, read_document, read_paths, transcription

SAID = """
Poll `GET /api/jobs/{jobId}`:

| Models | Poll every |
| --- | --- |
| Image models | 5 s |
| Video models | 20 s |

Image jobs end with `imageUrl`; video jobs end with `videoUrl`.
"""
IMAGE = "What the image should show"
PLAIN = "What to make, in your own words"
FEW_WORDS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
SECONDS = {"type": "integer", "description": "How many seconds"}


def named(api: Api, path: str) -> RouteSpec:
    return next(route for route in api.routes if route.path == path)


def made(prompts: dict[str, str], guidance: str = "", **more: Any) -> tuple[str | None, float, str]:
    """(result, polling interval, provenance) of `/api/paint/make`, among routes with these prompts."""
    paths = {path: maker(prompt) for path, prompt in prompts.items()}
    paths["/api/paint/make"] = maker(PLAIN, **more)
    route = named(read_paths(paths | jobs(), SAID + guidance), "/api/paint/make")
    if route.result is None:
        return None, route.poll_seconds, ""
    return route.result.name, route.poll_seconds, route.result.provenance.partition("; ")[2]


def test_nothing_known_is_nothing_known() -> None:
    assert made({}) == (None, 15, "")
    assert made({"/api/other/make": IMAGE}) == (None, 15, "")


def test_a_sibling_tells() -> None:
    found = made({"/api/paint/edit": IMAGE, "/api/film/make": "What the video should show"})
    assert found == ("ImageResult", 5, "its kind as of paint.edit")


def test_siblings_of_different_kinds_tell_nothing() -> None:
    assert made({"/api/paint/edit": IMAGE, "/api/paint/move": "The video"})[0] is None


def test_the_recommended_defaults_tell() -> None:
    guidance = "\n## Recommended defaults\n\n- **Image generation:** `paint` — the best\n"
    assert made({}, guidance) == ("ImageResult", 5, "its kind as recommended for Image generation")
    assert made({"/api/paint/edit": "The video"}, guidance)[0] is None


def test_a_length_says_that_it_lasts_and_a_sibling_which_kind() -> None:
    assert made({"/api/paint/edit": "The video"}, duration=SECONDS)[:2] == ("VideoResult", 20)
    assert made({"/api/paint/edit": IMAGE}, duration=SECONDS)[0] is None


def test_a_routes_own_words_go_before_all_others() -> None:
    paths = {"/api/paint/edit": maker(IMAGE), "/api/paint/move": maker("The video")}
    paths["/api/paint/video"] = maker(PLAIN)
    guidance = SAID + "\n## Recommended defaults\n\n- **Image generation:** `paint` — the best\n"
    api = read_paths(paths | jobs(), guidance)
    assert {route.path: route.result and route.result.name for route in api.routes if route.job} == {
        "/api/paint/edit": "ImageResult",
        "/api/paint/move": "VideoResult",
        "/api/paint/video": "VideoResult",
    }


def test_words_for_several_kinds_name_none() -> None:
    paths = {"/api/paint/edit": maker(IMAGE), "/api/paint/make": maker("A picture, or the still of a film")}
    route = named(read_paths(paths | jobs(), SAID), "/api/paint/make")
    assert (route.result and route.result.name) == "ImageResult"


@pytest.mark.parametrize("prompt", [{"description": PLAIN}, FEW_WORDS], ids=["other words", "another type"])
def test_one_prompt_in_other_words_takes_no_result_away(prompt: dict[str, Any]) -> None:
    """As the studio's document might change tomorrow."""
    content = transcription()
    post = content["paths"]["/api/generate/nano-banana-pro/generate"]["post"]
    post["summary"] = "generate with Nano Banana Pro"
    before = read_document(json.loads(json.dumps(content)))
    schema = post["requestBody"]["content"]["application/json"]["schema"]["properties"]
    schema["prompt"] = prompt if "type" in prompt else {**schema["prompt"], **prompt}
    after = read_document(content)
    assert {one.kind for one in compare(before, after)} <= {"description", "type"}
    route = named(after, "/api/generate/nano-banana-pro/generate")
    assert (route.result and route.result.name, route.poll_seconds) == ("ImageResult", 5)


def test_inspect_shows_where_a_kind_was_read() -> None:
    paths = {"/api/paint/edit": maker(IMAGE), "/api/paint/make": maker(PLAIN)}
    text = json.dumps(document(paths | jobs(), SAID))
    page = CliRunner().invoke(inspect, ["-"], input=text).stdout
    lines = [line for line in page.splitlines() if "ImageResult: " in line]
    assert lines == [
        "  ImageResult: imageUrl (from #/info/x-guidance, line 9)",
        "  ImageResult: imageUrl (from #/info/x-guidance, line 9; its kind as of paint.edit)",
    ]
    assert "    paint.make" in page.splitlines()
