"""What the environment sets, and that neither a value nor an import is shown or paid for in vain."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from eth_account import Account

from coinslot.backend import Setting
from coinslot.backends import load_backend
from coinslot.errors import ConfigurationError
from coinslot_tempo.backend import backend
from coinslot_tempo.networks import TEMPO
from tests.base.parts import vectors as base_vectors
from tests.tempo.parts import NODE, TEST_KEY, payer

SECRET = "c0ffee" + "5a" * 29
LARGE = {"eth_abi", "eth_account", "eth_keyfile", "eth_utils", "httpx", "mpp", "pytempo", "rlp", "web3"}
ADDRESS = Account.from_key(SECRET).address


def test_the_backend_is_found_by_name() -> None:
    found = load_backend("tempo", Setting({"COINSLOT_EVM_KEY": SECRET}))

    assert (found.name, found.test_key, found.identity.address) == ("tempo", False, ADDRESS)


def test_marked_and_published_keys_are_test_keys() -> None:
    published = {vector["input"]["privateKey"] for vector in base_vectors("eip3009")}

    for key in ("test:" + SECRET, *published):
        assert backend(Setting({"COINSLOT_EVM_KEY": key})).test_key


def test_a_key_from_a_keystore(tmp_path: Path) -> None:
    keystore, password = tmp_path / "key.json", tmp_path / "password"
    keystore.write_text(
        json.dumps(Account.encrypt(bytes.fromhex(SECRET), "worthless", kdf="pbkdf2", iterations=2))
    )
    password.write_text("worthless\n")
    for file in (keystore, password):
        file.chmod(0o600)
    environ = {
        "COINSLOT_EVM_KEYSTORE": str(keystore),
        "COINSLOT_EVM_KEYSTORE_PASSWORD_FILE": str(password),
    }

    assert backend(Setting(environ)).identity.address == ADDRESS
    password.write_text("wrong\n")
    with pytest.raises(ConfigurationError, match="does not open"):
        backend(Setting(environ))


def test_a_live_key_does_not_sign_in_replaced_time() -> None:
    with pytest.raises(ConfigurationError, match="only a test key"):
        payer({"COINSLOT_EVM_KEY": SECRET})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COINSLOT_EVM_KEY", "no key"),
        ("COINSLOT_TEMPO_VALID_SECONDS", "4"),
        ("COINSLOT_TEMPO_VALID_SECONDS", "301"),
        ("COINSLOT_TEMPO_VALID_SECONDS", "25.0"),
        ("COINSLOT_TEMPO_VALID_SECONDS", "\u0661\u0661"),
        ("COINSLOT_TEMPO_PROOF_VERSION", "4"),
        ("COINSLOT_TEMPO_PUSH", "yes"),
        ("COINSLOT_TEMPO_NETWORKS", "eip155:8453"),
        ("COINSLOT_TEMPO_RPC", "http://node.example/secret-token"),
        ("COINSLOT_TEMPO_MODERATO_RPC", "ftp://node.example/secret-token"),
    ],
)
def test_a_setting_that_is_none(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as refused:
        payer({name: value})

    assert "secret-token" not in str(refused.value)


def test_nothing_shows_the_key_or_the_node() -> None:
    paying = payer({"COINSLOT_TEMPO_RPC": NODE})

    shown = f"{paying!r} {paying.identity!r} {paying._node(TEMPO)!r}"

    assert TEST_KEY.removeprefix("test:") not in shown
    assert "secret-token" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(paying)


def test_the_identity_signs_in_where_servers_ask_for_evm_wallets() -> None:
    test, live = payer().identity, backend(Setting({"COINSLOT_EVM_KEY": SECRET})).identity

    assert {"eip155:8453", "eip155:4217"} <= set(live.chains) < set(test.chains)
    assert (live.signature_type, live.account_kind) == ("eip191", "Ethereum")


@pytest.mark.parametrize("vector", base_vectors("siwe_evm"), ids=lambda vector: str(vector["name"]))
def test_sign_in_text(vector: dict[str, dict[str, str]]) -> None:
    given, expected = vector["input"], vector["expected"]
    identity = backend(Setting({"COINSLOT_EVM_KEY": given["privateKey"]})).identity

    assert identity.sign(expected["message"]) == expected["signature"]


def test_paying_imports_no_large_library() -> None:
    program = (
        "import sys; from coinslot.backend import Setting; from coinslot_tempo.backend import backend\n"
        f"backend(Setting({{'COINSLOT_EVM_KEY': '{TEST_KEY}'}}))\n"
        f"print(sorted({LARGE} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
