"""What guidance in other words says of polling, results, routes and rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot_codegen.document import Api, RouteSpec
from tests.codegen.documents import jobs, maker, read_document, read_paths, transcription


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
