"""A real EVM chain on this machine: anvil as the node, our own token at Base USDC's address."""

from __future__ import annotations

from coinslot_sandbox.chain.local import LocalChain, local_chain
from coinslot_sandbox.chain.tools import NodeTools, find_node_tools

__all__ = ["LocalChain", "NodeTools", "find_node_tools", "local_chain"]
