"""Answers that are event streams, in generated code: what is returned, what is sent, what is typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from coinslot import ConfigurationError, Event, Events, UnexpectedAnswer
from tests.codegen.generating import imported, made
from tests.codegen.streams import JSON, STREAMS, answers, asks
from tests.codegen.streams import STREAM as STREAM_ANSWER

STREAM = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=b"data: 1\n\n")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("streams")


@pytest.fixture(scope="module")
def streams(home: Path) -> Iterator[ModuleType]:
    with imported(made(STREAMS), home) as found:
        yield found


def asked(streams: ModuleType, answer: httpx.Response, call: str, **given: Any) -> tuple[httpx.Request, Any]:
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer

    with streams.Streams(transport=httpx.MockTransport(serve)) as client:
        found: Any = client
        for name in call.split("."):
            found = getattr(found, name)
        result = found(**given)
        return seen[0], list(result) if isinstance(result, Events) else result


def test_each_way_says_what_it_wants(streams: ModuleType) -> None:
    request, answer = asked(streams, httpx.Response(200, json={"text": "a"}), "free.talk", prompt="p")
    assert (request.headers["accept"], answer.text) == ("application/json", "a")
    assert request.content == b'{"prompt":"p","stream":false}'
    request, events = asked(streams, STREAM, "free.talk.stream", prompt="p")
    assert (request.headers["accept"], events) == ("text/event-stream", [Event(data="1")])
    assert request.content == b'{"prompt":"p","stream":true}'


@pytest.mark.parametrize(
    "switch",
    [
        {"type": ["boolean", "null"], "default": False},
        {"anyOf": [{"type": "boolean", "default": False}, {"type": "null"}]},
        {"type": "boolean", "nullable": True},
    ],
    ids=["types", "options", "nullable"],
)
def test_a_switch_may_be_null(switch: dict[str, Any]) -> None:
    spoken = {"/api/talk": {"post": {**asks(stream=switch), **answers({**STREAM_ANSWER, **JSON})}}}
    files = made({**STREAMS, "paths": spoken}).files
    text = next(one.decode() for path, one in files.items() if path.endswith("/talk/create.py"))
    assert text.count("stream=False") == text.count("stream=True") == 1
    assert "stream: bool" not in text.partition("ROUTE")[2]


def test_what_switches_nothing_is_left_to_the_caller(streams: ModuleType) -> None:
    request, answer = asked(streams, httpx.Response(200, text="a"), "free.say", prompt="p")
    assert (request.headers["accept"], answer) == ("text/plain", "a")
    assert request.content == b'{"prompt":"p"}'
    request, events = asked(streams, STREAM, "free.say.stream", prompt="p", stream=True)
    assert (request.content, len(events)) == (b'{"prompt":"p","stream":true}', 1)


def test_what_is_no_stream_is_not_taken_for_one(streams: ModuleType) -> None:
    with pytest.raises(UnexpectedAnswer, match="application/json"):
        asked(streams, httpx.Response(200, json={"text": "a"}), "news.latest")


def test_a_map_buys_no_streams(streams: ModuleType) -> None:
    with streams.Streams() as client, pytest.raises(ConfigurationError, match="event stream"):
        client.map(client.news.paid, [{}])


def test_it_is_typed(home: Path, streams: ModuleType) -> None:
    del streams
    text = " ".join((home / "src/streams/talk/__init__.py").read_text("utf-8").split())
    assert "def create(self) -> Create[TalkAnswer, Quote, Events[Delta]]:" in text
    awaited = "Awaitable[TalkAnswer], Awaitable[Quote], Awaitable[AsyncEvents[Delta]]"
    assert f"def create( self, ) -> Create[{awaited}]:" in text
    text = (home / "src/streams/news/__init__.py").read_text("utf-8")
    assert "def latest(self) -> Latest[Events[Delta]]:" in text
    assert "def paid(self) -> Paid[Awaitable[AsyncEvents[Delta]], Awaitable[Quote]]:" in text


@pytest.mark.parametrize("call", ["news.latest", "news.items", "news.kinds"])
def test_data_are_what_the_document_says(streams: ModuleType, call: str) -> None:
    lines = ['{"delta":"a","more":1}', '{"delta":5}', "[DONE]", "[" * 5_000]
    content = "".join(f"data: {line}\n\n" for line in lines).encode()
    answer = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=content)
    _, events = asked(streams, answer, call)
    assert [event.text for event in events] == lines
    delta = getattr(events[0].data, "root", events[0].data)
    assert (delta.delta, delta.more) == ("a", 1)
    assert [event.data for event in events[1:]] == lines[1:]
    assert events[0].json() == {"delta": "a", "more": 1}


def test_data_that_nothing_is_said_of_are_text(streams: ModuleType) -> None:
    content = b'data: {"delta":"a"}\n\n'
    answer = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=content)
    _, (event,) = asked(streams, answer, "news.text")
    assert event.data == event.text == '{"delta":"a"}'


def test_it_is_told(home: Path, streams: ModuleType) -> None:
    del streams
    text = (home / "src/streams/talk/create.py").read_text("utf-8")
    assert "class Create(PaidStreamingCall[AnswerT, QuoteT, EventsT]):" in text
    assert "`stream` returns it as events, while it is made." in text
    text = (home / "src/streams/news/latest.py").read_text("utf-8")
    assert "class Latest(Call[AnswerT]):" in text
    assert "Their data are `Delta`, or text." in " ".join(text.split())
    assert "StreamCut: " in text
    readme = (home / "README.md").read_text("utf-8")
    assert "with client.news.latest() as events:" in readme
