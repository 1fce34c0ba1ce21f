"""What became of each request, and of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, overload

from typing_extensions import TypeVar

from coinslot.money import show

if TYPE_CHECKING:
    from coinslot.jobs import AsyncJob, Job

ResultT = TypeVar("ResultT", default=Any)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[ResultT]):
    """What became of one request."""

    index: int
    """Its place among the requests, from 0."""
    request: Mapping[str, Any] = field(repr=False)
    job: Job[Any] | AsyncJob[Any] | None = None
    """None: nothing was accepted, or the route starts no jobs."""
    result: ResultT | None = None
    """None where it failed, and where an earlier run had saved it already."""
    saved: tuple[Path, ...] = ()
    """The files that it came to."""
    price: Decimal | None = None
    """Dollars that are paid or reserved for it; None: nothing is."""
    paid_before: bool = False
    """Whether an earlier run had paid for it."""
    error: Exception | None = None
    """Why there is no result; it says what is true of the money."""

    @property
    def ok(self) -> bool:
        """Whether all went well."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class MapReport(Sequence[Outcome[ResultT]], Generic[ResultT]):
    """The outcomes of a map, in the order of its requests.

    A request that was not begun, because the map had to stop buying, has none.
    """

    name: str
    """With this name and the same requests, the map goes on."""
    outcomes: tuple[Outcome[ResultT], ...] = field(repr=False)
    spent: Decimal
    """Dollars that are paid or reserved under this name, by all of its runs."""
    max_total: Decimal
    """Dollars."""
    stopped: Exception | None = None
    """Why requests were left unbought; None: none was."""

    @property
    def failed(self) -> list[Outcome[ResultT]]:
        """The outcomes that are errors."""
        return [outcome for outcome in self.outcomes if not outcome.ok]

    @property
    def ok(self) -> bool:
        """Whether every request came to its result."""
        return self.stopped is None and not self.failed

    @overload
    def __getitem__(self, index: int) -> Outcome[ResultT]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Outcome[ResultT], ...]: ...
    def __getitem__(self, index: int | slice) -> Outcome[ResultT] | tuple[Outcome[ResultT], ...]:
        return self.outcomes[index]

    def __len__(self) -> int:
        return len(self.outcomes)

    def __iter__(self) -> Iterator[Outcome[ResultT]]:
        return iter(self.outcomes)

    def _repr_html_(self) -> str:
        """Show the report in a notebook."""
        from coinslot.showing import html_of_report

        return html_of_report(self)

    def __str__(self) -> str:
        failed = len(self.failed)
        told = (
            f"{len(self) - failed} finished, {failed} failed; "
            f"{show(self.spent)} of {show(self.max_total)} is spent or reserved"
        )
        return f"{told}; no more is bought: {self.stopped}" if self.stopped is not None else told
