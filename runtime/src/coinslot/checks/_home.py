"""The folder of ledger and wallets: private, writable, and on a disk of this machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from coinslot.checks._finding import Finding
from coinslot.errors import CoinslotError
from coinslot.ledger import SqliteLedger, default_path
from coinslot.ledger._place import file_system, fleeting, read_mounts, shared

KEEP = "mend that, or set COINSLOT_HOME to another folder; do not delete a ledger, it says what was paid"


def check_home(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the folder, at who may read it, and whether the ledger can be written."""
    ledger = default_path(environ)
    home = ledger.parent
    yield _writable(ledger)
    if not home.is_dir():
        return
    yield _place(home)
    open_ones = list(_open_to_others(home))
    for path, mode, right in open_ones:
        told = f"{path} can be read or changed by others (mode {mode:04o})"
        yield Finding("wrong", "permissions", told, f"chmod {right} {path}")
    if not open_ones:
        yield Finding("right", "permissions", "ledger and wallets are yours alone")


def _writable(path: Path) -> Finding:
    ledger = SqliteLedger(path)
    try:
        # A transaction that takes nothing over, because nobody is named for whom it could.
        owner = ledger.enter()
        ledger.unfinished([])
        ledger.leave(owner)
    except CoinslotError as error:
        return Finding("wrong", "ledger", str(error), KEEP)
    except Exception as error:  # noqa: BLE001 - a damaged database fails in ways of its own
        return Finding("wrong", "ledger", f"{path} cannot be used ({type(error).__name__})", KEEP)
    finally:
        ledger.close()
    return Finding("right", "ledger", f"{path} can be written")


def _place(home: Path) -> Finding:
    kind = shared(home, read_mounts)
    if kind is not None:
        todo = "set COINSLOT_HOME to a folder on a disk of this machine: shared files make calls pay twice"
        return Finding("wrong", "disk", f"{home} is on a shared file system ({kind})", todo)
    if fleeting(home, read_mounts):
        todo = "set COINSLOT_HOME to a folder that stays, or the record of what was paid is lost"
        return Finding("note", "disk", f"{home} is a place for temporary files", todo)
    kind = file_system(home, read_mounts)
    return Finding("right", "disk", f"{home} is on a local disk" + (f" ({kind})" if kind else ""))


def _open_to_others(home: Path) -> Iterator[tuple[Path, int, str]]:
    if os.name != "posix":
        return
    folders = [home, home / "wallets", *(path for path in (home / "wallets").glob("*") if path.is_dir())]
    files = [*home.glob("ledger.sqlite3*"), *(home / "wallets").glob("*/*")]
    for path, forbidden, right in [(each, 0o077, "700") for each in folders] + [
        (each, 0o177, "600") for each in files
    ]:
        if path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & forbidden:
                yield path, mode, right
