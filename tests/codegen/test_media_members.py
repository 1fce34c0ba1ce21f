"""Where files may stand in place of URLs: found from a document's words, not from a list of names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coinslot_codegen.document import read
from coinslot_codegen.generation import generate
from tests.codegen.documents import TRANSCRIPTION, document, maker, transcription
from tests.codegen.generating import module, one, source

URI = {"type": "string", "format": "uri"}


def found(**properties: Any) -> dict[str, tuple[str, ...]]:
    """The places of a request with these members, with the kinds of media that belong there."""
    data = json.dumps(document({"/api/draw/make": maker(**properties)}))
    (route,) = [route for route in read(data.encode()).routes if route.method == "POST"]
    assert all(one.provenance == "document" for one in route.media)
    return {".".join(one.path): one.kinds for one in route.media}


@pytest.mark.parametrize(
    ("name", "said", "kinds"),
    [
        ("start", "URL of an image to start the video from", ("image",)),
        ("start", "Address of the picture that the film opens with", ("image",)),
        ("beat", "URL to audio file for sync", ("audio",)),
        ("sources", "Public image/video reference URLs", ("image", "video")),
        ("voiceUrl", "", ("audio",)),
        ("stills", "", ("image",)),
    ],
)
def test_an_address_of_a_kind_of_media_takes_files(name: str, said: str, kinds: tuple[str, ...]) -> None:
    assert found(**{name: {**URI, "description": said}}) == {name: kinds}
    listed = {"type": "array", "items": URI, "description": said}
    assert found(**{name: listed}) == {name: kinds}


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("callbackUrl", {**URI, "description": "URL of the video service to call back"}),
        ("ready", {**URI, "description": "Webhook URL for the finished image"}),
        ("page", {**URI, "description": "URL of the shop"}),
        ("next", {**URI, "description": "Where to go when the video is ready"}),
        ("imageMode", {"type": "string", "description": "How the image URL is used", "enum": ["first"]}),
        ("image", {"type": "string", "description": "The image in Base64"}),
        ("title", {"type": "string", "description": "What the image shows"}),
    ],
)  # fmt: skip
def test_other_texts_do_not(name: str, schema: dict[str, Any]) -> None:
    assert found(**{name: schema}) == {}


def test_no_format_is_needed_where_the_words_say_url() -> None:
    assert found(image_url={"type": "string"}) == {"image_url": ("image",)}
    assert found(still={"type": "string", "description": "Link to the photo"}) == {"still": ("image",)}


def test_they_are_found_in_objects_lists_and_alternatives() -> None:
    shot = {"type": "object", "properties": {"still": URI, "title": {"type": "string"}}}
    nullable = {"anyOf": [{**URI, "description": "URL of a sound"}, {"type": "null"}]}
    assert found(shots={"type": "array", "items": shot}, beat=nullable) == {
        "shots.still": ("image",),
        "beat": ("audio",),
    }


def test_the_guidance_may_name_more() -> None:

    text = json.loads(TRANSCRIPTION.read_bytes())["info"]["x-guidance"]
    text += "\n\nGive the returned `blobUrl` as `frame`, too.\n"
    made = transcription(text)
    draw = made["paths"]["/api/generate/grok/generate"]["post"]
    schema = draw["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["frame"] = {"type": "string", "description": "What to begin with"}
    api = read(json.dumps(made).encode())
    (route,) = [route for route in api.routes if route.path == "/api/generate/grok/generate"]
    assert [(place.path, place.kinds, place.provenance) for place in route.media] == [
        (("frame",), (), "guidance")
    ]


def test_the_steps_of_the_upload_take_none() -> None:
    api = read(TRANSCRIPTION.read_bytes())
    assert api.upload is not None
    assert not [route for route in api.routes if "/upload" in route.path and route.media]
    edits = [route for route in api.routes if route.name in ("edit", "i2v")]
    assert len(edits) > 5
    assert all(route.media for route in edits)


def test_a_size_that_the_token_route_takes_at_most_is_known() -> None:
    made = json.loads(TRANSCRIPTION.read_bytes())
    body = made["paths"]["/api/upload"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body["properties"]["size"]["maximum"] = 5_000_000
    files = generate(read(json.dumps(made).encode())).files
    (steps,) = [text for path, text in files.items() if path.endswith("_steps.py")]
    assert b"largest=5000000" in steps


def test_a_call_says_media_and_its_route_the_kinds() -> None:
    text = source(
        one({
            "type": "object",
            "properties": {
                "image": {**URI, "description": "URL of the image."},
                "extras": {"type": "array", "items": {"$ref": "#/components/schemas/Photo"}, "maxItems": 3},
                "shots": {"type": "array", "items": {"$ref": "#/components/schemas/Shot"}},
                "page": {**URI, "description": "URL of the shop."},
            },
            "required": ["image"],
        }, schemas={
            "Photo": {**URI, "description": "URL of a photo"},
            "Shot": {"type": "object", "properties": {"clip": {**URI, "description": "URL of a clip"}}},
        })
    )  # fmt: skip
    assert "        image: Media,\n" in text
    assert "        extras: Sequence[Media] | MISSING = MISSING,\n" in text
    assert "        page: str | MISSING = MISSING,\n" in text
    assert "    clip: Media | MISSING = MISSING\n" in text
    assert "image: URL of the image.\n" in text
    assert "extras: At most 3 items.\n" in text
    assert 'media={"extras": ("image",), "image": ("image",), "shots.clip": ("video",)}' in text


def test_an_upload_is_promised_only_where_the_document_tells_of_one() -> None:
    def texts(guidance: str | None = None) -> str:
        made = transcription(guidance)
        files = generate(read(json.dumps(made).encode())).files
        return "".join(text.decode() for path, text in files.items() if path.endswith(".py"))

    told = texts()
    assert "A file is uploaded first." in told
    assert "Files are uploaded first." in told
    assert "uploaded first" not in texts("Nothing.")


def test_a_file_among_the_parts_of_a_request_is_no_upload() -> None:
    content = one({})
    schema = {"type": "object", "properties": {"photo": {"type": "string", "format": "binary"}}}
    content["paths"]["/api/thing/make"]["post"]["requestBody"] = {
        "content": {"multipart/form-data": {"schema": schema}}
    }
    assert "uploaded first" not in source(content)


def test_what_is_plainly_a_file_name_is_no_url(tmp_path: Path) -> None:
    body = {"type": "object", "properties": {"image": URI}, "required": ["image"]}
    with module(one(body), tmp_path) as made:
        assert made.MakeRequest(image="https://pictures.example/1").image == "https://pictures.example/1"
        for name in ("photo.png", "./photo", "~/photo"):
            with pytest.raises(ValueError, match=r"pathlib\.Path"):
                made.MakeRequest(image=name)


def test_schemas_that_lead_to_each_other_in_circles_are_read_all_the_same() -> None:
    names = [f"Node{number}" for number in range(24)]
    circle = {name: {"$ref": f"#/components/schemas/{name}"} for name in names}
    schemas = {name: {"type": "object", "properties": circle} for name in names}
    photo = {**URI, "description": "URL of a photo"}
    data = one({"type": "object", "properties": {**circle, "photo": photo}}, schemas=schemas)
    (route,) = read(json.dumps(data).encode()).routes

    assert [spec.path for spec in route.media] == [("photo",)]
