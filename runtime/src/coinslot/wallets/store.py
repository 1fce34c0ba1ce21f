"""Where wallets lie: a folder for each key family, in it for each wallet a record and perhaps a keystore.

    wallets/evm/main.wallet.json      what is known of it; no secret
    wallets/evm/main.keystore.json    the encrypted secret, unless a system keyring keeps it
    wallets/evm/default               the name of the one that pays

Nothing is ever overwritten but `default` and the date in a record on which its backup was tested.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from coinslot.errors import ConfigurationError
from coinslot.keys import read_private
from coinslot.ledger import default_path
from coinslot.ledger._files import private_folder

KEYSTORE = "keystore"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class StoredWallet:
    """What is known of a wallet without opening it."""

    family: str
    name: str
    address: str
    test: bool
    kept: str
    """`keystore`, or the system keyring that holds the secret."""
    made: str
    """The day, as 2026-01-31."""
    backup: str | None = None
    """The day on which its backup was last opened."""
    mark: str | None = None
    """Of a test wallet: what only its secret gives, so that nobody makes a live wallet one by its record."""

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.family}/{self.name}"

    @property
    def account(self) -> str:
        """What it is called in a system keyring; wallets of several homes share one."""
        return f"{self.title}/{self.address}"


def check_name(name: str) -> str:
    """Return the name of a wallet. Raises ConfigurationError for what is none, and never repeats it."""
    if not _NAME.fullmatch(name):
        raise ConfigurationError("The name of a wallet is at most 32 letters of a-z 0-9 _ -, and no secret.")
    return name


class Wallets:
    """All wallets under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Wallets | None:
        """Return the wallets of `COINSLOT_HOME`, else of the user's data folder.

        Settings that a program made up itself lead to no wallet but by the `COINSLOT_HOME` in them.
        """
        if environ.get("COINSLOT_HOME") or environ is os.environ:
            return cls(default_path(environ).parent / "wallets")
        return None

    def all(self) -> list[StoredWallet]:
        """Return all wallets by family and name. Raises ConfigurationError for what cannot be read."""
        if not self.folder.is_dir():
            return []
        self._check_private()
        records = sorted(self.folder.glob("*/*.wallet.json"))
        return [self.get(path.parent.name, path.name.removesuffix(".wallet.json")) for path in records]

    def get(self, family: str, name: str) -> StoredWallet:
        """Return one wallet. Raises ConfigurationError where there is none."""
        path = self._record(family, name)
        if not path.exists():
            raise ConfigurationError(f"There is no wallet {family}/{name}; coinslot wallet list shows all.")
        self._check_private()
        content = read_private(path, f"The record {path}")
        try:
            record = StoredWallet(**json.loads(content))
        except (ValueError, TypeError, RecursionError):
            record = None
        if record is None or (record.family, record.name) != (family, name) or type(record.test) is not bool:
            raise ConfigurationError(f"The record {path} is not one of a wallet.")
        return record

    def default(self, family: str) -> StoredWallet | None:
        """Return the wallet that pays, if the family has any. Raises ConfigurationError."""
        path = self._family(family) / "default"
        if not path.exists():
            return None
        name = read_private(path, f"The file {path}").decode("utf-8", "replace").strip()
        return self.get(family, check_name(name))

    def use(self, wallet: StoredWallet) -> None:
        """Make a wallet the one that pays."""
        self._replace(self._family(wallet.family) / "default", wallet.name + "\n")

    def keystore(self, family: str, name: str) -> Path:
        """Return where the keystore of a wallet lies."""
        return self._family(family) / f"{check_name(name)}.keystore.json"

    def check_free(self, family: str, name: str) -> None:
        """Raise ConfigurationError where a wallet or a keystore has this name already."""
        record, kept = self._record(family, name), self.keystore(family, name)
        if kept.exists() and not record.exists():
            raise ConfigurationError(
                f"{kept} is there already, without its record, as after a kill, and is never overwritten. It "
                f"can be taken in under another name: coinslot wallet import {family}/NAME --from-file {kept}"
            )
        if record.exists():
            raise ConfigurationError(
                f"There is a wallet {family}/{name} already, and a wallet is never overwritten: give this "
                f"one a name of its own, as in {family}/second."
            )

    def add(self, wallet: StoredWallet) -> None:
        """Write the record of a new wallet; the first one of a family pays. Raises ConfigurationError."""
        write_new(self._record(wallet.family, wallet.name), _json(wallet))
        if self.default(wallet.family) is None:
            self.use(wallet)

    def update(self, wallet: StoredWallet) -> None:
        """Write what became known of a wallet."""
        self._replace(self._record(wallet.family, wallet.name), _json(wallet).decode("ascii"))

    def _record(self, family: str, name: str) -> Path:
        return self._family(family) / f"{check_name(name)}.wallet.json"

    def _family(self, family: str) -> Path:
        return self.folder / check_name(family)

    def _replace(self, path: Path, text: str) -> None:
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        write_new(draft, text.encode("ascii"))
        draft.replace(path)

    def _check_private(self) -> None:
        for folder in (self.folder, self.folder.parent):
            mode = stat.S_IMODE(folder.stat().st_mode)
            if os.name == "posix" and mode & 0o022:
                raise ConfigurationError(
                    f"Others can write to {folder} (mode {mode:04o}), so they could exchange your wallets; "
                    f"run: chmod 700 {folder}"
                )


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, for its owner alone, to the disk. Raises ConfigurationError."""
    try:
        private_folder(path.parent)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
        except OSError:
            # A full disk: what is there is a part of nothing, and would stand in the way of the next try.
            path.unlink(missing_ok=True)
            raise
    except FileExistsError:
        raise ConfigurationError(f"{path} is there already, and is never overwritten.") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}).") from None


def _json(wallet: StoredWallet) -> bytes:
    return (json.dumps(asdict(wallet), indent=2) + "\n").encode("ascii")
