"""A running local chain, and what tests want to do with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from coinslot_sandbox.chain.process import PATIENCE_SECONDS, running_node
from coinslot_sandbox.chain.tools import NodeTools, find_node_tools, token_code
from coinslot_sandbox.names import system_entropy
from coinslot_sandbox.official import FacilitatorWeb3Signer, HTTPProvider, Web3
from coinslot_sandbox.payment.token import Asset

_ETHER = 10**18


@dataclass(slots=True)
class LocalChain:
    """A chain with our token on it. Time, blocks and money are its user's to move."""

    rpc_url: str
    asset: Asset = field(default_factory=Asset)
    _web3: Web3 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._web3 = Web3(HTTPProvider(self.rpc_url))

    def rpc(self, method: str, *params: Any) -> Any:
        """Ask the node and return its result; raises RuntimeError with the node's words."""
        answer = self._web3.provider.make_request(method, list(params))  # type: ignore[arg-type]  # any method name
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def balance(self, address: str) -> int:
        """Return what an address holds of the token, in atomic units."""
        return int(self._call("balanceOf(address)", ["address"], [address]), 16)

    def is_used(self, payer: str, nonce: bytes) -> bool:
        """Return whether an authorization was used or canceled."""
        return (
            int(self._call("authorizationState(address,bytes32)", ["address", "bytes32"], [payer, nonce]), 16)
            == 1
        )

    def domain_separator(self) -> str:
        """Return the token's EIP-712 domain separator."""
        separator: str = self._call("DOMAIN_SEPARATOR()", [], [])
        return separator

    def mint(self, address: str, amount: int) -> None:
        """Give an address `amount` atomic units out of nothing."""
        data = _call_data("mint(address,uint256)", ["address", "uint256"], [address, amount])
        sender = self.rpc("eth_accounts")[0]
        transaction = self.rpc(
            "eth_sendTransaction", {"from": sender, "to": self.asset.address, "data": data}
        )
        receipt = self._web3.eth.wait_for_transaction_receipt(transaction, PATIENCE_SECONDS, 0.005)
        if receipt["status"] != 1:
            raise RuntimeError(f"the token did not mint: {transaction}")

    def mine(self, blocks: int = 1) -> None:
        """Make empty blocks; a block is final once two more stand on it."""
        self.rpc("anvil_mine", hex(blocks))

    def advance(self, seconds: int) -> None:
        """Move the chain's time forward and make a block at the new time."""
        self.rpc("evm_increaseTime", seconds)
        self.mine()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back at the end whatever happened on the chain in between, its time included."""
        snapshot = self.rpc("evm_snapshot")
        try:
            yield
        finally:
            self.rpc("evm_revert", snapshot)
            self.rpc("evm_setTime", int(time.time()))

    def signer(self) -> Any:
        """Return the official facilitator signer, with a new key that has gas to pay with."""
        from eth_account import Account

        key = "0x" + system_entropy(32).hex()
        self.rpc("anvil_setBalance", Account.from_key(key).address, hex(1000 * _ETHER))
        return FacilitatorWeb3Signer(private_key=key, rpc_url=self.rpc_url)

    def _call(self, signature: str, types: list[str], values: list[Any]) -> Any:
        data = _call_data(signature, types, values)
        return self.rpc("eth_call", {"to": self.asset.address, "data": data}, "latest")


@contextmanager
def local_chain(
    port: int = 0,
    *,
    chain_id: int = 8453,
    tools: NodeTools | None = None,
    patience: float = PATIENCE_SECONDS,
) -> Iterator[LocalChain]:
    """Run a chain until the block ends; port 0 takes a free one. Raises `ChainUnavailable`."""
    tools = tools or find_node_tools()
    code = token_code(tools)
    settings = ["--host", "127.0.0.1", "--port", str(port), "--chain-id", str(chain_id)]
    settings += ["--slots-in-an-epoch", "1", "--accounts", "1", "--no-cors"]
    with running_node(tools.anvil, settings, patience) as address:
        chain = LocalChain(address, Asset(chain_id=chain_id))
        chain.rpc("anvil_setCode", chain.asset.address, code)
        yield chain


def _call_data(signature: str, types: list[str], values: list[Any]) -> str:
    return "0x" + (keccak(text=signature)[:4] + encode(types, values)).hex()
