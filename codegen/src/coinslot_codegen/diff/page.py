"""Changes for people: as text in a terminal, as Markdown in a pull request, as JSON for tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Console

from coinslot_codegen.diff.change import IMPACTS, Change, Impact, verdict
from coinslot_codegen.document.model import Api
from coinslot_codegen.inspection.lines import console, printable, put

_HEADINGS: Final[dict[Impact, str]] = {"breaking": "Breaking", "money": "Money", "compatible": "Compatible"}
_STYLES: Final[dict[Impact, str]] = {
    "breaking": "bold red",
    "money": "bold yellow",
    "compatible": "bold green",
}
FORMAT: Final = 1


def show(changes: Sequence[Change], out: Console | None = None) -> None:
    """Print all changes, those that break something first."""
    out = out or console()
    if not changes:
        put("nothing changed", out)
        return
    for impact in IMPACTS:
        found = list(_together(changes, impact))
        if not found:
            continue
        put(f"{_HEADINGS[impact]} ({len(found)})", out, style=_STYLES[impact])
        for line, calls in found:
            put(f"{_subject(calls)}{line}", out, indent=2)
            if len(calls) > 1:
                put(", ".join(calls), out, indent=4, style="dim")


def markdown(changes: Sequence[Change]) -> str:
    """Return the same for a pull request."""
    if not changes:
        return "Nothing changed.\n"
    parts = []
    for impact in IMPACTS:
        found = list(_together(changes, impact))
        if found:
            lines = [f"### {_HEADINGS[impact]}", ""]
            for line, calls in found:
                named = ", ".join(f"`{call}`" for call in calls)
                lines.append(f"- {f'{named}: ' if named else ''}{_escaped(printable(line))}")
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def as_data(old: Api, new: Api, changes: Sequence[Change]) -> dict[str, Any]:
    """Return the same for tools; `diff` is the version of this shape."""
    return {
        "diff": FORMAT,
        "old": {"title": old.title, "version": old.version},
        "new": {"title": new.title, "version": new.version},
        "verdict": verdict(changes),
        "changes": [
            {
                "impact": one.impact,
                "kind": one.kind,
                "call": one.call,
                "route": one.route,
                "place": one.place,
                "message": one.message,
                "old": one.old,
                "new": one.new,
            }
            for one in changes
        ],
    }


def _together(changes: Sequence[Change], impact: Impact) -> Iterator[tuple[str, list[str]]]:
    """Each line once, with all the calls that it is true of."""
    lines: dict[str, list[str]] = {}
    for one in changes:
        if one.impact == impact:
            calls = lines.setdefault(f"`{one.place}` {one.message}" if one.place else one.message, [])
            if one.call and one.call not in calls:
                calls.append(one.call)
    yield from lines.items()


def _subject(calls: Sequence[str]) -> str:
    if not calls:
        return ""
    return f"{calls[0]}: " if len(calls) == 1 else f"{len(calls)} calls: "


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "\\|")
