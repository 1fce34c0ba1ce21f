"""An older and a newer revision of StableStudio's document, made from the one that there is."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[2] / "generated" / "stablestudio.openapi.json"
GENERATE = "/api/generate/{}/generate"
Known = set[tuple[str, str, str | None, str]]
"""Changes as (impact, kind, call, place)."""


def older() -> tuple[bytes, Known]:
    """Return the document as it may have been, and what changed since."""
    content = _content()
    del content["paths"]["/api/generate/wan-2.6/i2v"]
    del _member(content, "gpt-image-2", "quality")["enum"]
    _body(content, "nano-banana-pro")["properties"].pop("aspectRatio")
    _body(content, "flux-2-max")["required"].append("aspect_ratio")
    _guided(content, "`/api/generate/grok/generate`", "$0.07", "$0.05")
    content["info"]["version"] = "0.9.0"
    return _source(content), {
        ("compatible", "version", None, ""),
        ("compatible", "route-added", "wan_2_6.i2v", ""),
        ("breaking", "values", "gpt_image_2.generate", "quality"),
        ("compatible", "added", "nano_banana_pro.generate", "aspect_ratio"),
        ("compatible", "optional", "flux_2_max.generate", "aspect_ratio"),
        ("money", "price", "grok.generate", ""),
    }


def newer() -> tuple[bytes, Known]:
    """Return the document as it may become, and what changes."""
    content = _content()
    paths = content["paths"]
    paths["/api/generate/nano-banana-2/generate"] = copy.deepcopy(paths[GENERATE.format("nano-banana")])
    del paths[GENERATE.format("sora-2")]
    flux = _body(content, "flux-2-pro")
    flux["properties"]["licence"] = {"type": "string", "enum": ["personal", "commercial"]}
    flux["required"].append("licence")
    _body(content, "gpt-image-2")["properties"]["seed"] = {"type": "integer", "minimum": 0}
    _member(content, "nano-banana-pro", "imageSize")["enum"].append("8K")
    accepted = _answer(content, GENERATE.format("nano-banana-pro"), "post")
    accepted["properties"]["queuePosition"] = {"type": "integer"}
    told = _answer(content, "/api/jobs/{jobId}", "get")["properties"]
    told["status"]["enum"] = ["queued", "loading", "complete", "failed"]
    told["costs"] = {"type": "object", "properties": {"dollars": {"type": "string"}}}
    _guided(content, "`/api/generate/grok/generate`", "$0.07", "$0.70")
    _guided(content, "`gpt-image-2`, `gpt-image-1.5`", "10s", "12s")
    paths[GENERATE.format("veo-3.1")]["post"]["x-payment-info"]["protocols"][1]["mpp"]["currency"] = "0x01"
    return _source(content), {
        ("compatible", "route-added", "nano_banana_2.generate", ""),
        ("breaking", "route-removed", "sora_2.generate", ""),
        ("breaking", "added", "flux_2_pro.generate", "licence"),
        ("compatible", "added", "gpt_image_2.generate", "seed"),
        ("compatible", "value-added", "nano_banana_pro.generate", "image_size"),
        ("compatible", "added", "nano_banana_pro.generate", "answer.queue_position"),
        ("compatible", "values", "jobs.get", "answer.status"),
        ("compatible", "added", "jobs.get", "answer.costs"),
        ("money", "price", "grok.generate", ""),
        *(
            ("compatible", "poll", f"{group}.{name}", "")
            for group in ("gpt_image_2", "gpt_image_1_5")
            for name in ("generate", "edit")
        ),
        ("money", "currency", "veo_3_1.generate", ""),
    }


def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(DOCUMENT.read_bytes())
    return content


def _source(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


def _body(content: dict[str, Any], group: str) -> dict[str, Any]:
    post = content["paths"][GENERATE.format(group)]["post"]
    schema: dict[str, Any] = post["requestBody"]["content"]["application/json"]["schema"]
    return schema


def _member(content: dict[str, Any], group: str, name: str) -> dict[str, Any]:
    member: dict[str, Any] = _body(content, group)["properties"][name]
    return member


def _answer(content: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    answer = content["paths"][path][method]["responses"]["200"]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return schema


def _guided(content: dict[str, Any], row: str, old: str, new: str) -> None:
    """Change what the guidance's one row that begins so says."""
    lines = content["info"]["x-guidance"].split("\n")
    (index,) = [number for number, line in enumerate(lines) if line.startswith(f"| {row}") and old in line]
    lines[index] = lines[index].replace(old, new)
    content["info"]["x-guidance"] = "\n".join(lines)
