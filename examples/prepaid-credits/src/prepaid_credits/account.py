"""The account that credits are taken from: its name, and the secret that it shares with its issuer."""

from __future__ import annotations

import hashlib
import hmac
import re

from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot.keys import Key, split_mark

KEY = "PREPAID_CREDITS_KEY"
_ACCOUNT = re.compile(r"(?P<name>[a-z0-9-]{1,40}):(?P<secret>[0-9a-fA-F]{64})", re.ASCII)


class Account:
    """Makes codes that only its issuer can check."""

    signature_type = "hmac-sha256"
    account_kind = "prepaid"
    blank_line_without_statement = False

    def __init__(self, name: str, key: Key, network: str) -> None:
        self.address = name
        self.chains: tuple[str, ...] = (network,)
        self.test = key.test
        self._key = key

    def __repr__(self) -> str:
        return f"<account {self.address}>"

    def mac(self, purpose: str, text: str) -> str:
        """Return HMAC-SHA256 in hexadecimal; what was made for one purpose is worthless for another."""
        return hmac.new(self._key.reveal(), f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()

    def sign(self, text: str) -> str:
        """Sign a sign-in text."""
        return self.mac("prepaid sign-in 1", text)


def read_account(setting: Setting, network: str) -> Account:
    """Read the account from the environment. Raises ConfigurationError, which repeats no value."""
    account = _account(setting.environ.get(KEY, ""), network)
    if account is None:
        raise ConfigurationError(
            f"Set {KEY} to NAME:SECRET (64 hexadecimal digits; test: before a test key)."
        )
    return account


def _account(value: str, network: str) -> Account | None:
    # Tracebacks can show local variables, so what holds the secret does not raise.
    text, marked = split_mark(value)
    read = _ACCOUNT.fullmatch(text)
    return Account(read["name"], Key(bytes.fromhex(read["secret"]), test=marked), network) if read else None
