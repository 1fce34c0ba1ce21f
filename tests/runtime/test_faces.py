"""Both faces say and do the same."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any, assert_type

import httpx
import pytest

from coinslot import (
    AsyncClient,
    AsyncJob,
    AsyncUploadGroup,
    Client,
    ClientClosed,
    ConfigurationError,
    Job,
    JobFailed,
    JobState,
    PaymentTransport,
    Quote,
    UploadGroup,
)
from coinslot.ledger import SqliteLedger
from coinslot.transport import AsyncPaymentTransport
from tests.payments.conftest import Clock, Shop, offer
from tests.runtime.studio import (
    PNG,
    AsyncFiles,
    AsyncStudio,
    Draw,
    ImageResult,
    Server,
    Studio,
    done,
    options,
    says,
)
from tests.runtime.test_uploads import BLOB, CONFIRM, PUT, tokened

PATH = "/api/jobs/job-1"
AsyncDrawing = Draw[Awaitable[AsyncJob[ImageResult]], Awaitable[Quote]]


@pytest.fixture
async def studio(made: dict[str, Any]) -> AsyncIterator[AsyncStudio]:
    async with AsyncStudio(**made) as client:
        yield client


@pytest.fixture
def draw(studio: AsyncStudio) -> AsyncDrawing:
    return Draw(studio)


@pytest.mark.anyio
async def test_pays_waits_and_saves(
    draw: AsyncDrawing, server: Server, ledger: SqliteLedger, clock: Clock, tmp_path: Path
) -> None:
    server.answers[PATH] = [says("loading", progress=40), done()]
    assert (await draw.quote(prompt="a cat")).backend == "base"
    job = await draw(prompt="a cat")
    states: list[JobState] = []
    result = await job.wait(on_progress=states.append)
    path = await result.asave(tmp_path / "cat.png")

    assert path.read_bytes() == PNG
    assert [state.status for state in states] == ["loading", "complete"]
    assert clock.slept == [5, 5]
    assert [attempt.delivery for attempt in ledger.attempts()] == ["saved"]
    assert len(server.shop.paid) == 1


@pytest.mark.anyio
async def test_updates_and_failure(draw: AsyncDrawing, server: Server) -> None:
    server.answers[PATH] = [says("pending"), says("failed", error="no cats")]
    job = await draw(prompt="a cat")
    assert [state.stage async for state in job.updates()] == ["running", "failed"]
    with pytest.raises(JobFailed, match="no cats"):
        await job.wait()
    assert (await job.poll()).over


@pytest.mark.anyio
async def test_uploads(made: dict[str, Any], server: Server, tmp_path: Path) -> None:
    server.shop = Shop(offers=[offer(amount="10000")], answers=[tokened()])
    server.answers[PUT] = [lambda _: httpx.Response(200, json={"url": BLOB})]
    server.answers[CONFIRM] = [says("fine")]
    (tmp_path / "cat.png").write_bytes(PNG)
    async with AsyncStudio(**made) as studio:
        assert await AsyncFiles(studio)(tmp_path / "cat.png") == BLOB


@pytest.mark.anyio
async def test_a_result_of_the_async_face_is_awaited(draw: AsyncDrawing, tmp_path: Path) -> None:
    result = await (await draw(prompt="a cat")).wait()
    with pytest.raises(TypeError, match=r"await result\.asave"):
        result.save(tmp_path / "x")


@pytest.mark.parametrize(
    ("sync", "awaited"), [(Client, AsyncClient), (Job, AsyncJob), (UploadGroup, AsyncUploadGroup)]
)
def test_names_arguments_and_words_agree(sync: type, awaited: type) -> None:
    twins = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}
    theirs = {twins.get(name, name): member for name, member in _public(awaited)}
    ours = dict(_public(sync))
    assert ours.keys() == theirs.keys()
    for name, member in ours.items():
        other = theirs[name]
        assert inspect.getdoc(member) == inspect.getdoc(other), name
        assert _arguments(member) == _arguments(other), name


def test_both_clients_and_transports_take_the_same() -> None:
    assert _arguments(PaymentTransport.__init__) == _arguments(AsyncPaymentTransport.__init__)
    assert _arguments(Client.__init__) == _arguments(AsyncClient.__init__)
    assert all(
        parameter.kind is inspect.Parameter.KEYWORD_ONLY
        for name, parameter in inspect.signature(Client.__init__).parameters.items()
        if name != "self"
    )


def test_a_paying_transport_is_used_as_it_is(
    server: Server, clock: Clock, ledger: SqliteLedger, tmp_path: Path
) -> None:
    made = options(server, clock)
    inner = made.pop("transport")
    base_url = made.pop("base_url")
    transport = PaymentTransport(inner, ledger=ledger, **made)
    given = {"base_url": base_url, "transport": transport, "surroundings": made["surroundings"]}
    with Studio(**given, media_transport=inner) as studio:
        draw: Draw[Job[ImageResult], Quote] = Draw(studio)
        draw(prompt="a cat").wait().save(tmp_path / "cat.png")
    with Studio(**given, max_price="0.20") as studio:
        draw = Draw(studio)
        with pytest.raises(ConfigurationError, match="brings its own"):
            draw(prompt="a cat")


def says_its_types(sync: Studio, awaited: AsyncStudio) -> None:
    """Never run: a type checker reads it."""
    draw: Draw[Job[ImageResult], Quote] = Draw(sync)
    assert_type(draw(prompt="a cat", max_price="0.25"), Job[ImageResult])
    assert_type(draw(prompt="a cat").wait(), ImageResult)
    assert_type(draw.quote(prompt="a cat"), Quote)
    adraw: AsyncDrawing = Draw(awaited)
    assert_type(adraw(prompt="a cat"), Awaitable[AsyncJob[ImageResult]])


def _public(kind: type) -> list[tuple[str, Any]]:
    dunders = {"__call__", "__enter__", "__exit__", "__aenter__", "__aexit__"}
    return [
        (name, member)
        for name, member in inspect.getmembers(kind)
        if (not name.startswith("_") or name in dunders) and callable(member)
    ]


def _arguments(function: Any) -> list[tuple[str, Any, Any]]:
    parameters = inspect.signature(function).parameters.values()
    return [(parameter.name, parameter.kind, parameter.default) for parameter in parameters]


@pytest.mark.anyio
async def test_a_closed_asynchronous_client_stays_closed(made: dict[str, Any], server: Server) -> None:
    async with AsyncStudio(**made) as client:
        pass
    with pytest.raises(ClientClosed):
        await client.recover()
