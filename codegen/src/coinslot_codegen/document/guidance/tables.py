"""Tables of routes: prices, times, and polling intervals where a table has them beside its routes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from coinslot_codegen.document.figures import Money, duration, money
from coinslot_codegen.document.guidance.blocks import Row, Table, Text
from coinslot_codegen.document.guidance.cells import (
    Columns,
    cell,
    is_dollars,
    is_empty,
    is_per_second,
    read_columns,
)
from coinslot_codegen.document.guidance.families import Families, named_calls, named_groups
from coinslot_codegen.document.guidance.mentions import written_paths
from coinslot_codegen.document.guidance.said import RouteKey, key
from coinslot_codegen.document.model import Finding, RouteSpec, TimeSpec


@dataclass
class RouteTables:
    """What all tables of routes say together."""

    at: str
    families: Families
    prices: dict[RouteKey, Money] = field(default_factory=dict)
    times: dict[RouteKey, TimeSpec] = field(default_factory=dict)
    polls: dict[RouteKey, float] = field(default_factory=dict)
    exact: dict[RouteKey, bool] = field(default_factory=dict)
    """Routes that have a row; False: only one whose path is a pattern, which any other beats."""
    contradicted: set[RouteKey] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def read(self, table: Table) -> bool:
        """Take in a table; False if it is none of routes."""
        columns = read_columns(table)
        if not (columns.prices or columns.times or columns.polls):
            return False
        if columns.route is None and not self._names_groups(table, columns):
            return False
        for row in table.rows:
            self._row(table, columns, row)
        return True

    def _names_groups(self, table: Table, columns: Columns) -> bool:
        """Whether rows name models instead of paths, which counts for prices and times alone."""
        if columns.polls and not columns.prices:
            return False
        named = [row for row in table.rows if self._subjects(columns, row)]
        return bool(table.rows) and len(named) * 2 >= len(table.rows)

    def _subjects(self, columns: Columns, row: Row) -> tuple[RouteSpec, ...]:
        figures = {*columns.prices, *columns.times, *columns.polls}
        if columns.route is not None:
            return self.families.catalogue.in_text(cell(row.cells, columns.route).plain)
        text = " ".join(one.plain for index, one in enumerate(row.cells) if index not in figures)
        every = self.families.catalogue.routes
        groups, left = named_groups(text, every)
        return named_calls(left, [route for route in every if route.group in groups]) if groups else ()

    def _row(self, table: Table, columns: Columns, row: Row) -> None:
        meant = self._subjects(columns, row)
        if not meant:
            where = cell(row.cells, columns.route).plain if columns.route is not None else _plain(row)
            self._say("disagreement", row, f"the document has no route {where}")
            return
        is_exact = columns.route is None or not _is_pattern(cell(row.cells, columns.route))
        for route in meant:
            if self.exact.get(key(route)) and not is_exact:
                continue
            if is_exact and self.exact.get(key(route)) is False:
                self._forget(key(route))
            self.exact[key(route)] = is_exact
            self._price(table, columns, row, route)
            self._time(columns, row, route)
            for index in columns.polls:
                found = duration(cell(row.cells, index).plain)
                if found and found.high:
                    self.polls[key(route)] = found.high

    def _forget(self, route: RouteKey) -> None:
        for said in (self.prices, self.times, self.polls):
            said.pop(route, None)
        self.contradicted.discard(route)

    def _price(self, table: Table, columns: Columns, row: Row, route: RouteSpec) -> None:
        texts = [(index, cell(row.cells, index).plain) for index in columns.prices]
        filled = [(index, text) for index, text in texts if not is_empty(text)]
        if not filled:
            if columns.prices and route.access == "paid":
                self._say("unread", row, f"{texts[0][1]!r} as the price of {route.method} {route.path}")
            return
        found = list(dict.fromkeys(_money(text, table.header[index]) for index, text in filled))
        if len(found) > 1 or found[0] is None:
            said = ", ".join(repr(text) for _, text in filled)
            self._say("unread", row, f"{said} as the price of {route.method} {route.path}")
        elif self.prices.get(key(route), found[0]) != found[0]:
            self._say("unread", row, f"another price of {route.method} {route.path} than further up")
            self.contradicted.add(key(route))
            del self.prices[key(route)]
        elif key(route) not in self.contradicted:
            self.prices[key(route)] = found[0]

    def _time(self, columns: Columns, row: Row, route: RouteSpec) -> None:
        for index in columns.times[:1]:
            text = cell(row.cells, index).plain
            found = duration(text)
            if found:
                self.times[key(route)] = TimeSpec(found.low, found.high, text.strip("` "))
            elif not is_empty(text):
                self._say("unread", row, f"{text!r} as the time of {route.method} {route.path}")

    def _say(self, kind: str, row: Row, message: str) -> None:
        made = Finding(
            "unread" if kind == "unread" else "disagreement", self.at, f"line {row.line}: {message}"
        )
        self.findings.append(made)


def _money(text: str, header: Text) -> Money | None:
    found = money(text, bare=is_dollars(header))
    return replace(found, unit="second") if found and is_per_second(header) else found


def _plain(row: Row) -> str:
    return " | ".join(one.plain for one in row.cells)


def _is_pattern(text: Text) -> bool:
    return any("*" in one.path or "{" in one.path for one in written_paths(text.plain))
