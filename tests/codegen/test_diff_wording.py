"""What the guidance says otherwise is told in its words, where no other line tells of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coinslot_codegen.diff import Change, changes
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api

FILE = Path(__file__).resolve().parents[2] / "generated" / "stablestudio.openapi.json"
NEVER = "**As long as a job is `pending` or `loading`, never send its generation a second time.**"
ROW = "| `/api/generate/grok/edit`                | $0.022        | ~3s              |\n"


@cache
def original() -> Api:
    return read(FILE.read_bytes())


def told(*turns: Callable[[str], str], paths: Callable[[dict[str, Any]], object] = len) -> list[Change]:
    content = json.loads(FILE.read_bytes())
    for turn in turns:
        text = content["info"]["x-guidance"]
        content["info"]["x-guidance"] = turn(text)
        assert content["info"]["x-guidance"] != text
    paths(content["paths"])
    return [one for one in changes(original(), read(json.dumps(content).encode())) if one.kind != "version"]


def swapped(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


def worded(found: list[Change]) -> list[str]:
    assert {one.impact for one in found if one.kind == "guidance"} <= {"compatible"}
    return [one.message for one in found if one.kind == "guidance"]


def test_a_rule_of_no_route_that_is_gone() -> None:
    (found,) = worded(told(swapped(NEVER, "")))
    assert found.startswith("the guidance says: “Several minutes are nothing unusual")
    assert "(was: “**As long as a job is `pending`" in found


def test_each_place_is_told_and_what_became_a_price_is_not() -> None:
    found = told(
        swapped("USDC on Base, Solana or Tempo", "USDC on Base or Tempo"),
        swapped("(works from 1–8 images)", "(works from 1–6 images)"),
        swapped("$0.13–$0.24  ", "$0.15–$0.26  "),
        swapped("roughly 20 minutes", "roughly 10 minutes"),
    )
    assert {one.kind for one in found} == {"price", "lifetime", "guidance"}
    flux, head = worded(found)
    assert flux.startswith("the guidance says: “**flux-2-pro edit** (works from 1–6 images):” (was: ")
    assert "micropayment: USDC on Base or Tempo, and no API key anywhere.” (was: " in head


def test_what_is_read_as_a_route_or_a_result_is_told_there_alone() -> None:
    assert worded(told(swapped(ROW, ""), paths=lambda it: it.pop("/api/generate/grok/edit"))) == []
    assert worded(told(swapped("`{videoUrl, thumbnailUrl}`", "`{videoUrl}`"))) == []


def test_a_route_that_moved_is_named_otherwise_everywhere() -> None:
    found = told(
        lambda text: text.replace("/api/jobs/{jobId}", "/api/v2/jobs/{jobId}"),
        paths=lambda it: it.update({"/api/v2/jobs/{jobId}": it.pop("/api/jobs/{jobId}")}),
    )
    assert [one.kind for one in found if one.call == "jobs.get"] == ["route-renamed"]
    assert worded(found) == []


def moved(text: str) -> str:
    schemas, upload, polling = (text.index(f"## {one}") for one in ("Input", "File Upload", "Job Polling"))
    return text[:schemas] + text[upload:polling] + text[schemas:upload] + text[polling:]


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param(swapped("unusual, above all", "unusual,\nabove all"), id="lines"),
        pytest.param(lambda text: text.replace("  |", " |").replace("–$", "-$"), id="signs"),
        pytest.param(moved, id="sections"),
    ],
)
def test_layout_and_order_of_sections_say_nothing(turn: Callable[[str], str]) -> None:
    assert [one.kind for one in told(turn)] == ["text"]


def test_a_guidance_that_was_written_anew_is_one_line() -> None:
    (found,) = worded(told(lambda text: text.replace("string", "text")))
    assert found.startswith("the guidance is worded differently in ")


@pytest.mark.parametrize("gone", ["seedance/i2v", "veo-3.1/generate"])
def test_what_changes_with_a_route_alone_is_no_change_of_a_rule(gone: str) -> None:
    """With it gone, its neighbour gets its rules, and its model's name could be another's."""
    (found,) = told(paths=lambda paths: paths.pop(f"/api/generate/{gone}"))
    assert found.kind == "route-removed"


def test_another_recommendation_is_one_change() -> None:
    (found,) = told(swapped("`veo-3.1` — the", "`sora-2` — the"))
    assert found.message == "for Video generation, sora_2 is recommended (was veo_3_1)"


def test_a_model_that_is_called_otherwise_is_recommended_still() -> None:
    def rename(paths: dict[str, Any]) -> None:
        for path in [path for path in paths if "/nano-banana-pro/" in path]:
            paths[path.replace("-pro", "-max")] = paths.pop(path)

    found = told(lambda text: text.replace("nano-banana-pro", "nano-banana-max"), paths=rename)
    assert {one.kind for one in found} <= {"route-renamed", "guidance"}
