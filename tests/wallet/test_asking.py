"""Who is asked for a passphrase, when, and what happens to the terminal."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.terminals import Terminal
from tests.wallet.conftest import PASSPHRASE, Run

pytest.importorskip("pty")

PROGRAM = """
import asyncio, os, signal, sys, termios, threading
# Whoever runs the tests in a shell's background ignores it, and programs inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
from coinslot._drivers import adrive, drive
from coinslot.backend import Setting, locked, unlocked
from coinslot.backends import load_backends

found = load_backends(None, Setting(os.environ))
print("payers", *(backend.identity.address for backend in found), flush=True)

def echoes():
    return bool(termios.tcgetattr(0)[3] & termios.ECHO)

def signed():
    for backend in found:
        yield from unlocked(backend)
        backend.identity.sign("hello")
    return "signed"

async def watched():
    task = asyncio.ensure_future(adrive(signed(), send=None, record=None, sleep=None))
    while echoes():
        await asyncio.sleep(0.01)
    print("the loop goes on", flush=True)
    if "give-up" not in sys.argv:
        return await task
    task.cancel()
    try:
        return await task
    except asyncio.CancelledError:
        return "cancelled"

try:
    if "wait" in sys.argv:
        print(drive(signed(), send=None, record=None, sleep=None), flush=True)
    else:
        print(asyncio.run(watched()), flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join()
print("echo", echoes(), flush=True)
"""


@pytest.fixture
def _wallet(run: Run, password: Path) -> None:
    run("wallet", "new", "evm", "--test", "--passphrase-file", password)


@pytest.mark.usefixtures("_wallet")
def test_a_command_asks_in_a_terminal_without_echo() -> None:
    terminal = Terminal(sys.executable, "-m", "coinslot", "wallet", "show", "evm", "--check")
    terminal.until("Passphrase")
    terminal.type(PASSPHRASE)
    shown = terminal.end()
    assert terminal.process.returncode == 0, shown
    assert "evm/main opens" in shown
    assert PASSPHRASE not in shown


@pytest.mark.usefixtures("_wallet")
def test_who_pays_is_known_before_anybody_is_asked_and_one_answer_serves_all() -> None:
    terminal = Terminal(sys.executable, "-c", PROGRAM, "wait")
    assert "payers 0x" in terminal.until("Passphrase").partition("Passphrase")[0]
    terminal.type("not that one")
    terminal.until("Passphrase", 2)
    terminal.type(PASSPHRASE)
    shown = terminal.end()
    assert "signed" in shown
    assert shown.count("That passphrase does not open it.") == 1
    assert shown.count("Passphrase") == 2
    assert PASSPHRASE not in shown


@pytest.mark.usefixtures("_wallet")
def test_a_loop_is_not_held_up_by_a_question() -> None:
    terminal = Terminal(sys.executable, "-c", PROGRAM)
    terminal.until("Passphrase")
    terminal.until("the loop goes on")
    terminal.type(PASSPHRASE)
    assert "signed" in terminal.end()


@pytest.mark.usefixtures("_wallet")
@pytest.mark.parametrize("way", ["give-up", "ctrl-c", "wait"])
def test_a_question_that_nobody_waits_for_is_taken_back(way: str) -> None:
    terminal = Terminal(sys.executable, "-c", PROGRAM, way)
    terminal.until("Passphrase")
    if way != "give-up":
        terminal.process.send_signal(signal.SIGINT)
    shown = terminal.end()
    assert ("cancelled" if way == "give-up" else "interrupted") in shown
    assert "echo True" in shown
    assert "Traceback" not in shown


@pytest.mark.usefixtures("_wallet")
def test_an_end_of_input_is_no_passphrase() -> None:
    terminal = Terminal(sys.executable, "-m", "coinslot", "wallet", "show", "evm", "--check")
    terminal.until("Passphrase")
    os.write(terminal.ours, b"\x04")
    shown = terminal.end()
    assert "No passphrase was given" in shown
    assert "Traceback" not in shown
