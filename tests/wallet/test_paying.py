"""Backends find the wallet that pays, where the environment names no key."""

from __future__ import annotations

import json
import os
import traceback
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from eth_account import Account

from coinslot.backend import Setting, locked
from coinslot.backends import load_backend, load_backends
from coinslot.errors import ConfigurationError
from coinslot.keys import Key
from coinslot.wallets import keystore
from coinslot.wallets.family import load_families
from coinslot.wallets.making import keep_in_file
from coinslot.wallets.store import Wallets
from tests.wallet.conftest import PASSPHRASE, Run

SECRET = "c0ffee" + "5a" * 29
ADDRESS = Account.from_key(SECRET).address
OTHER = "22" * 32


@pytest.fixture
def environ(home: Path, password: Path) -> dict[str, str]:
    """Two wallets of one family, the first of which pays; one of another."""
    families = load_families()
    for backend, name, secret in (
        ("base", "main", SECRET),
        ("base", "second", OTHER),
        ("solana", "main", SECRET),
    ):
        key = Key(bytes.fromhex(secret), test=True)
        made = {"passphrase": PASSPHRASE.encode(), "today": date(2026, 1, 2)}
        keep_in_file(Wallets(home / "wallets"), families[backend], name, key, **made)  # type: ignore[arg-type]
    return {
        "COINSLOT_HOME": str(home),
        "COINSLOT_EVM_KEYSTORE_PASSWORD_FILE": str(password),
        "COINSLOT_SOLANA_KEYSTORE_PASSWORD_FILE": str(password),
    }


def address(environ: dict[str, str], backend: str = "base") -> str:
    return load_backend(backend, Setting(environ)).identity.address


def test_all_backends_of_a_family_share_its_wallet_and_open_it_once(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    unseal = keystore.unseal

    def counted(content: bytes, passphrase: bytes, label: str | None) -> bytes | None:
        opened.append(label)
        return unseal(content, passphrase, label)

    monkeypatch.setattr(keystore, "unseal", counted)

    found = load_backends(None, Setting(environ))
    assert not opened

    assert [backend.name for backend in found] == ["base", "solana", "tempo"]
    assert {backend.identity.address for backend in found if backend.name != "solana"} == {ADDRESS}
    assert not opened
    for backend in (*found, *load_backends(None, Setting(environ))):
        unlock = locked(backend)
        if unlock is not None:
            unlock()
        backend.identity.sign("hello")
    assert opened == [None, "ed25519 seed"]
    assert [locked(backend) for backend in found] == [None, None, None]


def test_the_mark_of_a_test_key_is_kept(environ: dict[str, str], run: Run, password: Path) -> None:
    assert load_backend("base", Setting(environ)).test_key
    done = run(
        *("wallet", "import", "evm/real", "--passphrase-file", password, "--no-backup"),
        typed="33" * 32 + "\n",
    )
    assert done.exit_code == 0, done.output
    assert run("wallet", "use", "evm/real").exit_code == 0
    assert not load_backend("base", Setting(environ)).test_key


@pytest.mark.parametrize("of_another", [False, True])
def test_who_calls_a_live_wallet_a_test_wallet_gets_nothing_signed(
    environ: dict[str, str], run: Run, password: Path, home: Path, *, of_another: bool
) -> None:
    evm = home / "wallets" / "evm"
    done = run(
        *("wallet", "import", "evm/real", "--passphrase-file", password, "--no-backup"),
        typed="33" * 32 + "\n",
    )
    assert done.exit_code == 0, done.output
    real, main = (json.loads((evm / f"{name}.wallet.json").read_text()) for name in ("real", "main"))
    marked = {**real, "test": True, "mark": main["mark"] if of_another else real["mark"]}
    (evm / "real.wallet.json").write_text(json.dumps(marked))
    identity = load_backend("base", Setting({**environ, "COINSLOT_EVM_WALLET": "real"})).identity
    with pytest.raises(ConfigurationError, match="was made as a live wallet") as refused:
        identity.sign("hello")
    assert "Nothing was signed" in str(refused.value)


def test_who_calls_a_test_wallet_a_live_one_gets_nothing_signed(environ: dict[str, str], home: Path) -> None:
    path = home / "wallets" / "evm" / "main.wallet.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "test": False}))
    with pytest.raises(ConfigurationError, match="was made as a test wallet"):
        load_backend("base", Setting(environ)).identity.sign("hello")


def test_use_and_the_environment_choose(environ: dict[str, str], run: Run) -> None:
    second = Account.from_key(OTHER).address
    assert address({**environ, "COINSLOT_EVM_WALLET": "second"}) == second
    done = run("wallet", "use", "evm/second")
    assert second in done.output
    assert address(environ) == second
    assert address({**environ, "COINSLOT_EVM_WALLET": "main"}) == ADDRESS


def test_a_key_in_the_environment_goes_first(environ: dict[str, str]) -> None:
    assert (
        address({**environ, "COINSLOT_EVM_KEY": "test:" + "44" * 32}) == Account.from_key("44" * 32).address
    )


def test_nobody_is_asked_where_nobody_sits(environ: dict[str, str]) -> None:
    del environ["COINSLOT_EVM_KEYSTORE_PASSWORD_FILE"]
    with pytest.raises(ConfigurationError, match="set COINSLOT_EVM_KEYSTORE_PASSWORD_FILE"):
        load_backend("base", Setting(environ))


def test_a_wrong_passphrase_is_refused_and_nothing_is_told(environ: dict[str, str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not that one")
    wrong.chmod(0o600)
    environ["COINSLOT_EVM_KEYSTORE_PASSWORD_FILE"] = str(wrong)
    with pytest.raises(ConfigurationError, match="does not open") as refused:
        load_backend("base", Setting(environ)).identity.sign("hello")
    report = traceback.TracebackException.from_exception(refused.value, capture_locals=True)
    frames = [frame for frame in report.stack if "coinslot" in frame.filename]
    assert frames
    assert "not that one" not in "".join(str(frame.locals) for frame in frames)


def test_a_keystore_that_was_exchanged_is_refused(environ: dict[str, str], home: Path) -> None:
    folder = home / "wallets" / "evm"
    (folder / "main.keystore.json").write_bytes((folder / "second.keystore.json").read_bytes())
    with pytest.raises(ConfigurationError, match="does not open"):
        load_backend("base", Setting(environ)).identity.sign("hello")


@pytest.mark.parametrize("name", ["main.keystore.json", "main.wallet.json", "default"])
def test_files_that_others_may_read_are_refused(environ: dict[str, str], home: Path, name: str) -> None:
    (home / "wallets" / "evm" / name).chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_backend("base", Setting(environ))


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"family": "evm"}', '{"family": "evm", "name": "../x"}'], ids=range(5)
)
def test_what_is_no_record_is_refused(environ: dict[str, str], home: Path, content: str) -> None:
    (home / "wallets" / "evm" / "main.wallet.json").write_text(content)
    with pytest.raises(ConfigurationError, match="record"):
        load_backend("base", Setting(environ))


def test_settings_that_a_program_made_up_lead_to_no_wallet_of_the_user(environ: dict[str, str]) -> None:
    assert os.environ["COINSLOT_HOME"] == environ["COINSLOT_HOME"]
    with pytest.raises(ConfigurationError, match="coinslot wallet new evm"):
        load_backend("base", Setting({"COINSLOT_EVM_KEYSTORE_PASSWORD_FILE": "/nowhere"}))


def test_the_passphrase_is_nowhere_in_the_home(environ: dict[str, str], home: Path) -> None:
    content = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert PASSPHRASE.encode() not in content
    assert SECRET.encode() not in content
    assert bytes.fromhex(SECRET) not in content


def test_a_public_key_that_is_passed_off_as_live_does_not_open(environ: dict[str, str], home: Path) -> None:
    families = load_families()
    wallets = Wallets(home / "wallets")
    published = Key(bytes([7]) * 32, test=True)
    made = keep_in_file(
        wallets,
        families["solana"],
        "known",
        published,
        passphrase=PASSPHRASE.encode(),
        today=date(2026, 1, 2),
    )
    wallets.update(replace(made, test=False, mark=None))
    backend = load_backend("solana", Setting({**environ, "COINSLOT_SOLANA_WALLET": "known"}))
    with pytest.raises(ConfigurationError, match="does not open"):
        backend.identity.sign("hello")
