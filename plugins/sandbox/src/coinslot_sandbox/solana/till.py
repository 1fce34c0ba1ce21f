"""Takes x402 payments on Solana: the official facilitator, over the real token program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from solders.keypair import Keypair
from x402.mechanisms.svm.exact.facilitator import ExactSvmScheme
from x402.mechanisms.svm.exact.v1.facilitator import ExactSvmSchemeV1

from coinslot_sandbox.clock import Clock
from coinslot_sandbox.names import Names
from coinslot_sandbox.payment.till import Terms, Till
from coinslot_sandbox.solana.chain import BLOCKHASH_LIFE, LocalSolana
from coinslot_sandbox.solana.fee_payer import FeePayer
from coinslot_sandbox.solana.node import SolanaNode

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
MAINNET = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"
SELLER = "FNcL4rbjqiNe6dBxMDCRysVqhbqRVjDqprK2snVr6TaK"
"""Who is paid: the hash of a phrase, so nobody has its key."""


@dataclass(frozen=True, slots=True)
class SplToken:
    """A token as a challenge names it."""

    network: str = MAINNET
    address: str = USDC
    name: str = "USDC"
    decimals: int = 6


class SolanaPurse:
    """The money on a chain that keeps the clock's time."""

    def __init__(self, chain: LocalSolana, clock: Clock) -> None:
        self._chain = chain
        self._clock = clock

    def present(self) -> LocalSolana:
        """Return the chain as it is at this time."""
        self._chain.follow(self._clock.now())
        return self._chain

    def balance(self, address: str) -> int:
        """Return what a wallet holds, in atomic units."""
        return self._chain.balance(address)

    def mint(self, address: str, amount: int) -> None:
        """Open a wallet's account and put freshly minted tokens in it."""
        self._chain.open_account(address, amount)


class SolanaTill(Till):
    """Takes transfers that the payer built and signed; the sandbox pays their fees."""

    volatile = frozenset({"recentBlockhash", "lastValidBlockHeight"})

    def __init__(self, seconds: int, clock: Clock, names: Names) -> None:
        token = SplToken()
        chain = LocalSolana(
            token.address, born=int(clock.now()) - 600, treasury=Keypair.from_seed(names.key())
        )
        self._fee_payer = FeePayer(chain, Keypair.from_seed(names.key()))
        self._purse = SolanaPurse(chain, clock)
        self._purse.mint(SELLER, 0)
        schemes = ExactSvmSchemeV1(self._fee_payer), ExactSvmScheme(self._fee_payer)
        super().__init__(Terms(token, SELLER, seconds), schemes, self._purse, "solana")

    def extra(self) -> dict[str, Any]:
        """Return who pays the fees, and a blockhash to build on."""
        chain = self._purse.present()
        return {
            "feePayer": self._fee_payer.address,
            "recentBlockhash": chain.blockhash,
            "lastValidBlockHeight": str(chain.height + BLOCKHASH_LIFE),
        }

    async def _official(self, step: str, payload: Any, requirements: Any) -> Any:
        self._purse.present()
        return await super()._official(step, payload, requirements)

    def answer(self, body: bytes) -> bytes:
        """Answer a question to the chain's node."""
        return SolanaNode(self._purse.present()).answer(body)
