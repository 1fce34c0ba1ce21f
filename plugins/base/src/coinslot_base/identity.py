"""The wallet as who it is: SIGN-IN-WITH-X by EIP-4361 texts and EIP-191 signatures."""

from __future__ import annotations

from dataclasses import dataclass, field

from coinslot_base.wallet import Wallet


@dataclass(slots=True)
class EvmIdentity:
    """Signs sign-in texts for the networks that the backend pays on."""

    wallet: Wallet = field(repr=False)
    chains: tuple[str, ...]
    address: str = field(init=False)
    signature_type: str = field(default="eip191", init=False)
    account_kind: str = field(default="Ethereum", init=False)
    blank_line_without_statement: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        self.address = self.wallet.address

    def sign(self, text: str) -> str:
        """Sign a sign-in text: `0x` and 65 bytes in hexadecimal."""
        return self.wallet.sign_text(text)
