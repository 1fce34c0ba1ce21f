"""System keyrings, each by its own class.

The keyring package's own search would take whatever is installed or configured, a plain-text file among
others, so it is never asked.
"""

from __future__ import annotations

from typing import Any

from coinslot.errors import ConfigurationError

SYSTEMS = {
    "macos": ("keyring.backends.macOS", "Keyring", "macOS Keychain"),
    "windows": ("keyring.backends.Windows", "WinVaultKeyring", "Windows Credential Locker"),
    "secretservice": ("keyring.backends.SecretService", "Keyring", "Secret Service"),
    "kwallet": ("keyring.backends.kwallet", "DBusKeyring", "KWallet"),
}
"""Module, class and title of each."""
SERVICE = "coinslot"


def put(system: str, account: str, text: str) -> None:
    """Keep a text under a name that is not taken. Raises ConfigurationError."""
    keyring = _keyring(system)
    if _asked(system, keyring, "get_password", account) is not None:
        raise ConfigurationError(
            f"{_title(system)} holds {account} already, and it is never overwritten: "
            "choose another name, or remove it there."
        )
    _asked(system, keyring, "set_password", account, text)


def get(system: str, account: str) -> str:
    """Return what is kept under a name. Raises ConfigurationError."""
    text = _asked(system, _keyring(system), "get_password", account)
    if not isinstance(text, str):
        raise ConfigurationError(f"{_title(system)} does not hold {account} (any more).")
    return text


def forget(system: str, account: str) -> None:
    """Take back what was put a moment ago."""
    _asked(system, _keyring(system), "delete_password", account)


def _asked(system: str, keyring: Any, question: str, *arguments: str) -> Any:
    try:
        return getattr(keyring, question)(SERVICE, *arguments)
    except Exception as error:  # noqa: BLE001 - each system fails in its own ways, and none may show what it was given
        problem = type(error).__name__
    del arguments
    raise ConfigurationError(f"{_title(system)} refuses ({problem}): is it unlocked?")


def _keyring(system: str) -> Any:
    from importlib import import_module

    module, name, title = SYSTEMS[system]
    try:
        made = getattr(import_module(module), name)
    except ImportError:
        raise ConfigurationError("Keyrings need one more package: pip install 'coinslot[wallet]'") from None
    try:
        made.priority  # noqa: B018 - raises where the system is not this one
        return made()
    except Exception:  # noqa: BLE001 - whatever it is, it cannot be used
        raise ConfigurationError(f"There is no {title} here that can be used.") from None


def _title(system: str) -> str:
    return SYSTEMS[system][2]
