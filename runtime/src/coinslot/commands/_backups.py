"""Backups of wallets: where they go, and that they open."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coinslot.commands._secrets import typed_again
from coinslot.errors import ConfigurationError
from coinslot.terminal import say
from coinslot.wallets.making import check_place, tested_backup, write_backup
from coinslot.wallets.opening import TRIES

if TYPE_CHECKING:
    from coinslot.keys import Key
    from coinslot.wallets.family import KeyFamily
    from coinslot.wallets.store import StoredWallet, Wallets


def place_of_backup(key: Key, *, backup: Path | None, no_backup: bool, **_: Any) -> Path | None:
    """Return where a new wallet's backup goes; None: nowhere. Raises ConfigurationError where none can go."""
    if backup is not None and no_backup:
        raise click.UsageError("--backup and --no-backup contradict each other.")
    if backup is not None:
        check_place(backup.expanduser())
    if backup is not None or no_backup or key.test:
        return backup
    say("Whoever loses a wallet loses what it holds. A backup is an encrypted copy, best on another disk.")
    try:
        told = click.prompt(
            "Where to write it (a new file; empty for none)",
            default="",
            show_default=False,
            value_proc=_free_place,
        )
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo()
        raise ConfigurationError(
            "Nobody is here to say where the backup goes, so no wallet was made: add --backup FILE or "
            "--no-backup, and --passphrase-file FILE."
        ) from None
    if told:
        return Path(told)
    click.confirm("Without a backup a lost disk is lost money. Go on without?", abort=True)
    return None


def _free_place(told: str) -> str:
    """Refuse a place for a backup, as questions do: it is asked for again."""
    if told:
        try:
            check_place(Path(told).expanduser())
        except ConfigurationError as error:
            raise click.UsageError(str(error)) from None
    return told


def back_up(
    path: Path,
    made: StoredWallet,
    family: KeyFamily,
    key: Key,
    *,
    wallets: Wallets,
    passphrase: bytes,
    passphrase_file: Path | None,
) -> None:
    """Write a wallet's backup, and open it as whoever restores it would. Raises where it does not open."""
    path = path.expanduser()
    write_backup(path, made, family, key, passphrase)
    del passphrase
    for _ in range(TRIES):
        again = typed_again(family, passphrase_file)
        if tested_backup(path, wallets, made, family, passphrase=again, today=today()):
            break
        say("That passphrase does not open it.")
    else:
        raise click.ClickException(
            f"{made.title} is stored, but its backup {path} was not opened. Remove that file, and make "
            f"another: coinslot wallet backup {made.title} FILE"
        )
    say(f"The backup {path} opens with it. Whoever has both has the wallet: keep them apart.")
    if os.name == "posix" and path.stat().st_dev == wallets.folder.stat().st_dev:
        say("It is on the same disk as the wallet: copy it to another.")


def today() -> date:
    """Return the day that records of wallets name."""
    return datetime.now(UTC).date()
