"""Turning the document's text into Python source: constants, docstrings, Markdown.

The results are the same on every Python version (`repr` follows the interpreter's Unicode tables, so
it is not asked about anything but ASCII) and hold no character that could deceive a reader.
"""

from __future__ import annotations

import html
import re
import textwrap

from coinslot_codegen.render.lookalikes import plain, told_apart

WIDTH = 88
"""Characters in a line of generated code, as the formatter has it too."""
_DEEPER = 4

_SHOWN = (
    (0x20, 0x7E),  # ASCII
    (0xA1, 0xAC),  # Latin-1 without the soft hyphen
    (0xAE, 0x24F),
    (0x391, 0x3A1),
    (0x3A3, 0x3FF),
    (0x410, 0x44F),
    (0x2010, 0x2027),  # dashes and quotation marks, without separators and directions
    (0x2030, 0x205E),
    (0x20A0, 0x20BF),  # currencies
    (0x2190, 0x22FF),  # arrows and mathematics
    (0x3041, 0x3096),
    (0x30A1, 0x30FA),
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
)
_HIDDEN = re.compile(f"[^{''.join(f'{chr(low)}-{chr(high)}' for low, high in _SHOWN)}]")
_QUOTED = re.compile(rf'{_HIDDEN.pattern}|[\\"]')
_DOCUMENTED = re.compile(rf"(?!\n){_HIDDEN.pattern}|\\")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_END = re.compile(r"(?<=[^.\s][.!?])\s+(?=[A-Z\"“`])")
_CLOSED = re.compile(r"</(?:a|code|em|li|p|pre|strong|ul)>|<br\s*/?>", re.IGNORECASE)
"""What stands only where prose is written as a page."""
_CODE = re.compile(r"<code>([^<>`]*)</code>", re.IGNORECASE)
_INLINE = frozenset({"a", "b", "code", "em", "i", "span", "strong"})
_TAG = re.compile(
    r"</?(a|b|br|code|div|em|h[1-6]|i|li|ol|p|pre|span|strong|ul)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", '"': '\\"'}


def literal(value: object) -> str:
    """Return a constant as Python source."""
    if isinstance(value, str):
        safe = _QUOTED.sub(lambda found: _SHORT.get(found[0]) or _numbered(found[0]), value)
        return f'"{told_apart(safe)}"'
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return repr(int(value))
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    raise TypeError(f"{type(value).__name__} is not a constant")


def spoken(text: str, word: str) -> str:
    """Return prose as the argument `word` of a call that has a line for each: on several, if it is long."""
    whole = f"{word}={literal(text)}"
    if _DEEPER + len(whole) + 1 <= WIDTH:
        return whole
    room = WIDTH - 2 * _DEEPER - 2
    pieces = textwrap.wrap(text, room, drop_whitespace=False, break_long_words=False, break_on_hyphens=False)
    return f"{word}=({' '.join(map(literal, pieces))})" if "".join(pieces) == text else whole


def docstring(*parts: str, indent: int = 0) -> str:
    """Return a docstring, wrapped, of the parts with a blank line between them.

    The first line stands beside the quotes. Lines of a part that begin with a space are continued
    at that depth. Empty parts fall out.
    """
    room = WIDTH - indent
    written = [line for part in parts if part.strip() for line in ("", *part.strip("\n").splitlines())][1:]
    # The quotes take room of the first line, on both sides where it is the only one.
    taken = len('"""') * (2 if len(written) == 1 else 1)
    wrapped = [_wrapped(line, room, taken=0 if index else taken) for index, line in enumerate(written)]
    lines = _documenting(plain("\n".join(wrapped).strip())).split("\n")
    margin = " " * indent
    body = "\n".join(margin + line if line and index else line for index, line in enumerate(lines))
    alone = len(lines) == 1 and indent + len(body) + len('""""""') <= WIDTH
    return f'"""{body}"""' if alone else f'"""{body}\n{margin}"""'


def one_line(text: str) -> str:
    """Return the document's prose on one line, so that its layout cannot be taken for ours."""
    # Half a character (a lone surrogate) could be written to no file.
    return " ".join(text.encode("utf-8", "ignore").decode().split())


def terminal(text: str) -> str:
    """Return prose on one line as a terminal may show it: nothing in it steers or deceives one."""
    return plain(" ".join(_UNSEEN.sub(" ", one_line(text)).split()))


def first_sentence(text: str) -> tuple[str, str]:
    """Return the first sentence of prose, and what follows it."""
    line = one_line(_untagged(text))
    end = _END.search(line)
    return (line[: end.start()], line[end.end() :]) if end else (line, "")


def sentence(text: str) -> str:
    """Return prose as a sentence: with a capital and a full stop, where it has words at all."""
    line = one_line(_untagged(text))
    if not line:
        return ""
    first = line[0].upper() if line[0].isascii() else line[0]
    return first + line[1:] + ("" if line[-1] in ".!?:…" else ".")


def markdown(text: str) -> str:
    """Return the document's prose as Markdown that is only text."""
    return re.sub(r"([\\`*_\[\]<>|#!])", r"\\\1", one_line(text))


def code(text: str) -> str:
    """Return a name of the document between backticks, on one line."""
    return f"`{one_line(text).replace('`', '’')}`"


def _untagged(text: str) -> str:
    """Return prose without the tags of a page, where a document is written as one."""
    if not _CLOSED.search(text):
        return text
    text = _CODE.sub(lambda found: f"`{found[1].strip()}`", text)
    return html.unescape(_TAG.sub(lambda found: "" if found[1].lower() in _INLINE else " ", text))


def _wrapped(line: str, room: int, *, taken: int) -> str:
    depth = len(line) - len(line.lstrip(" "))
    lines = textwrap.wrap(
        line.strip(),
        room,
        initial_indent=" " * (depth + taken),
        subsequent_indent=" " * (depth + 4 if depth else 0),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)[taken:]


def _documenting(text: str) -> str:
    """Make text safe inside triple quotes, by numbered escapes alone."""
    safe = told_apart(_DOCUMENTED.sub(lambda found: _numbered(found[0]), text))
    safe = safe.replace('"""', _numbered('"') * 3)
    return safe[:-1] + _numbered('"') if safe.endswith('"') else safe


def _numbered(character: str) -> str:
    code_point = ord(character)
    return f"\\u{code_point:04x}" if code_point < 0x10000 else f"\\U{code_point:08x}"
