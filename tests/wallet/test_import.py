"""`coinslot wallet import`: every way in for a secret, and what each leaves behind."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from eth_account import Account
from solders.keypair import Keypair

from tests.wallet.conftest import PASSPHRASE, Run

SECRET = "c0ffee" + "5a" * 29
ADDRESS = Account.from_key(SECRET).address
SEED = bytes.fromhex(SECRET)
PAIR = Keypair.from_seed(SEED)


@pytest.fixture
def keep(run: Run, password: Path) -> Run:
    """Import without questions about passphrase and backup."""

    def keep(*arguments: str | Path, typed: str = "") -> object:
        rest = ("--passphrase-file", password, "--no-backup")
        return run("wallet", "import", *arguments, *rest, typed=typed)

    return keep  # type: ignore[return-value]


def private(path: Path, content: str) -> Path:
    path.write_text(content)
    path.chmod(0o600)
    return path


def test_from_a_prompt(keep: Run) -> None:
    done = keep("evm", typed=SECRET + "\n")
    assert done.exit_code == 0, done.output
    assert ADDRESS in done.output
    assert SECRET not in done.output


def test_from_a_private_file(keep: Run, tmp_path: Path) -> None:
    file = private(tmp_path / "key", "0x" + SECRET + "\n")
    assert ADDRESS in keep("evm", "--from-file", file).output
    file.chmod(0o640)
    refused = keep("evm/other", "--from-file", file)
    assert refused.exit_code == 1
    assert "chmod 600" in refused.output


def test_what_is_no_secret_is_told_what_one_is_and_repeats_nothing(keep: Run) -> None:
    words = "test test test test test test test test test test test junk"
    for family, forms in [("evm", "64 hexadecimal digits"), ("solana", "base58 as wallets export it")]:
        told = " ".join(keep(family, typed=f"{words}\n").output.split())
        assert forms in told
        assert "A recovery phrase of words is not taken: let the wallet that made it export" in told
        assert "junk" not in told


def test_from_a_descriptor(keep: Run) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, SECRET.encode())
    os.close(theirs)
    assert ADDRESS in keep("evm", "--from-fd", str(ours)).output
    os.close(ours)
    assert keep("evm/other", "--from-fd", "9999").exit_code == 1


def test_from_the_environment_which_then_has_it_no_more(keep: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_OLD_KEY", SECRET)
    assert ADDRESS in keep("evm", "--from-env", "MY_OLD_KEY").output
    assert "MY_OLD_KEY" not in os.environ
    assert SECRET not in str(dict(os.environ))


def test_a_key_that_stays_in_the_environment_is_said_to_go_first(
    keep: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COINSLOT_EVM_KEY", "11" * 32)
    assert "COINSLOT_EVM_KEY is set too" in keep("evm", typed=SECRET + "\n").output
    # The shell that it was read from has it still.
    assert "COINSLOT_EVM_KEY is set too" in keep("evm/b", "--from-env", "COINSLOT_EVM_KEY").output


def test_from_another_wallets_keystore(keep: Run, tmp_path: Path) -> None:
    theirs = Account.encrypt(SEED, "their passphrase", kdf="pbkdf2", iterations=2)
    file = private(tmp_path / "UTC--theirs", json.dumps(theirs))
    assert ADDRESS in keep("evm", "--from-file", file, typed="their passphrase\n").output
    wrong = keep("evm/other", "--from-file", file, typed="not theirs\n")
    assert wrong.exit_code == 1
    assert "That keystore does not open with that passphrase" in wrong.output


def test_from_another_wallets_keystore_where_nobody_is_asked(keep: Run, tmp_path: Path) -> None:
    theirs = Account.encrypt(SEED, "their passphrase", kdf="pbkdf2", iterations=2)
    file = private(tmp_path / "UTC--theirs", json.dumps(theirs))
    opens = private(tmp_path / "theirs", "their passphrase\n")
    done = keep("evm", "--from-file", file, "--keystore-passphrase-file", opens)
    assert ADDRESS in done.output
    opens.chmod(0o644)
    assert "chmod 600" in keep("evm/b", "--from-file", file, "--keystore-passphrase-file", opens).output
    plain = private(tmp_path / "key", SECRET)
    opens.chmod(0o600)
    refused = keep("evm/b", "--from-file", plain, "--keystore-passphrase-file", opens)
    assert (refused.exit_code, "is no keystore" in refused.output) == (1, True)


@pytest.mark.parametrize(
    "text", [SECRET, str(PAIR), json.dumps(list(bytes(PAIR)))], ids=["hex", "base58", "list"]
)
def test_every_form_of_a_seed(keep: Run, text: str) -> None:
    assert str(PAIR.pubkey()) in keep("solana", typed=text + "\n").output


def test_halves_that_do_not_fit_are_no_secret(keep: Run) -> None:
    stranger = bytes(Keypair.from_seed(bytes(31) + b"\1"))[32:]
    assert keep("solana", typed=json.dumps(list(SEED + stranger)) + "\n").exit_code == 1


@pytest.mark.parametrize("text", [SECRET[:-1], "00" * 32, "ff" * 32, "hello", "{}"])
def test_what_is_no_secret_is_refused_and_not_repeated(keep: Run, home: Path, text: str) -> None:
    done = keep("evm", typed=text + "\n")
    assert done.exit_code == 1
    assert "is no secret of evm" in done.output
    assert text not in done.output.replace("coinslot", "")
    assert not list(home.rglob("*.json"))


@pytest.mark.parametrize(
    ("text", "arguments", "kind"),
    [
        (SECRET, (), "live"),
        ("test:" + SECRET, (), "test"),
        (SECRET, ("--test",), "test"),
        # The first of the accounts that development nodes publish.
        ("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", (), "test"),
    ],
    ids=["live", "marked", "said", "published"],
)
def test_live_and_test(run: Run, keep: Run, text: str, arguments: tuple[str, ...], kind: str) -> None:
    keep("evm", *arguments, typed=text + "\n")
    assert json.loads(run("wallet", "list", "--json").output)["test"] is (kind == "test")


def test_one_source_and_only_one(keep: Run, tmp_path: Path) -> None:
    assert keep("evm", "--from-env", "A", "--from-fd", "0").exit_code == 2


def test_it_overwrites_nothing(run: Run, keep: Run) -> None:
    keep("evm", typed=SECRET + "\n")
    again = keep("evm", typed="22" * 32 + "\n")
    assert again.exit_code == 1
    assert json.loads(run("wallet", "list", "--json").output)["address"] == ADDRESS


def test_an_imported_wallet_can_be_backed_up_like_any(run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.json"
    typed = f"{SECRET}\n{PASSPHRASE}\n{PASSPHRASE}\n{PASSPHRASE}\n"
    done = run("wallet", "import", "evm", "--backup", copy, typed=typed)
    assert done.exit_code == 0, done.output
    assert bytes(Account.decrypt(json.loads(copy.read_text()), PASSPHRASE)) == SEED


def test_a_backup_restores_the_wallet(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy.json"
    typed = f"{PASSPHRASE}\n{PASSPHRASE}\n{PASSPHRASE}\n"
    run("wallet", "new", "solana", "--backup", copy, typed=typed)
    before = json.loads(run("wallet", "list", "--json").output)["address"]

    monkeypatch.setenv("COINSLOT_HOME", str(tmp_path / "another-machine"))
    typed = f"{PASSPHRASE}\n{PASSPHRASE}\n{PASSPHRASE}\n"
    done = run("wallet", "import", "solana", "--from-file", copy, "--no-backup", typed=typed)

    assert done.exit_code == 0, done.output
    assert json.loads(run("wallet", "list", "--json").output)["address"] == before
