"""The backend and a local chain brought together: a funded wallet, a seller, and a node that can lie."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coinslot.backend import Credential, Outcome
from coinslot.effects import Reply, Request
from coinslot.offer import Offer, Terms
from coinslot_sandbox.solana import FeePayer, Landed, LocalSolana, SolanaNode
from coinslot_solana.backend import SolanaBackend
from tests.solana.parts import NODE, NOW, PAYEE, USDC, driven, offer, payer

FUNDS = 1_000_000
Lie = Callable[[str, list[Any], Any], Any]


def honest(method: str, parameters: list[Any], result: Any) -> Any:
    """Tell the result as it is."""
    return result


@dataclass
class Node:
    """The user's own node. `lie` may change any result, or any error, before it is told."""

    chain: LocalSolana
    lie: Lie = honest
    asked: list[tuple[str, list[Any]]] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        assert request.url == NODE
        call = json.loads(request.body)
        self.asked.append((call["method"], call["params"]))
        told = json.loads(SolanaNode(self.chain).answer(request.body))
        result = self.lie(call["method"], call["params"], told.get("error", told.get("result")))
        if isinstance(result, Reply):
            return result
        member = "error" if isinstance(result, dict) and "code" in result else "result"
        answer = {"jsonrpc": "2.0", "id": call["id"], member: result}
        return Reply(200, body=json.dumps(answer).encode())


@dataclass(frozen=True)
class Row:
    """What the ledger keeps of a payment."""

    terms: Terms
    nonce: str
    evidence: Mapping[str, Any]
    signed_at: int = NOW


class Shop:
    """A wallet with money, a seller who was paid before, and the chain between them."""

    def __init__(self, mint: str = USDC, environ: Mapping[str, str] | None = None, **chain: Any) -> None:
        self.paying: SolanaBackend = payer({"COINSLOT_SOLANA_RPC": NODE, **(environ or {})})
        self.chain = LocalSolana(mint, **chain)
        self.fee_payer = FeePayer(self.chain)
        self.node = Node(self.chain)
        self.own = self.paying.identity.address
        self.chain.open_account(self.own, FUNDS)
        self.chain.open_account(PAYEE)

    def offer(self, **changes: Any) -> Offer:
        """An offer as this chain's seller makes it now."""
        told = {"feePayer": self.fee_payer.address, "recentBlockhash": self.chain.blockhash}
        return offer(**{"asset": self.chain.mint, **changes, "told": {**told, **changes.get("told", {})}})

    def sign(self, asked: Offer | None = None, lie: Lie = honest) -> Credential:
        """Pay as a call does, up to where the credential would be sent."""
        asked = asked or self.offer()
        draft = driven(self.paying.prepare(asked), Node(self.chain, lie))
        credential = self.paying.sign(draft)
        self.paying.decode(credential, asked)
        return credential

    def row(self, credential: Credential) -> Row:
        """The payment as the ledger remembers it."""
        terms = Terms("", self.chain.mint, 0, PAYEE, self.own, NOW + 90)
        return Row(terms, credential.nonce, json.loads(json.dumps(dict(credential.evidence))))

    def land(self, credential: Credential) -> Landed:
        """Have the fee payer sign and send it."""
        complete = self.fee_payer.sign_transaction(
            credential.payload["transaction"], self.fee_payer.address, ""
        )
        return self.chain.land(base64.b64decode(complete))

    def outcome(self, credential: Credential, lie: Lie = honest) -> Outcome:
        """Ask what became of it."""
        self.node = Node(self.chain, lie)
        return driven(self.paying.outcome(self.row(credential)), self.node)

    def finish(self, blocks: int = 40) -> None:
        """Make blocks, so that what is on the chain becomes final."""
        self.chain.mine(blocks)
