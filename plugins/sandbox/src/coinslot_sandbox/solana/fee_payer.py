"""Who pays the fees on a local chain, and sends what others have signed."""

from __future__ import annotations

import base64

from solders.keypair import Keypair
from solders.message import to_bytes_versioned
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from coinslot_sandbox.solana.chain import LocalSolana, Refused


class FeePayer:
    """Pays fees on a local chain: what the official facilitator code asks its signer to be."""

    def __init__(self, chain: LocalSolana, keypair: Keypair | None = None) -> None:
        self._chain = chain
        self._keypair = keypair or Keypair()
        self.address = str(self._keypair.pubkey())
        chain.airdrop(self.address)

    def get_addresses(self) -> list[str]:
        """Every fee payer there is: one."""
        return [self.address]

    def sign_transaction(self, tx_base64: str, fee_payer: str, network: str) -> str:
        """Put the fee payer's signature in slot 0 of a transaction that the payer has signed."""
        del network
        if fee_payer != self.address:
            raise ValueError(f"no signer for {fee_payer}")
        transaction = VersionedTransaction.from_bytes(base64.b64decode(tx_base64))
        own = self._keypair.sign_message(to_bytes_versioned(transaction.message))
        complete = VersionedTransaction.populate(transaction.message, [own, *transaction.signatures[1:]])
        return base64.b64encode(bytes(complete)).decode()

    def simulate_transaction(self, tx_base64: str, network: str) -> None:
        """Raise RuntimeError if the transaction would fail."""
        del network
        try:
            self._chain.simulate(base64.b64decode(tx_base64))
        except Refused as error:
            raise RuntimeError(str(error)) from error

    def send_transaction(self, tx_base64: str, network: str) -> str:
        """Send the transaction and return its signature."""
        del network
        try:
            return self._chain.land(base64.b64decode(tx_base64)).signature
        except Refused as error:
            raise RuntimeError(str(error)) from error

    def confirm_transaction(self, signature: str, network: str) -> None:
        """Make a block, and raise RuntimeError unless the transaction is on the chain and succeeded."""
        del network
        self._chain.mine()
        found = [
            landed
            for landed in self._chain.landed
            if landed.signature == str(Signature.from_string(signature))
        ]
        if not found or found[0].error:
            raise RuntimeError(f"{signature} has not succeeded")
