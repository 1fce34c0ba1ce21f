"""`coinslot wallet new`: made, kept, read back, backed up; nothing is overwritten."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from pathlib import Path

import pytest
from eth_account import Account
from solders.keypair import Keypair

from coinslot.wallets import keystore
from tests.wallet.conftest import PASSPHRASE, Run

EVM = re.compile(r"0x[0-9a-fA-F]{40}")


def secret_of(path: Path, label: str | None = None) -> bytes:
    secret = keystore.unseal(path.read_bytes(), PASSPHRASE.encode(), label)
    assert secret is not None
    return secret


def forms_of(secret: bytes) -> list[str]:
    """All ways in which a secret could be shown."""
    return [
        secret.hex(),
        secret.hex().upper(),
        str(list(secret)),
        str(Keypair.from_seed(secret)),
        repr(secret),
    ]


def test_it_is_kept_encrypted_backed_up_and_shown_by_its_address(
    run: Run, home: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "stick" / "wallet.json"
    typed = f"{copy}\n{PASSPHRASE}\n{PASSPHRASE}\n{PASSPHRASE}\n"

    done = run("wallet", "new", "evm", typed=typed)

    assert done.exit_code == 0, done.output
    secret = secret_of(home / "wallets" / "evm" / "main.keystore.json")
    assert secret_of(copy) == secret
    assert set(EVM.findall(done.output)) == {Account.from_key(secret).address}
    assert "USDC on Base" in done.output
    assert "same disk" in done.output
    assert not [form for form in forms_of(secret) if form in done.output]
    assert PASSPHRASE not in done.output


def test_another_family_keeps_its_seed_in_its_own_kind_of_file(run: Run, home: Path, password: Path) -> None:
    done = run("wallet", "new", "solana", "--passphrase-file", password, "--no-backup")

    assert done.exit_code == 0, done.output
    file = home / "wallets" / "solana" / "main.keystore.json"
    seed = secret_of(file, "ed25519 seed")
    assert str(Keypair.from_seed(seed).pubkey()) in done.output
    assert json.loads(file.read_text())["version"] == "coinslot-1"
    assert "No backup of it was ever opened" in done.output


def test_everything_is_its_owners_alone(run: Run, home: Path, password: Path, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        run("wallet", "new", "evm", "--passphrase-file", password, "--backup", tmp_path / "copy.json")
    finally:
        os.umask(old)

    for path in (home, *home.rglob("*"), tmp_path / "copy.json"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_nothing_is_overwritten(run: Run, home: Path, password: Path, tmp_path: Path) -> None:
    new = ("wallet", "new", "evm", "--passphrase-file", password)
    run(*new, "--no-backup")
    before = {path: path.read_bytes() for path in home.rglob("*.json")}

    again = run(*new, "--no-backup")
    assert again.exit_code == 1
    assert "never overwritten" in again.output
    assert {path: path.read_bytes() for path in home.rglob("*.json")} == before

    # Not a keystore whose record was lost either, nor somebody's file in the place of a backup.
    (home / "wallets" / "evm" / "main.wallet.json").unlink()
    (home / "wallets" / "evm" / "default").unlink()
    refused = run(*new, "--no-backup")
    assert "never overwritten" in refused.output
    taken_in = refused.output.split("coinslot ")[-1].replace("NAME", "found").split()
    typed = f"{PASSPHRASE}\n"
    assert run(*taken_in, *new[3:], "--no-backup", typed=typed).exit_code == 0
    taken = tmp_path / "taken"
    taken.write_text("mine")
    assert run(*new[:2], "evm/other", *new[3:], "--backup", taken).exit_code == 1
    assert taken.read_text() == "mine"


def test_a_backup_that_nobody_can_open_is_no_tested_backup(run: Run, tmp_path: Path) -> None:
    wrong = "not the passphrase\n"
    typed = f"{PASSPHRASE}\n{PASSPHRASE}\n{wrong}{wrong}{wrong}"
    done = run("wallet", "new", "evm", "--backup", tmp_path / "copy.json", typed=typed)

    assert done.exit_code == 1
    assert "is stored, but its backup" in done.output
    assert json.loads(run("wallet", "list", "--json").output)["backup"] is None


def test_a_place_that_takes_no_backup_is_refused_before_anything_is_made(
    run: Run, home: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "taken.json"
    taken.write_text("mine")
    for place, why in (
        (taken, "never overwritten"),
        (tmp_path, "is a directory"),
        (taken / "below", "written"),
    ):
        done = run("wallet", "new", "evm", "--backup", place)
        assert done.exit_code
        assert why in done.output
        assert not list(home.rglob("*.json"))
    free = tmp_path / "free.json"
    done = run("wallet", "new", "evm", typed=f"{taken}\n{tmp_path}\n{free}\n" + f"{PASSPHRASE}\n" * 3)
    assert done.exit_code == 0, done.output
    assert free.exists()
    assert "Passphrase" not in run("wallet", "backup", "evm", free).output


def test_who_goes_before_the_backup_was_opened_is_told_that_the_wallet_is_there(
    run: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.json"
    done = run("wallet", "new", "evm", "--backup", copy, typed=f"{PASSPHRASE}\n" * 2)
    assert done.exit_code == 1
    assert "It has no tested backup yet: coinslot wallet backup evm/main FILE" in done.output
    assert json.loads(run("wallet", "list", "--json").output)["backup"] is None


def test_a_name_that_is_taken_and_a_key_that_goes_before(
    run: Run, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ("--test", "--passphrase-file", password)
    monkeypatch.setenv("COINSLOT_EVM_KEY", "test:" + "44" * 32)
    assert "COINSLOT_EVM_KEY is set too" in run("wallet", "new", "evm", *made).output
    told = run("wallet", "new", "evm", *made).output
    assert "There is a wallet evm/main already" in told
    assert run("wallet", "new", "evm/second", *made).exit_code == 0


def test_going_without_a_backup_is_asked_twice_before_anything_is_made(run: Run, home: Path) -> None:
    assert run("wallet", "new", "evm", typed="\nn\n").exit_code == 1
    assert not list(home.rglob("*.json"))
    assert run("wallet", "new", "evm", typed=f"\ny\n{PASSPHRASE}\n{PASSPHRASE}\n").exit_code == 0


def test_a_later_backup(run: Run, password: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("wallet", "new", "evm", "--passphrase-file", password, "--no-backup")
    monkeypatch.setenv("COINSLOT_EVM_KEYSTORE_PASSWORD_FILE", str(password))

    done = run("wallet", "backup", "evm", tmp_path / "copy.json")

    assert done.exit_code == 0, done.output
    assert json.loads(run("wallet", "list", "--json").output)["backup"]


def test_a_short_passphrase_is_refused(run: Run, home: Path) -> None:
    done = run("wallet", "new", "evm", "--test", typed="short\n" * 3)
    assert done.exit_code == 1
    assert "at least 8" in done.output
    assert not list(home.rglob("*.json"))


def test_a_passphrase_that_is_too_short_or_mistyped_is_asked_for_again(run: Run) -> None:
    typed = f"short\n{PASSPHRASE}\nanother thing\n{PASSPHRASE}\n{PASSPHRASE}\n"
    done = run("wallet", "new", "evm", "--test", typed=typed)
    assert done.exit_code == 0, done.output
    assert "That is too short." in done.output
    assert "The two are not the same." in done.output


def test_a_passphrase_file_that_others_may_read_is_refused(run: Run, home: Path, password: Path) -> None:
    password.chmod(0o644)
    done = run("wallet", "new", "evm", "--test", "--passphrase-file", password)
    assert done.exit_code == 1
    assert "0644" in done.output
    assert not list(home.rglob("*.json"))


SECRET = "c0ffee" + "5a" * 29


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "evm", SECRET),
        ("import", "evm", SECRET),
        ("import", SECRET),
        ("import", "evm/" + SECRET),
        ("import", "evm", "--from-env", SECRET),
        ("import", "evm", "--from-file", SECRET),
        ("show", SECRET),
        ("use", "evm/0x" + SECRET),
    ],
    ids=lambda arguments: " ".join(arguments).replace(SECRET, "…"),
)
def test_a_secret_as_an_argument_is_refused_and_not_repeated(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("wallet", *arguments)
    assert done.exit_code != 0
    assert SECRET not in done.output
    assert "Traceback" not in done.output


def test_an_option_that_would_take_a_secret_does_not_exist(run: Run) -> None:
    done = run("wallet", "import", "evm", f"--key={SECRET}")
    assert done.exit_code == 2
    assert SECRET not in done.output


def test_a_later_backup_where_nobody_is_there_says_whose_passphrase_is_missing(
    run: Run, password: Path, tmp_path: Path
) -> None:
    run("wallet", "new", "evm", "--passphrase-file", password, "--no-backup")
    of_copy = tmp_path / "of-copy"
    of_copy.write_text("the passphrase of the copy")
    of_copy.chmod(0o600)
    words = ("wallet", "backup", "evm", tmp_path / "copy.json", "--passphrase-file", of_copy)

    told = run(*words).output
    assert "--wallet-passphrase-file or COINSLOT_EVM_KEYSTORE_PASSWORD_FILE" in told
    assert "--passphrase-file is the copy's" in told
    missing = run(*words, "--wallet-passphrase-file", tmp_path / "none").output
    assert "--wallet-passphrase-file" in missing
    wrong = " ".join(run(*words, "--wallet-passphrase-file", of_copy).output.split())
    assert "does not open with the passphrase in the file that --wallet-passphrase-file names" in wrong
    done = run(*words, "--wallet-passphrase-file", password)

    assert done.exit_code == 0
    opened = ("wallet", "import", "evm/restored", "--from-file", tmp_path / "copy.json", "--no-backup")
    files = ("--keystore-passphrase-file", of_copy, "--passphrase-file", password)
    assert run(*opened, *files).exit_code == 0


def test_a_test_wallet_asks_for_no_backup_and_no_money(run: Run, password: Path) -> None:
    done = run("wallet", "new", "evm", "--test", "--passphrase-file", password, "--qr")
    assert done.exit_code == 0
    assert "Send no money" in done.output
    assert "coinslot sandbox SOURCE --fund 0x" in done.output
    assert "█" not in done.output


def test_the_address_as_a_code(run: Run, password: Path) -> None:
    run("wallet", "new", "evm", "--passphrase-file", password, "--no-backup", "--no-qr")
    assert "█" not in run("wallet", "show").output
    assert "█" in run("wallet", "show", "evm", "--qr").output


def test_which_kind_must_be_said(run: Run) -> None:
    done = run("wallet", "new")
    assert done.exit_code == 1
    assert "evm" in done.output
    assert "solana" in done.output


def test_folders_that_others_can_write_to_are_refused(run: Run, home: Path, password: Path) -> None:
    run("wallet", "new", "evm", "--test", "--passphrase-file", password)
    (home / "wallets").chmod(0o777)
    done = run("wallet", "list")
    assert done.exit_code == 1
    assert "chmod 700" in done.output


def test_a_disk_that_is_full_keeps_nothing_and_stands_in_no_ones_way(
    run: Run, home: Path, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    new = ("wallet", "new", "evm", "--test", "--passphrase-file", password)
    with monkeypatch.context() as patched:
        patched.setattr("coinslot.wallets.store.os.fsync", full)
        assert "No space left" in run(*new).output
    assert not list(home.rglob("*.json"))
    assert run(*new).exit_code == 0


def test_where_nobody_can_be_asked_it_says_what_to_add(run: Run) -> None:
    done = run("wallet", "new", "evm", typed="")
    assert done.exit_code == 1
    assert "--backup FILE or --no-backup" in done.output
    assert "Aborted" not in done.output
