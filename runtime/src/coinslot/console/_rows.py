"""Requests out of a file: a CSV table whose header names the call's parameters, or one JSON object a line."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import click

from coinslot.console._values import TEXT
from coinslot.text import clean


class BadRow(ValueError):
    """A row that is no request; says which, and why."""


class Rows:
    """The requests of one file, read anew each time they are asked for."""

    def __init__(self, path: Path, command: click.Command, ctx: click.Context) -> None:
        self._path = path
        self._ctx = ctx
        params = [one for one in command.params if one.name and not one.name.startswith("_")]
        self._params = {_bare(str(one.name)): one for one in params}
        self._needed = [one for one in params if one.required]

    @property
    def name(self) -> str:
        """The file's own name, without its folders."""
        return self._path.name

    @property
    def as_table(self) -> bool:
        """Whether the file is a table; else it holds a JSON object on each line."""
        return self._path.suffix.lower() not in {".jsonl", ".ndjson", ".json"}

    def __iter__(self) -> Iterator[dict[str, Any] | BadRow]:
        """Give each row as arguments of the call, or what is wrong with it."""
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            rows = self._table(file) if self.as_table else self._lines(file)
            for number, row in enumerate(self._decoded(rows), 1):
                try:
                    yield self._request(row)
                except (BadRow, click.UsageError) as flaw:
                    told = flaw.message if isinstance(flaw, click.UsageError) else str(flaw)
                    yield BadRow(f"row {number}: {told}")

    def _decoded(self, rows: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from rows
        except UnicodeDecodeError:
            told = f"{self._path.name} is not UTF-8: save it as such ('CSV UTF-8' in spreadsheets)."
            raise click.UsageError(told, self._ctx) from None

    def _table(self, file: IO[str]) -> Iterator[dict[str, Any]]:
        reader = csv.DictReader(file, strict=True, delimiter=_delimiter(file))
        try:
            named = Counter(str(self._param(name).name) for name in reader.fieldnames or ())
            for name, times in named.items():
                if times > 1:
                    told = f"{self._path.name}: its first line names {name} twice."
                    raise click.UsageError(told, self._ctx)
            for row in reader:
                yield dict(row)
        except csv.Error as error:
            raise click.UsageError(f"{self._path}, line {reader.line_num or 1}: {error}", self._ctx) from None

    def _lines(self, file: IO[str]) -> Iterator[Any]:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except ValueError as error:
                raise click.UsageError(f"{self._path}, line {number}: no JSON ({error})", self._ctx) from None

    def _request(self, row: Any) -> dict[str, Any]:
        if not isinstance(row, Mapping):
            raise BadRow("not a JSON object")
        if None in row:
            raise BadRow("it has more cells than the header has names")
        request = {}
        for name, value in row.items():
            if value not in {None, ""} if self.as_table else True:
                param = self._param(name)
                if param.name in request:
                    raise BadRow(f"it names {param.name} twice")
                request[str(param.name)] = self._value(param, value)
        missing = [str(one.name) for one in self._needed if one.name not in request]
        if missing:
            raise BadRow(f"{' and '.join(missing)} is missing")
        return request

    def _param(self, name: str) -> click.Parameter:
        found = self._params.get(_bare(name))
        if found is None:
            known = ", ".join(str(one.name) for one in self._params.values())
            where = f"{self._path.name}: its first line" if self.as_table else self._path.name
            told = f"{where} names {clean(name, 60)!r}, which the call does not take. It has {known}."
            raise click.UsageError(told, self._ctx)
        return found

    def _value(self, param: click.Parameter, value: Any) -> Any:
        several = getattr(param, "multiple", False) or param.nargs != 1
        if several and isinstance(value, str):
            value = _listed(value)
        if several and isinstance(value, list):
            return [self._single(param, one) for one in value]
        return self._single(param, value)

    def _single(self, param: click.Parameter, value: Any) -> Any:
        files = getattr(param.type, "files", False)
        # A text is taken as it stands: on a command line `-` is standard input, and in a table it is a dash.
        if not isinstance(value, str) or param.type is TEXT or not (self.as_table or files):
            return value
        beside = self._path.parent / value
        if files and not Path(value).is_file() and beside.is_file():
            value = str(beside)
        return param.type.convert(value, param, self._ctx)


def _delimiter(file: IO[str]) -> str:
    """Tell what stands between the cells: where a comma ends decimals, spreadsheets write semicolons.

    No parameter's name holds any of them, so the first line tells it.
    """
    first = file.readline()
    file.seek(0)
    return "," if "," in first else next((mark for mark in ";\t" if mark in first), ",")


def _listed(text: str) -> list[Any]:
    """Read a cell of several values: a JSON list, or one value as it stands."""
    if text.lstrip().startswith("["):
        try:
            read = json.loads(text)
        except ValueError:
            return [text]
        return list(read)
    return [text]


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
