"""The tills of one sandbox: one for each network that it takes money on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, TypeAlias

from coinslot_sandbox.errors import SandboxError
from coinslot_sandbox.names import Names
from coinslot_sandbox.payment.signer import MemorySigner
from coinslot_sandbox.payment.till import Coin, EvmTill, Purse, Terms, Till
from coinslot_sandbox.payment.token import Asset, MemoryToken

if TYPE_CHECKING:
    from coinslot_sandbox.options import Options
    from coinslot_sandbox.tempo.till import TempoTill

Network: TypeAlias = Literal["base", "solana", "tempo"]

_NEEDS = {"base": (), "solana": ("solana", "solders"), "tempo": ("mpp", "pytempo", "rlp")}
"""What each takes beside. A backend for Solana brings solders alone, with which nothing can be settled."""


@dataclass(frozen=True, slots=True)
class Money:
    """What is taken on a network, and where it is."""

    asset: Coin
    purse: Purse


@dataclass(frozen=True, slots=True)
class Counter:
    """All tills, in the order in which they are offered."""

    tills: tuple[Till, ...]
    tempo: TempoTill | None
    money: dict[str, Money]
    nodes: dict[str, Callable[[bytes], bytes]]
    """What answers questions to the chains that are kept in memory, by network."""


def payable() -> tuple[Network, ...]:
    """Return the networks whose official packages are installed."""
    networks: tuple[Network, ...] = ("base", "solana", "tempo")
    return tuple(network for network in networks if not _missing(network))


def _missing(network: str) -> list[str]:
    return [name for name in _NEEDS.get(network, ()) if find_spec(name) is None]


def counter(options: Options, names: Names) -> Counter:
    """Open the tills that the options name; raises ValueError for a network that is none.

    Raises SandboxError for one whose packages are not installed.
    """
    tills: list[Till] = []
    tempo: TempoTill | None = None
    money: dict[str, Money] = {}
    nodes: dict[str, Callable[[bytes], bytes]] = {}
    for network in options.networks:
        if missing := _missing(network):
            raise SandboxError(
                f"Taking money on {network} needs more packages ({', '.join(missing)}): pip install "
                f"'./plugins/sandbox[{network}]' in the folder of coinslot's sources."
            )
        if network == "base":
            base = _base(options, names)
            tills.append(base)
            money[network] = Money(base.terms.asset, base.purse)
        elif network == "solana":
            # Loaded only here: it takes a third of a second.
            from coinslot_sandbox.solana.till import SolanaTill

            solana = SolanaTill(options.max_timeout_seconds, options.clock, names)
            tills.append(solana)
            money[network] = Money(solana.terms.asset, solana.purse)
            nodes[network] = solana.answer
        elif network == "tempo":
            from coinslot_sandbox.tempo.opening import open_tempo

            tempo, node = open_tempo(options, names)
            money[network] = Money(tempo.asset, tempo.purse)
            if node is not None:
                nodes[network] = node
        else:
            raise ValueError(f"{network!r} is none of base, solana, tempo")
    return Counter(tuple(tills), tempo, money, nodes)


def _base(options: Options, names: Names) -> EvmTill:
    asset = Asset()
    terms = Terms(asset, options.pay_to, options.max_timeout_seconds)
    if options.chain is not None:
        signer, chain = options.chain.signer(), options.chain
        return EvmTill(asset, terms, signer, chain, options.clock, blocking=True)
    token = MemoryToken(asset, options.clock)
    return EvmTill(asset, terms, MemorySigner(token, names), token, options.clock)
