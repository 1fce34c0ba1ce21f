"""Families: which routes a phrase such as "most image models" or "`gpt-foo`, `gpt-bar`" means.

A phrase is taken apart in this order; what an earlier step used up, a later one does not see:

1. Names of groups, in code marks or plain, in any spelling ("Foo 2", `foo-2`, `foo-*`). A name that
   is no group's but begins several ("Foo" for `foo-2` and `foo-2-fast`) means all of them.
2. Kinds of media ("image models"), matched with `media.kind_of`: the request's shape first.
3. Nothing left but words such as "other" or "models": the remainder.

Named beats kind beats remainder. A phrase of which nothing is known means no route.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias, TypeVar

from coinslot_codegen.document.guidance.blocks import Text
from coinslot_codegen.document.guidance.media import kind_of, kinds_in
from coinslot_codegen.document.guidance.mentions import Catalogue, call_words, group_words
from coinslot_codegen.document.guidance.said import RouteKey, key
from coinslot_codegen.document.model import Recommendation, RouteSpec
from coinslot_codegen.document.naming import words

_FILLER_WORDS: Final = """
a all and any anything are as at be below both call calls default defaults each else every
everything except family families fast for from general generally generated generation generations
generator generators in is it job jobs kind listed model models most named normal normally of on or
other otherwise others output outputs quick remaining request requests rest result results route
routes slow some standard task tasks that the them these they this those to typical unless usual
usually when where which with
"""
_FILLER: Final = frozenset(_FILLER_WORDS.split())
Rank = Literal["named", "kind", "rest"]
RANKS: Final[tuple[Rank, ...]] = ("named", "kind", "rest")


@dataclass(frozen=True, slots=True)
class Selection:
    """The routes that a phrase means; `rank` None: nothing of it was understood."""

    rank: Rank | None
    routes: tuple[RouteSpec, ...]
    kinds: frozenset[str] = frozenset()

    def keys(self) -> frozenset[RouteKey]:
        """Methods and paths of the routes."""
        return frozenset(key(route) for route in self.routes)


@dataclass
class Families:
    """The routes of a document by group and by the kind of media that they make."""

    document: Mapping[str, Any]
    catalogue: Catalogue
    routes: tuple[RouteSpec, ...]
    recommended: tuple[Recommendation, ...] = ()
    _own: dict[RouteKey, str | None] = field(default_factory=dict)
    _kinds: dict[RouteKey, str | None] = field(default_factory=dict)

    def kind(self, route: RouteSpec) -> str | None:
        """What `media.kind_of` says of a route, asked once."""
        if key(route) not in self._kinds:
            own = self._own_kind(route)
            self._kinds[key(route)] = own or kind_of(self.document, route, frozenset(self._told(route)))
        return self._kinds[key(route)]

    def kind_from(self, route: RouteSpec) -> str | None:
        """Who told the kind of a route, for people; None: its own words, or nobody."""
        kind = self.kind(route)
        return None if kind is None or self._own_kind(route) else self._told(route).get(kind)

    def _own_kind(self, route: RouteSpec) -> str | None:
        if key(route) not in self._own:
            self._own[key(route)] = kind_of(self.document, route)
        return self._own[key(route)]

    def _told(self, route: RouteSpec) -> dict[str, str]:
        """The kinds that the routes of its group make, and that the group is recommended for, by whom."""
        told: dict[str, str] = {}
        for one in self.routes:
            kind = self._own_kind(one) if one.group == route.group else None
            if kind:
                told.setdefault(kind, f"as of {one.group}.{one.name}")
        for advice in self.recommended:
            kinds = kinds_in(advice.purpose) if advice.target == route.group else frozenset()
            if len(kinds) == 1:
                told.setdefault(next(iter(kinds)), f"as recommended for {advice.purpose}")
        return told

    def of_kinds(self, kinds: frozenset[str]) -> tuple[RouteSpec, ...]:
        """The routes that make one of these kinds."""
        return tuple(route for route in self.routes if self.kind(route) in kinds)

    def select(self, text: Text, *, in_prose: bool = False) -> Selection:
        """What a phrase means among `routes`; `in_prose` as in `named_groups`."""
        with_paths = self.catalogue.in_text(text.plain)
        if with_paths:
            known = {key(route) for route in self.routes}
            return Selection("named", tuple(route for route in with_paths if key(route) in known))
        groups, left = named_groups(text.plain, self.routes, in_prose=in_prose)
        if groups:
            return Selection("named", tuple(route for route in self.routes if route.group in groups))
        kinds = kinds_in(left)
        if kinds:
            return Selection("kind", self.of_kinds(kinds), kinds)
        unknown = any(word not in _FILLER for word in words(left))
        return Selection(None, ()) if unknown else Selection("rest", self.routes)


def named_groups(
    text: str, routes: Sequence[RouteSpec], *, in_prose: bool = False
) -> tuple[frozenset[str], str]:
    """(Python names of the groups that a text names, the text without those names).

    In prose a group called by a plain word, as in `call` or `search`, is only named where the word
    stands in code marks or has a capital.
    """
    names = _names(tuple((route.path, route.group) for route in routes))
    groups: set[str] = set()
    for wanted, name in _present(names.whole, text):
        hits = list(re.finditer(_spelling(wanted), text, re.IGNORECASE))
        if hits and (not in_prose or len(wanted) > 1 or any(_is_name(hit, text) for hit in hits)):
            groups.add(name)
            text = re.sub(_spelling(wanted), " ", text, flags=re.IGNORECASE)
    for code in re.findall(r"`([^`]+)`", text):
        if "*" in code:
            pattern = "-".join(re.findall(r"[a-z0-9]+|\*", code.lower())).replace("-*", "*")
            found = {name for wanted, name in names.whole if fnmatchcase("-".join(wanted), pattern)}
            groups |= found
            text = text.replace(f"`{code}`", " ") if found else text
    for wanted, begun in _present(names.beginnings, text):
        if any(_is_name(hit, text) for hit in re.finditer(_spelling(wanted), text, re.IGNORECASE)):
            groups |= begun
            text = re.sub(_spelling(wanted), " ", text, flags=re.IGNORECASE)
    return frozenset(groups), text


_Words: TypeAlias = tuple[str, ...]
_Named = TypeVar("_Named")


@dataclass(frozen=True, slots=True)
class _Names:
    """What groups are called, longest first."""

    whole: tuple[tuple[_Words, str], ...]
    beginnings: tuple[tuple[_Words, frozenset[str]], ...]


@lru_cache(maxsize=8)
def _names(routes: tuple[tuple[str, str], ...]) -> _Names:
    """The names of these routes' groups; (path, group) of each."""
    spelled = {wanted: group for path, group in routes if (wanted := group_words(path))}
    beginnings: dict[_Words, set[str]] = {}
    for wanted, name in spelled.items():
        for length in range(1, len(wanted)):
            if not _means_nothing(wanted[:length]):
                beginnings.setdefault(wanted[:length], set()).add(name)
    return _Names(
        tuple((wanted, spelled[wanted]) for wanted in sorted(spelled, key=_longest_first)),
        tuple((wanted, frozenset(beginnings[wanted])) for wanted in sorted(beginnings, key=_longest_first)),
    )


def _longest_first(wanted: _Words) -> tuple[int, _Words]:
    return -len(wanted), wanted


def _present(names: Iterable[tuple[_Words, _Named]], text: str) -> list[tuple[_Words, _Named]]:
    """Those whose every word stands somewhere in the text; the others need no closer look."""
    lowered = text.lower()
    return [(wanted, named) for wanted, named in names if all(word in lowered for word in wanted)]


def _spelling(wanted: Sequence[str]) -> str:
    """Any way to write these words: with spaces, hyphens, dots, or none where a letter meets a digit."""
    return r"(?<![\w.-])`?" + r"[\s._-]*".join(map(re.escape, wanted)) + r"`?(?![\w-]|\.\d)"


def _means_nothing(wanted: Sequence[str]) -> bool:
    return (
        all(word in _FILLER or word.isdigit() or kinds_in([word]) for word in wanted)
        or len("".join(wanted)) < 3
    )


def _is_name(hit: re.Match[str], text: str) -> bool:
    bare = hit[0].strip("`")
    return bare[:1].isupper() or text[hit.start() : hit.start() + 1] == "`"


def named_calls(text: str, routes: Sequence[RouteSpec]) -> tuple[RouteSpec, ...]:
    """Of the routes those whose call's name stands in a text; all of them if none does."""
    spelled = {" ".join(words(part)) for part in re.split(r"[\s/,;:|`()]+", text)}
    found = tuple(route for route in routes if " ".join(call_words(route.path)) in spelled)
    return found or tuple(routes)
