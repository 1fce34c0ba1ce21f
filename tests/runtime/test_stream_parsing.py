"""Event streams are read by the standard, however they come."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import httpx
import pytest
from httpx_sse import EventSource
from hypothesis import given
from hypothesis import strategies as st

from coinslot import Event
from coinslot.streams import EventTooLong, Parser

# The parser


def parsed(*pieces: bytes) -> list[Event]:
    parser = Parser()
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\n", [Event(data="a")]),
        (b"data:a\r\n\r\n", [Event(data="a")]),
        (b"data: a\r\rdata:  b\r\r", [Event(data="a"), Event(data=" b")]),
        (b"\xef\xbb\xbfdata: a\n\n", [Event(data="a")]),
        (b"data: \xef\xbb\xbfa\n\n", [Event(data="\ufeffa")]),
        (b"data: a\ndata\ndata:\ndata: b\n\n", [Event(data="a\n\n\nb")]),
        (b": nothing\n\n:\n\ndata: a\n: between\n\n", [Event(data="a")]),
        (b"event: x\ndata: a\n\ndata: b\n\n", [Event("x", "a"), Event(data="b")]),
        (b"event: x\n\ndata: a\n\n", [Event(data="a")]),
        (b"id: 1\n\ndata: a\n\nid\ndata: b\n\n", [Event(data="a", id="1"), Event(data="b")]),
        (b"id: 1\nid: 2\x00\ndata: a\n\n", [Event(data="a", id="1")]),
        (b"retry: 10\ndata: a\n\nretry: 1x\ndata: b\n\n", [Event(data="a", retry=10), Event(data="b")]),
        (b"data\n\ndata\ndata\n\ndata:", [Event(), Event(data="\n")]),
        (b"other: a\nData: a\n\n", []),
        (b"data: a", []),
        (b"data: a\n", []),
        (b"data: \xff\xc3\n\n", [Event(data="\ufffd\ufffd")]),
        ("data: ü€😀\n\n".encode(), [Event(data="ü€😀")]),
    ],
)
def test_a_stream_is_read_by_the_standard_however_it_is_cut(stream: bytes, events: list[Event]) -> None:
    assert parsed(stream) == events
    assert parsed(*(stream[at : at + 1] for at in range(len(stream)))) == events
    for at in range(len(stream)):
        assert parsed(stream[:at], b"", stream[at:]) == events


LINES = st.one_of(
    st.sampled_from(["", "", "data: a", "data:b", "data:  c", ": d", "event: e", "event", "id: f", "id:"]),
    st.sampled_from(["retry: 5", "retry: x", "other: g", "datax: h", "data: ü€😀", "data: i:j", "id: a\0b"]),
)


@given(st.lists(LINES, max_size=30), st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 200)))
def test_it_is_read_as_another_reader_reads_it(lines: list[str], end: str, cuts: list[int]) -> None:
    stream = "".join(line + end for line in lines).encode()
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in pairwise(places)]
    response = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=iter(pieces))
    # The other reader also gives events without data, which the standard does not.
    other = [one for one in EventSource(response).iter_sse() if one.data]
    ours = parsed(*pieces)
    assert [(one.event, one.data, one.id) for one in ours] == [(one.event, one.data, one.id) for one in other]


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_no_bytes_break_it(pieces: list[bytes]) -> None:
    assert parsed(*pieces) == parsed(b"".join(pieces))


def test_what_is_held_is_bounded() -> None:
    for endless in (b"x", b"data: x\n", b": x\ndata: 0123456789\n"):
        parser = Parser(largest=1000)
        with pytest.raises(EventTooLong):
            deque(event for _ in range(2000) for event in parser.feed(endless))
    parser = Parser(largest=1000)
    assert sum(len(list(parser.feed(b"data: 0123456789\n\n"))) for _ in range(1000)) == 1000


def test_an_event_holds_json() -> None:
    assert Event(data='{"a": [1]}').json() == {"a": [1]}
    with pytest.raises(ValueError, match="Expecting value"):
        Event(data="[DONE]").json()
