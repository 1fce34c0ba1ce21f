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

DOCUMENT = ROOT / "generated" / "stablestudio.openapi.json"


@pytest.fixture(scope="module")
def api() -> Iterator[Server]:
    with Sandbox(DOCUMENT.read_bytes(), time_scale=0, fail_marker="FAIL").serve() as server:
        yield server


@dataclass
class Agent:
    """What a model does through its host."""

    session: ClientSession
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


Host: TypeAlias = Callable[..., AbstractAsyncContextManager[Agent]]


@pytest.fixture
def host(api: Server, tmp_path: Path) -> Host:
    """Return a host that starts the server, with these words added to its command."""

    @asynccontextmanager
    async def started(
        *words: str,
        package: str = "stablestudio",
        url: str | None = None,
        person: str | None = None,
        **environ: str,
    ) -> AsyncIterator[Agent]:
        """`person`: what a person answers to every question; None: the host cannot ask."""
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "coinslot", "mcp", package, "--base-url", url or api.url, *words],
            env={
                "PATH": os.environ["PATH"],
                "COINSLOT_HOME": str(tmp_path / "home"),
                "COINSLOT_EVM_KEY": api.wallets[0].key,
                **environ,
            },
            cwd=tmp_path,
        )
        asked: list[str] = []

        async def answer(_: Any, question: types.ElicitRequestParams) -> types.ElicitResult:
            asked.append(question.message)
            match person:
                case "yes":
                    return types.ElicitResult(action="accept", content={"pay": True})
                case "unticked":
                    return types.ElicitResult(action="accept", content={"pay": False})
            return types.ElicitResult(action="decline")

        with (tmp_path / "stderr.txt").open("a") as errors:
            async with (
                stdio_client(server, errlog=errors) as (reading, writing),
                ClientSession(
                    reading, writing, elicitation_callback=None if person is None else answer
                ) as session,
            ):
                await session.initialize()
                yield Agent(session, asked)

    return started
