"""Opening a till for Tempo: over a chain in memory, or over a node."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from coinslot_sandbox.names import Names
from coinslot_sandbox.options import Options
from coinslot_sandbox.tempo.chain import MemoryTempo
from coinslot_sandbox.tempo.node import TempoNode, ToNode
from coinslot_sandbox.tempo.official import PATH_USD, TempoAccount
from coinslot_sandbox.tempo.till import TempoTill, Tip20, TokenPurse, charge_intent

if TYPE_CHECKING:
    from coinslot_sandbox.chain.tempo import TempoChain

_RPC = "http://tempo.invalid"
"""Never resolved: the questions stay in this process."""
_FUNDS = 10**12


def open_tempo(options: Options, names: Names) -> tuple[TempoTill, Callable[[bytes], bytes] | None]:
    """Return a till, and what answers for its chain where that is in memory."""
    if options.tempo_chain is not None:
        return _on_node(options, names, options.tempo_chain), None
    asset = Tip20()
    chain = MemoryTempo(options.clock, (asset.address, PATH_USD))
    sponsor = "0x" + names.hex(32) if options.sponsored else None
    if sponsor is not None:
        chain.sponsor = TempoAccount.from_key(sponsor).address
        chain.mint(PATH_USD, chain.sponsor, _FUNDS)
    node = TempoNode(chain)
    intent = charge_intent(options.clock, ToNode(node), _RPC, sponsor)
    return _till(options, names, asset, chain, intent), node.answer


def _on_node(options: Options, names: Names, chain: TempoChain) -> TempoTill:
    from coinslot_sandbox.chain.tempo import SPONSOR_KEY, ToTempo

    sponsor = SPONSOR_KEY if options.sponsored else None
    intent = charge_intent(options.clock, ToTempo(), chain.rpc_url, sponsor)
    return _till(options, names, Tip20(address=PATH_USD, name="pathUSD"), chain, intent)


def _till(options: Options, names: Names, asset: Tip20, chain: Any, intent: Any) -> TempoTill:
    return TempoTill(
        options.pay_to,
        asset,
        TokenPurse(chain, asset.address),
        intent,
        clock=options.clock,
        names=names,
        seconds=options.max_timeout_seconds,
        sponsored=options.sponsored,
    )
