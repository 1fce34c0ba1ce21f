"""What options take: texts as a person writes them, made into what calls take.

Help and completion read nothing, so what reading needs is imported where something is read.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

    Base = click.ParamType[Any]
else:
    Base = click.ParamType

_SCHEMES = ("https://", "http://", "data:")


class Unreadable(ValueError):
    """A text that is not what its option takes; says why."""


class Kind(Base):
    """Base of our kinds of values."""

    takes = ""
    """What help shows for the value; empty: the kind's name."""
    files = False
    """Whether shells complete the names of files."""

    def read(self, text: str) -> Any:
        """Return what a text says. Raises Unreadable."""
        raise NotImplementedError

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except Unreadable as error:
            self.fail(str(error), param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str | None:
        del ctx
        # An argument goes by its own name.
        return None if isinstance(param, click.Argument) else self.takes or self.name.upper()

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        del ctx, param
        return [CompletionItem(incomplete, type="file")] if self.files else []


class _Text(Kind):
    """Text; `-` is what standard input holds."""

    name = "text"

    def read(self, text: str) -> str:
        return sys.stdin.read().rstrip("\n") if text == "-" else text


class _Json(Kind):
    """JSON: as it stands, or `@FILE`. `or_text`: what does not read as JSON is text."""

    name = "json"

    def __init__(self, *, or_text: bool = False) -> None:
        self._or_text = or_text
        self.takes = "TEXT|JSON" if or_text else "JSON|@FILE"

    def read(self, text: str) -> Any:
        import json

        content = _read(text[1:]).decode("utf-8", "replace") if text.startswith("@") else text
        try:
            return json.loads(content)
        except ValueError as error:
            if self._or_text:
                return content
            raise Unreadable(f"that is no JSON ({error}); give JSON, or @FILE with JSON in it") from None


class _Media(Kind):
    """An address, or the path of a file, which is uploaded."""

    name = "media"
    takes = "URL|FILE"
    files = True

    def read(self, text: str) -> str | Path:
        from pathlib import Path

        if text.lower().startswith(_SCHEMES):
            return text
        path = Path(text).expanduser()
        if path.is_dir():
            raise Unreadable(f"{text!r} is a folder, and a file is wanted")
        if not path.is_file():
            raise Unreadable(f"there is no file {text!r}; an address begins with https://")
        return path

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        given = super().convert(value, param, ctx)
        if given != value and unknown(given):
            name = "PROGRAM" if ctx is None else ctx.find_root().info_name
            self.fail(
                f"what {value} holds cannot be told from its bytes: it may be broken, or no media at all; "
                f"if it is, '{name} upload {value} --media-type TYPE' gives an address that can stand here",
                param,
                ctx,
            )
        return given


class _File(Kind):
    """The path of a file that is sent inside the call; `-` is standard input."""

    name = "file"
    files = True

    def read(self, text: str) -> Any:
        from pathlib import Path

        from coinslot.bodies import File
        from coinslot.media import SNIFFED_BYTES, sniff

        content = _read(text)
        kind = sniff(content[:SNIFFED_BYTES]) or "application/octet-stream"
        return File(content, "stdin" if text == "-" else Path(text).name, kind)


class Content(Kind):
    """The path of a file that is the whole body of the call; `-` is standard input."""

    name = "file"
    files = True

    def __init__(self, *, text: bool = False) -> None:
        self._text = text

    def read(self, text: str) -> str | bytes:
        content = _read(text)
        try:
            return content.decode() if self._text else content
        except UnicodeDecodeError:
            raise Unreadable(f"{text} holds no UTF-8 text") from None


class Number(Kind):
    """A number, whole or not, as it is written: 80 stays 80."""

    name = "number"

    def __init__(self, low: float | None = None, high: float | None = None) -> None:
        self._low, self._high = low, high

    def read(self, text: str) -> int | float:
        import json

        try:
            number = json.loads(text)
        except ValueError:
            number = None
        if not isinstance(number, int | float) or isinstance(number, bool) or number != number:  # noqa: PLR0124
            raise Unreadable(f"{text!r} is no number")
        if self._low is not None and number < self._low:
            raise Unreadable(f"{text} is less than {self._low}")
        if self._high is not None and number > self._high:
            raise Unreadable(f"{text} is more than {self._high}")
        return number


class Constant(Kind):
    """One of a few values that are not all texts."""

    name = "constant"

    def __init__(self, values: Sequence[str | int | float | bool | None]) -> None:
        import json

        self._values = {value if isinstance(value, str) else json.dumps(value): value for value in values}
        self.takes = f"[{'|'.join(self._values)}]"

    def read(self, text: str) -> str | int | float | bool | None:
        if text not in self._values:
            raise Unreadable(f"{text!r} is none of {', '.join(self._values)}")
        return self._values[text]

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        del ctx, param
        return [CompletionItem(value) for value in self._values if value.startswith(incomplete)]


class _Dollars(Kind):
    """A sum in dollars."""

    name = "dollars"

    def read(self, text: str) -> Any:
        from coinslot.errors import ConfigurationError
        from coinslot.money import dollars

        try:
            return dollars(text)
        except ConfigurationError:
            raise Unreadable(f"{text!r} is no sum in dollars, such as 0.25") from None


class _Place(Kind):
    """Where something is saved."""

    name = "path"
    files = True

    def read(self, text: str) -> str:
        return text


TEXT = _Text()
JSON = _Json()
JSON_OR_TEXT = _Json(or_text=True)
MEDIA = _Media()
FILE = _File()
PLACE = _Place()
DOLLARS = _Dollars()


def unknown(path: Path) -> bool:
    """Whether a file's bytes do not tell what it holds. Raises click.BadParameter where it cannot be read."""
    from coinslot.media import SNIFFED_BYTES, sniff

    try:
        with path.open("rb") as file:
            begun = file.read(SNIFFED_BYTES)
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise click.BadParameter(f"{path} cannot be read: {told}") from None
    if not begun:
        raise click.BadParameter(f"{path} is empty")
    return sniff(begun) is None


def _read(path: str) -> bytes:
    from pathlib import Path

    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or type(error).__name__}") from None
