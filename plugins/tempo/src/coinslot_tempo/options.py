"""What the user allows and chooses, read from the environment. No error repeats a value."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from coinslot.backend import Setting
from coinslot.errors import ConfigurationError
from coinslot_tempo.networks import MODERATO, NETWORKS, TEMPO, Network

PAID_NETWORKS = "COINSLOT_TEMPO_NETWORKS"
VALID_SECONDS = "COINSLOT_TEMPO_VALID_SECONDS"
CLIENT = "COINSLOT_TEMPO_CLIENT"
PUSH = "COINSLOT_TEMPO_PUSH"
PROOF_VERSION = "COINSLOT_TEMPO_PROOF_VERSION"

DEFAULT_VALID_SECONDS = 25
"""Every version of the chain takes 30; the newest takes 300."""
LEAST_VALID_SECONDS = 5
MOST_VALID_SECONDS = 300
NEWEST_PROOF = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What decides which offers can be paid, and how."""

    networks: Collection[Network]
    payer: str
    client: str | None = None
    """A name that the memo carries as a hash, so that a server can tell its clients apart."""
    push: bool = False
    """Whether payments may be sent to the chain by ourselves, where a server wants that."""
    valid_seconds: int = DEFAULT_VALID_SECONDS
    """How long a payment lives, at most."""
    proof_version: int = NEWEST_PROOF
    """Which shape of proof is signed."""


def read_options(setting: Setting, payer: str, *, test: bool) -> Options:
    """Read the options of the wallet `payer`. Raises ConfigurationError."""
    life = (LEAST_VALID_SECONDS, MOST_VALID_SECONDS)
    return Options(
        networks=paid_networks(setting, test=test),
        payer=payer,
        client=setting.environ.get(CLIENT, "").strip() or None,
        push=_number(setting, PUSH, 0, (0, 1)) == 1,
        valid_seconds=_number(setting, VALID_SECONDS, DEFAULT_VALID_SECONDS, life),
        proof_version=_number(setting, PROOF_VERSION, NEWEST_PROOF, (1, NEWEST_PROOF)),
    )


def paid_networks(setting: Setting, *, test: bool) -> tuple[Network, ...]:
    """Return the networks to pay on: the main one, for test keys the test one too, or those named.

    Raises ConfigurationError.
    """
    named = setting.environ.get(PAID_NETWORKS, "").replace(",", " ").split()
    if not named:
        return (TEMPO, MODERATO) if test else (TEMPO,)
    if unknown := [name for name in named if name not in NETWORKS]:
        message = f"{PAID_NETWORKS} names {unknown[0][:40]!r}; known are {', '.join(NETWORKS)}."
        raise ConfigurationError(message)
    return tuple(NETWORKS[name] for name in dict.fromkeys(named))


def _number(setting: Setting, name: str, default: int, bounds: tuple[int, int]) -> int:
    text = setting.environ.get(name, "").strip() or str(default)
    least, most = bounds
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        message = f"{name} must be a number from {least} to {most}."
        raise ConfigurationError(message)
    return int(text)
