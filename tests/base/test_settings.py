"""Where the key comes from, and that nothing shows it."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from eth_account import Account

from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot.evm_key import ORDER, PUBLISHED_ADDRESSES
from coinslot.keys import Key
from coinslot_base.backend import backend
from coinslot_base.family import FAMILY
from coinslot_base.settings import read_key
from tests.base.parts import surroundings, vectors

SECRET = "c0ffee" + "5a" * 29
ADDRESS = Account.from_key(SECRET).address
PASSWORD = "correct horse battery staple"


@pytest.mark.parametrize(
    ("value", "test"),
    [
        (SECRET, False),
        ("0x" + SECRET, False),
        (SECRET.upper(), False),
        (f" {SECRET}\n", False),
        ("test:" + SECRET, True),
        ("test:0x" + SECRET, True),
    ],
    ids=["plain", "prefixed", "upper", "spaces", "test", "test-prefixed"],
)
def test_a_key_from_the_environment(value: str, test: bool) -> None:  # noqa: FBT001 - a column of the table
    paying = backend(Setting({"COINSLOT_EVM_KEY": value}))

    assert paying.identity.address == ADDRESS
    assert paying.test_key is test


def test_published_development_keys_are_test_keys_without_a_mark() -> None:
    published = {vector["input"]["privateKey"] for vector in vectors("eip3009")}

    for key in published:
        paying = backend(Setting({"COINSLOT_EVM_KEY": key}))
        assert paying.test_key
        assert paying.identity.address in PUBLISHED_ADDRESSES


def test_the_published_addresses_are_the_development_mnemonics() -> None:
    Account.enable_unaudited_hdwallet_features()
    words = " ".join(["test"] * 11 + ["junk"])

    derived = {
        Account.from_mnemonic(words, account_path=f"m/44'/60'/0'/0/{number}").address for number in range(20)
    }

    assert derived == PUBLISHED_ADDRESSES


def _told(error: Exception) -> str:
    """All that a crash report with local variables would tell, but for the test's own frames."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in report.stack if "coinslot" in frame.filename]
    assert frames
    assert report.__cause__ is None
    assert report.__suppress_context__ or report.__context__ is None
    return f"{error}" + "".join(f"{frame.name} {frame.locals}" for frame in frames)


BAD_KEYS = [
    SECRET[:-2],
    SECRET + "00",
    SECRET[:-1] + "g",
    "00" * 32,
    f"{ORDER:064x}",
    "ff" * 32,
    "test:",
    "live:" + SECRET,
    "TEST:" + SECRET,
    "test:test:" + SECRET,
]


@pytest.mark.parametrize("value", BAD_KEYS, ids=range(len(BAD_KEYS)))
def test_what_is_no_key_is_refused_and_never_repeated(value: str) -> None:
    setting = Setting({"COINSLOT_EVM_KEY": value})
    with pytest.raises(ConfigurationError, match="COINSLOT_EVM_KEY") as refused:
        backend(setting)

    digits = value.lower().rpartition(":")[2]
    assert not digits or digits[:12] not in _told(refused.value).lower()


def test_one_key_and_only_one() -> None:
    for environ in ({}, {"COINSLOT_EVM_KEY": ""}, {"COINSLOT_EVM_KEY": SECRET, "COINSLOT_EVM_KEYSTORE": "x"}):
        with pytest.raises(ConfigurationError, match="one of the two"):
            backend(Setting(environ))


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encrypted V3 keystore, with a cost that a test can afford."""
    path = tmp_path_factory.mktemp("keystore") / "wallet.json"
    path.write_text(json.dumps(Account.encrypt(bytes.fromhex(SECRET), PASSWORD, kdf="scrypt", iterations=2)))
    path.chmod(0o600)
    return path


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    path.chmod(0o600)
    return path


def _stored(keystore: Path | str, password: Path) -> Setting:
    return Setting(
        {"COINSLOT_EVM_KEYSTORE": str(keystore), "COINSLOT_EVM_KEYSTORE_PASSWORD_FILE": str(password)}
    )


def test_a_key_from_a_keystore_file(keystore: Path, password: Path) -> None:
    assert backend(_stored(keystore, password)).identity.address == ADDRESS
    assert not backend(_stored(keystore, password)).test_key
    assert backend(_stored(f"test:{keystore}", password)).test_key


def test_a_wrong_passphrase_is_refused_and_never_repeated(keystore: Path, password: Path) -> None:
    password.write_text("wrong guess")

    with pytest.raises(ConfigurationError, match="does not open") as refused:
        backend(_stored(keystore, password))

    assert "wrong guess" not in _told(refused.value)


def test_a_keystore_without_its_passphrase_file_is_refused(keystore: Path) -> None:
    with pytest.raises(ConfigurationError, match="PASSWORD_FILE"):
        backend(Setting({"COINSLOT_EVM_KEYSTORE": str(keystore)}))


@pytest.mark.parametrize("content", ["", "{}", "[]", "not json", '{"crypto": {}, "version": 3}'], ids=str)
def test_what_is_no_keystore_is_refused(tmp_path: Path, password: Path, content: str) -> None:
    path = tmp_path / "wallet.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(ConfigurationError, match="COINSLOT_EVM_KEYSTORE"):
        backend(_stored(path, password))


@pytest.mark.skipif(sys.platform == "win32", reason="file modes say nothing there")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o700])
def test_t42_files_that_others_may_read_are_refused(keystore: Path, password: Path, mode: int) -> None:
    password.chmod(mode)

    with pytest.raises(ConfigurationError, match=r"chmod 600") as refused:
        backend(_stored(keystore, password))

    assert f"{mode:04o}" in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path, password: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        backend(_stored(tmp_path / "none.json", password))


def test_t39_nothing_shows_the_key() -> None:
    setting = Setting({"COINSLOT_EVM_KEY": SECRET})
    paying = backend(setting)
    key = read_key(setting, FAMILY)

    for thing in (paying, paying._wallet, paying.identity, key, setting):
        assert SECRET[:8] not in repr(thing).lower()
        assert SECRET[:8] not in str(thing).lower()
    for holder in (paying, paying._wallet, paying.identity, key):
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(holder)
        with pytest.raises(TypeError, match="pickled"):
            copy.deepcopy(holder)
    with pytest.raises(TypeError, match="copied"):
        copy.copy(key)
    assert not hasattr(key, "__dict__")
    assert not hasattr(paying._wallet, "__dict__")
    assert repr(Key(b"secret", test=True)) == "<test key>"


def test_a_live_key_never_signs_under_a_replaced_clock() -> None:
    with pytest.raises(ConfigurationError, match="only a test key"):
        backend(Setting({"COINSLOT_EVM_KEY": SECRET}, surroundings()))


@pytest.mark.parametrize("named", ["eip155:*", "base", "eip155:8453 eip155:5", "solana:x"])
def test_unknown_networks_are_refused(named: str) -> None:
    with pytest.raises(ConfigurationError, match="COINSLOT_EVM_NETWORKS"):
        backend(Setting({"COINSLOT_EVM_KEY": SECRET, "COINSLOT_EVM_NETWORKS": named}))


@pytest.mark.parametrize(
    "address",
    [
        "https://node.example/v2/hush-hush",
        "http://127.0.0.1:8545",
        "http://localhost:8545",
        "http://[::1]:8545",
        "http://10.1.2.3",
        "http://anvil:8545",
    ],
)
def test_a_node_is_reached_safely(address: str) -> None:
    backend(Setting({"COINSLOT_EVM_KEY": SECRET, "COINSLOT_BASE_RPC": address}))


@pytest.mark.parametrize(
    "address",
    [
        "http://node.example/hush-hush",
        "ws://localhost",
        "node.example/hush-hush",
        "http://8.8.8.8/hush-hush",
        "https:///hush-hush",
    ],
)
def test_a_node_that_anyone_could_answer_for_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="COINSLOT_BASE_RPC") as refused:
        backend(Setting({"COINSLOT_EVM_KEY": SECRET, "COINSLOT_BASE_RPC": address}))

    assert "hush" not in _told(refused.value)
    assert SECRET[:12] not in _told(refused.value)


def test_a_payment_does_not_load_the_slow_signer() -> None:
    """`eth_account` costs half a second; only a keystore needs it."""
    script = (
        "import sys; from tests.base.parts import payer, offer, returned; p = payer(); o = offer()\n"
        "p.decode(p.sign(returned(p.prepare(o))), o); p.identity.sign('text')\n"
        "sys.exit(any(name in sys.modules for name in ('eth_account', 'eth_utils', 'eth_keys', 'eth_abi')))"
    )

    assert (
        subprocess.run([sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[2]).returncode
        == 0
    )
