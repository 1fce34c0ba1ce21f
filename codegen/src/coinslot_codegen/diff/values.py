"""How one value changed: its type, its choices, its bounds, its members.

What is sent and what is given are judged in opposite directions: a server that accepts less breaks
calls, one that answers with less breaks what reads its answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from coinslot_codegen.diff import scalars
from coinslot_codegen.diff.change import Change, Impact, joined
from coinslot_codegen.diff.members import demanded, going, introduced, removed
from coinslot_codegen.diff.sameness import Sameness
from coinslot_codegen.diff.scalars import Direction
from coinslot_codegen.diff.view import View, canonical, name_of, view
from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.naming import identifier
from coinslot_codegen.document.references import resolve
from coinslot_codegen.schemas.merge import structural

_BESIDE: Final = frozenset({"default", "deprecated", "description"})
"""What a reference may say of its own place."""
_Key: TypeAlias = tuple[int, int, Direction]


@dataclass(frozen=True, slots=True)
class _Inner:
    """A pair of schemas inside of another pair, and where."""

    place: str
    key: _Key


@dataclass(slots=True)
class Values:
    """Compares the schemas of two documents; each pair once, however many ways lead to it."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    _own: dict[_Key, tuple[Change, ...]] = field(default_factory=dict)
    """What each pair says itself."""
    _inner: dict[_Key, tuple[_Inner, ...]] = field(default_factory=dict)
    _changed: set[_Key] = field(default_factory=set)
    """Pairs with changes in them, at any depth."""
    _kept: list[Any] = field(default_factory=list)
    """What the keys above are the identities of."""
    _waiting: list[tuple[_Key, Any, Any]] = field(default_factory=list)
    _sameness: Sameness = field(init=False)

    def __post_init__(self) -> None:
        self._sameness = Sameness(self.old, self.new)

    def compare(self, old: Any, new: Any, direction: Direction) -> tuple[Change, ...]:
        """Return the changes from `old` to `new`, their places relative to both.

        What several places refer to is told at the nearest of them.
        """
        if self._sameness.holds(old, new):
            return ()
        root = self._pair(old, new, direction)
        self._read()
        found: list[Change] = []
        seen = {root}
        following = [("", root)]
        for place, key in following:
            found += [one.at(place) for one in self._own[key]]
            for inner in self._inner[key]:
                if inner.key in self._changed and inner.key not in seen:
                    seen.add(inner.key)
                    following.append((joined(place, inner.place), inner.key))
        return tuple(found)

    def _pair(self, old: Any, new: Any, direction: Direction) -> _Key:
        old, new = _target(self.old, old), _target(self.new, new)
        key = (id(old), id(new), direction)
        if key not in self._own:
            self._own[key], self._inner[key] = (), ()
            self._kept += [old, new]
            self._waiting.append((key, old, new))
        return key

    def _read(self) -> None:
        if not self._waiting:
            return
        while self._waiting:
            key, old, new = self._waiting.pop()
            if self._sameness.holds(old, new):
                continue
            own: list[Change] = []
            inner: list[_Inner] = []
            try:
                before, after = view(self.old, old), view(self.new, new)
                for one in self._compared(before, after, old, new, key[2]):
                    (inner if isinstance(one, _Inner) else own).append(one)  # type: ignore[arg-type]
            except DocumentError:
                if json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True):
                    own = [Change("breaking", "schema", "is described in a way that cannot be compared")]
            self._own[key], self._inner[key] = tuple(own), tuple(inner)
        self._mark()

    def _mark(self) -> None:
        """Find the pairs that lead to a change."""
        outer: dict[_Key, list[_Key]] = {}
        for key, inner in self._inner.items():
            for one in inner:
                outer.setdefault(one.key, []).append(key)
        following = [key for key, own in self._own.items() if own]
        self._changed = set(following)
        for changed in following:
            for around in outer.get(changed, ()):
                if around not in self._changed:
                    self._changed.add(around)
                    following.append(around)

    def _at(self, place: str, old: Any, new: Any, direction: Direction) -> _Inner:
        return _Inner(place, self._pair(old, new, direction))

    def _compared(
        self, old: View, new: View, raw_old: Any, raw_new: Any, direction: Direction
    ) -> Iterator[Change | _Inner]:
        yield from scalars.null(old, new, direction)
        yield from scalars.said(old, new, direction)
        if old.options or new.options:
            yield from self._options(old.options or (raw_old,), new.options or (raw_new,), direction)
            return
        kinds = list(scalars.kinds(old.kinds, new.kinds, direction))
        yield from kinds
        if kinds and old.kinds and new.kinds and not scalars.common(old.kinds, new.kinds):
            return
        yield from scalars.choices(old.choices, new.choices, direction)
        yield from scalars.bounds(old.words, new.words, direction)
        yield from scalars.others(old.words, new.words, direction)
        yield from self._items(old.words, new.words, direction)
        yield from self._members(old, new, direction)

    def _items(
        self, old: Mapping[str, Any], new: Mapping[str, Any], direction: Direction
    ) -> Iterator[Change | _Inner]:
        if "items" in old or "items" in new:
            yield self._at("[]", old.get("items", True), new.get("items", True), direction)
        before, after = (words.get("prefixItems") for words in (old, new))
        if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            for index, pair in enumerate(zip(before, after, strict=True)):
                yield self._at(f"[{index}]", *pair, direction)
        elif before != after:
            yield Change("breaking", "items", "is a list of other items", before, after)
        unnamed = not (old.get("properties") or new.get("properties"))
        was, now = (_rest(words, unnamed=unnamed) for words in (old, new))
        if was is not None and now is not None:
            yield self._at("{}", was, now, direction)
        elif direction == "sent" and was is not now:
            word = "accepts members" if was is None else "no longer accepts members"
            impact: Impact = "compatible" if was is None else "breaking"
            yield Change(impact, "open", f"{word} that the document does not name", was, now)

    def _members(self, old: View, new: View, direction: Direction) -> Iterator[Change | _Inner]:
        members, others = (going(one.properties, direction) for one in (old, new))
        gone = {name: one for name, one in members.items() if name not in others}
        added = {name: one for name, one in others.items() if name not in members}
        for before, after in self.renamed(gone, added).items():
            required = (before in old.required, after in new.required)
            if required[0] != required[1]:
                continue
            yield Change(
                "breaking",
                "renamed",
                f"is now called `{identifier(after)}`",
                before,
                after,
                place=identifier(before),
            )
            yield self._at(identifier(after), gone.pop(before), added.pop(after), direction)
        for name in gone:
            yield removed(name, direction)
        for name in added:
            yield introduced(name, direction, required=name in new.required)
        for name, one in members.items():
            if name not in others:
                continue
            yield from demanded(name, name in old.required, name in new.required, direction)
            yield self._at(identifier(name), one, others[name], direction)

        # A document may require what it does not describe.
        for name in sorted((old.required | new.required) - old.properties.keys() - new.properties.keys()):
            yield from demanded(name, name in old.required, name in new.required, direction)

    def renamed(self, gone: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, str]:
        """Return the names that only changed: the same value under a name that says the same.

        That is a name of other spelling, or one beside the same description; whatever could be meant
        by two is none.
        """
        pairs = [
            (before, after)
            for before in gone
            for after in added
            if self._same(before, gone[before], after, added[after])
        ]
        olds, news = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        return {old: new for old, new in pairs if olds.count(old) == 1 and news.count(new) == 1}

    def _same(self, name: str, old: Any, other: str, new: Any) -> bool:
        said = scalars.described(old)
        alike = _letters(name) == _letters(other) or (bool(said) and said == scalars.described(new))
        return alike and canonical(self.old, old) == canonical(self.new, new)

    def _options(
        self, olds: Sequence[Any], news: Sequence[Any], direction: Direction
    ) -> Iterator[Change | _Inner]:
        left, right = list(olds), list(news)
        for same in (self._equal, self._equal_inside, self._alike):
            for old in list(left):
                found = [one for one in right if same(old, one)]
                if not found or (same == self._alike and len(found) > 1):
                    continue
                left.remove(old)
                right.remove(found[0])
                place = f"<{name_of(found[0])}>" if name_of(found[0]) else ""
                yield self._at(place, old, found[0], direction)
        for one in left:
            impact: Impact = "breaking" if direction == "sent" else "compatible"
            verb = "accepts" if direction == "sent" else "is"
            yield Change(impact, "option-removed", f"no longer {verb} {_option(self.old, one)}")
        for one in right:
            impact = "compatible" if direction == "sent" else "breaking"
            verb = "accept" if direction == "sent" else "be"
            yield Change(impact, "option-added", f"may now also {verb} {_option(self.new, one)}")

    def _equal(self, old: Any, new: Any) -> bool:
        # What the document names is known by its name; comparing its structure would cost much more.
        if name_of(old) or name_of(new):
            return name_of(old) == name_of(new)
        return canonical(self.old, old) == canonical(self.new, new)

    def _equal_inside(self, old: Any, new: Any) -> bool:
        # A schema may get a name, lose it or change it; all of its values stay as they are.
        return canonical(self.old, old, through=True) == canonical(self.new, new, through=True)

    def _alike(self, old: Any, new: Any) -> bool:
        names = name_of(old), name_of(new)
        if names[0] or names[1]:
            return names[0] == names[1]
        try:
            kinds = view(self.old, old).kinds, view(self.new, new).kinds
        except DocumentError:
            return False
        return kinds[0] == kinds[1]


def _rest(words: Mapping[str, Any], *, unnamed: bool) -> Mapping[str, Any] | None:
    """Return the schema of members that have no name in the document; None: a call takes none."""
    kind = words.get("type")
    is_object = "object" in kind if isinstance(kind, list) else kind == "object"
    said = words.get("additionalProperties", unnamed and is_object)
    return said if isinstance(said, Mapping) else {} if said is True else None


def _target(document: Mapping[str, Any], schema: Any) -> Any:
    """Follow a mere reference, so that a value that holds itself is known again."""
    if isinstance(schema, Mapping) and structural(schema) == ["$ref"] and not _BESIDE & schema.keys():
        try:
            return resolve(document, str(schema["$ref"]))
        except DocumentError:
            return schema
    return schema


def _letters(name: str) -> str:
    return "".join(one for one in name.lower() if one.isalnum())


def _option(document: Mapping[str, Any], schema: Any) -> str:
    name = name_of(schema)
    if name:
        return f"`{name}`"
    try:
        return scalars.kind_names(view(document, schema).kinds)
    except DocumentError:
        return "another value"
