"""An agent's host: the official client before a sandbox; its server has a process of its own, or ours."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client, types
from mcp.server.lowlevel import Server as McpServer
from mcp.shared.memory import create_client_server_memory_streams

from coinslot import Surroundings
from coinslot_mcp.command import mcp
from coinslot_mcp.opening import opened
from coinslot_mcp.server import server_of
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server
from tests.conftest import ROOT

_START = 'echo $$ > server.pid; exec "$0" -m coinslot mcp "$@"'
DOCUMENT = ROOT / "generated" / "stablestudio.openapi.json"


@pytest.fixture(scope="module")
def api() -> Iterator[Server]:
    with Sandbox(DOCUMENT.read_bytes(), time_scale=0, fail_marker="FAIL").serve() as server:
        yield server


@dataclass
class Clock:
    """The clock of a server in our process: what it waits for is over at once."""

    ahead: float = 0

    def now(self) -> float:
        return time.time() + self.ahead


@dataclass
class Agent:
    """What a model does through its host."""

    session: ClientSession
    person: str | None
    """What a person answers to every question; None: the host cannot ask."""
    clock: Clock = field(default_factory=Clock)
    asked: list[str] = field(default_factory=list)
    """What the person was asked."""
    progress: list[str | None] = field(default_factory=list)

    async def call(self, tool: str, **arguments: Any) -> types.CallToolResult:
        """Call a tool and return what came of it, good or bad."""
        answer = await self.session.call_tool(tool, arguments, progress_callback=self._told)
        assert isinstance(answer, types.CallToolResult)
        return answer

    async def facts(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool and return what it told."""
        answer = await self.call(tool, **arguments)
        assert isinstance(answer.structured_content, dict)
        return answer.structured_content

    async def _told(self, progress: float, total: float | None, message: str | None) -> None:
        self.progress.append(message)


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run a scenario, and raise what failed in it without the groups that tasks wrap it in."""
    try:
        anyio.run(scenario)
    except BaseExceptionGroup as group:
        failure: BaseException = group
        while isinstance(failure, BaseExceptionGroup):
            failure = failure.exceptions[0]
        raise failure from None


Place: TypeAlias = Callable[..., StdioServerParameters]
Host: TypeAlias = Callable[..., AbstractAsyncContextManager[Agent]]


@pytest.fixture
def place(api: Server, tmp_path: Path) -> Place:
    """Return how a host starts the server, with these words added to its command."""

    def told(*words: str) -> StdioServerParameters:
        return StdioServerParameters(
            command="/bin/sh",
            args=["-c", _START, sys.executable, "stablestudio", "--base-url", api.url, *words],
            env={
                "PATH": os.environ["PATH"],
                "COINSLOT_HOME": str(tmp_path / "home"),
                "COINSLOT_EVM_KEY": api.wallets[0].key,
            },
            cwd=tmp_path,
        )

    return told


@asynccontextmanager
async def talking(reading: Any, writing: Any, person: str | None) -> AsyncIterator[Agent]:
    """Have a session over these streams, with a person who answers questions."""

    async def answer(context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        agent.asked.append(params.message)
        return types.ElicitResult(action="accept", content={"pay": agent.person == "yes"})

    callback = None if person is None else answer
    async with ClientSession(reading, writing, elicitation_callback=callback) as session:
        await session.initialize()
        agent = Agent(session, person)
        yield agent


@pytest.fixture
def spawning(place: Place, tmp_path: Path) -> Host:
    """Return a host that starts the server as its users do, with these words added to its command."""

    @asynccontextmanager
    async def started(*words: str, person: str | None = None) -> AsyncIterator[Agent]:
        with (tmp_path / "stderr.txt").open("a") as errors:
            async with (
                stdio_client(place(*words), errlog=errors) as (reading, writing),
                talking(reading, writing, person) as agent,
            ):
                yield agent

    return started


@pytest.fixture
def host(api: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """Return a host of a server that runs here, with these words added to its command."""
    monkeypatch.setenv("COINSLOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COINSLOT_EVM_KEY", api.wallets[0].key)

    @asynccontextmanager
    async def within(
        *words: str, person: str | None = None, package: str = "stablestudio", url: str | None = None
    ) -> AsyncIterator[Agent]:
        options = mcp.make_context("mcp", [package, "--base-url", url or api.url, *words]).params
        clock = Clock()
        shop = opened(**options, surroundings=Surroundings(now=clock.now, sleep=lambda _: None))
        server: McpServer[Any] = server_of(shop, package)
        async with (
            shop.client,
            create_client_server_memory_streams() as (ours, theirs),
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(server.run, *theirs, server.create_initialization_options())
            async with talking(*ours, person) as agent:
                agent.clock = clock
                yield agent
            tasks.cancel_scope.cancel()

    return within
