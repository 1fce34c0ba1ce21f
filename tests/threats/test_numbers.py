"""Every threat has its test, every promise its proof, every error its explanation."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from coinslot import errors

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = [f"t{number:02}" for number in range(1, 65)]
LINK = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_threat_has_a_test_that_carries_its_number() -> None:
    carried: set[str] = set()
    for module in (ROOT / "tests").rglob("test_*.py"):
        text = module.read_text("utf-8")
        for name in re.findall(r"def test_((?:t\d\d_)+)", text):
            carried.update(re.findall(r"t\d\d", name))
        carried.update(re.findall(r'"(t\d\d) ', text))

    assert sorted(set(NUMBERS) - carried) == []
    assert sorted(carried - set(NUMBERS)) == []


def test_what_does_not_apply_says_why() -> None:
    text = (ROOT / "docs/threats.md").read_text("utf-8")
    rows = re.findall(r"^- ((?:t\d\d(?:, )?)+): (.+)", text, re.MULTILINE)

    assert rows
    for numbers, reason in rows:
        assert set(numbers.split(", ")) <= set(NUMBERS)
        assert len(reason) > 20


PROMISES = LINK.findall((ROOT / "docs/promises.md").read_text("utf-8"))


@pytest.mark.parametrize(("module", "name"), PROMISES, ids=[name for _, name in PROMISES])
def test_a_promise_names_a_test_that_exists(module: str, name: str) -> None:
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / module).read_text("utf-8"), re.MULTILINE)


def test_every_promise_names_a_test() -> None:
    promised = (ROOT / "docs/promises.md").read_text("utf-8").partition("## What is promised")[2]
    promised = promised.partition("## What is not promised")[0]
    for entry in re.split(r"\n- ", promised)[1:]:
        assert LINK.search(entry.partition("\n\n")[0]), entry


def test_every_error_says_what_is_true_of_the_money() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if inspect.isclass(kind) and issubclass(kind, errors.CoinslotError)
    ]
    for kind in kinds:
        assert re.search(r"paid|signed|payment", kind.money), kind
        assert kind.money.endswith("."), kind
    after_payment = errors.UnexpectedAnswer("It is cut off.", body=b"", attempt_id="att_1")
    assert "paid for" in after_payment.money
    assert "att_1" in after_payment.money


def test_every_error_is_explained() -> None:
    text = (ROOT / "docs/errors.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", text, re.MULTILINE))
    ours = {
        name
        for name, entry in vars(errors).items()
        if inspect.isclass(entry) and issubclass(entry, Exception) and entry.__module__ == errors.__name__
    }

    assert set(rows) == ours
    for name, row in rows.items():
        happened, money, next_step = (cell.strip() for cell in row.split("|"))
        assert happened, name
        assert money, name
        assert next_step, name
