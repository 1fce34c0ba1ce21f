"""Real chains on this machine, with anvil as the node.

Base with our own token at the address of its USDC; native Tempo in `coinslot_sandbox.chain.tempo`.
"""

from __future__ import annotations

from coinslot_sandbox.chain.local import LocalChain, local_chain
from coinslot_sandbox.chain.tools import NodeTools, find_node_tools

__all__ = ["LocalChain", "NodeTools", "find_node_tools", "local_chain"]
