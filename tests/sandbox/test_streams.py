"""Event streams of the sandbox, read by generated clients: whole, cut, silent, by one that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from coinslot import Events, PaymentOutcomeUnknown, StreamCut
from coinslot.backend import Surroundings
from coinslot_sandbox import Sandbox
from coinslot_sandbox.server import Server
from tests.codegen.generating import package
from tests.codegen.streams import STREAMS
from tests.sandbox.listening import listening

pytestmark = pytest.mark.loopback

NEVER = 1000
"""More events than come."""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("streams")
    with package(STREAMS, home):
        yield home


@pytest.fixture
def server() -> Iterator[Server]:
    with Sandbox(json.dumps(STREAMS).encode(), time_scale=0).serve() as running:
        yield running


@pytest.fixture
def heard() -> int:
    """How many events come before a silence; a test may say so, otherwise there is none."""
    return NEVER


@pytest.fixture
def client(generated: Path, server: Server, heard: int) -> Iterator[Any]:
    del generated
    environ = {**server.wallets[0].environ, "COINSLOT_HOME": os.environ["COINSLOT_HOME"]}
    hasty = Surroundings(sleep=lambda _: None)
    made = import_module("streams").Streams(
        base_url=server.url, environ=environ, transport=listening(heard), surroundings=hasty
    )
    with made:
        yield made


def test_a_sandbox_tells_events_one_by_one(server: Server) -> None:
    with httpx.stream("GET", f"{server.url}/api/news/latest") as response:
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert "content-length" not in response.headers
        pieces = list(response.iter_raw())
    assert b"".join(pieces).startswith(b"id: 1\ndata: ")
    assert b"".join(pieces).count(b"\n\n") == 3


@pytest.mark.parametrize(
    ("body", "accept", "kind"),
    [
        ({"prompt": "a"}, "*/*", "application/json"),
        ({"prompt": "a"}, "text/event-stream", "text/event-stream"),
        ({"prompt": "a", "stream": True}, "application/json", "text/event-stream"),
        ({"prompt": "a", "stream": False}, "text/event-stream", "application/json"),
    ],
)
def test_a_sandbox_answers_either_way(server: Server, body: dict[str, Any], accept: str, kind: str) -> None:
    answer = httpx.post(f"{server.url}/api/free/talk", json=body, headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(kind)


def test_what_can_be_had_either_way_is_had_either_way(client: Any, server: Server) -> None:
    assert isinstance(client.talk.create(prompt="a").text, str)
    with client.talk.create.stream(prompt="a") as events:
        assert [isinstance(event.json()["delta"], str) for event in events] == [True] * 3
        assert isinstance(events, Events)
    assert len(server.payments) == 2
    assert isinstance(client.free.talk(prompt="a").text, str)
    assert len(list(client.free.talk.stream(prompt="a"))) == 3


def test_what_is_only_a_stream_is_one(client: Any, server: Server) -> None:
    assert len(list(client.news.latest())) == 3
    assert len(list(client.news.paid())) == 3
    assert len(server.payments) == 1


def test_cut_before_the_first_event_a_naive_loop_pays_once(client: Any, server: Server) -> None:
    server.faults.add("cut-stream=0")
    told: list[Exception] = []
    for _ in range(3):
        try:
            list(client.news.paid())
        except (StreamCut, PaymentOutcomeUnknown) as error:
            told.append(error)
    # The money has moved, and this server sells nothing twice for it.
    assert [type(error) for error in told] == [StreamCut, PaymentOutcomeUnknown, PaymentOutcomeUnknown]
    assert len(server.payments) == 1


@pytest.mark.parametrize(
    ("fault", "heard", "received"),
    [("cut-stream=2", NEVER, 2), ("truncated-body=20", NEVER, 0), ("silent-stream=1", 1, 1)],
)
def test_a_stream_that_breaks_off(client: Any, server: Server, fault: str, heard: int, received: int) -> None:
    del heard
    server.faults.add(fault)
    with pytest.raises(StreamCut) as caught, client.news.latest() as events:
        list(events)
    assert caught.value.received == received == len(caught.value.events)
    assert "Nothing was paid" in caught.value.money


def test_killed_before_the_first_event_the_same_call_does_not_pay_again(
    client: Any, server: Server, generated: Path, tmp_path: Path
) -> None:
    server.faults.add("silent-stream=0")
    program = """
        import sys
        from streams import Streams
        with Streams(base_url=sys.argv[1]) as client:
            events = client.news.paid()
            print("begun", flush=True)
            next(events)
    """
    environ = {
        **os.environ,
        **server.wallets[0].environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "COINSLOT_HOME": os.environ["COINSLOT_HOME"],
    }
    command = [sys.executable, "-c", textwrap.dedent(program), server.url]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(signal.SIGKILL)
    with pytest.raises(PaymentOutcomeUnknown, match="settled"):
        client.news.paid()
    assert len(server.payments) == 1


def test_the_command_line_prints_events_as_they_come(generated: Path, server: Server) -> None:
    del generated
    program = import_module("streams.cli").PROGRAM
    env = {"STREAMS_BASE_URL": server.url}
    run = CliRunner().invoke(program.build(), ["news", "latest"], prog_name="streams", env=env)
    assert run.exit_code == 0, run.output
    assert len(run.stdout.splitlines()) == 3
    run = CliRunner().invoke(program.build(), ["news", "latest", "--json"], prog_name="streams", env=env)
    assert '"answer": [{"event": "message"' in run.stdout
