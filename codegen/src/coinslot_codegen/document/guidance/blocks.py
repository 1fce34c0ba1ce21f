"""Markdown as a flat run of blocks, each knowing its line, its headings and what stood before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Text:
    """One run of inline Markdown."""

    plain: str
    """Without marks, but with the backticks of code spans."""
    codes: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Where its links lead."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands."""

    line: int
    trail: tuple[str, ...] = ()
    """The headings above it, outermost first."""
    lead: str = ""
    """The paragraph or heading before it; of a list item, the one before its list."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; its own text is not in its trail."""

    place: Place
    text: Text
    level: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or one of a list item."""

    place: Place
    text: Text
    in_list: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, below its header."""

    line: int
    cells: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; rows may be shorter than the header."""

    place: Place
    header: tuple[Text, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code, fenced or indented."""

    place: Place
    info: str
    content: str


Block: TypeAlias = Heading | Paragraph | Table | Fence


def read_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text, nested ones flattened; never fails, whatever the text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return tuple(_Walk(tokens).blocks())


@dataclass
class _Walk:
    tokens: list[Token]
    headings: list[tuple[int, str]] = field(default_factory=list)
    lead: str = ""
    list_leads: list[str] = field(default_factory=list)
    line: int = 1

    def blocks(self) -> Iterator[Block]:
        position = 0
        while position < len(self.tokens):
            token = self.tokens[position]
            if token.map:
                self.line = token.map[0] + 1
            if token.type in {"bullet_list_open", "ordered_list_open"}:
                self.list_leads.append(self.lead)
            elif token.type in {"bullet_list_close", "ordered_list_close"}:
                self.list_leads.pop()
            elif token.type == "heading_open":
                yield self._heading(int(token.tag[1:]), self.tokens[position + 1])
            elif token.type == "paragraph_open":
                yield self._paragraph(self.tokens[position + 1])
            elif token.type in {"fence", "code_block"}:
                yield Fence(self._place(), token.info.strip(), token.content)
            elif token.type == "table_open":
                end = next(
                    index
                    for index in range(position, len(self.tokens))
                    if self.tokens[index].type == "table_close"
                )
                yield self._table(self.tokens[position:end])
                position = end
            position += 1

    def _place(self) -> Place:
        lead = self.list_leads[-1] if self.list_leads else self.lead
        return Place(self.line, tuple(title for _, title in self.headings), lead)

    def _heading(self, level: int, inline: Token) -> Heading:
        text = _text(inline)
        self.headings = [(depth, title) for depth, title in self.headings if depth < level]
        made = Heading(self._place(), text, level)
        self.headings.append((level, text.plain))
        self.lead = text.plain
        return made

    def _paragraph(self, inline: Token) -> Paragraph:
        text = _text(inline)
        made = Paragraph(self._place(), text, bool(self.list_leads))
        self.lead = text.plain
        return made

    def _table(self, tokens: list[Token]) -> Table:
        rows: list[Row] = []
        place = self._place()
        cells: list[Text] = []
        line = place.line
        for token in tokens:
            if token.type == "tr_open":
                cells, line = [], (token.map[0] + 1 if token.map else line)
            elif token.type == "inline":
                cells.append(_text(token))
            elif token.type == "tr_close":
                rows.append(Row(line, tuple(cells)))
        return Table(place, rows[0].cells if rows else (), tuple(rows[1:]))


def _text(inline: Token) -> Text:
    plain: list[str] = []
    codes: list[str] = []
    strong: list[list[str]] = []
    links: list[str] = []
    open_strong = 0
    for token in inline.children or []:
        piece = ""
        if token.type == "code_inline":
            piece = f"`{token.content}`"
            codes.append(token.content)
        elif token.type in {"text", "html_inline", "text_special"}:
            piece = token.content
        elif token.type in {"softbreak", "hardbreak"}:
            piece = " "
        elif token.type == "strong_open":
            open_strong += 1
            strong.append([])
        elif token.type == "strong_close":
            open_strong -= 1
        elif token.type == "link_open":
            links.append(str(token.attrGet("href") or ""))
        plain.append(piece)
        if open_strong > 0:
            strong[-1].append(piece)
    return Text(
        "".join(plain).strip(), tuple(codes), tuple("".join(parts).strip() for parts in strong), tuple(links)
    )
