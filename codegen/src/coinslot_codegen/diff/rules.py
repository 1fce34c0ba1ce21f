"""Which rules and recommendations of the guidance came and went.

A rule stands beside the routes that it is about, and which those are depends on what else is there: with
a route gone, its neighbour may get its rules. So what the older guidance would say of the newer routes
tells what changed with the routes alone, and is no change of a rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from coinslot_codegen.diff.change import Change
from coinslot_codegen.document.guidance import Guidance, MarkdownGuidance, RouteKey
from coinslot_codegen.document.model import Api, RouteSpec

_AT: Final = "#/info/x-guidance"


@dataclass
class Rules:
    """The rules of two documents; `moved` are the paths that routes have now, by those that they had."""

    old: Api
    new: Api
    moved: Mapping[str, str]

    def notes(self, old: RouteSpec, new: RouteSpec) -> Iterator[Change]:
        """Give the rules of one route that came and went."""
        gone = [note for note in old.notes if note not in new.notes]
        added = [note for note in new.notes if note not in old.notes]
        if gone or added:
            still = self._still(old, new)
            gone = [note for note in gone if still is None or self._now(note) in still]
            added = [note for note in added if still is None or note not in still]
        if len(gone) == len(added):
            for was, now in zip(gone, added, strict=True):
                yield Change("compatible", "rule", f"has a rule in other words: {now}", was, now)
            return
        for note in gone:
            yield Change("compatible", "rule-removed", f"lost the rule: {note}", note, None)
        for note in added:
            yield Change("compatible", "rule-added", f"has the rule: {note}", None, note)

    def recommended(self, groups: Mapping[str, str]) -> Iterator[Change]:
        """Give what is recommended for what; `groups` are the names that groups have now."""
        before, after = (
            {(one.purpose, one.target): None for one in api.recommendations} for api in self._both
        )
        renamed = {(purpose, groups.get(target, target)): None for purpose, target in before}
        gone = [one for one in renamed if one not in after]
        added = [one for one in after if one not in renamed]
        if (gone or added) and self._reads_markdown:
            said = {(one.purpose, one.target) for one in self._older_of_newer.recommendations}
            added = [one for one in added if one not in said]
            gone = [one for one in gone if one in said]
        yield from _recommended(gone, added)

    @property
    def _both(self) -> tuple[Api, Api]:
        return self.old, self.new

    def _still(self, old: RouteSpec, new: RouteSpec) -> Collection[str] | None:
        """Return what the older guidance says of the newer route; None: only a plugin could read it."""
        if self._older.notes.get(_key(old), ()) != old.notes:
            return None
        return self._older_of_newer.notes.get(_key(new), ())

    @cached_property
    def _older(self) -> Guidance:
        return _read(self.old.guidance or "", self.old)

    @cached_property
    def _older_of_newer(self) -> Guidance:
        return _read(self._now(self.old.guidance or ""), self.new)

    @property
    def _reads_markdown(self) -> bool:
        return self._older.recommendations == self.old.recommendations

    def _now(self, text: str) -> str:
        for was in sorted(self.moved, key=len, reverse=True):
            text = text.replace(was, self.moved[was])
        return text


def _read(text: str, api: Api) -> Guidance:
    return MarkdownGuidance().read(text, _AT, api.routes, api.document)


def _key(route: RouteSpec) -> RouteKey:
    return route.method, route.path


def _recommended(gone: Sequence[tuple[str, str]], added: Sequence[tuple[str, str]]) -> Iterator[Change]:
    left = list(gone)
    for purpose, target in added:
        was = next((one for one in left if one[0] == purpose), None)
        message = f"for {purpose}, {target} is recommended"
        if was is not None:
            left.remove(was)
            message += f" (was {was[1]})"
        yield Change("compatible", "recommended", message, was and list(was), [purpose, target])
    for purpose, target in left:
        message = f"for {purpose}, {target} is no longer recommended"
        yield Change("compatible", "recommended", message, [purpose, target], None)
