"""What the guidance adds, from the studio's text, from three rewordings of it, and piece by piece."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot_codegen.document import Api, RouteSpec
from tests.codegen.documents import (
    OTHERS,
    REWORDINGS,
    TRANSCRIPTION,
    jobs,
    maker,
    read_document,
    read_paths,
    transcription,
)

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


def table(header: str, *rows: str) -> str:
    """A Markdown table of cells between bars."""
    rule = "|".join("-" for _ in header.split("|"))
    return "\n".join(f"| {row} |" for row in (header, rule, *rows))


SAMPLE = """
Ask `GET /api/jobs/{jobId}`.

```json
{"status": "done", "result": {"imageUrl": "https://x"}}
```
"""
IMAGE, VIDEO = "What the image shows", "What the video shows"
SECONDS = {
    "type": "string",
    "enum": ["5", "10"],
    "default": "5",
    "description": "Length of the video in seconds",
}


def made_of(guidance: str) -> dict[str, RouteSpec]:
    return {route.path: route for route in studio(guidance).routes}


def studio(guidance: str) -> Api:
    paths = {
        "/make/pixel-1/draw": maker(IMAGE),
        "/make/pixel-1-max/draw": maker(IMAGE),
        "/make/reel-2/shoot": maker(VIDEO, seconds=SECONDS),
        "/make/hum/sing": maker(
            "Words of the song", duration={"type": "number", "description": "Seconds of audio"}
        ),
        "/make/odd/turn": maker("Anything"),
        **jobs(),
    }
    return read_paths(paths, guidance)


PIXEL, MAX, REEL, HUM, ODD = (
    f"/make/{name}" for name in ("pixel-1/draw", "pixel-1-max/draw", "reel-2/shoot", "hum/sing", "odd/turn")
)


@pytest.mark.parametrize(
    ("guidance", "seconds"),
    [
        (
            "## Polling\n\n"
            + table("Who | Wait", "Images | 2s", "`pixel-1-max` | 4s", "Clips | 8s", "Everything else | 9s"),
            (2, 4, 8, 9, 9),
        ),
        ("Poll every 3-5 seconds.", (5, 5, 5, 5, 5)),
        ("Poll `GET /api/jobs/{jobId}` every 7 s.", (7, 7, 7, 7, 7)),
        ("Poll every 2 s for images, every 4 s for Reel 2 and every 6 s for audio.", (2, 2, 4, 6, None)),
        ("How often to poll: images every 2 s, videos every 4 s.", (2, 2, 4, None, None)),
        ("Polling:\n\n- Pixel: 3s\n- `reel-*`: 6s\n- others: 12s", (3, 3, 6, 12, 12)),
        ("Polling:\n\n- `pixel-1`: 3s\n- `pixel-1-max`: 5s", (3, 5, None, None, None)),
        ("Polling:\n\n- images: 3s\n- images: 5s", (None, None, None, None, None)),
        ("Polling:\n\n- holograms: 3s", (None, None, None, None, None)),
        ("Files are swept every 5 minutes.", (None, None, None, None, None)),
        ("Numbers expire after 30 days.", (None, None, None, None, None)),
    ],
)
def test_polling_intervals(guidance: str, seconds: tuple[float | None, ...]) -> None:
    found = made_of(guidance)

    for path, wanted in zip((PIXEL, MAX, REEL, HUM, ODD), seconds, strict=True):
        route = found[path]
        assert (route.poll_seconds, route.poll_provenance) == (
            (15, "default") if wanted is None else (wanted, "guidance")
        ), path


def test_polling_that_cannot_be_resolved_is_listed() -> None:
    listed = [
        finding.message
        for finding in studio("Polling:\n\n- holograms: 3s\n- images: 3s\n- images: 5s").findings
    ]

    assert any("holograms" in message for message in listed)
    assert any("different polling intervals" in message for message in listed)


@pytest.mark.parametrize(
    ("prompt", "member", "seconds"),
    [
        ("The image", None, 2),
        ("The video", {"type": "integer", "description": "Length of the video in seconds"}, 4),
        ("The image", {"type": "integer", "description": "Length of the video in seconds"}, 4),
        ("The image", {"type": "integer", "description": "Length in seconds"}, 15),
        ("The image and the video", None, 15),
        ("Anything", None, 15),
    ],
)
def test_the_shape_of_a_request_says_what_it_makes(prompt: str, member: Any, seconds: float) -> None:
    more = {"duration": member} if member else {}
    api = read_paths({"/make/x1": maker(prompt, **more), **jobs()}, "Polling:\n\n- images: 2s\n- videos: 4s")

    assert next(route for route in api.routes if route.job).poll_seconds == seconds


@pytest.mark.parametrize(
    ("guidance", "results"),
    [
        (
            SAMPLE + "\n\nVideos give `{coverUrl, videoUrl}`.",
            (("imageUrl",), ("imageUrl",), ("videoUrl", "coverUrl"), None, None),
        ),
        (
            'Ask `GET /api/jobs/{jobId}`: `{"status": "done", "result": {"url": "https://x"}}`.',
            (("url",), ("url",), ("url",), ("url",), ("url",)),
        ),
        (
            "`GET /api/jobs/{jobId}` tells the state.\n\nPixel jobs hold `fileUrl`; a song has `songUrl`.",
            (("fileUrl",), ("fileUrl",), None, ("songUrl",), None),
        ),
        ("## Elsewhere\n\nA callback is sent to `callbackUrl`. Images give `imageUrl`.", (None,) * 5),
    ],
)
def test_results(guidance: str, results: tuple[Any, ...]) -> None:
    found = made_of(guidance)

    for path, wanted in zip((PIXEL, MAX, REEL, HUM, ODD), results, strict=True):
        result = found[path].result
        assert (result.members if result else None) == wanted, path


def test_where_a_result_was_read_is_told() -> None:
    found = made_of("Ask `GET /api/jobs/{jobId}`.\n\nImages give `imageUrl`.")[PIXEL]

    assert found.result is not None
    assert (found.result.name, found.result.provenance) == ("ImageResult", "#/info/x-guidance, line 3")


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("Result URLs expire after roughly 20 minutes.", 1200),
        ("Links stop working after 1 hour.", 3600),
        ("The files are kept for 2 days.", 172800),
        ("Links live for 5 minutes. Files are kept for 2 days.", None),
        ("A job can take 20 minutes.", None),
    ],
)
def test_the_lifetime_of_results(sentence: str, seconds: float | None) -> None:
    found = made_of(f"Ask `GET /api/jobs/{{jobId}}`.\n\n{sentence}")

    assert found[PIXEL].result_lifetime_seconds == seconds


@pytest.mark.parametrize(
    ("guidance", "price", "time"),
    [
        (table("Route | Cost | Time", "`/make/pixel-1/draw` | $0.05 | ~5s"), "0.05", 5),
        (
            table("Route | Cost | Time", "`POST https://things.example/make/pixel-1/draw/` | $0.05 | 5 s"),
            "0.05",
            5,
        ),
        (table("Price | Endpoint", "0.05 USD | `pixel-1/draw`"), "0.05", None),
        (table("Price | Endpoint", "0.05 USD | `/pixel-1/draw`"), "0.05", None),
        (
            table("Model | Price (USD) | Latency", "`pixel-1` | 0.05 | 5s", "`reel-2` | 0.07 | 1min"),
            "0.05",
            5,
        ),
        (
            table("Model | Call | Price", "Pixel 1 | draw | $0.05", "Reel 2 | shoot | $1"),
            "0.05",
            None,
        ),
        (
            table("Route | Cost", "`/make/*/draw` | $0.09", "`/make/pixel-1/draw` | $0.05"),
            "0.05",
            None,
        ),
        (table("Route | SD | HD", "`/make/pixel-1/draw` | $0.05 | $0.10"), None, None),
        (
            table("Route | Cost", "`/make/pixel-1/draw` | $0.05 / MB", "`/make/hum/sing` | $1"),
            None,
            None,
        ),
        ("### POST /make/pixel-1/draw ($0.05)\n\nDraws.", "0.05", None),
        ("### POST /make/pixel-1/draw\n\nSave $0.05 a day.", None, None),
    ],
)
def test_tables_of_routes(guidance: str, price: str | None, time: float | None) -> None:
    route = made_of(guidance)[PIXEL]

    said = route.price if route.price and route.price.provenance == "guidance" else None
    assert (said.low if said else None) == price
    assert (route.time.low if route.time else None) == time


@pytest.mark.parametrize(
    ("guidance", "message"),
    [
        (table("Route | Cost", "`/make/pixel-1/draw` | $0.09"), "x-payment-info states $0.05"),
        (table("Route | Cost", "`/make/gone/draw` | $0.09"), "no route `/make/gone/draw`"),
        (table("Route | Cost", "`/make/pixel-1/draw` | $0.05"), "no row for this one"),
        (table("Route | Cost", "`GET /api/jobs` | $0.05"), "it is not paid"),
        (table("Route | Cost", "`/make/pixel-1/draw` | $0.05/s"), "no one member says how many"),
        ("Ask `GET /gone`.", "no route GET /gone"),
        ('**Reel 2**\n\n```json\n{"seconds": "5|10|15"}\n```', "choices of 'seconds': the guidance adds 15"),
        ('**Reel 2**\n\n```json\n{"seconds": "5|10", "speed": 1}\n```', "no member 'speed'"),
        ('**Reel 2**\n\n```json\n{"prompt": "a|b"}\n```', "not limited"),
        ("### PUT https://store.example/x\n\n`PUT https://store.example/x`", "not understood"),
    ],
)
def test_disagreements_are_listed(guidance: str, message: str) -> None:
    listed = [finding.message for finding in studio(guidance).findings]

    assert any(message in one for one in listed), listed


def test_counts_beside_samples_are_held_against_the_schema() -> None:
    images = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 4}
    guidance = """
**x1** (1–14 reference images):

```json
{"prompt": "p"}
```

With X1, take up to 3 `images` at once.
"""
    api = read_paths({"/make/x1/edit": maker(IMAGE, images=images), **jobs()}, guidance)
    listed = " ".join(finding.message for finding in api.findings)

    assert "'1–14 reference images', but the schema takes 1 to 4 'images'" in listed
    assert "'up to 3 `images`', but the schema takes 4" in listed


def test_rules_stand_beside_their_route() -> None:
    found = made_of("""
### POST /make/pixel-1/draw

- Draws at most one thing at a time.
- Body: {"prompt": 1, "x": 2} is what to send

## Advice

Use `reel-2` only if it has to move at all.

This sentence is about nothing in particular.
""")

    assert found[PIXEL].notes == ("Draws at most one thing at a time.",)
    assert found[REEL].notes == ("Use `reel-2` only if it has to move at all.",)
    assert found[HUM].notes == ()


def test_guidance_that_contradicts_its_older_copy_is_listed() -> None:
    made = transcription()
    made["info"]["guidance"] = "Something else"

    assert any("differs from `x-guidance`" in finding.message for finding in read_document(made).findings)


def test_hostile_guidance_ends_in_data() -> None:
    row = '`/make/pixel-1/draw` | `__import__("os").system("x")`'
    hostile = table("Route | Cost", row) + '\n\n**x"""\nimport os**'
    api = studio(hostile)

    assert all(route.group.isidentifier() and route.name.isidentifier() for route in api.routes)


WORDS = r"""
GET POST $0.05 5s 1-3min every poll images video `pixel-1` imageUrl expire recommended default /make/hum/sing
PUT https://x.example/ up to 3 {"result":{"url":"https://x"}} ```json | |-|-| # - 1. ** ` { } " : ; . * < > \
"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "\n\n", " |\n"])


@given(st.lists(PIECES | st.text(max_size=4), max_size=40).map(" ".join))
def test_no_guidance_breaks_the_reader(guidance: str) -> None:
    studio(guidance)
