from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot_codegen.document.figures import Duration, Money, duration, durations, money


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("$0.07", Money("0.07", None, "call")),
        ("$0.13–$0.24", Money("0.13", "0.24", "call")),
        ("$0.045-0.151", Money("0.045", "0.151", "call")),
        ("$0.045 – $0.151", Money("0.045", "0.151", "call")),
        ("$0.09–$0.54/s", Money("0.09", "0.54", "second")),
        ("$0.09 – $0.54 per second", Money("0.09", "0.54", "second")),
        ("$0.10 to $0.20 per output second", Money("0.10", "0.20", "second")),
        ("0.02 USD per call", Money("0.02", None, "call")),
        ("USD 0.02", Money("0.02", None, "call")),
        ("~$0.02 / image", Money("0.02", None, "call")),
        ("up to $0.50", Money("0.50", None, "call")),
        ("$1,200.50", Money("1200.50", None, "call")),
        ("$.05", Money("0.05", None, "call")),
        ("`$0.07`", Money("0.07", None, "call")),
        ("from $0.10", None),
        ("$5 / minute", None),
        ("$0.50 per MB", None),
        ("$0.10 + $0.20", None),
        ("$0.30–$0.20", None),
        ("$0.10 or $0.20 or $0.30", None),
        ("0.05", None),
        ("varies", None),
        ("free", None),
        ("", None),
    ],
)
def test_money(text: str, read: Money | None) -> None:
    assert money(text) == read


def test_bare_figures_need_a_header_that_names_dollars() -> None:
    assert money("0.05", bare=True) == Money("0.05", None, "call")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("~5s", Duration(5, 5)),
        ("1-3min", Duration(60, 180)),
        ("1–3 min", Duration(60, 180)),
        ("1 to 3 minutes", Duration(60, 180)),
        ("30s–2min", Duration(30, 120)),
        ("40 sec", Duration(40, 40)),
        ("1 minute", Duration(60, 60)),
        ("about 20 minutes", Duration(1200, 1200)),
        ("every 5 seconds", Duration(5, 5)),
        ("under 10s", Duration(0, 10)),
        ("over 10s", Duration(10, None)),
        ("instant", Duration(0, 0)),
        ("immediate", Duration(0, 0)),
        ("can take minutes", Duration(60, None)),
        ("several minutes", Duration(60, None)),
        ("a few seconds", Duration(1, None)),
        ("1.5 h", Duration(5400, 5400)),
        ("720p", None),
        ("1m30s", None),
        ("5s or 10s", None),
        ("version 3, 5s", None),
        ("varies", None),
        ("", None),
    ],
)
def test_durations(text: str, read: Duration | None) -> None:
    assert duration(text) == read


def test_several_lengths_in_one_sentence() -> None:
    found = durations("every 5s for pictures, 10 seconds for `foo-2`, and every 15 s for 4 clips")

    assert [span.length.low for span in found] == [5, 10, 15]


@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    money(text, bare=True)
    duration(text)
