"""Polling strategies: when to ask next, by name or as an object, ours or a plugin's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import pytest

from coinslot import ConfigurationError, Job, Route, hookimpl
from coinslot.polling import Backoff, Fixed, PollingStrategy, RouteDerived
from tests.payments.conftest import Clock
from tests.runtime.studio import Draw, ImageResult, Server, Studio, done, says

PATH = "/api/jobs/job-1"


def first(strategy: PollingStrategy, count: int, waited: float = 0.0, **route: Any) -> list[float]:
    return list(islice(strategy.delays(Route("POST", "/", **route), waited), count))


def test_the_route_says_when() -> None:
    assert first(RouteDerived(), 3, poll_seconds=5, typical_seconds=(10, 10)) == [5, 5, 5]
    assert first(RouteDerived(), 3, poll_seconds=10, typical_seconds=(3, 3)) == [3, 10, 10]
    assert first(RouteDerived(), 2, poll_seconds=15, typical_seconds=(0, 0)) == [1, 15]
    assert first(RouteDerived(), 2) == [15, 15]


def test_a_job_waited_for_before_is_asked_for_sooner() -> None:
    assert first(RouteDerived(), 2, waited=3, poll_seconds=5) == [2, 5]
    assert first(RouteDerived(), 2, waited=60, poll_seconds=5) == [0, 5]


def test_backoff_grows_up_to_twice_the_interval() -> None:
    assert first(Backoff(first=1, factor=2), 6, poll_seconds=5) == [1, 2, 4, 8, 10, 10]
    assert first(Backoff(first=1, factor=2), 2, waited=7, poll_seconds=5) == [4, 8]


def test_fixed_is_fixed() -> None:
    assert first(Fixed(2), 3, poll_seconds=5) == [2, 2, 2]


@pytest.mark.parametrize(
    ("strategy", "slept"),
    [(None, [5, 5]), ("fixed", [5, 5]), ("backoff", [1, 1.5]), (Fixed(0.5), [0.5, 0.5])],
)
def test_a_wait_takes_a_name_or_an_object(
    job: Job[ImageResult], server: Server, clock: Clock, strategy: Any, slept: list[float]
) -> None:
    server.answers[PATH] = [says("pending"), done()]
    job.wait(strategy=strategy)
    assert clock.slept == slept


class Patient:
    """Waits a minute once, and leaves the rest to its last word."""

    def delays(self, route: Route[Any, Any], waited: float) -> Iterator[float]:
        yield 60


class Plugin:
    @hookimpl
    def coinslot_polling_strategies(self) -> Mapping[str, PollingStrategy]:
        return {"patient": Patient()}


def test_a_plugin_brings_its_own(made: dict[str, Any], server: Server, clock: Clock) -> None:
    server.answers[PATH] = [says("pending"), done()]
    with Studio(**made, plugins=[Plugin()], polling="patient") as studio:
        draw: Draw[Job[ImageResult], Any] = Draw(studio)
        draw(prompt="a cat").wait()
    assert clock.slept == [60, 60]


def test_an_unknown_name_lists_the_known(job: Job[ImageResult]) -> None:
    with pytest.raises(ConfigurationError, match="there are: backoff, fixed, route"):
        job.wait(strategy="sometimes")


def test_a_name_claimed_twice_is_nobodys(made: dict[str, Any]) -> None:
    with Studio(**made, plugins=[Plugin(), Plugin()]) as studio:
        draw: Draw[Job[ImageResult], Any] = Draw(studio)
        with pytest.raises(ConfigurationError, match="2 plugins"):
            draw(prompt="a cat").wait(strategy="patient")


def test_a_plugin_that_fits_no_hook_is_refused(made: dict[str, Any]) -> None:
    class Misspelt:
        @hookimpl
        def coinslot_poling_strategies(self) -> None: ...

    with Studio(**made, plugins=[Misspelt()]) as studio:
        draw: Draw[Job[ImageResult], Any] = Draw(studio)
        with pytest.raises(ConfigurationError, match="coinslot_poling_strategies"):
            draw(prompt="a cat").wait()
