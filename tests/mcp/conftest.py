"""An agent's host: the official client, with the server as a process of its own, before a sandbox."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client, types

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
class Agent:
    """What a model does through its host."""

    session: ClientSession
    person: str | None
    """What a person answers to every question; None: the host cannot ask."""
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

    def told(
        *words: str, package: str = "stablestudio", url: str | None = None, **environ: str
    ) -> StdioServerParameters:
        return StdioServerParameters(
            command="/bin/sh",
            args=["-c", _START, sys.executable, package, "--base-url", url or api.url, *words],
            env={
                "PATH": os.environ["PATH"],
                "COINSLOT_HOME": str(tmp_path / "home"),
                "COINSLOT_EVM_KEY": api.wallets[0].key,
                **environ,
            },
            cwd=tmp_path,
        )

    return told


@pytest.fixture
def host(place: Place, tmp_path: Path) -> Host:
    """Return a host that starts the server, with these words added to its command."""

    @asynccontextmanager
    async def started(*words: str, person: str | None = None, **options: str) -> AsyncIterator[Agent]:
        async def answer(context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
            agent.asked.append(params.message)
            return types.ElicitResult(action="accept", content={"pay": agent.person == "yes"})

        with (tmp_path / "stderr.txt").open("a") as errors:
            async with (
                stdio_client(place(*words, **options), errlog=errors) as (reading, writing),
                ClientSession(
                    reading, writing, elicitation_callback=None if person is None else answer
                ) as session,
            ):
                await session.initialize()
                agent = Agent(session, person)
                yield agent

    return started
