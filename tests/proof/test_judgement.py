"""A runtime that pays twice, or loses what was paid for, is found out: the matrix is tried on some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

import coinslot.lookup
import coinslot.payment
import coinslot.settling
import coinslot.three_step
from coinslot.download import Arrival
from coinslot.errors import DownloadFailed, UploadFailed
from coinslot.lookup import Found
from tests.proof.buyers import Program
from tests.proof.conftest import OpenWorld
from tests.proof.story import Story
from tests.proof.variants import Case, Errand

pytestmark = pytest.mark.loopback

LOST = "not brought home"
TWICE = "paid twice"


def throws_files_away(runtime: pytest.MonkeyPatch) -> None:
    """A token is bought, and its file never put."""

    def sent(*_: Any) -> Any:
        yield from ()
        raise UploadFailed("thrown away", step="put")

    runtime.setattr(coinslot.three_step, "_sent", sent)


def throws_images_away(runtime: pytest.MonkeyPatch) -> None:
    """An image is loaded, and never kept."""

    def finish(_: Any) -> None:
        raise DownloadFailed("thrown away")

    runtime.setattr(Arrival, "finish", finish)


def signs_anew(runtime: pytest.MonkeyPatch) -> None:
    """A call knows nothing of the one before."""
    runtime.setattr(coinslot.payment, "_open", lambda *_: None)


def forgets_jobs(runtime: pytest.MonkeyPatch) -> None:
    """Nobody looks for the job of a lost answer."""

    def look_for_job(attempt: Any, *_: Any) -> Any:
        yield from ()
        return Found(attempt, None)

    for module in (coinslot.lookup, coinslot.settling):
        runtime.setattr(module, "look_for_job", look_for_job)


@dataclass(frozen=True)
class Broken:
    """A runtime that breaks a promise, what it meets, and what must be said of it."""

    spoil: Callable[[pytest.MonkeyPatch], None]
    errand: Errand
    fault: str
    verdict: str

    def __str__(self) -> str:
        return f"{self.spoil.__name__}-{self.errand}-{self.fault}"


RUNTIMES = [
    Broken(throws_files_away, "upload", "delay-after-settlement=0.02:1", LOST),
    Broken(throws_files_away, "upload", "receipt-missing:1", LOST),
    Broken(throws_images_away, "image", "receipt-missing:1", LOST),
    Broken(forgets_jobs, "image", "drop-answer@paying:always", LOST),
    Broken(signs_anew, "image", "settlement-pending:1", TWICE),
    Broken(signs_anew, "image", "failure-after-settlement:always", TWICE),
]


@pytest.mark.parametrize("broken", RUNTIMES, ids=str)
def test_a_runtime_that_breaks_its_promise_is_found_out(
    broken: Broken, worlds: OpenWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds("solana")
    case = Case("solana", "sync", broken.errand, broken.fault)
    story = Story(case, world, Program(world, world.wallet(), tmp_path))
    broken.spoil(monkeypatch)
    try:
        with pytest.raises(AssertionError, match=broken.verdict):
            anyio.run(story.tell)
    finally:
        world.here.faults.clear()
    assert (story.losses, bool(story.double_payments)) == (broken.verdict == LOST, broken.verdict == TWICE)
