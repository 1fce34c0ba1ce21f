"""System keyrings: only those that are named, each by its own class."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from coinslot.backend import Setting
from coinslot.backends import load_backend
from coinslot.errors import ConfigurationError
from coinslot.wallets.keyrings import SYSTEMS
from tests.wallet.conftest import Run

NEW = ("wallet", "new", "evm", "--keyring", "secretservice")


def test_the_classes_are_where_they_are_named() -> None:
    assert set(SYSTEMS) == {"macos", "windows", "secretservice", "kwallet"}
    for module, name, _ in SYSTEMS.values():
        spec = find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        assert f"class {name}(" in Path(spec.origin).read_text("utf-8")


def test_a_wallet_in_a_keyring_needs_no_passphrase(run: Run, home: Path, fake_keyring: Any) -> None:
    done = run(*NEW, "--no-backup")
    assert done.exit_code == 0, done.output
    ((service, account), secret) = next(iter(fake_keyring.held.items()))
    record = json.loads(run("wallet", "list", "--json").output)
    assert (service, account) == ("coinslot", f"evm/main/{record['address']}")
    assert record["kept"] == "secretservice"
    assert not list(home.rglob("*.keystore.json"))
    assert secret not in done.output + "".join(path.read_text() for path in home.rglob("*.json"))
    assert load_backend("base", Setting({"COINSLOT_HOME": str(home)})).identity.address == record["address"]
    assert not load_backend("base", Setting({"COINSLOT_HOME": str(home)})).test_key


def test_its_test_mark_must_agree_with_the_record(run: Run, home: Path, fake_keyring: Any) -> None:
    run(*NEW, "--test")
    assert load_backend("base", Setting({"COINSLOT_HOME": str(home)})).test_key
    ((place, secret),) = fake_keyring.held.items()
    fake_keyring.held[place] = secret.removeprefix("test:")
    assert run("wallet", "show", "evm", "--check").exit_code == 1


def test_a_keyring_that_gives_back_something_else_keeps_nothing(
    run: Run, home: Path, fake_keyring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_keyring, "forgetful", True)
    done = run(*NEW, "--no-backup")
    assert done.exit_code == 1
    assert "did not give back" in done.output
    assert not fake_keyring.held
    assert not list(home.rglob("*.json"))


def test_what_a_keyring_says_when_it_fails_is_not_shown(
    run: Run, fake_keyring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, service: str, account: str, text: str) -> None:
        raise OSError(text)

    monkeypatch.setattr(fake_keyring, "set_password", fail)
    done = run(*NEW, "--no-backup")
    assert done.exit_code == 1
    assert "refuses (OSError)" in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_a_system_that_is_not_here_is_refused(run: Run, home: Path) -> None:
    absent = "windows" if sys.platform != "win32" else "macos"
    done = run("wallet", "new", "evm", "--keyring", absent, "--no-backup")
    assert done.exit_code == 1
    assert "can be used" in done.output
    assert not list(home.rglob("*.json"))


def test_any_other_keyring_cannot_be_named(run: Run) -> None:
    assert run("wallet", "new", "evm", "--keyring", "keyrings.alt.file.PlaintextKeyring").exit_code == 2


def test_a_record_that_names_another_keyring_opens_nothing(run: Run, home: Path, fake_keyring: Any) -> None:
    run(*NEW, "--test")
    path = home / "wallets" / "evm" / "main.wallet.json"
    path.write_text(path.read_text().replace("secretservice", "os:system"))
    with pytest.raises(ConfigurationError, match="names no keyring"):
        load_backend("base", Setting({"COINSLOT_HOME": str(home)}))


def test_keyrings_own_search_is_never_made() -> None:
    code = (
        "import sys; from coinslot.wallets import keyrings\n"
        "try: keyrings.get('secretservice', 'x')\n"
        "except Exception as error: print(type(error).__name__)\n"
        "core = sys.modules.get('keyring.core'); print(getattr(core, '_keyring_backend', None))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["ConfigurationError", "None"]


SESSION = """
printf 'for this test\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 &
for _ in $(seq 100); do
    dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner \\
        string:org.freedesktop.secrets >/dev/null 2>&1 && break
    sleep 0.1
done
"$0" -m coinslot wallet new evm --keyring secretservice --no-backup --no-qr </dev/null
"$0" -m coinslot wallet show evm --check --no-qr
"$0" -m coinslot wallet new evm --keyring secretservice --no-backup --no-qr </dev/null
"""
_MISSING = [name for name in ("dbus-run-session", "dbus-send", "gnome-keyring-daemon") if which(name) is None]


@pytest.mark.skipif(bool(_MISSING), reason=f"needs a real Secret Service ({', '.join(_MISSING)})")
def test_a_real_secret_service_keeps_a_wallet(home: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    places = {"HOME": tmp_path, "XDG_DATA_HOME": tmp_path / "data", "XDG_RUNTIME_DIR": tmp_path / "run"}
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SESSION, sys.executable],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **{name: str(place) for name, place in places.items()}},
    )
    assert "evm/main opens, and its secret is that of its address" in done.stdout, done.stderr
    assert "never overwritten" in done.stderr
    assert not list(home.rglob("*.keystore.json"))
