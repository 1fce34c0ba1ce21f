"""How the terms of a call changed: what it costs and in what, how long it takes, its rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from coinslot_codegen.diff.change import Change, Impact
from coinslot_codegen.diff.scalars import shown
from coinslot_codegen.document.model import JobSpec, PriceSpec, ResultSpec, RouteSpec, TimeSpec
from coinslot_codegen.document.naming import identifier

_FIGURES: Final = frozenset({"amount", "price", "usd", "min", "max", "minPrice", "maxPrice"})
_MODES: Final = frozenset({"mode", "pricingMode"})


_JOB: Final = {
    "id_member": "has its job's id in {} (was {})",
    "status_path": "has its job's state at {} (was {})",
    "status_member": "has its job's state in {} (was {})",
    "result_member": "has its job's result in {} (was {})",
    "error_member": "has the reason of a failed job in {} (was {})",
    "progress_member": "has its job's progress in {} (was {})",
    "list_path": "has its jobs listed at {} (was {})",
    "items_member": "has its jobs listed in {} (was {})",
    "cursor_member": "has the next page of its jobs in {} (was {})",
}
_OF_LISTS: Final = frozenset({"items_member", "cursor_member"})


def price(old: RouteSpec, new: RouteSpec) -> Iterator[Change]:
    """Give the changes of what a call costs, by whatever the document and its guidance say."""
    if "paid" not in (old.access, new.access):
        return
    figures = _figures(old.price), _figures(new.price)
    changed = old.access == new.access and figures[0] != figures[1]
    if changed:
        message = f"costs {priced(new.price)} (was {priced(old.price)})"
        yield Change("money", "price", message, priced(old.price), priced(new.price))
    lengths = [_lengths(one.price) if one.price else None for one in (old, new)]
    if None not in lengths and lengths[0] != lengths[1]:
        message = f"is priced by {lengths[1]} (was {lengths[0]})"
        yield Change("money", "price-length", message, lengths[0], lengths[1])
    if old.access != new.access:
        return
    yield from _stated(old, new, told=changed)
    yield from _protocols(old, new)


def _stated(old: RouteSpec, new: RouteSpec, *, told: bool) -> Iterator[Change]:
    """Give the changes of what the document states; figures that are `told` as the price only once."""
    before, after = (_terms(route.payment.raw) if route.payment else {} for route in (old, new))
    leaves = [
        (path, path.rsplit(".", 1)[-1], was, now)
        for path, was, now in _leaves(before, after)
        if not _is_same_figure(path, was, now)
    ]
    moded = any(last in _MODES for _, last, _, _ in leaves)
    for path, last, was, now in leaves:
        if last in _MODES:
            figures = "" if told else f"{_figures_of(after)} (was {shown(was)}{_figures_of(before)})"
            message = f"states {path} {shown(now)}" + (figures or f" (was {shown(was)})")
            yield Change("money", "price-mode", message, was, now)
        elif last in _FIGURES and (told or moded):
            continue
        else:
            kind = "currency" if last == "currency" else "price-stated"
            yield Change("money", kind, f"states {path} {shown(now)} (was {shown(was)})", was, now)


def _is_same_figure(path: str, old: Any, new: Any) -> bool:
    """Whether both are one sum, as in `"10"` and `10.00`."""
    if path.rsplit(".", 1)[-1] not in _FIGURES or isinstance(old, bool) or isinstance(new, bool):
        return False
    try:
        return Decimal(str(old)) == Decimal(str(new))
    except InvalidOperation:
        return False


def _figures_of(terms: Mapping[str, Any]) -> str:
    """Return the sums that are stated, as in `, min "0", max "10.00"`."""
    found = [(path.rsplit(".", 1)[-1], value) for path, value, _ in _leaves(terms, {}, whole=True)]
    return "".join(f", {name} {shown(value)}" for name, value in found if name in _FIGURES)


def _terms(raw: Mapping[str, Any]) -> dict[str, Any]:
    left_out = {"protocols", "offers", "accepts", "description"}
    return {name: value for name, value in raw.items() if name not in left_out}


def _protocols(old: RouteSpec, new: RouteSpec) -> Iterator[Change]:
    before, after = (_ways(route) for route in (old, new))
    for name in before.keys() - after.keys():
        yield Change("money", "protocol-removed", f"can no longer be paid by {name}", before[name], None)
    for name in sorted(after.keys() - before.keys()):
        yield Change("money", "protocol-added", f"can be paid by {name}", None, after[name])
    for name, terms in before.items():
        for path, was, now in _leaves(terms, after.get(name, terms)):
            last = path.rsplit(".", 1)[-1]
            kind = last if last in ("currency", "network") else "protocol"
            yield Change(
                "money", kind, f"is paid by {name} with {path} {shown(now)} (was {shown(was)})", was, now
            )


def _ways(route: RouteSpec) -> dict[str, Any]:
    """Return what each protocol asks, by its name, and by its method or network where several share one."""
    found: dict[str, Any] = {}
    listed = [item for one in (route.payment.protocols if route.payment else ()) for item in one.items()]
    listed += [("x402", one) for one in _accepted(route)]
    names = [name for name, _ in listed]
    for name, terms in listed:
        own = terms if isinstance(terms, Mapping) else {}
        which = own.get("method") or own.get("network")
        key = f"{name} ({which})" if names.count(name) > 1 and which else str(name)
        while key in found:
            key += "+"
        found[key] = terms
    return found


def _accepted(route: RouteSpec) -> list[Mapping[str, Any]]:
    listed = route.payment.raw.get("accepts") if route.payment else None
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def waiting(old: RouteSpec, new: RouteSpec, moved: Mapping[str, str]) -> Iterator[Change]:
    """Give the changes of how long things take, and of what a finished job holds.

    `moved` are the paths that routes have now, by those that they had.
    """
    if _span(old.time) != _span(new.time):
        times = [spec.text if spec else None for spec in (old.time, new.time)]
        message = f"takes {times[1] or 'a time that is not stated'} (was {times[0] or 'not stated'})"
        yield Change("compatible", "time", message, times[0], times[1])
    if not (old.job and new.job):
        if old.job or new.job:
            message = "starts a job now" if new.job else "answers with the result now, without a job"
            yield Change("breaking", "job", message, bool(old.job), bool(new.job))
        return
    if old.poll_seconds != new.poll_seconds:
        message = f"is polled every {new.poll_seconds:g} s (was {old.poll_seconds:g} s)"
        yield Change("compatible", "poll", message, old.poll_seconds, new.poll_seconds)
    yield from _lifetime(old.result_lifetime_seconds, new.result_lifetime_seconds)
    yield from _job(old.job, new.job, moved)
    yield from _result(old.result, new.result)


def _lifetime(old: float | None, new: float | None) -> Iterator[Change]:
    if old == new:
        return
    said = ["not stated" if one is None else f"{one:g} s" for one in (old, new)]
    # What was paid for and is gone has to be paid for again.
    shorter = new is not None and (old is None or new < old)
    impact: Impact = "money" if shorter else "compatible"
    yield Change(impact, "lifetime", f"keeps results for {said[1]} (was {said[0]})", old, new)


def _job(old: JobSpec, new: JobSpec, moved: Mapping[str, str]) -> Iterator[Change]:
    listed = old.list_path is not None and new.list_path is not None
    for name, words in _JOB.items():
        if name in _OF_LISTS and not listed:
            continue
        before, after = getattr(old, name), getattr(new, name)
        if name.endswith("_path") and before and after:
            # Where the route itself is now, its own line tells; what its parameter is called decides nothing.
            before = moved.get(before, before)
            same = re.sub(r"\{[^{}]*\}", "{}", before) == re.sub(r"\{[^{}]*\}", "{}", after)
        else:
            same = before == after
        if not same:
            said = [one or "nowhere" for one in (after, before)]
            yield Change("breaking", "job", words.format(*said), before, after)
    if old.access != new.access:
        message = (
            "has its job asked for with a signature"
            if new.access == "signed"
            else "has its job asked for openly"
        )
        impact: Impact = "breaking" if new.access == "signed" else "compatible"
        yield Change(impact, "job", f"{message} now", old.access, new.access)


def _result(old: ResultSpec | None, new: ResultSpec | None) -> Iterator[Change]:
    names = [spec.name if spec else None for spec in (old, new)]
    if names[0] != names[1]:
        message = f"results in {names[1] or 'a raw mapping'} (was {names[0] or 'a raw mapping'})"
        yield Change("breaking", "result", message, names[0], names[1])
        return
    members = [spec.members if spec else () for spec in (old, new)]
    for name in members[0]:
        if name not in members[1]:
            yield Change(
                "breaking", "removed", "is no longer given", name, None, place=f"result.{identifier(name)}"
            )
    for name in members[1]:
        if name not in members[0]:
            yield Change("compatible", "added", "is new", None, name, place=f"result.{identifier(name)}")
    if set(members[0]) == set(members[1]) and members[0] != members[1]:
        message = f"saves {members[1][0]} (was {members[0][0]})" if members[0][0] != members[1][0] else ""
        if message:
            yield Change("breaking", "result", message, members[0][0], members[1][0])


def priced(spec: PriceSpec | None) -> str:
    """Return a price as people say it."""
    if spec is None:
        return "an unknown price"
    high = f"–${spec.high}" if spec.high and spec.high != spec.low else ""
    return f"${spec.low}{high} a {spec.unit}"


def _figures(spec: PriceSpec | None) -> Any:
    if spec is None:
        return None
    try:
        # The digits matter, too: a printed price is rounded, and the limit of a call allows for that.
        return str(Decimal(spec.low)), str(Decimal(spec.high or spec.low)), spec.unit
    except InvalidOperation:
        return spec.low, spec.high, spec.unit


def _lengths(spec: PriceSpec) -> str | None:
    if spec.seconds_field is None:
        return None
    return f"{spec.seconds_field}, by default {spec.default_seconds or 'not stated'}"


def _span(spec: TimeSpec | None) -> Any:
    return spec and (spec.low, spec.high, spec.text if spec.high is None else "")


def _leaves(old: Any, new: Any, path: str = "", *, whole: bool = False) -> Iterator[tuple[str, Any, Any]]:
    """Give what differs, by its path; `whole`: what is there on one side only is taken apart, too."""
    if isinstance(old, Mapping) and (isinstance(new, Mapping) or whole):
        other = new if isinstance(new, Mapping) else {}
        for name in [*old, *(one for one in other if one not in old)]:
            there = f"{path}.{name}" if path else str(name)
            yield from _leaves(old.get(name), other.get(name), there, whole=whole)
    elif shown(old) != shown(new):
        yield path, old, new
