"""What a guidance said, route by route; the interface that every reader of a style fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from coinslot_codegen.document.figures import Money
from coinslot_codegen.document.model import (
    Finding,
    OfferSpec,
    Recommendation,
    ResultSpec,
    RouteSpec,
    TimeSpec,
    UploadSpec,
)

RouteKey: TypeAlias = tuple[str, str]
"""Method and path."""


def key(route: RouteSpec) -> RouteKey:
    """Method and path of a route."""
    return route.method, route.path


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the guidance says of each route, and what nobody could make out of it."""

    prices: Mapping[RouteKey, Money] = field(default_factory=dict)
    times: Mapping[RouteKey, TimeSpec] = field(default_factory=dict)
    polls: Mapping[RouteKey, float] = field(default_factory=dict)
    results: Mapping[RouteKey, ResultSpec] = field(default_factory=dict)
    lifetimes: Mapping[RouteKey, float] = field(default_factory=dict)
    notes: Mapping[RouteKey, tuple[str, ...]] = field(default_factory=dict)
    recommendations: tuple[Recommendation, ...] = ()
    upload: UploadSpec | None = None
    media_members: tuple[str, ...] = ()
    """Members of requests that take an uploaded file's address, by wire name."""
    offers: tuple[OfferSpec, ...] = ()
    findings: tuple[Finding, ...] = ()


class GuidanceReader(Protocol):
    """Reads one style of guidance."""

    def read(self, text: str, at: str, routes: Sequence[RouteSpec], document: Mapping[str, Any]) -> Guidance:
        """Read `text`, which stands at the pointer `at`; `routes` are the document's, with their jobs.

        Never raises for what it does not understand: that becomes a finding.
        """
