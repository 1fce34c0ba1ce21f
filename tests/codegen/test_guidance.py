"""What the guidance adds, from the studio's text and from three rewordings of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from coinslot_codegen.document import RouteSpec
from tests.codegen.documents import OTHERS, REWORDINGS, TRANSCRIPTION, read_document, transcription

RESULTS = {"image": ("imageUrl",), "video": ("videoUrl", "thumbnailUrl"), "none": None}
FAST = "nano-banana nano-banana-pro flux-2-pro flux-2-max grok"
SLOW = "gpt-image-2 gpt-image-1.5"
STUDIO = [
    *[
        (f"/api/generate/{model}/{call}", 5, "image")
        for model in FAST.split()
        for call in ("generate", "edit")
    ],
    *[
        (f"/api/generate/{model}/{call}", 10, "image")
        for model in SLOW.split()
        for call in ("generate", "edit")
    ],
    *[
        (f"/api/generate/{model}/generate", 15, "video")
        for model in ["grok-video", "sora-2", "sora-2-pro", "veo-3.1", "veo-3.1-fast"]
    ],
    *[
        (f"/api/generate/{model}/{call}", 15, "video")
        for model in ["seedance", "seedance-fast", "wan-2.6"]
        for call in ("t2v", "i2v")
    ],
]


SOURCES = [
    pytest.param(TRANSCRIPTION, id="transcription"),
    pytest.param(
        OTHERS / "openapi.json",
        id="original",
        marks=pytest.mark.skipif(
            not OTHERS.exists(), reason="needs a document that is not part of the project"
        ),
    ),
]


@pytest.mark.parametrize("path", SOURCES)
def test_the_acceptance_table(path: Any) -> None:
    api = read_document(json.loads(path.read_bytes()))
    made = {route.path: route for route in api.routes if route.job}

    assert sorted(made) == sorted(path for path, _, _ in STUDIO)
    for route_path, seconds, result in STUDIO:
        route = made[route_path]
        assert (route.poll_seconds, route.poll_provenance) == (seconds, "guidance"), route_path
        assert route.result is not None
        assert route.result.members == RESULTS[result], route_path
        assert route.result_lifetime_seconds == 1200
        assert route.price is not None
        assert route.price.provenance == "guidance"
        assert route.time is not None
    for route in api.routes:
        if route.path not in made:
            assert (route.job, route.result) == (None, None), route.path
    assert {route.access for route in api.routes} == {"paid", "signed"}
    assert sum(route.access == "paid" for route in api.routes) == 26


@pytest.mark.parametrize("path", SOURCES)
def test_the_studios_figures(path: Any) -> None:
    api = read_document(json.loads(path.read_bytes()))
    called = {f"{route.group}.{route.name}": route for route in api.routes}

    assert printed(called["nano_banana_pro.edit"]) == ("0.13", "0.24", "call", 10, 10)
    assert printed(called["flux_2_pro.edit"]) == ("0.03", "0.06", "call", 5, 5)
    assert printed(called["grok.edit"]) == ("0.022", None, "call", 3, 3)
    assert printed(called["gpt_image_2.edit"]) == ("0.005", "0.21", "call", 60, None)
    assert printed(called["wan_2_6.t2v"]) == ("0.50", "2.25", "call", 120, 300)
    assert printed(called["seedance.i2v"]) == ("0.09", "0.54", "second", 60, 180)
    assert printed(called["upload.create"]) == ("0.01", None, "call", 0, 0)
    by_second = called["seedance.i2v"].price
    assert by_second is not None
    assert (by_second.seconds_field, by_second.default_seconds) == ("duration", "5")
    assert called["veo_3_1_fast.generate"].notes
    assert called["nano_banana_pro.generate"].title == "Nano Banana Pro"
    assert [one.target for one in api.recommendations] == ["gpt_image_2", "nano_banana_pro", "veo_3_1"]
    assert api.upload is not None
    assert api.upload.put_url.startswith("https://")
    assert [finding.message.partition(": ")[2] for finding in api.findings] == [
        "the document has no route GET /api/openapi.json"
    ]


def printed(route: RouteSpec) -> tuple[str, str | None, str, float, float | None]:
    assert route.price is not None
    assert route.time is not None
    return route.price.low, route.price.high, route.price.unit, route.time.low, route.time.high


@pytest.mark.parametrize("name", ["other_words", "terse", "partial"])
def test_rewordings_say_the_same(name: str) -> None:
    api = read_document(transcription((REWORDINGS / f"{name}.md").read_text()))
    expected = json.loads((REWORDINGS / f"{name}.expected.json").read_text())

    assert {f"{route.method} {route.path}": shown(route) for route in api.routes} == {
        route: wanted | {"result": RESULTS[wanted["result"]]} for route, wanted in expected["routes"].items()
    }
    lifetimes = {route.result_lifetime_seconds for route in api.routes if route.job}
    assert lifetimes == {expected["result_lifetime_seconds"]}
    assert [one.target for one in api.recommendations] == expected["recommendations"]
    upload = json.loads(json.dumps(asdict(api.upload))) if api.upload else None
    assert upload == expected["upload"]
    for text in expected["listed"]:
        assert any(text in finding.message for finding in api.findings)


def shown(route: RouteSpec) -> dict[str, Any]:
    """A route as the expectations have it. They leave out that minutes are at least one."""
    time = asdict(route.time) if route.time else None
    if time and time["high"] is None:
        time["low"] = None
    price = asdict(route.price) if route.price else None
    return {
        "price": {name: price[name] for name in ("low", "high", "unit", "provenance")} if price else None,
        "time": time,
        "poll": {"seconds": route.poll_seconds, "provenance": route.poll_provenance} if route.job else None,
        "result": route.result.members if route.result else None,
    }


def test_without_guidance_the_defaults_hold_and_are_listed() -> None:
    made = transcription()
    del made["info"]["x-guidance"]
    api = read_document(made)
    job_routes = [route for route in api.routes if route.job]

    assert {route.poll_seconds for route in job_routes} == {15}
    assert {route.price for route in job_routes} == {None}
    assert {route.result for route in job_routes} == {None}
    for text in ("polled every 15 s", "raw mapping", "price is unknown"):
        assert sum(text in finding.message for finding in api.findings) == len(job_routes)
