"""The steps of an upload, as constants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coinslot_codegen.document.model import UploadSpec
from coinslot_codegen.render.plan import module_of
from coinslot_codegen.render.text import literal
from coinslot_codegen.schemas.gather import Use
from coinslot_codegen.schemas.shape import Member, Shape

_SIZE = re.compile(r"(?:file_?|content_?)?(?:size|length|bytes)", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[a-z]+/[\w.+*-]+")


@dataclass(frozen=True, slots=True)
class StepsView:
    """The module `_steps` of the group that uploads."""

    group: str
    token: str
    confirm_home: str
    arguments: str


def steps(upload: UploadSpec | None, uses: Sequence[Use], shapes: Mapping[str, Shape]) -> StepsView | None:
    """Return the steps; None where the document tells none, or one of its routes is not there."""
    if upload is None:
        return None
    posted = {use.route.path: use for use in uses if use.route.method == "POST"}
    token, confirm = posted.get(upload.token_path), posted.get(upload.confirm_path)
    if token is None or confirm is None:
        return None
    members = shapes[token.body].members if token.body else []
    home = module_of(confirm.route)
    together = confirm.route.group == token.route.group
    return StepsView(
        token.route.group,
        token.route.name,
        f".{confirm.route.name}" if together else f"..{home}",
        ", ".join(f"{name}={value}" for name, value in _arguments(upload, members).items()),
    )


def _arguments(upload: UploadSpec, members: Sequence[Member]) -> dict[str, str]:
    pairs = "".join(f"({literal(name)}, {literal(value)}), " for name, value in upload.put_headers)
    arguments = {
        "put_url": literal(upload.put_url),
        "put_query": literal(upload.put_query),
        "put_headers": f"({pairs})",
        "token_member": literal(upload.token_member),
        "id_member": literal(upload.id_member),
        "url_member": literal(upload.url_member),
        "put_url_member": literal(upload.put_url_member),
    }
    for member in members:
        choices = member.value.get("enum", [])
        if choices and all(isinstance(one, str) and _MEDIA_TYPE.fullmatch(one) for one in choices):
            arguments["media_type_member"] = literal(member.wire)
            arguments["media_types"] = f"({''.join(f'{literal(one)}, ' for one in choices)})"
        elif _SIZE.fullmatch(member.wire) and "maximum" in member.value:
            arguments["largest"] = literal(int(member.value["maximum"]))
        elif member.required and re.fullmatch(r"file_?name|name", member.wire, re.IGNORECASE):
            arguments["filename_member"] = literal(member.wire)
    return arguments
