from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coinslot import _cli
from coinslot.wallets import keyrings, keystore, opening

PASSPHRASE = "correct horse battery"
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make passphrases cheap to try, but where a test is about their price; forget what was opened."""
    monkeypatch.setattr(keystore, "SCRYPT_N", 4)
    monkeypatch.setattr(opening, "_opened", {})


@pytest.fixture
def run() -> Run:
    """The command line; `input` is typed."""

    def run(*arguments: str | Path, typed: str = "") -> Result:
        return CliRunner().invoke(_cli.build(), [str(each) for each in arguments], input=typed)

    return run


@pytest.fixture
def home() -> Path:
    return Path(os.environ["COINSLOT_HOME"])


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    path.chmod(0o600)
    return path


class FakeKeyring:
    """A system keyring of this test's own."""

    priority = 1
    held: dict[tuple[str, str], str]
    forgetful = False

    def get_password(self, service: str, account: str) -> str | None:
        found = self.held.get((service, account))
        return "00" * 31 + "01" if found and self.forgetful else found

    def set_password(self, service: str, account: str, text: str) -> None:
        self.held[service, account] = text

    def delete_password(self, service: str, account: str) -> None:
        del self.held[service, account]


@pytest.fixture
def fake_keyring(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stand in for the Secret Service, by name, as each system is reached."""
    from keyring.backends import SecretService

    made = type("Made", (FakeKeyring,), {"held": {}})
    monkeypatch.setattr(SecretService, "Keyring", made)
    assert keyrings.SYSTEMS["secretservice"][:2] == ("keyring.backends.SecretService", "Keyring")
    return made
