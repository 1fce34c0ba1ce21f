"""Asking for a passphrase, unseen, in whichever thread that happens.

A prompt in a worker thread is not reached by Ctrl-C or a cancelled task, so it looks now and then whether
somebody still waits for it, and gives the terminal back if nobody does.
"""

from __future__ import annotations

import getpass
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar

if sys.platform != "win32":
    import select
    import termios

LONGEST_PASSPHRASE = 1024
"""Bytes; what terminals take in one line is not much more."""
_LOOK_SECONDS = 0.2

_nobody_waits: ContextVar[threading.Event | None] = ContextVar("nobody_waits", default=None)
_drawing: list[tuple[Callable[[], object], Callable[[], object]]] = []
"""What draws on the terminal now: how it is stopped, and how it goes on."""


class NobodyThere(Exception):
    """There is no terminal, or its end was reached, or whoever waited for the answer went away."""


@contextmanager
def asked_until(gone: threading.Event) -> Iterator[None]:
    """Take questions back that are asked within, once nobody waits for the answer any more."""
    token = _nobody_waits.set(gone)
    try:
        yield
    finally:
        _nobody_waits.reset(token)


@contextmanager
def taken_back() -> Iterator[None]:
    """Take questions back that are asked within, if this is left by an error or a cancellation."""
    gone = threading.Event()
    with asked_until(gone):
        try:
            yield
        except BaseException:
            gone.set()
            raise


@contextmanager
def drawn_by(stop: Callable[[], object], go_on: Callable[[], object]) -> Iterator[None]:
    """Let what draws on the terminal stand aside while somebody is asked: it would hide the question."""
    drawing = stop, go_on
    _drawing.append(drawing)
    try:
        yield
    finally:
        _drawing.remove(drawing)


def somebody_there() -> bool:
    """Whether this process has a terminal to ask in."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


def ask_unseen(told: str) -> str:
    """Ask for a line without echo. Raises NobodyThere, and KeyboardInterrupt in the main thread."""
    with ExitStack() as standing_aside:
        for stop, go_on in tuple(_drawing):
            stop()
            standing_aside.callback(go_on)
        return _asked(told)


def _asked(told: str) -> str:
    if sys.platform == "win32":
        try:
            return getpass.getpass(told)
        except EOFError:
            raise NobodyThere from None
    with _terminal() as (reading, writing):
        kept = termios.tcgetattr(reading)
        silent = [*kept]
        silent[3] &= ~termios.ECHO
        try:
            termios.tcsetattr(reading, termios.TCSAFLUSH, silent)
            os.write(writing, told.encode())
            return _line(reading)
        finally:
            termios.tcsetattr(reading, termios.TCSAFLUSH, kept)
            with suppress(OSError):
                os.write(writing, b"\n")


if sys.platform != "win32":

    @contextmanager
    def _terminal() -> Iterator[tuple[int, int]]:
        try:
            opened = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
        except OSError:
            yield sys.stdin.fileno(), sys.stderr.fileno()
            return
        try:
            yield opened, opened
        finally:
            os.close(opened)

    def _line(reading: int) -> str:
        gone = _nobody_waits.get()
        while not (select.select([reading], [], [], _LOOK_SECONDS)[0]):
            if (gone is not None and gone.is_set()) or not threading.main_thread().is_alive():
                raise NobodyThere
        try:
            typed = os.read(reading, LONGEST_PASSPHRASE)
        except OSError:
            typed = b""
        if not typed:
            raise NobodyThere
        return typed.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
