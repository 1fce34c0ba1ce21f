"""Figures as people print them: amounts of dollars and lengths of time.

Both readers take a whole table cell or clause and say nothing (None) rather than guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

_DASH: Final = r"\s*(?:[-\u2010-\u2015\u2212]|to|\.\.\.?|\u2026)\s*"
_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_CURRENCY: Final = r"(?:US\s*\$|\$|USD[A-Z]?\b|US\s+dollars?|dollars?)"


def _amount(which: int) -> str:
    return rf"(?P<before{which}>{_CURRENCY})?\s*(?P<figure{which}>{_NUMBER})\s*(?P<after{which}>{_CURRENCY})?"


_MONEY: Final = re.compile(rf"{_amount(1)}(?:{_DASH}{_amount(2)})?\s*(?P<rest>[^\d$]*)", re.IGNORECASE)
_LEAD: Final = re.compile(
    r"^(?:~|\u2248|about|around|approx(?:imately|\.)?|roughly|ca\.?|circa|from|between|costs?|up to"
    r"|only|just)\s*",
    re.IGNORECASE,
)
_OPEN: Final = re.compile(r"^from\b", re.IGNORECASE)
_PER: Final = re.compile(r"^(?:/|per|a|an|each|for (?:each|every))\s*(?P<unit>.+)$", re.IGNORECASE)
_SECONDS_UNIT: Final = re.compile(
    r"(?:each\s+)?(?:(?:output|generated|video|audio|media|started)\s+)?(?:s|sec|secs|second|seconds)(?:\s+of\s+[\w\s]+)?$",
    re.IGNORECASE,
)
_CALL_UNIT: Final = re.compile(
    r"(?:api\s+)?(?:call|request|image|picture|photo|video|clip|file|upload|job|generation|run|query|search|message|email|track)s?$",
    re.IGNORECASE,
)
_HARMLESS: Final = re.compile(r"(?:flat|fixed|total|once|usd[a-z]?|us dollars?|dollars?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Money:
    """Dollars as printed, without signs: `0.13`, `0.24`. `high` None: one figure."""

    low: str
    high: str | None
    unit: Literal["call", "second"]


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds. `high` None: the text names no upper figure."""

    low: float
    high: float | None


def money(text: str, *, bare: bool = False) -> Money | None:
    """`$0.07`, `$0.13–$0.24`, `$0.045-0.151`, `$0.09–$0.54/s`, `0.02 USD per call`.

    `bare` also takes figures without a currency, for columns whose header names it. None for
    anything else: several prices, other units (`per minute`, `/MB`), words.
    """
    plain = _bare_text(text)
    found = _MONEY.fullmatch(_LEAD.sub("", plain))
    if found is None:
        return None
    if found["figure2"] is None and _OPEN.match(plain):
        return None  # a lower bound alone says nothing about what a call may cost
    marks = [found[name] for name in ("before1", "after1", "before2", "after2")]
    if not bare and not any(marks):
        return None
    unit = _price_unit(found["rest"].strip(" .;,()"))
    if unit is None:
        return None
    low, high = _digits(found["figure1"]), found["figure2"] and _digits(found["figure2"])
    if high is not None and Decimal(high) < Decimal(low):
        return None
    return Money(low, high if high and Decimal(high) != Decimal(low) else None, unit)


def _price_unit(rest: str) -> Literal["call", "second"] | None:
    if _HARMLESS.fullmatch(rest):
        return "call"
    per = _PER.match(rest)
    if per is None:
        return None
    unit = per["unit"].strip(" .;,()")
    if _SECONDS_UNIT.match(unit):
        return "second"
    return "call" if _CALL_UNIT.match(unit) else None


def _digits(figure: str) -> str:
    plain = figure.replace(",", "")
    return f"0{plain}" if plain.startswith(".") else plain


_UNITS: Final = {
    "ms": 0.001, "msec": 0.001, "millisecond": 0.001, "milliseconds": 0.001,
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
    "d": 86400, "day": 86400, "days": 86400,
}  # fmt: skip
_UNIT: Final = "|".join(sorted(_UNITS, key=len, reverse=True))
_SPAN: Final = re.compile(
    rf"(?<![\w.$])(?P<low>\d+(?:\.\d+)?)\s*(?P<unit1>{_UNIT})?(?:\.|\b)?"
    rf"(?:{_DASH}(?P<high>\d+(?:\.\d+)?))?[\s-]*(?P<unit2>{_UNIT})?(?!\w)",
    re.IGNORECASE,
)
_AT_MOST: Final = re.compile(
    r"(?:<|\u2264|under|up to|less than|at most|within|below|max(?:imum)?)\s*$", re.IGNORECASE
)
_AT_LEAST: Final = re.compile(r"(?:>|\u2265|over|more than|at least|from|min(?:imum)?)\s*$", re.IGNORECASE)
_NONE: Final = re.compile(
    r"(?:is\s+)?(?:instant(?:ly|aneous(?:ly)?)?|immediate(?:ly)?|synchronous(?:ly)?|at once|right away|none"
    r"|no wait(?:ing)?)[.!]?",
    re.IGNORECASE,
)
_VAGUE: Final = re.compile(r"\b(?P<unit>seconds|minutes|hours|days)\b", re.IGNORECASE)


def duration(text: str) -> Duration | None:
    """`~5s`, `1-3min`, `1 to 3 minutes`, `30s–2min`, `instant`, `can take minutes`.

    The whole text has to be about one length of time. Words without figures give a lower end
    only: `minutes` are at least one minute and nobody knows how many.
    """
    plain = _bare_text(text)
    if _NONE.fullmatch(plain):
        return Duration(0, 0)
    spans = durations(plain)
    if len(spans) == 1:
        outside = plain[: spans[0].start] + plain[spans[0].end :]
        return spans[0].length if not re.search(r"\d", outside) else None
    if spans or re.search(r"\d", plain):
        return None
    vague = _VAGUE.search(plain)
    return Duration(_UNITS[vague["unit"].lower()], None) if vague else None


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time inside a text."""

    start: int
    end: int
    length: Duration


def durations(text: str) -> list[Span]:
    """Every length of time with figures in a text, in order; numbers without a unit are none."""
    found: list[Span] = []
    for match in _SPAN.finditer(text):
        last = match["unit2"] or match["unit1"]
        if last is None:
            continue
        if match["high"] and not match["unit2"]:
            last = match["unit1"]
        first = match["unit1"] or last
        low = float(match["low"]) * _UNITS[first.lower()]
        high = float(match["high"]) * _UNITS[last.lower()] if match["high"] else low
        before = text[: match.start()]
        if match["high"] is None and _AT_MOST.search(before):
            low = 0.0
        open_end = match["high"] is None and _AT_LEAST.search(before) is not None
        if high >= low:
            found.append(Span(match.start(), match.end(), Duration(low, None if open_end else high)))
    return found


def _bare_text(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("`", "").replace("*", "").split()).strip()
