"""Opening a till for Tempo: over a chain in memory, or over a node."""

from __future__ import annotations

from collections.abc import Callable

from coinslot_sandbox.names import Names
from coinslot_sandbox.options import Options
from coinslot_sandbox.tempo.chain import MemoryTempo
from coinslot_sandbox.tempo.node import TempoNode, ToNode
from coinslot_sandbox.tempo.official import PATH_USD, TempoAccount
from coinslot_sandbox.tempo.till import TempoTill, Tip20, TokenPurse, charge_intent

_RPC = "http://tempo.invalid"
"""Never resolved: the questions stay in this process."""
_FUNDS = 10**12


def open_tempo(options: Options, names: Names) -> tuple[TempoTill, Callable[[bytes], bytes] | None]:
    """Return a till, and what answers for its chain where that is in memory."""
    asset = Tip20()
    chain = MemoryTempo(options.clock, (asset.address, PATH_USD))
    sponsor = "0x" + names.hex(32) if options.sponsored else None
    if sponsor is not None:
        chain.sponsor = TempoAccount.from_key(sponsor).address
        chain.mint(PATH_USD, chain.sponsor, _FUNDS)
    node = TempoNode(chain)
    till = TempoTill(
        options.pay_to,
        asset,
        TokenPurse(chain, asset.address),
        charge_intent(options.clock, ToNode(node), _RPC, sponsor),
        clock=options.clock,
        names=names,
        sponsored=options.sponsored,
    )
    return till, node.answer
