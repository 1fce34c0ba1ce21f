"""Tests reach no network that they do not ask for, and nothing of the user's."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.proof.figures import SEED_NAME

ELSEWHERE = ("192.0.2.1", 9)  # an address kept for documentation


def test_there_is_no_network() -> None:
    _assert_blocked(ELSEWHERE)
    _assert_blocked(("127.0.0.1", 9))


@pytest.mark.loopback
def test_loopback_reaches_this_machine_and_no_other() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    _assert_blocked(ELSEWHERE)


def test_keys_and_ledger_are_the_tests_own(tmp_path: Path) -> None:
    of_the_run = {"COINSLOT_CORPUS", SEED_NAME}
    assert {name for name in os.environ if name.startswith("COINSLOT_")} - of_the_run == {"COINSLOT_HOME"}
    assert Path(os.environ["COINSLOT_HOME"]).is_relative_to(tmp_path)


def _assert_blocked(address: tuple[str, int]) -> None:
    with socket.socket() as ours, pytest.raises(RuntimeError, match="Network is disabled"):
        ours.connect(address)
