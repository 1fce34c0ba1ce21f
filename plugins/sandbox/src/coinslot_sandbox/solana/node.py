"""What a node tells of the chain, over JSON-RPC."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from solders.token.state import TokenAccount

from coinslot_sandbox.solana.chain import BLOCKHASH_LIFE, FINALITY, LocalSolana, Refused


class SolanaNode:
    """Answers as a node of one chain does; a final block is 32 slots behind the newest."""

    def __init__(self, chain: LocalSolana) -> None:
        self._chain = chain

    def answer(self, body: bytes) -> bytes:
        """Answer one JSON-RPC call."""
        call = json.loads(body)
        method: Callable[..., Any] = getattr(self, f"_rpc_{call['method']}", _unknown_method)
        try:
            told: dict[str, Any] = {"result": method(*call["params"])}
        except Refused as error:
            told = {"error": {"code": error.code, "message": str(error)}}
        return json.dumps({"jsonrpc": "2.0", "id": call["id"], **told}).encode()

    def _at(self, config: dict[str, Any]) -> int:
        """The slot of the commitment that is asked for; finality is counted in slots here."""
        reached = (
            self._chain.slot
            if config.get("commitment") in ("processed", "confirmed")
            else self._chain.slot - FINALITY
        )
        # The newest blocks come last, and a long chain has many.
        oldest = next(iter(self._chain.heights))
        slot = next(slot for slot in reversed(self._chain.heights) if slot <= max(reached, oldest))
        if slot < (config.get("minContextSlot") or 0):
            raise Refused(-32016, "Minimum context slot has not been reached")
        return slot

    def _with_context(self, config: dict[str, Any], value: Any) -> dict[str, Any]:
        return {"context": {"slot": self._at(config), "apiVersion": "2.3.0"}, "value": value}

    def _rpc_getGenesisHash(self) -> str:  # noqa: N802 - methods' names, here and below
        return self._chain.genesis

    def _rpc_getFirstAvailableBlock(self) -> int:  # noqa: N802
        return self._chain.first_slot

    def _rpc_getEpochInfo(self, config: dict[str, Any]) -> dict[str, int]:  # noqa: N802
        slot = self._at(config)
        return {
            "absoluteSlot": slot,
            "blockHeight": self._chain.heights[slot],
            "epoch": slot // 432_000,
            "slotIndex": slot % 432_000,
            "slotsInEpoch": 432_000,
            "transactionCount": len(self._chain.landed),
        }

    def _rpc_getBlockHeight(self, config: dict[str, Any]) -> int:  # noqa: N802
        return self._chain.heights[self._at(config)]

    def _rpc_getSlot(self, config: dict[str, Any]) -> int:  # noqa: N802
        return self._at(config)

    def _rpc_getLatestBlockhash(self, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        height = self._chain.heights[self._at(config)]
        found = next(text for text, at in reversed(self._chain.hashes.items()) if at == height)
        return self._with_context(
            config, {"blockhash": found, "lastValidBlockHeight": height + BLOCKHASH_LIFE}
        )

    def _rpc_isBlockhashValid(self, blockhash: str, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        now, made = self._chain.heights[self._at(config)], self._chain.hashes.get(blockhash)
        return self._with_context(config, made is not None and made <= now <= made + BLOCKHASH_LIFE)

    def _rpc_getSignaturesForAddress(self, account: str, config: dict[str, Any]) -> list[Any]:  # noqa: N802
        final = self._at(config)
        listed = [
            {
                "signature": landed.signature,
                "slot": landed.slot,
                "err": landed.error,
                "memo": None,
                "blockTime": self._chain.born + landed.slot * 2 // 5,
                "confirmationStatus": "finalized",
            }
            for landed in reversed(self._chain.landed)
            if account in landed.accounts and self._chain.first_slot <= landed.slot <= final
        ]
        if config.get("before"):
            names = [entry["signature"] for entry in listed]
            listed = listed[names.index(config["before"]) + 1 :] if config["before"] in names else []
        return listed[: config.get("limit", 1000)]

    def _rpc_getTransaction(self, signature: str, config: dict[str, Any]) -> dict[str, Any] | None:  # noqa: N802
        final = self._at(config)
        for landed in self._chain.landed:
            if landed.signature == signature and self._chain.first_slot <= landed.slot <= final:
                return {
                    "slot": landed.slot,
                    "blockTime": self._chain.born + landed.slot * 2 // 5,
                    "transaction": [base64.b64encode(landed.raw).decode(), "base64"],
                    "meta": {"err": landed.error, "fee": 10_000},
                    "version": 0,
                }
        return None

    def _rpc_getBlock(self, slot: int, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if slot not in self._chain.heights or slot < self._chain.first_slot or slot > self._at(config):
            raise Refused(-32007, "Slot was skipped, or missing due to ledger jump to recent snapshot")
        return {"blockHeight": self._chain.heights[slot], "blockTime": None, "parentSlot": slot - 1}

    def _rpc_getTokenAccountBalance(self, account: str, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = self._chain.account(account)
        if found is None:
            raise Refused(-32602, "Invalid param: could not find account")
        amount = TokenAccount.from_bytes(found.data[:165]).amount
        return self._with_context(config, {"amount": str(amount), "decimals": self._chain.decimals})

    def _rpc_getAccountInfo(self, account: str, config: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = self._chain.account(account)
        value = found and {
            "data": [base64.b64encode(found.data).decode(), "base64"],
            "owner": str(found.owner),
            "lamports": found.lamports,
            "executable": found.executable,
            "rentEpoch": 0,
            "space": len(found.data),
        }
        return self._with_context(config, value)


def _unknown_method(*parameters: Any) -> None:
    del parameters
    raise Refused(-32601, "Method not found")
