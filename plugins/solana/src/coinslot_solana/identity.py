"""The wallet as who it is: SIGN-IN-WITH-X by ed25519 over the text itself."""

from __future__ import annotations

from coinslot_solana.wallet import Wallet


class SolanaIdentity:
    """Signs sign-in texts for the networks that the backend pays on."""

    signature_type = "ed25519"
    account_kind = "Solana"
    blank_line_without_statement = False

    def __init__(self, wallet: Wallet, chains: tuple[str, ...]) -> None:
        self._wallet = wallet
        self.chains = chains

    @property
    def address(self) -> str:
        """The wallet's address; asking for it loads the signer."""
        return self._wallet.address

    def sign(self, text: str) -> str:
        """Sign a sign-in text: 64 bytes in base58."""
        return self._wallet.sign(text.encode("utf-8"))

    def __repr__(self) -> str:
        return f"<identity of {self._wallet!r}>"
