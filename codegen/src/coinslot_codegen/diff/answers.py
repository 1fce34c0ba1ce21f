"""How the answers of one call changed. A client reads every success as the first one that is listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from coinslot_codegen.diff.change import Change, Impact
from coinslot_codegen.diff.events import compare_events
from coinslot_codegen.diff.values import Values
from coinslot_codegen.document.model import AnswerSpec, RouteSpec
from coinslot_codegen.schemas.gather import form_of, is_events, read_first

_Answers: TypeAlias = Mapping[str | None, AnswerSpec]
"""Answers of one status, by media type."""
_MAIN: Final = "answer"
_WITHOUT_BODY: Final = frozenset({"204", "205"})
_SHOWN: Final = 3


def compare_answers(old: RouteSpec, new: RouteSpec, values: Values) -> Iterator[Change]:
    """Give the changes of all answers; what is paid and how stands in the access, not in a 402."""
    before, after = (_by_status(route) for route in (old, new))
    for status in before:
        if status in after:
            good = _is_good(status, before)
            place = _MAIN if good else f"answer {status}"
            yield from _compared(before[status], after[status], values, place, good=good)
    was, now = (sorted(one for one in found if _is_good(one, found)) for found in (before, after))
    if was and now:
        yield from _successes(before, after, was, now, values)
    for status in before.keys() - after.keys():
        if status not in was or not now:
            yield _gone(status, "breaking" if status in was else "compatible")
    for status in sorted(after.keys() - before.keys()):
        if status not in now or not was:
            yield _may(status)


def _successes(
    old: Mapping[str, _Answers], new: Mapping[str, _Answers], was: list[str], now: list[str], values: Values
) -> Iterator[Change]:
    """Give the changes of which successes there are: as long as there is one, its status breaks nothing."""
    gone = [status for status in was if status not in now]
    added = [status for status in now if status not in was]
    if was[0] in gone:
        yield from _compared(old[was[0]], new[now[0]], values, _MAIN, good=True)
        if now[0] in added:
            message = f"answers {added.pop(0)} (was {gone.pop(0)})"
            yield Change("compatible", "answer-status", message, was[0], now[0])
    for status in gone:
        yield _gone(status, "compatible")
    for status in added:
        yield _may(status, tuple(_unread(status, old[was[0]], new[status], values)))


def _unread(status: str, read: _Answers, given: _Answers, values: Values) -> Iterator[str]:
    """Give the places in which another success is not what the call reads."""
    if None in given and None not in read:
        # Many documents leave out what they answer.
        if status in _WITHOUT_BODY:
            yield _MAIN
        return
    for change in _compared(read, given, values, _MAIN, good=True):
        if change.impact == "breaking":
            yield change.place


def _gone(status: str, impact: Impact) -> Change:
    return Change(impact, "answer-removed", f"no longer answers {status}", status, None)


def _may(status: str, unread: tuple[str, ...] = ()) -> Change:
    message = f"may answer {status}"
    if not unread:
        return Change("compatible", "answer-added", message, None, status)
    where = ", ".join(sorted(set(unread))[:_SHOWN])
    message += f", with something else than the call reads ({where})"
    return Change("breaking", "answer-added", message, None, status)


def _compared(old: _Answers, new: _Answers, values: Values, place: str, *, good: bool) -> Iterator[Change]:
    impact: Impact = "breaking" if good else "compatible"
    for kind in old.keys() - new.keys():
        message = f"is no longer {kind}" if kind else "has a body now"
        yield Change(impact if kind else "compatible", "answer-type", message, kind, None, place=place)
    was, now = read_first(old), read_first(new)
    for kind in sorted(filter(None, new.keys() - old.keys())):
        # A call returns one of them, and code that was written for the other does not know this one.
        other = good and kind == now and was is not None and was in new and form_of(kind) != form_of(was)
        message = f"is {kind} now where it can be, not {was}" if other else f"may be {kind}"
        yield Change("breaking" if other else "compatible", "answer-type", message, None, kind, place=place)
    for kind, one in old.items():
        if kind in new and good and is_events(kind):
            yield from compare_events(one, new[kind], values)
        elif kind in new:
            for change in values.compare(one.schema, new[kind].schema, "given"):
                yield (change if good else replace(change, impact="compatible")).at(place)
    said = [next(iter(answers.values())).description for answers in (old, new)]
    if said[0].split() != said[1].split():
        yield Change(
            "compatible", "description", "is described in other words", said[0], said[1], place=place
        )


def _by_status(route: RouteSpec) -> dict[str, dict[str | None, AnswerSpec]]:
    found: dict[str, dict[str | None, AnswerSpec]] = {}
    for answer in route.answers:
        if answer.status != "402":
            found.setdefault(answer.status, {})[answer.media_type] = answer
    return found


def _is_good(status: str, beside: Mapping[str, object]) -> bool:
    """Whether an answer is one of success; the default is where nothing else can be."""
    if status == "default":
        return not any(other.startswith("2") for other in beside)
    return status.startswith("2")
