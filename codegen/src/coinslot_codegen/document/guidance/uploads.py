"""Uploading in three steps, where the guidance shows them.

Wanted are: a PUT to a constant https host, shown as `curl`, raw HTTP or in code marks; before it a
POST route whose answer has the values that the PUT needs (a bearer token, one query value); behind
it a POST route that takes the upload's id and the file's URL. What each value is called comes from
the schemas of the two routes. If a part is missing there is no upload, and a finding says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from coinslot_codegen.document.guidance.blocks import Block, Fence, Heading, Table
from coinslot_codegen.document.guidance.clauses import codes, sentences
from coinslot_codegen.document.guidance.mentions import Catalogue
from coinslot_codegen.document.guidance.outcomes import as_json
from coinslot_codegen.document.guidance.requests import ShownPut, placeholders, shown_put
from coinslot_codegen.document.members import answer_schema, members, request_schema
from coinslot_codegen.document.model import Finding, RouteSpec, UploadSpec
from coinslot_codegen.document.naming import words
from coinslot_codegen.document.paths import key
from coinslot_codegen.document.results import is_url_member

_MEDIA_TYPE: Final = re.compile(r"(?:image|video|audio|application|text)/[\w.+*-]+")
_OWN_HEADERS: Final = frozenset({"authorization", "content-length", "host"})


class _NotThisStyle(Exception):
    """A part of the three steps is missing or of another kind."""


@dataclass(frozen=True, slots=True)
class _Steps:
    put: ShownPut
    token: RouteSpec
    confirm: RouteSpec
    answers: tuple[str, ...]
    """Members that the text shows in the PUT's answer."""


def read_upload(
    blocks: Sequence[Block], catalogue: Catalogue, document: Mapping[str, Any], at: str
) -> tuple[UploadSpec | None, list[Finding]]:
    """The three steps around the first PUT that the text shows."""
    for index, block in enumerate(blocks):
        put = shown_put(block)
        if put is None:
            continue
        try:
            return _spec(_steps(blocks, index, put, catalogue), document), []
        except _NotThisStyle as why:
            return None, [Finding("unread", at, f"line {put.line}: an upload that is not understood: {why}")]
    return None, []


def read_media_members(blocks: Sequence[Block], upload: UploadSpec | None) -> tuple[str, ...]:
    """The members that a sentence names together with the upload's address, as in "`fileUrl` as `images`"."""
    if upload is None:
        return ()
    own = {upload.url_member, upload.put_url_member, upload.id_member, upload.token_member, upload.put_query}
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Fence | Table):
            continue
        for sentence in sentences(block.text.plain):
            named = [code for code in codes(sentence) if re.fullmatch(r"[A-Za-z_]\w*", code)]
            if upload.url_member in named:
                found += [name for name in named if name not in own]
    return tuple(dict.fromkeys(found))


def _steps(blocks: Sequence[Block], index: int, put: ShownPut, catalogue: Catalogue) -> _Steps:
    before = [route for block in blocks[:index] for route in _posts(block, catalogue)]
    if not before:
        raise _NotThisStyle("no POST route is shown before it")
    token = before[-1]
    answers: list[str] = list(_shown_members(blocks[index]))
    for block in blocks[index + 1 :]:
        confirm = [route for route in _posts(block, catalogue) if route.path != token.path]
        if confirm:
            return _Steps(put, token, confirm[0], tuple(answers))
        answers += _shown_members(block)
    raise _NotThisStyle("no POST route is shown behind it")


def _posts(block: Block, catalogue: Catalogue) -> list[RouteSpec]:
    if isinstance(block, Table):
        return []
    text = block.content if isinstance(block, Fence) else block.text.plain
    # A path may be written without what stands before all paths.
    posted = {key(word) for word in re.findall(r"\bPOST\s+`?(/[^\s`]+|https?://[^\s`]+)", text)}
    return [
        route
        for route in catalogue.in_text(text)
        if route.method == "POST" and any(key(route.path).endswith(path) for path in posted)
    ]


def _shown_members(block: Block) -> list[str]:
    """URL members of the JSON, or of the names, that a block shows in code."""
    if isinstance(block, Table | Heading):
        return []
    shown = [block.content] if isinstance(block, Fence) else codes(block.text.plain)
    found: list[str] = []
    for code in shown:
        sample = as_json(code)
        if isinstance(sample, dict):
            found += [
                name for name, value in sample.items() if isinstance(value, str) and value.startswith("http")
            ]
        elif re.fullmatch(r"\w+", code) and is_url_member(code):
            found.append(code)
    return found


def _spec(steps: _Steps, document: Mapping[str, Any]) -> UploadSpec:
    given = members(document, answer_schema(steps.token))
    address, query = _address(steps.put.url, given)
    token, headers = _headers(steps.put, given)
    asked = members(document, request_schema(steps.confirm))
    ids = [name for name in asked if name in given]
    urls = [name for name in asked if is_url_member(name) and name not in given]
    if len(ids) != 1 or len(urls) != 1:
        raise _NotThisStyle(f"{steps.confirm.method} {steps.confirm.path} takes no single id and single URL")
    if not steps.answers:
        raise _NotThisStyle("which member of its answer holds the file's URL is not shown")
    return UploadSpec(
        token_path=steps.token.path,
        confirm_path=steps.confirm.path,
        put_url=address,
        put_query=query,
        put_headers=headers,
        token_member=token,
        id_member=ids[0],
        url_member=urls[0],
        put_url_member=steps.answers[0],
    )


def _address(url: str, given: Mapping[str, Any]) -> tuple[str, str]:
    parts = urlsplit(url)
    if placeholders(parts.netloc + parts.path) or not re.fullmatch(r"[\w.-]+(:\d+)?", parts.netloc):
        raise _NotThisStyle("its address is not constant")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    filled = [name for name, _ in pairs if name in given]
    if len(filled) != 1:
        raise _NotThisStyle("no single value of its query is a member of the token's answer")
    fixed = [(name, value) for name, value in pairs if name not in filled]
    if any(placeholders(value) for _, value in fixed):
        raise _NotThisStyle("its query holds values from nowhere")
    query = f"?{urlencode(fixed)}" if fixed else ""
    return f"https://{parts.netloc}{parts.path}{query}", filled[0]


def _headers(put: ShownPut, given: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """(member that holds the bearer token, fixed header fields)."""
    spelled = {tuple(words(name)): name for name in sorted(given)}
    tokens: list[str] = []
    fields: list[tuple[str, str]] = []
    for name, value in put.headers:
        if name.lower() == "authorization" and value.lower().startswith("bearer "):
            tokens += [spelled[key] for one in placeholders(value) if (key := tuple(words(one))) in spelled]
        elif name.lower() not in _OWN_HEADERS:
            fields.append((name.lower(), _field_value(name, value)))
    if len(tokens) != 1:
        raise _NotThisStyle("it bears no token of the answer before")
    return tokens[0], tuple(fields)


def _field_value(name: str, value: str) -> str:
    shown = placeholders(value)
    if _MEDIA_TYPE.fullmatch(value) or [words(one) for one in shown] in (
        [["content", "type"]],
        [["mime", "type"]],
        [["media", "type"]],
    ):
        return "{content_type}"
    if shown:
        raise _NotThisStyle(f"its header field {name!r} holds a value from nowhere")
    return value
