"""Encrypted files: others open ours, we open theirs, and none opens what is not its own."""

from __future__ import annotations

import json

import pytest
from eth_account import Account

from coinslot.wallets import keystore

SECRET = bytes.fromhex("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d")
ADDRESS = Account.from_key(SECRET).address
PASSPHRASE = b"testpassword"

# The two vectors of the Web3 Secret Storage definition.
PBKDF2 = {
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        "kdf": "pbkdf2",
        "kdfparams": {
            "c": 262144,
            "dklen": 32,
            "prf": "hmac-sha256",
            "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
        },
        "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
    },
    "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
    "version": 3,
}
SCRYPT = {
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
        "kdf": "scrypt",
        "kdfparams": {
            "dklen": 32,
            "n": 262144,
            "r": 1,
            "p": 8,
            "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
        },
        "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
    },
    "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
    "version": 3,
}


@pytest.mark.parametrize("published", [PBKDF2, SCRYPT], ids=["pbkdf2", "scrypt"])
def test_published_vectors_open(published: dict[str, object]) -> None:
    assert keystore.unseal(json.dumps(published).encode(), PASSPHRASE, None) == SECRET


def test_another_library_opens_ours_at_its_full_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    sealed = keystore.seal(SECRET, PASSPHRASE, ADDRESS, None)

    assert json.loads(sealed)["crypto"]["kdfparams"]["n"] >= 2**17
    assert bytes(Account.decrypt(json.loads(sealed), PASSPHRASE.decode())) == SECRET


@pytest.mark.parametrize("kdf", ["scrypt", "pbkdf2"])
def test_we_open_another_librarys(kdf: str) -> None:
    theirs = Account.encrypt(SECRET, PASSPHRASE.decode(), kdf=kdf, iterations=2)  # type: ignore[arg-type]
    assert keystore.unseal(json.dumps(theirs).encode(), PASSPHRASE, None) == SECRET


@pytest.mark.parametrize("zeros", [1, 2, 16])
def test_we_open_another_librarys_that_begins_with_zeros(zeros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(size: int) -> bytes:
        return bytes(min(size, zeros)) + bytes(range(1, size - zeros + 1))

    monkeypatch.setattr("eth_keyfile.keyfile.Random.get_random_bytes", drawn)
    theirs = Account.encrypt(SECRET, PASSPHRASE.decode(), kdf="pbkdf2", iterations=2)
    assert len(bytes.fromhex(theirs["crypto"]["cipherparams"]["iv"])) < 16
    assert keystore.unseal(json.dumps(theirs).encode(), PASSPHRASE, None) == SECRET


def test_a_label_keeps_kinds_of_secrets_apart() -> None:
    plain = keystore.seal(SECRET, PASSPHRASE, ADDRESS, None)
    labelled = keystore.seal(SECRET, PASSPHRASE, "somewhere", "ed25519 seed")

    assert keystore.unseal(labelled, PASSPHRASE, "ed25519 seed") == SECRET
    assert json.loads(labelled)["version"] != 3
    for content, label in ((labelled, None), (labelled, "other"), (plain, "ed25519 seed")):
        assert keystore.unseal(content, PASSPHRASE, label) is None
    with pytest.raises(NotImplementedError):
        Account.decrypt(json.loads(labelled), PASSPHRASE.decode())


def test_each_file_has_its_own_salt_and_start() -> None:
    one, other = (json.loads(keystore.seal(SECRET, PASSPHRASE, ADDRESS, None))["crypto"] for _ in range(2))
    assert one["ciphertext"] != other["ciphertext"]
    assert one["kdfparams"]["salt"] != other["kdfparams"]["salt"]


DAMAGE = {
    "mac": {"mac": "00" * 32},
    "cipher": {"cipher": "aes-256-cbc"},
    "kdf": {"kdf": "md5"},
    "a cost that fills the memory": {"kdfparams": {"dklen": 32, "n": 2**40, "r": 8, "p": 1, "salt": "00"}},
    "a cost of years": {
        "kdf": "pbkdf2",
        "kdfparams": {"dklen": 32, "c": 2**60, "prf": "hmac-sha256", "salt": "00"},
    },
    "a short key": {"kdfparams": {"dklen": 16, "n": 4, "r": 8, "p": 1, "salt": "00"}},
}


@pytest.mark.parametrize("change", DAMAGE.values(), ids=DAMAGE)
def test_what_is_damaged_opens_with_nothing(change: dict[str, object]) -> None:
    file = json.loads(keystore.seal(SECRET, PASSPHRASE, ADDRESS, None))
    file["crypto"].update(change)
    assert keystore.unseal(json.dumps(file).encode(), PASSPHRASE, None) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b"[" * 100_000, b"\xff"])
def test_what_is_no_keystore_opens_with_nothing(content: bytes) -> None:
    assert keystore.unseal(content, PASSPHRASE, None) is None


def test_another_passphrase_opens_nothing() -> None:
    sealed = keystore.seal(SECRET, PASSPHRASE, ADDRESS, None)
    assert keystore.unseal(sealed, PASSPHRASE + b" ", None) is None
