"""Where a secp256k1 key comes from: the environment, a keystore file, or a wallet. No error repeats a value.

One wallet may pay through several backends, so they read it here, alike. What signs with it is theirs.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot.keys import Key, read_private_file, split_mark
from coinslot.wallets.family import KeyFamily

KEY = "COINSLOT_EVM_KEY"
KEYSTORE = "COINSLOT_EVM_KEYSTORE"
PASSWORD_FILE = "COINSLOT_EVM_KEYSTORE_PASSWORD_FILE"  # noqa: S105 - the name of a setting
_HEX_KEY = re.compile(r"(?:0x)?[0-9a-fA-F]{64}", re.ASCII)

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of the group: a key is at least 1 and less than this."""

PUBLISHED_ADDRESSES = frozenset(
    {
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
        "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
        "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
        "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
        "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
        "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
        "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
        "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
        "0xBcd4042DE499D14e55001CcbB24a551F3b954096",
        "0x71bE63f3384f5fb98995898A86B02Fb2426c5788",
        "0xFABB0ac9d68B0B445fB7357272Ff202C5651694a",
        "0x1CBd3b2770909D4e10f157cABC84C7264073C9Ec",
        "0xdF3e18d64BC6A983f673Ab319CCaE4f1a57C7097",
        "0xcd3B766CCDd6AE721141F452C550Ca635964ce71",
        "0x2546BcD3c84621e976D8185a91A922aE77ECEc30",
        "0xbDA5747bFD65F08deb54cb465eB87D40e51B197E",
        "0xdD2FD4581271e230360230F9337D5c0430Bf44C0",
        "0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199",
    }
)
"""The accounts that hardhat and anvil publish with their keys: always test keys, marked or not."""


class EvmFamily(KeyFamily):
    """secp256k1 keys of EVM chains, which one wallet can pay on alike; each backend adds its networks."""

    name = "evm"
    title = "secp256k1, for EVM networks"
    prefix = "COINSLOT_EVM"
    forms = "64 hexadecimal digits, with or without 0x, or a V3 keystore"
    file_variable = KEYSTORE

    def generate(self) -> bytes:
        """Make a new secret: a number from 1 to the order of the group."""
        return (secrets.randbelow(ORDER - 1) + 1).to_bytes(32)

    def parse(self, text: str) -> bytes | None:
        """Read 64 hexadecimal digits, with or without 0x."""
        text = text.strip()
        secret = bytes.fromhex(text.removeprefix("0x")) if _HEX_KEY.fullmatch(text) else b""
        return secret if 0 < int.from_bytes(secret) < ORDER else None

    def published(self, secret: bytes) -> bool:
        """Whether it is one of the development accounts that everybody has."""
        return self.address(secret) in PUBLISHED_ADDRESSES


# Tracebacks can show local variables, so no function below holds a secret when it raises: what
# reads one answers with None, and the caller, which knows only the setting, says what is wrong.


def read_key(setting: Setting, unlock: Callable[[bytes, bytes], bytes], family: KeyFamily) -> Key:
    """Read the wallet's key; `unlock` opens a keystore file's content (V3) with its passphrase.

    Where the environment names none, it is the chosen wallet's. Raises ConfigurationError where there is
    none, or one that is no key.
    """
    named = [name for name in (KEY, KEYSTORE) if setting.environ.get(name)]
    if not named:
        # The stored wallets stand beside the ledger, whose database is not loaded for a key that is set.
        from coinslot.wallets.opening import stored_key

        stored = stored_key(setting, family)
        if stored is not None:
            return stored
    if len(named) != 1:
        message = (
            f"Set {KEY} (the private key; a test key is marked test:) or {KEYSTORE} (a path), one of the two"
            f"{'' if named else f', or make a wallet: coinslot wallet new {family.name}'}."
        )
        raise ConfigurationError(message)
    if setting.environ.get(KEY):
        key = _plain_key(setting)
        problem = f"{KEY} is not a private key: 64 hexadecimal digits, with or without 0x."
    else:
        key = _keystore_key(setting, unlock)
        problem = f"The keystore that {KEYSTORE} names does not open with the passphrase in {PASSWORD_FILE}."
    if key is None:
        raise ConfigurationError(problem)
    return key


def _plain_key(setting: Setting) -> Key | None:
    text, marked = split_mark(setting.environ[KEY])
    return _key(bytes.fromhex(text.removeprefix("0x")), test=marked) if _HEX_KEY.fullmatch(text) else None


def _keystore_key(setting: Setting, unlock: Callable[[bytes, bytes], bytes]) -> Key | None:
    path, marked = split_mark(setting.environ[KEYSTORE])
    password_path = setting.environ.get(PASSWORD_FILE)
    if not password_path:
        message = f"{KEYSTORE} needs {PASSWORD_FILE}: the path of a file with its passphrase."
        raise ConfigurationError(message)
    keystore = read_private_file(path, KEYSTORE)
    password = read_private_file(password_path, PASSWORD_FILE).rstrip(b"\r\n")
    try:
        return _key(unlock(keystore, password), test=marked)
    except Exception:  # noqa: BLE001 - whatever is wrong with the file, its content stays out of the error
        return None


def _key(secret: bytes, *, test: bool) -> Key | None:
    return Key(secret, test=test) if 0 < int.from_bytes(secret) < ORDER else None
