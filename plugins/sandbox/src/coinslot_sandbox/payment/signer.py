"""The chain as the official facilitator code wants to see it, played in memory."""

from __future__ import annotations

from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from coinslot_sandbox.names import Names
from coinslot_sandbox.official import (
    ERC20_TRANSFER_EVENT_TOPIC,
    MULTICALL3_ADDRESS,
    ParsedEIP3009Authorization,
    TransactionReceipt,
    TypedDataDomain,
    TypedDataField,
    verify_typed_data_strict,
)
from coinslot_sandbox.payment.calls import bundled
from coinslot_sandbox.payment.token import MemoryToken, Reverted


class MemorySigner:
    """Implements x402's `FacilitatorEvmSigner` over a token in memory.

    Calls to the token do what the token's contract would do; calls to anything else revert, as
    they would on a chain where nothing else was deployed.
    """

    def __init__(self, token: MemoryToken, names: Names) -> None:
        self._token = token
        self._names = names
        self._address: str = to_checksum_address(keccak(text=token.asset.address)[-20:])
        self._receipts: dict[str, TransactionReceipt] = {}

    def get_addresses(self) -> list[str]:
        """Return the one address that would pay for gas."""
        return [self._address]

    def get_chain_id(self) -> int:
        """Return the chain that the token says it lives on."""
        return self._token.asset.chain_id

    def get_code(self, address: str) -> bytes:
        """Return something for the token and nothing for everyone else: no smart wallets here."""
        return b"\xfe" if address.lower() == self._token.asset.address.lower() else b""

    def get_balance(self, address: str, token_address: str) -> int:
        """Return what an address holds of a token, in atomic units."""
        self._must_be_token(token_address)
        return self._token.balance(address)

    def read_contract(self, address: str, abi: list[dict[str, Any]], function_name: str, *args: Any) -> Any:
        """Answer a call that changes nothing; raises `Reverted`."""
        del abi
        if (address, function_name) == (MULTICALL3_ADDRESS, "tryAggregate"):
            return bundled(self._token, args[1])
        self._must_be_token(address)
        match function_name:
            case "balanceOf":
                return self._token.balance(args[0])
            case "authorizationState":
                return self._token.is_used(args[0], args[1])
            case "name":
                return self._token.asset.name
            case "version":
                return self._token.asset.version
            case "transferWithAuthorization":
                self._token.check(*_authorization(args))
                return None
            case _:
                raise Reverted("no such function")

    def write_contract(
        self,
        address: str,
        abi: list[dict[str, Any]],
        function_name: str,
        *args: Any,
        data_suffix: str | None = None,
    ) -> str:
        """Move the money of an authorization and return the made-up transaction's hash."""
        del abi, data_suffix
        self._must_be_token(address)
        if function_name != "transferWithAuthorization":
            raise Reverted("no such function")
        authorization, signature = _authorization(args)
        self._token.transfer(authorization, signature)
        transaction = "0x" + self._names.hex(32)
        self._receipts[transaction] = TransactionReceipt(
            status=1,
            block_number=len(self._receipts) + 1,
            tx_hash=transaction,
            logs=[_transfer_event(self._token.asset.address, authorization)],
        )
        return transaction

    def send_transaction(self, to: str, data: bytes) -> str:
        """Refuse: only the token exists."""
        raise Reverted(f"nothing is deployed at {to} ({len(data)} bytes)")

    def wait_for_transaction_receipt(self, tx_hash: str) -> TransactionReceipt:
        """Return the receipt, which is there at once."""
        return self._receipts[tx_hash]

    def verify_typed_data(  # noqa: PLR0917 # the official protocol calls it so
        self,
        address: str,
        domain: TypedDataDomain,
        types: dict[str, list[TypedDataField]],
        primary_type: str,
        message: dict[str, Any],
        signature: bytes,
    ) -> bool:
        """Return whether `address` signed the typed data, as the official code decides it."""
        widened: dict[str, list[TypedDataField | dict[str, Any]]] = {
            name: list(fields) for name, fields in types.items()
        }
        return verify_typed_data_strict(self, address, domain, widened, primary_type, message, signature)

    def _must_be_token(self, address: str) -> None:
        if address.lower() != self._token.asset.address.lower():
            raise Reverted(f"nothing is deployed at {address}")


def _authorization(args: tuple[Any, ...]) -> tuple[ParsedEIP3009Authorization, bytes]:
    """Read the arguments of `transferWithAuthorization`, in its `v, r, s` or its `bytes` form."""
    terms, proof = ParsedEIP3009Authorization(*args[:6]), args[6:]
    if len(proof) == 3:
        v, r, s = proof
        return terms, r + s + bytes([v])
    return terms, proof[0]


def _transfer_event(token: str, authorization: ParsedEIP3009Authorization) -> dict[str, Any]:
    def topic(address: str) -> str:
        return "0x" + address.lower().removeprefix("0x").rjust(64, "0")

    return {
        "address": token,
        "topics": [
            ERC20_TRANSFER_EVENT_TOPIC,
            topic(authorization.from_address),
            topic(authorization.to),
        ],
        "data": f"0x{authorization.value:064x}",
    }
