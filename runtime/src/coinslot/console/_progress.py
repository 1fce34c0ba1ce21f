"""Progress of a job on a terminal: how long it has taken, and how long such jobs usually take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.jobs import Job, JobState
    from coinslot.route import Route

Told = Callable[["JobState"], object]
_FOR_A_BAR, _FOR_WHAT_IS_USUAL = 80, 56
"""Columns that a terminal has at least."""


@contextmanager
def progress(job: Job[Any], name: str) -> Iterator[Told | None]:
    """Show a job's progress on standard error while it is waited for; nothing where that is no terminal."""
    if not shows_progress():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from coinslot.wallets.asking import drawn_by

    console = Console(stderr=True)
    # On a narrow terminal what matters most is left, and not a part of each.
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        *([BarColumn(bar_width=24)] if console.width >= _FOR_A_BAR else []),
        TimeElapsedColumn(),
        *([TextColumn(f"[dim]{usually(job.route)}[/]")] if console.width >= _FOR_WHAT_IS_USUAL else []),
    )
    bar = Progress(*columns, console=console, transient=True)
    with bar, drawn_by(bar.stop, bar.start):
        task = bar.add_task(_words(name, job.status), total=None)

        def told(state: JobState) -> None:
            status = state.status if state.trouble is None else "no answer, asking again"
            bar.update(task, description=_words(name, status))
            if state.progress is not None and 0 <= state.progress <= 100:
                bar.update(task, total=100, completed=state.progress)

        yield told


def shows_progress() -> bool:
    """Whether somebody sees how it goes on."""
    return sys.stderr.isatty()


def usually(route: Route[Any, Any]) -> str:
    """Say how long a route's calls usually take; empty where the document does not."""
    if route.typical_seconds is None:
        return ""
    return f"usually {span(*route.typical_seconds)}"


def span(low: float, high: float) -> str:
    """Return a span of time for people, as in `2 to 5 min`."""
    if high <= 0:
        return "at once"
    unit, scale = ("min", 60) if low >= 60 else ("s", 1)
    first, last = f"{low / scale:g}", f"{high / scale:g}"
    return f"about {first} {unit}" if first == last else f"{first} to {last} {unit}"


def _words(name: str, status: str | None) -> str:
    from rich.markup import escape

    return escape(f"{name}: {clean(status or 'accepted', 40)}")
