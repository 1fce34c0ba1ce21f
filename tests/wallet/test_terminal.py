"""What wallets look like on a terminal that is no wider than usual."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.terminals import on_a_terminal
from tests.wallet.conftest import Run


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_address_is_broken(run: Run, password: Path, tmp_path: Path, columns: int) -> None:
    run("wallet", "new", "evm/shop", "--test", "--passphrase-file", password)
    shown = on_a_terminal("coinslot", "wallet", "list", columns=columns, folder=tmp_path, environ={})
    assert all(len(line) <= columns for line in shown.splitlines())
    assert re.search(r"\* +evm/shop +0x[0-9a-fA-F]{40}\b", shown)
    assert len(shown.splitlines()) == (2 if columns == 120 else 4)


def test_no_word_of_the_doctor_is_broken(tmp_path: Path) -> None:
    shown = on_a_terminal("coinslot", "doctor", columns=60, folder=tmp_path, environ={"NO_COLOR": "1"})
    # A path that fits no line is left to the terminal.
    assert all(len(line) <= 60 or max(map(len, line.split())) > 40 for line in shown.splitlines())
    assert "\x1b" not in shown
