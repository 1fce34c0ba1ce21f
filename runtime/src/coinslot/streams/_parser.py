"""Reading an event stream: bytes in whatever pieces they come, events as soon as they are whole.

By the rules of the HTML standard, 9.2.6 ("Interpreting an event stream"), within bounds: a server decides
how much we read, not how much we hold.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Generic

from typing_extensions import TypeVar

LARGEST_EVENT: Final = 16 * 1024 * 1024
"""Characters of one event that are held at most."""
_BOM: Final = "\ufeff"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_DIGITS: Final = re.compile(r"[0-9]{1,18}")


DataT = TypeVar("DataT", default=str)


class EventTooLong(Exception):
    """One event, or one line of it, is longer than is held."""


@dataclass(frozen=True, slots=True)
class Event(Generic[DataT]):
    """One event of a stream, as the server sent it."""

    event: str = "message"
    """What kind it is."""
    data: DataT | str = ""
    """What it says: as its document describes it, where it does and this is so, else its text."""
    id: str = ""
    """The last id that the stream named; empty where it named none."""
    retry: int | None = None
    """Milliseconds after which the server wants to be asked again, where this event says so."""
    text: str = field(default="", repr=False, compare=False)
    """The data as they came: their lines, joined by line feeds."""

    def __post_init__(self) -> None:
        if isinstance(self.data, str) and not self.text:
            object.__setattr__(self, "text", self.data)

    def json(self) -> Any:
        """Return the data as JSON. Raises ValueError where it is none, as a closing `[DONE]`."""
        return json.loads(self.text)


class Parser:
    """Takes a stream's bytes piece by piece, and gives its events."""

    def __init__(self, *, largest: int = LARGEST_EVENT) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._largest = largest
        self._begun = False
        self._after_return = False
        self._line: list[str] = []
        self._line_length = 0
        self._id = ""
        self._kind = ""
        self._data: list[str] = []
        self._retry: int | None = None
        self._length = 0

    @property
    def pending(self) -> bool:
        """Whether something was read that no blank line has made an event of."""
        return bool(self._line or self._data or self._kind)

    def feed(self, piece: bytes) -> Iterator[Event]:
        """Give the events that this piece completes. Raises EventTooLong."""
        text = self._decoder.decode(piece)
        if not text:
            return
        if not self._begun:
            self._begun = True
            text = text.removeprefix(_BOM)
        if self._after_return:
            # The other half of a line end that two pieces share.
            text = text.removeprefix("\n")
        self._after_return = text.endswith("\r")
        start = 0
        for end in _LINE_END.finditer(text):
            self._hold(text[start : end.start()])
            start = end.end()
            event = self._take("".join(self._line))
            self._line, self._line_length = [], 0
            if event is not None:
                yield event
        self._hold(text[start:])

    def _hold(self, part: str) -> None:
        self._line_length += len(part)
        if self._line_length + self._length > self._largest:
            raise EventTooLong(f"one event is longer than {self._largest:,} characters")
        if part:
            self._line.append(part)

    def _take(self, line: str) -> Event | None:
        """Take one line; return the event that it ends, if it does."""
        if not line:
            return self._dispatched()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
                self._length += len(value) + 1
            case "event":
                self._kind = value
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if _DIGITS.fullmatch(value):
                self._retry = int(value)
        return None

    def _dispatched(self) -> Event | None:
        made = None
        if self._data:
            made = Event(self._kind or "message", "\n".join(self._data), self._id, self._retry)
        self._clear()
        return made

    def _clear(self) -> None:
        self._kind, self._data, self._retry = "", [], None
        self._length = 0
