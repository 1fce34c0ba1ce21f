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
from hypothesis import given
from hypothesis import strategies as st
from solders.keypair import Keypair

from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot_solana import base58
from coinslot_solana.assets import NETWORKS
from coinslot_solana.backend import backend
from coinslot_solana.family import FAMILY
from coinslot_solana.settings import read_key
from tests.solana.parts import DEVNET, MAINNET, USDC, surroundings, vectors

SEED = bytes.fromhex("c0ffee" + "5a" * 29)
PAIR = Keypair.from_seed(SEED)
ADDRESS = str(PAIR.pubkey())
ROOT = Path(__file__).parents[2]
FORMS = {
    "base58 pair": base58.encode(bytes(PAIR)),
    "base58 seed": base58.encode(SEED),
    "hex": SEED.hex(),
    "prefixed hex": "0x" + SEED.hex(),
    "upper hex": SEED.hex().upper(),
    "list": json.dumps(list(bytes(PAIR))),
    "list of the seed": json.dumps(list(SEED)),
    "list with spaces": "\n" + json.dumps(list(bytes(PAIR)), indent=1) + "\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("mark", ["", "test:"], ids=["live", "test"])
def test_a_key_from_the_environment(text: str, mark: str) -> None:
    paying = backend(Setting({"COINSLOT_SOLANA_KEY": mark + text}))

    assert paying.identity.address == ADDRESS
    assert paying.test_key is bool(mark)


def test_published_seeds_are_test_keys_without_a_mark() -> None:
    published = {vector["input"]["ed25519Seed"] for vector in vectors("svm_exact") + vectors("siwx_solana")}

    for seed in [*published, "00" * 32, "ff" * 32]:
        for form in (seed, base58.encode(bytes(Keypair.from_seed(bytes.fromhex(seed))))):
            assert backend(Setting({"COINSLOT_SOLANA_KEY": form})).test_key


NO_KEYS = {
    "empty list": "[]",
    "short list": json.dumps([1] * 63),
    "large bytes": json.dumps([256] * 64),
    "negative bytes": json.dumps([-1] * 64),
    "texts": json.dumps(["1"] * 64),
    "truths": json.dumps([True] * 64),
    "open list": "[1, 2",
    "nested lists": "[" * 5000,
    "short hex": SEED.hex()[:-2],
    "long hex": SEED.hex() + "00",
    "no base58": "0OIl" * 16,
    "another length": base58.encode(bytes(range(1, 34))),
    "address and more": ADDRESS + "1",
    "words": "abandon " * 12,
    "nothing": "test:",
}


@pytest.mark.parametrize("text", NO_KEYS.values(), ids=NO_KEYS)
def test_what_is_no_key_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError, match="COINSLOT_SOLANA_KEY") as refused:
        backend(Setting({"COINSLOT_SOLANA_KEY": text}))

    assert text not in _told(refused.value) or text in ("[]", "test:")


def test_a_pair_whose_halves_do_not_fit_is_refused() -> None:
    other = bytes(Keypair.from_seed(bytes(range(32))).pubkey())
    paying = backend(Setting({"COINSLOT_SOLANA_KEY": base58.encode(SEED + other)}))

    with pytest.raises(ConfigurationError, match="do not fit") as refused:
        _ = paying.identity.address

    assert base58.encode(bytes(PAIR)) not in _told(refused.value)


def test_one_key_is_set_and_not_two(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="one of the two"):
        backend(Setting({}))
    with pytest.raises(ConfigurationError, match="one of the two"):
        backend(Setting({"COINSLOT_SOLANA_KEY": SEED.hex(), "COINSLOT_SOLANA_KEYFILE": str(tmp_path)}))


@pytest.fixture
def keyfile(tmp_path: Path) -> Path:
    path = tmp_path / "id.json"
    path.write_text(json.dumps(list(bytes(PAIR))))
    path.chmod(0o600)
    return path


def test_a_key_from_a_file(keyfile: Path) -> None:
    paying = backend(Setting({"COINSLOT_SOLANA_KEYFILE": str(keyfile)}))

    assert paying.identity.address == ADDRESS
    assert not paying.test_key
    assert backend(Setting({"COINSLOT_SOLANA_KEYFILE": f"test:{keyfile}"})).test_key


@pytest.mark.parametrize("content", ["{}", "[]", "not a key", "\xff"], ids=str)
def test_what_is_no_key_file_is_refused(keyfile: Path, content: str) -> None:
    keyfile.write_bytes(content.encode("latin-1"))

    with pytest.raises(ConfigurationError, match="solana-keygen"):
        backend(Setting({"COINSLOT_SOLANA_KEYFILE": str(keyfile)}))


@pytest.mark.skipif(sys.platform == "win32", reason="file modes say nothing there")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o700])
def test_t42_files_that_others_may_read_are_refused(keyfile: Path, mode: int) -> None:
    keyfile.chmod(mode)

    with pytest.raises(ConfigurationError, match="chmod 600") as refused:
        backend(Setting({"COINSLOT_SOLANA_KEYFILE": str(keyfile)}))

    assert f"{mode:04o}" in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        backend(Setting({"COINSLOT_SOLANA_KEYFILE": str(tmp_path / "none.json")}))


def test_t39_nothing_shows_the_key() -> None:
    setting = Setting({"COINSLOT_SOLANA_KEY": SEED.hex()})
    paying = backend(setting)
    key = read_key(setting, FAMILY)
    secrets = [SEED.hex()[:8], base58.encode(bytes(PAIR))[:12], str(list(SEED))[1:20]]

    for _ in range(2):
        for thing in (paying, paying._wallet, paying.identity, key, setting):
            for shown in (repr(thing), str(thing)):
                assert not any(secret in shown for secret in secrets)
        paying.identity.sign("text")
    for holder in (paying, paying._wallet, paying.identity, key):
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(holder)
        with pytest.raises(TypeError, match="pickled"):
            copy.deepcopy(holder)
    assert not hasattr(key, "__dict__")
    assert not hasattr(paying._wallet, "__dict__")


def test_a_live_key_never_signs_under_a_replaced_clock() -> None:
    with pytest.raises(ConfigurationError, match="only a test key"):
        backend(Setting({"COINSLOT_SOLANA_KEY": SEED.hex()}, surroundings()))


@pytest.mark.parametrize(
    "named", ["solana:*", "solana", f"{MAINNET} solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z"]
)
def test_unknown_networks_are_refused(named: str) -> None:
    with pytest.raises(ConfigurationError, match="COINSLOT_SOLANA_NETWORKS"):
        backend(Setting({"COINSLOT_SOLANA_KEY": SEED.hex(), "COINSLOT_SOLANA_NETWORKS": named}))


MINT = "GhFJh9xhWQULf6W1WJLNTViiTWEs4wAj3FevZ616wxL2"


@pytest.mark.parametrize(
    "entry",
    [
        MINT,
        f"{MAINNET}:{MINT}",
        f"{MAINNET}:{MINT}:XUSD",
        f"{MAINNET}:{MINT}:XUSD:19",
        f"{MAINNET}:{MINT}:XUSD:6:token-2023",
        f"{MAINNET}:{MINT[:-3]}:XUSD:6",
        f"{MAINNET}:0{MINT[1:]}:XUSD:6",
        f"{MAINNET}:{MINT}:X\x1bUSD:6",
        f"{MAINNET}:{USDC}:USDC:9",
        f"solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z:{MINT}:XUSD:6",
    ],
    ids=ascii,
)
def test_a_token_that_is_not_declared_whole_is_refused(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="COINSLOT_SOLANA_TOKENS"):
        backend(Setting({"COINSLOT_SOLANA_KEY": SEED.hex(), "COINSLOT_SOLANA_TOKENS": entry}))


@pytest.mark.parametrize("variable", ["COINSLOT_SOLANA_RPC", "COINSLOT_SOLANA_DEVNET_RPC"])
def test_a_node_that_anyone_could_answer_for_is_refused(variable: str) -> None:
    with pytest.raises(ConfigurationError, match=variable) as refused:
        backend(Setting({"COINSLOT_SOLANA_KEY": SEED.hex(), variable: "http://node.example/token"}))

    assert "token" not in str(refused.value)


def test_networks_are_named_by_their_first_block() -> None:
    assert set(NETWORKS) == {MAINNET, DEVNET}
    assert all(len(base58.decode(network.genesis, 32)) == 32 for network in NETWORKS.values())


@given(raw=st.binary(max_size=80))
def test_base58_is_the_inverse_of_itself(raw: bytes) -> None:
    assert base58.decode(base58.encode(raw), len(raw)) == raw


@given(text=st.text(max_size=90) | st.text(alphabet=base58.ALPHABET, max_size=90))
def test_base58_has_one_way_of_writing(text: str) -> None:
    for length in (32, 64):
        try:
            raw = base58.decode(text, length)
        except ValueError:
            continue
        assert base58.encode(raw) == text


def test_nothing_slow_is_loaded_before_the_wallet_is_needed() -> None:
    """The signing library is 40 MB; who signs nothing does not load it."""
    script = (
        "import sys\n"
        "from coinslot.backend import Setting\n"
        "from coinslot_solana.backend import backend\n"
        f"paying = backend(Setting({{'COINSLOT_SOLANA_KEY': '{SEED.hex()}'}}))\n"
        "repr(paying), paying.test_key, paying.identity.chains\n"
        "assert not any(name.partition('.')[0] == 'solders' for name in sys.modules)\n"
        "paying.identity.address\n"
        "assert 'solders' in sys.modules\n"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False, cwd=ROOT).returncode == 0


def _told(error: BaseException) -> str:
    """Everything that a traceback with local variables would show, but for the tests' own."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return "".join(frame for frame in frames if "tests/solana" not in frame) + repr(error.__context__)
