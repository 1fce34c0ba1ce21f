"""The API changes: what `diff` says of it, and what becomes of clients and of code that is there already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from coinslot import PaymentRefused, RequestRejected
from coinslot.backend import Surroundings
from coinslot_codegen.diff import compare
from coinslot_codegen.document import read
from coinslot_codegen.generation import generate
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server
from stablestudio import StableStudio
from tests.codegen.generating import imported
from tests.stablestudio.revisions import DOCUMENT, Known, newer, older


def changes(old: bytes, new: bytes) -> Known:
    return {(one.impact, one.kind, one.call, one.place) for one in compare(read(old), read(new))}


def test_every_change_is_named_and_nothing_else() -> None:
    now = DOCUMENT.read_bytes()
    before, since = older()
    after, until = newer()
    assert changes(before, now) == since
    assert changes(now, after) == until
    # The way back has as many.
    assert len(changes(after, now)) == len(until)


@pytest.fixture(scope="module")
def tomorrow() -> Iterator[Server]:
    """The API as it will be: its jobs are asked for twice."""
    with Sandbox(newer()[0], time_scale=0, polls=2).serve() as server:
        yield server


@pytest.fixture(scope="module")
def studio_of_tomorrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    made = generate(read(newer()[0]), package="studio-of-tomorrow")
    with imported(made, tmp_path_factory.mktemp("client")) as package:
        yield package


def options(server: Server, home: Path) -> dict[str, Any]:
    return {
        "base_url": server.url,
        "pay_with": ["base"],
        "environ": {**server.wallets[0].environ, "COINSLOT_HOME": str(home / "home")},
        "surroundings": Surroundings(sleep=lambda _: None),
    }


def script(studio: Any, folder: Path) -> list[Any]:
    """Code that was written for today's client."""
    quote = studio.nano_banana_pro.generate.quote(prompt="A boat", image_size="2K")
    job = studio.nano_banana_pro.generate(prompt="A boat", image_size="2K", max_price=quote.price)
    result = job.wait(save_to=folder / "boat")
    listed = studio.jobs.list()
    told = studio.jobs.get(job_id=job.id)
    return [result.saved_to.name, [one.id for one in listed.items][:1] == [job.id], told.status]


@pytest.mark.loopback
def test_code_for_the_old_client_runs_with_either(
    tomorrow: Server, studio_of_tomorrow: ModuleType, tmp_path: Path
) -> None:
    for number, package in enumerate((StableStudio, studio_of_tomorrow.StableStudio)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with package(**options(tomorrow, folder)) as studio:
            assert script(studio, folder) == ["boat.png", True, "complete"]


@pytest.mark.loopback
def test_the_old_client_takes_what_is_new_in_answers(tomorrow: Server, tmp_path: Path) -> None:
    with StableStudio(**options(tomorrow, tmp_path)) as studio:
        job = studio.nano_banana_pro.generate(prompt="A star")
        told: Any = studio.jobs.get(job_id=job.id)
        assert told.status == "queued"
        assert isinstance(told.costs, dict)
        assert job.wait().image_url


@pytest.mark.loopback
def test_the_old_client_says_what_no_longer_goes_and_pays_nothing(tomorrow: Server, tmp_path: Path) -> None:
    before = len(tomorrow.payments)
    with StableStudio(**options(tomorrow, tmp_path)) as studio:
        with pytest.raises(RequestRejected, match="no route /api/generate/sora-2/generate"):
            studio.sora_2.generate(prompt="A star")
        with pytest.raises(RequestRejected, match="licence"):
            studio.flux_2_pro.generate(prompt="A star")
        with pytest.raises(PaymentRefused, match=r"0\.70") as refused:
            studio.grok.generate(prompt="A star")
    assert "0.07" in str(refused.value)
    assert len(tomorrow.payments) == before


@pytest.mark.loopback
def test_the_new_client_has_what_is_new(
    tomorrow: Server, studio_of_tomorrow: ModuleType, tmp_path: Path
) -> None:
    with studio_of_tomorrow.StableStudio(**options(tomorrow, tmp_path)) as studio:
        assert not hasattr(studio, "sora_2")
        assert studio.gpt_image_2.generate(prompt="A star", seed=1).wait().image_url
        assert studio.flux_2_pro.generate(prompt="A star", licence="personal").wait().image_url
        assert studio.nano_banana_2.generate.quote(prompt="A star").price
