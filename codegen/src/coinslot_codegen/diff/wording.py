"""Which sentences, rows and samples of the guidance are others, where no other change tells of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Final

from coinslot_codegen.diff.change import Change
from coinslot_codegen.document.guidance import MarkdownGuidance
from coinslot_codegen.document.model import Api

_MOST: Final = 12
"""Places that are told one by one; a guidance that was written anew is told as such."""
_LONGEST: Final = 140
_BEFORE: Final = 40
"""Characters that are shown before the first one that differs."""
_ALIKE: Final = 0.6
_STARTS: Final = re.compile(r"\s*(?:\||#|```|~~~|>|(?:[-*+]|\d+[.)])\s)")
"""How a line begins that no paragraph goes on with."""
_SIGNS: Final = dict.fromkeys(range(0x2010, 0x2016), "-") | {
    0x2018: "'",
    0x2019: "'",
    0x201C: '"',
    0x201D: '"',
}
"""Dashes and quotation marks, as they are typed."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Lines of the older guidance, and what stands in their place in the newer one."""

    old: slice
    new: slice


def reworded(old: Api, new: Api, moved: Mapping[str, str], *, told: bool) -> Iterator[Change]:
    """Give what the guidance says otherwise; not what became a change of a price, a rule or another term.

    `told`: there are such changes. `moved` are the paths that routes have now, by those that they had. How
    lines are broken, drawn and ordered says nothing.
    """
    before, after = (_units(api.guidance or "") for api in (old, new))
    places = _places(before, after, moved)
    if not places:
        return
    read = _read(old, old.guidance or "")
    if told and read == _read(old, ""):
        # It is of a style that only a plugin reads.
        return
    changed = read != _read(new, new.guidance or "")
    if changed:
        if len(places) > 5 * _MOST:
            return
        places = [one for one in places if not _is_told(old, new, before, after, one)]
    if len(places) > _MOST:
        message = f"the guidance is worded differently in {len(places)} places, which no other line tells of"
        yield Change("compatible", "guidance", message)
        return
    for one in places:
        was, now = ("\n".join(side[part]).strip() for side, part in ((before, one.old), (after, one.new)))
        yield Change("compatible", "guidance", _message(was, now), was or None, now or None)


def _units(text: str) -> list[str]:
    """Return the lines of a text, those of one paragraph or item drawn together."""
    found: list[str] = []
    fenced = joins = False
    for line in text.splitlines():
        starts = _STARTS.match(line)
        if joins and line.strip() and not fenced and not starts:
            found[-1] += f" {line.strip()}"
            continue
        found.append(line)
        if line.lstrip()[:3] in ("```", "~~~"):
            fenced = not fenced
        joins = bool(line.strip()) and not fenced and line.lstrip()[:1] not in ("|", "#", "`", "~")
    return found


def _plain(unit: str, moved: Mapping[str, str]) -> str:
    for was in sorted(moved, key=len, reverse=True):
        # Where a route is now, its own line tells.
        unit = unit.replace(was, moved[was])
    cells = [" ".join(cell.split()) for cell in unit.translate(_SIGNS).split("|")]
    return "|".join("-" if cell and not cell.strip("-:") else cell for cell in cells)


def _places(before: Sequence[str], after: Sequence[str], moved: Mapping[str, str]) -> list[_Place]:
    """Return where both differ, as little at once as can be; what only stands elsewhere does not."""
    others = {was: now for was, now in moved.items() if was != now}
    news = [_plain(unit, {}) for unit in after]
    same = frozenset(news)
    olds = [plain if (plain := _plain(unit, {})) in same else _plain(unit, others) for unit in before]
    lost, gained = Counter(olds) - Counter(news), Counter(news) - Counter(olds)
    gone: dict[int, int] = {}
    fresh: dict[int, int] = {}
    for word, first, last, start, end in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if word != "equal":
            gone |= {at: start for at in range(first, last) if olds[at] and olds[at] in lost}
            fresh |= {at: first for at in range(start, end) if news[at] and news[at] in gained}
    found = [_Place(_one(was), _one(now)) for was, now in _pairs(olds, news, list(gone), list(fresh))]
    paired = {one.old.start for one in found}, {one.new.start for one in found}
    found += [_Place(_one(was), slice(at, at)) for was, at in gone.items() if was not in paired[0]]
    found += [_Place(slice(at, at), _one(now)) for now, at in fresh.items() if now not in paired[1]]
    return found


def _pairs(
    olds: Sequence[str], news: Sequence[str], gone: Sequence[int], fresh: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Give each line that is gone with the one that is most like it, if that is like it at all."""
    if len(gone) * len(fresh) > (5 * _MOST) ** 2:
        return
    left = list(fresh)
    for was in gone:
        matcher = SequenceMatcher(None, "", olds[was], autojunk=False)
        best = (_ALIKE, -1)
        for now in left:
            matcher.set_seq1(news[now])
            if matcher.real_quick_ratio() > best[0] and matcher.quick_ratio() > best[0]:
                best = max(best, (matcher.ratio(), now))
        if best[1] >= 0:
            left.remove(best[1])
            yield was, best[1]


def _one(at: int) -> slice:
    return slice(at, at + 1)


def _is_told(old: Api, new: Api, before: Sequence[str], after: Sequence[str], place: _Place) -> bool:
    """Whether anything else is read of either guidance when this place alone is the other's."""
    there, back = list(before), list(after)
    there[place.old] = after[place.new]
    back[place.new] = before[place.old]
    return any(
        _read(api, "\n".join(units)) != _read(api, "\n".join(mixed))
        for api, units, mixed in ((old, before, there), (new, after, back))
    )


def _read(api: Api, text: str) -> tuple[Any, ...]:
    """Return what is read of a guidance, without where in it that stands."""
    said = MarkdownGuidance().read(text, "#/info/x-guidance", api.routes, api.document)
    placeless = replace(
        said,
        results={key: replace(one, provenance="") for key, one in said.results.items()},
        offers=tuple(replace(one, provenance="") for one in said.offers),
        findings=(),
    )
    return astuple(placeless)


def _message(old: str, new: str) -> str:
    if not new:
        return f"the guidance no longer says: {_clipped(old, 0)}"
    if not old:
        return f"the guidance says now: {_clipped(new, 0)}"
    same = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    at = min(len(old), len(new)) if same is None else same
    return f"the guidance says: {_clipped(new, at)} (was: {_clipped(old, at)})"


def _clipped(text: str, at: int) -> str:
    text = text.replace("\n", " ")
    start = max(0, at - _BEFORE)
    if start:
        start = text.find(" ", start, at) + 1 or start
    end = start + _LONGEST
    return f"“{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}”"
