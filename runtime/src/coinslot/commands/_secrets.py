"""Where secrets come from on the command line: never from an argument.

From a prompt, a private file, an open descriptor, or the environment, from which they are taken away.
"""

from __future__ import annotations

import getpass
import os
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import click

from coinslot.errors import ConfigurationError
from coinslot.keys import MAX_FILE_BYTES, Key, read_private, read_private_file, split_mark
from coinslot.terminal import say
from coinslot.wallets import keystore
from coinslot.wallets.family import KeyFamily
from coinslot.wallets.making import LEAST_PASSPHRASE
from coinslot.wallets.opening import TRIES

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*", re.ASCII)


class Source(NamedTuple):
    """What was said of where a secret is; with nothing said, it is asked for."""

    file: Path | None
    descriptor: int | None
    variable: str | None
    passphrase: Path | None = None
    """The file with the passphrase of a keystore that is read; without it, it is asked for."""


def read_secret(source: Source, family: KeyFamily, *, test: bool) -> Key:
    """Read a secret, or a keystore that holds one. Raises ConfigurationError, which repeats nothing of it."""
    if sum(given is not None for given in source[:3]) > 1:
        raise click.UsageError("Say one place to read the secret from, not several.")
    key, sealed = _key(_text(source, family), source.passphrase, family, test=test)
    if key is None and sealed:
        raise ConfigurationError(
            f"That keystore does not open with that passphrase, or holds no secret of {family.name} "
            f"({family.title})."
        )
    if key is None and source.passphrase is not None:
        raise ConfigurationError("--keystore-passphrase-file was given, and what was read is no keystore.")
    if key is None:
        forms = f" It is {family.forms}." if family.forms else ""
        raise ConfigurationError(
            f"That is no secret of {family.name} ({family.title}).{forms} A recovery phrase of words is not "
            "taken: let the wallet that made it export the account's private key, and import that."
        )
    if key.test and not test:
        say("It is a test key: it pays only on this machine and private networks.")
    return key


def new_passphrase(family: KeyFamily, file: Path | None, told: str) -> bytes:
    """Return the passphrase that a keystore will have. Raises ConfigurationError for a short one."""
    passphrase = _from_file(family, file)
    if passphrase is None:
        passphrase = _chosen(f"{told} (at least {LEAST_PASSPHRASE} characters)")
    if len(passphrase) < LEAST_PASSPHRASE:
        del passphrase
        raise ConfigurationError(f"A passphrase has at least {LEAST_PASSPHRASE} characters.")
    return passphrase


def _chosen(asked: str) -> bytes:
    """Ask for a new passphrase twice; one that is too short, or is not the same, is asked for again."""
    passphrase = b""
    for _ in range(TRIES):
        passphrase = _unseen(asked).encode("utf-8")
        if len(passphrase) < LEAST_PASSPHRASE:
            say("That is too short.")
        elif _unseen("Repeat for confirmation").encode("utf-8") == passphrase:
            return passphrase
        else:
            say("The two are not the same.")
            passphrase = b""
    return passphrase


def typed_again(family: KeyFamily, file: Path | None) -> bytes:
    """Return the passphrase as whoever restores the backup has it."""
    passphrase = _from_file(family, file)
    if passphrase is None:
        passphrase = _unseen("The passphrase once more, to open the backup").encode("utf-8")
    return passphrase


def _unseen(told: str) -> str:
    """Ask without echo. Raises ConfigurationError where what is typed would be seen."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            text: str = click.prompt(told, hide_input=True)
        except getpass.GetPassWarning:
            raise ConfigurationError(
                "There is no terminal here to ask in unseen: name files with --passphrase-file, and for an "
                "import --from-file, --from-fd or --from-env, and --keystore-passphrase-file for a keystore."
            ) from None
    return text


def _from_file(family: KeyFamily, file: Path | None) -> bytes | None:
    if file is not None:
        return read_private(file, "The file that --passphrase-file names").rstrip(b"\r\n")
    if path := os.environ.get(family.password_variable):
        return read_private_file(path, family.password_variable).rstrip(b"\r\n")
    return None


def _text(source: Source, family: KeyFamily) -> str:
    if source.file is not None:
        return read_private(source.file, "The file that --from-file names").decode("utf-8", "replace")
    if source.descriptor is not None:
        return _described(source.descriptor)
    if source.variable is not None:
        return _taken(source.variable)
    asked = f"Secret of {family.name} ({family.title}; a test key with test: before it)"
    return _unseen(asked)


def _described(descriptor: int) -> str:
    try:
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_FILE_BYTES).decode("utf-8", "replace")
    except OSError:
        raise ConfigurationError("The descriptor that --from-fd names cannot be read.") from None


def _taken(variable: str) -> str:
    """Take a variable out of the environment, so that no program that is started from here inherits it."""
    if not _VARIABLE.fullmatch(variable) or not os.environ.get(variable):
        raise ConfigurationError("--from-env takes the name of a variable that is set, in capitals.")
    return os.environ.pop(variable)


def _key(text: str, passphrase: Path | None, family: KeyFamily, *, test: bool) -> tuple[Key | None, bool]:
    """Return the key, if there is one, and whether it lay in a keystore."""
    text, marked = split_mark(text)
    sealed = keystore.looks_sealed(text)
    if sealed:
        opened = keystore.unseal(text.encode("utf-8"), _opening(passphrase), family.keystore_label)
        # Whatever is not of this kind is no secret, however well it opened.
        secret = family.parse(opened.hex()) if opened is not None else None
    else:
        secret = family.parse(text) if passphrase is None else None
    key = None if secret is None else Key(secret, test=test or marked or family.published(secret))
    return key, sealed


def _opening(passphrase: Path | None) -> bytes:
    if passphrase is not None:
        return read_private(passphrase, "The file that --keystore-passphrase-file names").rstrip(b"\r\n")
    return _unseen("Passphrase of that keystore").encode("utf-8")
